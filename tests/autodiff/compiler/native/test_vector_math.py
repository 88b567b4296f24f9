"""The exponential and tanh of machine code: right to two units in the last place."""

import importlib

import numpy as np
import pytest


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
