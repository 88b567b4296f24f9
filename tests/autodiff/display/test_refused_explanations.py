"""Explanations that are refused: what is said, and whether what is advised is short enough."""

import re

import numpy as np
import pytest

import autodiff as ad

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"got 'bias'\. Choose from .*weights"):
        ad.explain(loss, of="bias")(W, X, 0)

    def masked(weights):
        mask = weights["first"] > 1  # has no slope
        return (weights["first"] * mask + weights["second"]).sum()

    weights = {"first": W + 0.5, "second": X * 1.0}
    with pytest.raises(ValueError, match=r"got 'mask'\. Choose from weights\['first'\]"):
        ad.explain(masked, of="mask")(weights)
    assert list(ad.explain(masked, of="weights")(weights).formulas) == [
        "weights['first']", "weights['second']",
    ]  # fmt: skip


def test_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="real numbers to explain, got complex128"):
        ad.explain(lambda x: np.abs(x * 1j))(2.0)


@pytest.mark.slow
def test_too_many_equations_are_refused():
    def long(x, rounds):
        for _ in range(rounds):
            x = np.sin(x)
        return x

    with pytest.raises(ValueError, match="at most 300 equations, got 302 equations for long"):
        ad.explain(long)(1.0, 151)
    assert ad.explain(long)(1.0, 150).derivation.count() == 300
    with pytest.raises(ValueError, match="at most 300 equations, got 3001 values for long"):
        ad.explain(long)(1.0, 3000)


@pytest.mark.slow
def test_the_advised_options_are_short_enough():
    def long(x, y, rounds):
        for _ in range(rounds):
            x = np.sin(x)
        return x * y

    def blocks(x):
        for _ in range(60):
            with ad.scope("round"):
                x = np.sin(x) + np.cos(x)
        return x

    def much(x):
        with ad.scope("much"):
            x = long(x, 1.0, 5)
        return long(x, 1.0, 155)

    smaller = "Explain a smaller case (one row of the data, fewer rounds of a loop)"
    instead = "; or use ad.draw, which folds repeated steps."
    for f, args, cure in [
        (ad.explain(long, argnums=0), (1.0, 2.0, 152), ""),
        (ad.explain(long, argnums=(0, 1)), (1.0, 2.0, 152), " or one argument (of=)"),
        (ad.explain(long, argnums=(0, 1)), (1.0, 2.0, 300), ""),
        (ad.explain(long, argnums=(0, 1), of="x"), (1.0, 2.0, 152), ""),
        (ad.explain(blocks), (1.0,), " or closed blocks (depth=0)"),
        (ad.explain(much), (1.0,), ""),
    ]:
        with pytest.raises(ValueError, match=re.escape(smaller + cure + instead)):
            f(*args)
    assert str(ad.explain(blocks, depth=0)(1.0))
