"""Code of ``np.polynomial`` that asks for an ``np.ndarray``."""

import math

import numpy as np
import pytest
from numpy.polynomial.polynomial import polyvalfromroots

import autodiff as ad
from tests.laws.oracle import tried


def test_a_polynomial_of_roots_at_several_points():
    roots, x = np.array([1.0, 2.0, 3.0]), np.array([0.0, 4.0, 5.0])
    assert polyvalfromroots(ad.tensor(x), roots).numpy().tolist() == [-6, 6, 24]
    slopes = ad.jacobian(lambda x: polyvalfromroots(x, roots))(x)  # (x - 1)(x - 2) + ... at each
    np.testing.assert_array_equal(slopes, np.diag([11, 11, 26]))


@pytest.mark.parametrize("of_roots", [(), (1,), (3,), (3, 2), (0,)])
@pytest.mark.parametrize("of_x", [(), (1,), (2,), (2, 4), (0,)])
@pytest.mark.parametrize("tensor", [True, False])
def test_values_are_those_of_numpy(of_x, of_roots, tensor):
    x = np.linspace(-1, 1, math.prod(of_x)).reshape(of_x)[()]
    roots = np.linspace(0.5, 3, math.prod(of_roots)).reshape(of_roots)[()]

    def f(x):
        return polyvalfromroots(x, roots, tensor=tensor)

    expected, refusal = tried(lambda: f(x))
    if refusal is None:
        np.testing.assert_array_equal(ad.vjp(f, x)[0], expected, strict=True)
        np.testing.assert_array_equal(ad.jit(f)(x), expected, strict=True)


def test_traced_roots():
    roots, x = np.array([1.0, 2.0, 3.0]), np.array([0.0, 4.0, 5.0])
    slopes = ad.jacobian(lambda roots: polyvalfromroots(x, roots).sum())(roots)
    both = ad.grad(lambda x, roots: polyvalfromroots(x, roots).sum(), (0, 1))(x, roots)
    expected = [-sum((x - a) * (x - b)) for a, b in ((2, 3), (1, 3), (1, 2))]
    np.testing.assert_allclose(slopes, expected)
    np.testing.assert_allclose(both[1], expected)
    np.testing.assert_allclose(both[0], [11, 11, 26])
