"""An error of a traced value that the user's function catches leads to a warning."""

import math
import threading
import warnings

import numpy as np
import pytest

import autodiff as ad

WARNING = "a function caught the error that a traced value raises"


def truncated(x):
    try:
        return math.exp(x)
    except Exception:
        return 7.0


def rounded(x):
    try:
        return int(x) * 1.0
    except TypeError:
        return x


def filled(x):
    table = np.zeros(2)
    try:
        table[0] = x
    except (TypeError, ValueError):
        return 0.0 * x
    return table.sum()


def converted(x):
    try:
        return np.asarray(x, dtype=np.float64).sum()
    except TypeError:
        return 0.0 * np.sum(x)


def without_copy(x):
    try:
        return np.array(x, copy=False).sum()
    except ValueError:
        return 0.0 * np.sum(x)


def unsupported(x):
    try:
        return np.frompyfunc(math.exp, 1, 1)(x).sum()
    except NotImplementedError:
        return 0.0 * np.sum(x)


TRANSFORMS = {
    "grad": lambda f, x: ad.grad(f)(x),
    "vjp": lambda f, x: ad.vjp(f, x),
    "jvp": lambda f, x: ad.jvp(f, (x,), (x,)),
}


@pytest.mark.parametrize("f", [truncated, rounded, filled, converted, without_copy, unsupported])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_caught_error_of_a_traced_value_leads_to_a_warning(f, transform):
    x = np.array([1.0, 2.0]) if f in (converted, without_copy, unsupported) else 1.5
    with pytest.warns(RuntimeWarning, match=WARNING) as warned:
        TRANSFORMS[transform](f, x)
    assert warned[0].filename == __file__
    assert "test_caught.py:" in str(warned[0].message)


@pytest.mark.parametrize("f", [truncated, rounded, filled])
def test_under_jit_it_is_an_error(f):
    with pytest.raises(ad.RecordingError, match="depends on an argument"):
        ad.jit(f)(1.5)


def test_what_plain_values_refuse_as_well_leads_to_none():
    def of_an_array(x):
        try:
            return float(x)
        except TypeError:
            return np.sin(x).sum()

    def of_an_index(x):
        try:
            return [1.0, 2.0][x[0]]
        except TypeError:
            return np.sin(x).sum()

    x = np.array([1.0, 2.0])
    for f in (of_an_array, of_an_index):
        np.testing.assert_allclose(ad.grad(f)(x), np.cos(x))


def test_an_error_that_leaves_the_function_leads_to_none():
    with pytest.raises(TypeError, match=r"float\(\) of a traced value"):
        ad.grad(float)(1.5)
    assert ad.grad(lambda x: x * x)(3.0) == 6


def test_an_inner_function_warns_of_its_own():
    def outer(x):
        with warnings.catch_warnings(record=True) as inner:
            warnings.simplefilter("always")
            slope = ad.grad(truncated)(x)
        assert len(inner) == 1
        return slope + x * x

    assert ad.grad(outer)(3.0) == 6


def test_other_threads_have_their_own():
    def outer(x):
        thread = threading.Thread(target=lambda: truncated(ad.tensor(1.0)))
        thread.start()
        thread.join()
        return x * x

    assert truncated(ad.tensor(1.0)) == 7  # no function that is being traced
    assert ad.grad(outer)(3.0) == 6
