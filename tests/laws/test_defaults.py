"""A parameter that is left out has NumPy's, or SciPy's, default."""

import importlib.util
import inspect
from itertools import chain

import numpy as np

import autodiff as ad
from autodiff.core.registry import registry

ad.supported()  # imports every module with rules

SAME = {  # written in another way
    ("csd", "window"): "get_window takes 'hann' as periodic",
    ("coherence", "window"): "get_window takes 'hann' as periodic",
    ("spectrogram", "window"): "get_window takes 'tukey' as periodic",
    ("stft", "window"): "get_window takes 'hann' as periodic",
    ("istft", "window"): "get_window takes 'hann' as periodic",
    ("diags", "dtype"): "SciPy's marks that none was passed",
    ("diags_array", "dtype"): "SciPy's marks that none was passed",
}


def defaults(function):
    """Return the defaults of a function; empty where its signature isn't known."""
    try:
        parameters = inspect.signature(function).parameters
    except (ValueError, TypeError):
        return {}
    return {name: p.default for name, p in parameters.items() if p.default is not p.empty}


def of_scipy():
    """Yield SciPy's functions, classes, methods and distributions with what replaces them."""
    if importlib.util.find_spec("scipy") is None:
        return
    traced = importlib.import_module("autodiff.scipy.sparse.matrix").TracedMatrix
    plain = importlib.import_module("scipy.sparse").csr_array
    yield from ((getattr(plain, m, None), getattr(traced, m)) for m in vars(traced))
    for path in importlib.import_module("autodiff.scipy").MODULES:
        library, own = (importlib.import_module(f"{top}scipy.{path}") for top in ("", "autodiff."))
        for name in library.__all__:
            theirs, ours = getattr(library, name), getattr(own, name)
            if isinstance(ours, type) and ours is not theirs:
                yield from ((getattr(theirs, m, None), getattr(ours, m)) for m in vars(ours))
            elif callable(ours) and inspect.unwrap(ours) is not theirs:
                yield theirs, ours
            methods = vars(ours).get("methods", {}) if hasattr(ours, "library") else {}
            yield from ((getattr(theirs, m), method) for m, method in methods.items())


def pairs():
    """Yield each default of a library's function beside that of its replacement."""
    for function, replacement in chain(registry.items(), of_scipy()):
        if not callable(function) or isinstance(function, np.ufunc):
            continue
        ours, name = defaults(replacement), getattr(function, "__name__", "")
        for parameter, theirs in defaults(function).items():
            if parameter in ours and (name, parameter) not in SAME:
                yield f"{name}, {parameter}", theirs, ours[parameter]


PAIRS = list(pairs())


def test_there_are_defaults_to_compare():
    assert len(PAIRS) > 500


def test_defaults_are_those_of_the_library():
    different = [
        f"{name}: {theirs!r}, got {ours!r}"
        for name, theirs, ours in PAIRS
        if np._NoValue not in (theirs, ours) and theirs != ours and repr(theirs) != repr(ours)
    ]
    assert not different


def test_defaults_of_numpy_are_used_at_the_call():
    x, order = np.arange(24.0).reshape(2, 3, 4), np.zeros((2, 3, 4), int)
    if "axis" in defaults(np.take_along_axis):  # NumPy 2.3
        taken = np.take_along_axis(ad.tensor(x), order)
        np.testing.assert_array_equal(taken.numpy(), np.take_along_axis(x, order))
