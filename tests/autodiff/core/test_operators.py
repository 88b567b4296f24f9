"""Operators: errors in loops over objects are raised at once, and words differ from numbers."""

import enum

import numpy as np
import pytest

import autodiff as ad

ENVIRONMENT = {
    "test", "info", "show_config", "show_runtime", "fromfile", "load", "loadtxt", "genfromtxt",
    "fromregex", "memmap", "save", "savez", "savez_compressed", "savetxt", "setbufsize", "seterr",
    "seterrcall", "set_printoptions", "errstate", "printoptions", "frompyfunc",
}  # fmt: skip
FUNCTIONS = [getattr(np, name) for name in np.__all__ if name not in ENVIRONMENT]
METHODS = [name for name in dir(np.ndarray) if name not in ("tofile", "dump", "ctypes")]
MADE = {
    "full": lambda t: np.full((2, 2), t),
    "array": lambda t: np.array([[t, t * 2], [t * 3, t]]),
}


def outcome(call, *args, **kwargs):
    """Return the error that a call raises, if any."""
    try:
        call(*args, **kwargs)
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("made", MADE)
def test_positions_in_an_array_of_objects_are_refused_with_the_line(name, made):
    def f(x):
        return getattr(np, name)(MADE[made](x), axis=1)

    for g in (f, ad.grad(lambda x: x * np.sum(f(x)))):
        with pytest.raises(ad.RecordingError, match=r"decision.*at test_operators\.py:\d+"):
            ad.jit(g)(2.0)


class Failing:
    """An entry whose products and comparisons fail; methods of Tensors aren't cached afterwards."""

    __array_ufunc__ = None

    def __mul__(self, other):
        ad.Tensor.__array_priority__ = ad.Tensor.__array_priority__
        raise KeyError("of its own")

    __rmul__ = __lt__ = __gt__ = __mul__


LOOPS = {
    "dot": lambda a: np.dot(a, a[1]),
    "inner": lambda a: np.inner(a, a[1]),
    "argmax": lambda a: np.argmax(a, axis=1),
    "argmin": lambda a: np.argmin(a, axis=1),
}


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64, np.float32, complex])
def test_the_first_error_of_a_loop_over_objects_is_the_one_that_is_raised(name, dtype):
    """Python code that runs while an error is set fails to find attributes that aren't cached."""

    def f(t):
        x, y = (t * 0 + np.array([1, 2])).astype(dtype)
        return t * np.sum(LOOPS[name](np.array([[Failing(), x], [x, y], [y, x]], dtype=object)))

    for run in (ad.grad(lambda t: np.sum(f(t))), ad.jit(f), lambda t: f(ad.tensor(t))):
        with pytest.raises(KeyError, match="of its own"):
            run(np.array([0.5, 2.0]))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", MADE)
def test_no_function_of_an_array_of_objects_ends_in_a_system_error(made):
    calls = [
        *(lambda o, f=f: f(o) for f in FUNCTIONS if callable(f)),
        *(lambda o, f=f: f(o, 1) for f in FUNCTIONS if callable(f)),
        *(lambda o, f=f: f(np.ones((2, 2)), o) for f in FUNCTIONS if callable(f)),
        *(lambda o, m=m: getattr(o, m)() for m in METHODS),
        *(lambda o, m=m: getattr(o, m)(1) for m in METHODS),
    ]
    for number, call in enumerate(calls):
        run = (ad.jit, ad.grad)[number % 2]
        error = outcome(run(lambda t, call=call: (call(MADE[made](t)), t)[1]), 2.0)
        assert not isinstance(error, SystemError), error


class Mode(enum.Enum):
    FAST = 1


@pytest.mark.parametrize("other", ["scale", b"a", None, float, Mode.FAST, {}, {1}, max, object()])
@pytest.mark.parametrize("x", [np.float64(1), np.int64(1), np.array([1.0, 2.0]), np.zeros((0, 2))])
def test_a_value_differs_from_what_is_no_number(x, other):
    def compared(x):
        return x == other, x != other, other == x

    for run in (lambda x: compared(ad.tensor(x)), ad.jit(compared)):
        for found, expected in zip(run(x), compared(x), strict=True):
            np.testing.assert_array_equal(found, expected)
            assert np.shape(found) == np.shape(expected)


def test_an_option_may_be_a_number_or_a_word():
    def kernel(x, gamma):
        if gamma == "scale" or gamma in (None, "auto"):
            gamma = 1 / x.var()
        return np.exp(-gamma * x**2).sum()

    x = np.array([1.0, 2.0])
    assert ad.jit(kernel)(x, 0.5) == kernel(x, 0.5)
    assert ad.jit(kernel)(x, "scale") == kernel(x, "scale")
    ad.check_grads(kernel, x, 0.5)
