"""NumPy continues after an error in comparisons of objects; jit raises that error."""

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
        with pytest.raises(ad.RecordingError, match=r"decision.*at test_masked_error\.py:\d+"):
            ad.jit(g)(2.0)


def test_an_error_of_another_kind_is_left_alone():
    def f(_):
        raise SystemError("of its own")

    with pytest.raises(SystemError, match="of its own"):
        ad.jit(f)(2.0)


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
    for call in calls:
        errors = [
            outcome(ad.jit(lambda t, call=call: (call(MADE[made](t)), t)[1]), 2.0),
            outcome(ad.grad(lambda t, call=call: (call(MADE[made](t)), t)[1]), 2.0),
        ]
        assert not any(isinstance(error, SystemError) for error in errors), errors
