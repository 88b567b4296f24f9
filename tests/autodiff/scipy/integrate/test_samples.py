"""Integrals of samples, beside the laws: complex samples, wrong shapes, integers, few samples."""

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy import integrate
from tests.laws.table import examples

NAMES = ["trapezoid", "simpson", "cumulative_trapezoid", "cumulative_simpson"]
Y = np.array([1.0, 3.0, 2.0, 5.0, 4.0])
X = np.array([0.0, 1.0, 1.5, 3.0, 4.0])


def test_worked_by_hand():
    weights = ad.grad(lambda y: integrate.simpson(y, dx=0.5))(np.ones(5))
    np.testing.assert_allclose(weights, np.array([1, 4, 2, 4, 1]) / 6)
    weights = ad.grad(lambda y: integrate.trapezoid(y, X))(Y)
    np.testing.assert_allclose(weights, [0.5, 0.75, 1.0, 1.25, 0.5])
    weights = ad.grad(lambda y: integrate.romb(y))(Y)
    np.testing.assert_allclose(weights, np.array([7, 32, 12, 32, 7]) * 4 / 90)  # Boole's rule


@pytest.mark.parametrize("name", NAMES)
@given(st.integers(1, 7), st.booleans(), st.integers(0, 2**32 - 1))
@examples(20)
def test_values_and_slopes_of_complex_samples(name, count, is_spaced, seed):
    random = np.random.default_rng(seed)
    y = random.normal(size=(2, count)) + 1j * random.normal(size=(2, count))
    x = {"dx": 0.7} if is_spaced else {"x": np.cumsum(random.uniform(0.5, 1, count))}
    if name == "simpson" and count == 1 and not is_spaced:
        return  # SciPy divides an empty array
    plain = getattr(scipy.integrate, name)(y, **x)
    traced = getattr(integrate, name)(ad.tensor(y), **x)
    np.testing.assert_allclose(traced.numpy(), plain, rtol=1e-12, atol=1e-12)
    ad.check_grads(lambda y: getattr(integrate, name)(y, **x), y, order=1)


@pytest.mark.parametrize("name", [*NAMES, "romb"])
def test_integers_are_integrated_as_scipy_does(name):
    y = np.array([1, 3, 2, 5, 4])
    count = ad.grad(lambda t: t * np.sum(getattr(integrate, name)(ad.stop_gradient(y + 0 * t))))
    assert count(1.0) == pytest.approx(np.sum(getattr(scipy.integrate, name)(y)))


def test_repeated_points_have_no_width():
    x = np.array([0.0, 1.0, 1.0, 2.0, 2.0])
    for name in ("simpson", "trapezoid"):
        ours = getattr(integrate, name)(ad.tensor(Y), x=x).numpy()
        assert ours == getattr(scipy.integrate, name)(Y, x=x)
        ad.check_grads(lambda y, name=name: getattr(integrate, name)(y, x=x), Y, order=1)


def test_wrong_arguments_are_refused():
    y = ad.tensor(Y)
    with pytest.raises(ValueError, match=r"points x.*test_samples\.py:\d+, got shape \(3,\)"):
        integrate.simpson(y, X[:3])
    with pytest.raises(ValueError, match="None or 0 as initial"):
        integrate.cumulative_trapezoid(y, initial=1.0)
    with pytest.raises(ValueError, match=r"2ᵏ \+ 1 samples.*got 4"):
        integrate.romb(y[:4])
    with pytest.raises(NotImplementedError, match="shows no table"):
        integrate.romb(y, show=True)
    with pytest.raises(np.exceptions.AxisError):
        integrate.simpson(y, axis=2)


@pytest.mark.parametrize("shape", [(1,), (3, 1), (1, 2)])
@pytest.mark.parametrize("initial", [0, 2.0, None])
def test_running_integrals_of_few_samples_begin_at_their_start(shape, initial):
    for axis in range(len(shape)):
        y = np.ones(shape)
        ours = integrate.cumulative_simpson(ad.tensor(y), axis=axis, initial=initial).numpy()
        theirs = scipy.integrate.cumulative_simpson(y, axis=axis, initial=initial)
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("count", range(3, 9))
@pytest.mark.parametrize("points", [{"dx": 0.5}, {"x": np.array([0, 1, 1.5, 3, 4, 4.5, 6, 7])}])
def test_running_integrals_of_any_number_of_samples(count, points):
    y = np.array([1.0, 3.0, 2.0, 5.0, 4.0, -1.0, 0.5, 2.5])[:count]
    points = {name: p[:count] if name == "x" else p for name, p in points.items()}
    found = integrate.cumulative_simpson(ad.tensor(y), **points)
    expected = scipy.integrate.cumulative_simpson(y, **points)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("width", [np.float32(2), np.float64(2), 2])
def test_samples_in_float32_have_scipys_dtype_for_every_width(width):
    for count in range(2, 8):
        samples = np.arange(count, dtype=np.float32)
        expected = scipy.integrate.simpson(samples, dx=width)
        found = integrate.simpson(ad.tensor(samples), dx=width)
        assert (found.dtype, found.item()) == (expected.dtype, expected)
        x = np.arange(count, dtype=np.longdouble) * width
        for name, y in (("simpson", samples), ("trapezoid", samples[None].astype(">f4"))):
            whole = getattr(scipy.integrate, name)(y, x=x)
            assert getattr(integrate, name)(ad.tensor(y), x=x).dtype == whole.dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool])
@pytest.mark.parametrize("name", NAMES)
def test_narrow_integers_overflow_where_they_do_in_scipy(name, dtype):
    y = np.array([[100, 120, 90, 110], [0, 127, 127, 1]]).astype(dtype)
    expected = getattr(scipy.integrate, name)(y, dx=0.5)
    found = getattr(integrate, name)(y, dx=ad.tensor(0.5))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
