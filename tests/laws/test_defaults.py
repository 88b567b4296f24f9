"""Options have the same defaults as in NumPy and SciPy."""

import importlib
import inspect
from contextlib import suppress

import numpy as np
import pytest

from autodiff.core.registry import registry

ROOMS = (
    "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "spatial",
    "special", "stats",
)  # fmt: skip
SAME = {"hann_periodic": "hann", ("tukey_periodic", 0.25): ("tukey", 0.25)}
"""Names of SciPy's windows for what other versions of it call otherwise."""


def defaults_of(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def is_same(default, own):
    if default is np._NoValue or own is np._NoValue:
        return True  # says that the option wasn't passed
    with suppress(TypeError):  # it may be a list
        default, own = SAME.get(default, default), SAME.get(own, own)
    return type(default) is type(own) and repr(default) == repr(own)


def test_options_that_a_stand_in_takes_have_the_defaults_of_its_function():
    compared, different = 0, []
    for function, stand_in in registry.items():
        with suppress(ValueError, TypeError):  # written in C, without a signature
            expected, found = defaults_of(function), defaults_of(stand_in)
            for name in expected.keys() & found.keys():
                compared += 1
                if not is_same(expected[name], found[name]):
                    different.append((function, name, expected[name], found[name]))
    assert not different
    assert compared > 300


def test_options_of_scipy_that_a_stand_in_takes_have_its_defaults():
    pytest.importorskip("scipy")
    for room in ROOMS:
        importlib.import_module(f"autodiff.scipy.{room}")
    test_options_that_a_stand_in_takes_have_the_defaults_of_its_function()
