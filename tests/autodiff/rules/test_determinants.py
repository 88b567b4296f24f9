"""Higher slopes of determinants, also where singular values are equal."""

import itertools
import math

import numpy as np
import pytest

import autodiff as ad


def along(f, x, directions):
    """Return the slope of the slope ... of a function along directions, one after the other."""
    if not len(directions):
        return f(x)
    first, *others = directions
    return along(lambda x: np.sum(ad.grad(f)(x) * first), x, others)


def leibniz(a):
    """Return a determinant as the sum over all permutations."""
    n = len(a)
    total = 0.0
    for order in itertools.permutations(range(n)):
        sign = round(np.linalg.det(np.eye(n)[list(order)]))
        total = total + sign * math.prod(a[i, j] for i, j in enumerate(order))
    return total


@pytest.mark.parametrize("factor", [1.0, 1j, 0.5 - 2j])
def test_the_third_slope_of_det_at_0(factor):
    def f(x):
        z = np.linalg.det(factor * x)
        return z if factor == 1 else np.real(z) + 2 * np.imag(z)

    e = np.eye(3)
    unit = [np.outer(e[i], e[i]) for i in range(3)]  # of x00 x11 x22, a term of the determinant
    weight = 1.0 if factor == 1 else np.real(factor**3) + 2 * np.imag(factor**3)
    assert along(f, np.zeros((3, 3)), unit) == pytest.approx(weight)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("rank", [0, 1, 2, 4])
@pytest.mark.parametrize("order", [3, 4])
def test_higher_slopes_of_det_at_any_rank(n, rank, order):
    random = np.random.default_rng(n + 5 * rank)
    x = random.normal(size=(n, rank)) @ random.normal(size=(rank, n))
    directions = random.normal(size=(order, n, n))
    expected = along(leibniz, x, directions)
    np.testing.assert_allclose(along(np.linalg.det, x, directions), expected, atol=1e-10)


def test_higher_slopes_of_det_of_a_stack():
    a = np.random.default_rng(0).normal(size=(2, 4, 3, 3))
    a[0], a[1, 0, :, 2] = 0, a[1, 0, :, 1]
    w = np.random.default_rng(1).normal(size=a.shape)

    def second(a):
        return ad.grad(lambda a: np.sum(ad.grad(lambda a: np.sum(np.linalg.det(a)))(a) * w))(a)

    ad.check_grads(second, a)
    np.testing.assert_allclose(ad.jit(ad.grad(lambda a: np.sum(second(a) * w)))(a),
                               ad.grad(lambda a: np.sum(second(a) * w))(a), atol=1e-12)  # fmt: skip
