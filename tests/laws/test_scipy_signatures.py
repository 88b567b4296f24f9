"""Functions, classes and methods of autodiff.scipy take SciPy's arguments, with their defaults."""

import inspect
from importlib import import_module

import pytest

from autodiff.core.registry import registry
from tests.laws.scipy_table import MODULES

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def defaults(item):
    """Return the defaults of named parameters; None where Python doesn't know them."""
    try:
        parameters = inspect.signature(item).parameters.values()
    except (TypeError, ValueError):
        return None
    return {p.name: p.default for p in parameters if p.kind not in VARIADIC}


def is_same(theirs, ours):
    """Return whether defaults mean the same: a spectrum's window is the periodic one."""
    if type(theirs) is object:  # which stands for no argument
        return ours is None or ours is theirs
    return theirs == ours or repr(theirs).replace("_periodic", "") == repr(ours)


def pairs(module):
    """Yield the names of what the module has of its own, with SciPy's and ours."""
    face, library = import_module(f"autodiff.scipy.{module}"), import_module(f"scipy.{module}")
    for name in library.__all__:
        ours, theirs = getattr(face, name, None), getattr(library, name)
        if ours is None or ours is theirs or not callable(ours):
            continue
        yield name, theirs, registry.get(theirs, ours)
        for method in vars(ours) if isinstance(ours, type) else ():
            if callable(getattr(ours, method)) and callable(getattr(theirs, method, None)):
                yield f"{name}.{method}", getattr(theirs, method), getattr(ours, method)


@pytest.mark.parametrize("module", MODULES)
def test_arguments_have_the_defaults_of_scipy(module):
    different, count = {}, 0
    for name, theirs, ours in pairs(module):
        expected, found = defaults(theirs), defaults(ours)
        if expected is None or found is None:
            continue
        both = [(n, expected[n], found[n]) for n in expected.keys() & found.keys()]
        count += len(both)
        wrong = {n: (a, b) for n, a, b in both if not is_same(a, b)}
        if wrong:
            different[name] = wrong
    assert not different
    assert count or module in ("cluster", "signal.windows")
