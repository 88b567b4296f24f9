"""The statements of docs/from_autograd.md on what differs from HIPS autograd, by running both."""

from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

X = np.array([1.0, 3.0, 3.0, -2.0])


@pytest.fixture
def slopes(autograd):
    """Return what both libraries compute as the slope of a function of NumPy and x."""
    wrapped = autograd.numpy

    def both(f, x):
        return ad.grad(lambda x: f(np, x))(x), autograd.grad(lambda x: f(wrapped, x))(x)

    return both


@pytest.fixture
def only_here(autograd):
    """Return the slope here of a function that HIPS autograd refuses."""
    wrapped = autograd.numpy

    def here(f, x):
        with pytest.raises((TypeError, AttributeError, NotImplementedError)):
            autograd.grad(lambda x: f(wrapped, x))(x)
        return ad.grad(lambda x: f(np, x))(x)

    return here


SAME = {
    "max": lambda np, x: np.max(x), "min": lambda np, x: np.min(-x),
    "maximum": lambda np, x: np.sum(np.maximum(x, 3.0)),
    "minimum": lambda np, x: np.sum(np.minimum(x, 3.0)),
    "abs": lambda np, x: np.sum(np.abs(x - 3.0)), "one entry": lambda np, x: x[:1] * 2.0,
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_conventions_that_are_the_same(slopes, name):
    assert_array_equal(*slopes(SAME[name], X))


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda np, x: np.linalg.norm(x), np.zeros(2), [0, 0]),
        (lambda np, x: np.std(x), np.ones(3), [0, 0, 0]),
        (lambda np, x: np.prod(x), np.array([0.0, 2.0, 3.0]), [6, 0, 0]),
        (lambda np, x: np.sinc(x), 0.0, 0),
    ],
)
def test_slopes_that_are_not_numbers_in_autograd(slopes, f, x, expected):
    with np.errstate(invalid="ignore", divide="ignore"):  # of autograd
        here, there = slopes(f, x)
    assert_array_equal(here, expected)
    assert np.isnan(there).any()


def test_other_conventions(slopes):
    here, there = slopes(lambda np, x: np.sum(np.clip(x, -2.0, 3.0)), X)
    assert_array_equal([here, there], [[1, 0.5, 0.5, 0.5], [1, 0, 0, 0]])
    here, there = slopes(lambda np, x: np.sum(x.astype(int) * x), X)
    assert_array_equal([here, there], [X, 2 * X])
    square = np.array([[2.0, 1.0], [1.0, 3.0]])
    here, there = slopes(lambda np, x: np.sum(np.linalg.cholesky(x)), square)
    assert here[0, 1] == 0
    assert_allclose(there, there.T)
    assert_allclose((here + here.T) / 2, there)


def test_a_complex_slope_is_conjugated(slopes):
    here, there = slopes(lambda np, z: np.abs(z) ** 2, 1 + 2j)
    assert here == pytest.approx(2 + 4j)
    assert there == pytest.approx(2 - 4j)


def test_types_of_slopes(slopes):
    assert list(map(type, slopes(lambda np, x: x**2, 3.0))) == [float, np.float64]
    here, there = slopes(lambda np, x: np.sum(np.array(x) ** 2), [1.0, 2.0])
    assert (type(here), type(there)) == (np.ndarray, list)
    here, there = slopes(lambda np, x: np.sum(x * np.float64(2)), np.ones(2, np.float32))
    assert (here.dtype, there.dtype) == (np.float32, np.float64)


def test_what_autograd_refuses(only_here):
    assert only_here(lambda np, x: x**2, 3) == 6
    assert_array_equal(only_here(lambda np, x: np.sum(np.array(x) ** 2), [1, 2]), [2, 4])
    assert_array_equal(only_here(lambda np, x: x.dot(x), X), 2 * X)
    for name in ("median", "cumprod", "nansum"):
        assert only_here(lambda np, x, name=name: np.sum(getattr(np, name)(x)), X).any()
    assert only_here(lambda np, x: np.interp(x, [0.0, 5.0], [0.0, 1.0]), 1.0) == pytest.approx(0.2)

    def edited(np, x):
        y = x * 1.0
        y[0] = x[0] * 5.0
        return np.sum(y)

    assert_array_equal(only_here(edited, X), [5, 1, 1, 1])


def test_functions_of_functions(autograd):
    wrapped, flatten = autograd.numpy, import_module(f"{autograd.__name__}.misc").flatten

    def cube(np, x):
        return np.sum(x**3)

    def here(x):
        return cube(np, x)

    def there(x):
        return cube(wrapped, x)

    v = np.array([1.0, 0.0, 2.0, 1.0])
    pull, value = autograd.make_vjp(there)(X)
    out, pullback = ad.vjp(here, X)
    assert out == value
    assert_allclose(pullback(2.0)[0], pull(2.0))
    assert_allclose(ad.jvp(here, (X,), (v,)), autograd.make_jvp(there)(X)(v))
    assert_allclose(ad.hvp(here, (X,), (v,)), autograd.hessian_vector_product(there)(X, v))
    assert_allclose(ad.elementwise_grad(np.tanh)(X), autograd.deriv(wrapped.tanh)(X))
    assert_allclose(ad.checkpoint(here)(X), autograd.checkpoint(there)(X))
    holomorphic = autograd.holomorphic_grad(lambda z: z**2)(1 + 2j)
    assert ad.jacobian(lambda z: z**2)(1 + 2j) == pytest.approx(holomorphic)
    tree = {"b": X, "a": 5.0}
    assert_array_equal(flatten(tree)[0], [5, *X])
    assert_array_equal(ad.ravel(tree)[0], [*X, 5])
