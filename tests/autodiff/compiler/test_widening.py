"""A Python float is as weak in a jitted function as in NumPy."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff import jit
from tests.autodiff.compiler.comparing import assert_close, assert_equal

X = np.array([1.0, 2.0, 3.0])
Y = np.array([0.5, -1.0, 2.0])


@pytest.mark.parametrize("dtype", ["e", "f", "F", "d", "i8"])
def test_a_float_is_as_weak_as_in_numpy(dtype):
    def f(x, rate, z=1.5):
        step = rate * 0.5
        return x - step * x, step, x * z, np.where(x > 0, x, rate)

    x = X.astype(dtype)
    jitted = jit(f)
    for rate in (2.0, 3.0):
        for ours, theirs in zip(jitted(x, rate), f(x, rate), strict=True):
            assert_equal(ours, theirs)
    slope = ad.grad(lambda x: np.real(jitted(x, 2.0)[0].sum()))(X.astype(dtype))
    assert_equal(slope, ad.grad(lambda x: np.real(f(x, 2.0)[0].sum()))(X.astype(dtype)))


def test_a_complex_number_beside_a_float_is_one_of_numpy():
    """Python makes a complex number of its own of ``1j * np.float64(2)``, without ``reshape``."""

    def f(x):
        largest = 1j * x.max()
        return np.append(x, largest), np.outer(x, 1j / x.max()), np.subtract.outer(x, largest)

    for ours, theirs in zip(jit(f)(X), f(X), strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize("dtype", ["e", "f", "F", "d"])
def test_a_float_is_as_weak_in_a_choice(dtype):
    def f(x, rate):
        return np.select([x > 1, x < 1], [rate, x]), np.clip(x, 0, rate), x.clip(rate, 5.0)

    for ours, theirs in zip(jit(f)(X.astype(dtype), 2.0), f(X.astype(dtype), 2.0), strict=True):
        assert_equal(ours, theirs)


def test_a_float_beside_wide_arrays_is_an_input():
    f = jit(lambda x, rate: x * rate)
    for rate in np.linspace(1, 2, 20).tolist():
        f(X, rate)
    assert "rate" in f.source(X, 2.0).split("def ")[1].split("\n")[0]


def test_a_float_is_an_input_under_a_gradient_too():
    f = jit(lambda w, rate: np.sum((w * rate) ** 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rate in np.linspace(1, 2, 20).tolist():
            assert_close(ad.grad(f)(X, rate), 2 * X * rate**2)
            assert_close(ad.hessian(f)(X, rate), 2 * rate**2 * np.eye(3))
    assert len(f._nested) == 1


@pytest.mark.parametrize("dtype", ["f", "d"])
def test_only_the_floats_that_would_widen_an_array_are_fixed_under_a_gradient(dtype):
    def f(w, x, rate, shift):
        return np.sum((w * rate) ** 2) + np.sum(x * shift)

    jitted = jit(f)
    for rate, shift in [(2.0, 3.0), (2.0, 4.0), (3.0, 4.0)]:
        w = X.astype(dtype)
        assert_equal(ad.grad(jitted)(w, Y, rate, shift), ad.grad(f)(w, Y, rate, shift))
    assert len(jitted._nested) == (1 if dtype == "d" else 2)


@pytest.mark.parametrize("name", ["beta", "gammainc", "xlogy", "hyp2f1", "struve", "voigt_profile"])
def test_equal_float32_numbers_are_as_strong_as_others(name):
    ufunc = getattr(pytest.importorskip("scipy.special"), name)  # a Python float would widen it
    equal = [X.astype("f") * 0 + 0.5] * (ufunc.nin - 1)
    assert_equal(jit(lambda x: ufunc(*equal, x))(X.astype("f")), ufunc(*equal, X.astype("f")))
