"""The exponential and tanh of machine code: right to two units in the last place."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock, patch

import numpy as np
import pytest

from autodiff.compiler.native import writer


@pytest.mark.slow
@pytest.mark.parametrize(("name", "function"), [("exp32", np.exp), ("tanh32", np.tanh)])
def test_every_thousandth_float(numba, name, function):
    scalar = getattr(importlib.import_module("autodiff.compiler.native.vector_math"), name)

    @numba.njit("void(float32[::1], float32[::1])", error_model="numpy")
    def compute(x, out):
        for i in range(x.size):
            out[i] = scalar(x[i])

    x = np.arange(0, 2**32, 997, dtype=np.uint64).astype(np.uint32).view(np.float32)
    x = np.concatenate([x, np.float32([0.0, -0.0, np.inf, -np.inf, np.nan])])
    found = np.empty_like(x)
    compute(x, found)
    with np.errstate(all="ignore"):
        exact = function(x.astype(np.float64))
        rounded = exact.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(rounded))
    np.testing.assert_array_equal(np.isinf(found), np.isinf(rounded))
    finite = np.isfinite(rounded)
    unit = np.spacing(np.abs(rounded[finite])).astype(np.float64)
    assert np.max(np.abs(found[finite] - exact[finite]) / unit) < 2
    zero = x == 0
    np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(rounded[zero]))


def interpreted_functions():
    """Return the functions as Python runs them, without a compiler."""
    numba, extending = ModuleType("numba"), ModuleType("numba.extending")
    numba.njit = lambda **options: lambda function: function
    numba.types, extending.intrinsic = MagicMock(), lambda function: function
    space = {"__name__": "vector_math"}
    with patch.dict(sys.modules, {"numba": numba, "numba.extending": extending}):
        exec(Path(writer.__file__).with_name("vector_math.py").read_text(encoding="utf-8"), space)
    space["as_float32"] = lambda bits: bits.view(np.float32)
    return space


@pytest.mark.parametrize("name", ["exp", "tanh"])
def test_interpreted_by_python(name):
    compute, exact = interpreted_functions()[f"{name}32"], getattr(np, name)
    points = [*np.linspace(-105, 90, 79), *np.linspace(-1, 1, 41), 0.6249, 0.625, 1e-30, -1e-30]
    points += [0.0, -0.0, np.inf, -np.inf, 88.7, 88.8, -103.9, -104.1, -87.4, 1e30, -1e30]
    with np.errstate(all="ignore"):
        for x in np.array(points, np.float32):
            found, expected = compute(x), exact(np.float64(x)).astype(np.float32)
            assert type(found) is np.float32
            if np.isinf(expected):
                assert found == expected
            else:
                unit = np.spacing(np.abs(expected))
                assert abs(np.float64(found) - exact(np.float64(x))) < 2 * unit
            assert np.signbit(found) == np.signbit(expected)
        assert np.isnan(compute(np.float32(np.nan)))
