"""Functions recorded as one operation, of values with and without slopes in any order."""

import itertools

import numpy as np
import pytest

import autodiff as ad
from autodiff.transforms.opaque import is_smooth

X, Z = np.array([0.3, -1.2, 2.0]), np.array([1.0 - 2.0j, 0.5j, -1.5])
NAMES = ("places", "x", "is_positive", "z")
ORDERS = list(itertools.permutations(NAMES))[::5]


def results(places, x, is_positive, z):
    """Return results with and without slopes: integers, floats, bools, complex numbers."""
    return {
        "places": places * 2,
        "x": np.where(is_positive, x * places, x),
        "is_positive": ~is_positive,
        "z": z * z * x,
    }


def total(wrap, order, x, z):
    """Call ``results`` with its arguments, and its results, in some order."""
    arguments = {"places": np.argsort(x), "x": x, "is_positive": x > 0, "z": z}

    def ordered(*values):
        found = results(**dict(zip(order, values, strict=True)))
        return tuple(found[name] for name in order)

    found = dict(zip(order, wrap(ordered)(*(arguments[name] for name in order)), strict=True))
    whole = np.where(found["is_positive"], found["places"], 1)
    return (found["x"] ** 2 * whole).sum() + np.imag((found["z"] * (2 + 1j)).sum())


@pytest.mark.parametrize("wrap", [ad.jit, ad.checkpoint])
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_slopes_belong_to_their_arguments(wrap, order):
    expected = ad.grad(total, argnums=(2, 3))(lambda f: f, order, X, Z)
    found = ad.grad(total, argnums=(2, 3))(wrap, order, X, Z)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("wrap", [ad.jit, ad.checkpoint])
def test_second_slopes_belong_to_their_arguments(wrap):
    def slope(wrap):
        return ad.grad(lambda x: (ad.grad(total, 2)(wrap, NAMES, x, Z) ** 3).sum())(X)

    np.testing.assert_allclose(slope(wrap), slope(lambda f: f), rtol=1e-12)


def test_a_function_of_whole_numbers_has_its_own_name_in_a_derivation():
    def scaled(x):
        middle = np.median(np.argsort(x))
        return (x * middle).sum()

    assert "middle = median(argsort(x)) = median([1 0 2])" in str(ad.explain(scaled)(X))


SMOOTH = [
    1.0,
    1j,
    np.float16(1),
    np.complex64(1),
    np.ones(2, "f4"),
    np.ones(2) * 1j,
    ad.tensor(1.0),
]
OTHERS = [
    1, True, "a", None, [1.0], np.int8(1), np.bool(1), np.arange(2), np.array(["a"]), np.float64,
    ad.tensor(1.0) > 0,
]  # fmt: skip


def test_real_and_complex_values_are_smooth():
    assert all(map(is_smooth, SMOOTH))
    assert not any(map(is_smooth, OTHERS))


UNUSED = {  # functions of which a part isn't used, and which result is
    "an argument": (lambda u, v: u * 2, lambda out: out),
    "an array": (lambda u, v: (u * 2, v * 1), lambda out: out[0]),
    "a number": (lambda u, v: (u * 2, np.sum(v)), lambda out: out[0]),
    "a leaf": (lambda u, v: {"a": u * 2, "b": [v * 1, np.mean(v * u)]}, lambda out: out["a"]),
    "a complex array": (lambda u, v: (u * 2, v * 1j), lambda out: out[0]),
}


@pytest.mark.parametrize("name", UNUSED)
@pytest.mark.parametrize("wrap", [ad.jit, ad.checkpoint])
def test_nothing_flows_back_from_what_is_not_used(name, wrap):
    """Zero times the infinite slope of the square root at 0 would be NaN."""
    function, used = UNUSED[name]
    wrapped = wrap(function)

    def f(y):
        with np.errstate(divide="ignore"):
            return used(wrapped(np.sum(y), np.sqrt(y))) ** 2

    y = np.array([0.0, 4.0])
    for run in (ad.grad, ad.hessian):
        expected = run(lambda y: 4 * np.sum(y) ** 2)(y)
        np.testing.assert_array_equal(run(f)(y), expected)
        np.testing.assert_array_equal(ad.jit(run(f))(y), expected)


@pytest.mark.parametrize("wrap", [ad.jit, ad.checkpoint])
def test_a_cotangent_of_zero_flows_back(wrap):
    """As it does without the wrapper: zero times infinity is NaN, in each of the three."""
    wrapped = wrap(lambda v: v * 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = ad.grad(lambda y: np.sum(0 * wrapped(np.sqrt(y))))(np.array([0.0, 4.0]))
    np.testing.assert_array_equal(slope, [np.nan, 0])
