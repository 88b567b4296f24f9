"""Every option of NumPy works, in value and slope, or is refused by the call."""

import inspect
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check import numerical_slope
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Call
from tests.laws.table import along_a_line, calls, every, examples, projected, real, results, tensors

FUNCTIONS = [key for key in DOMAINS if getattr(key, "__module__", "").startswith("numpy")]
OF_UFUNCS = ("where", "dtype", "casting", "order", "subok", "out", "signature", "axis")
REFUSALS = (TypeError, NotImplementedError, ValueError, IndexError, Warning)
VALUES = {
    "where": [np.False_, np.array(False)],  # noqa: FBT003 - masks
    "dtype": [np.float32, np.complex128, int],
    "casting": ["unsafe"],
    "order": ["F", "A"],
    "out": [np.zeros(3), np.zeros((2, 3))],
    "subok": [True, False],
    "signature": ["d->d"],
    "keepdims": [True],
    "axis": [0, -1, 5, (0,), (0, 0)],
    "ddof": [0.5],
    "initial": [2.0, True, None],
    "mode": ["clip", "wrap", "mean"],
    "kind": ["heapsort"],
    "stable": [True],
    "copy": [True, None],
    "decimals": [2],
    "optimize": ["greedy"],
    "offset": [1],
    "k": [2],
    "n": [2],
    "bogus": [1],
}


def options_of(function):
    if isinstance(function, np.ufunc):
        return OF_UFUNCS
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:  # a C function of NumPy before 2.4
        names = []
    return [name for name in names[1:] if name in VALUES] + ["bogus"]


def outcome(call, arrays):
    """Return the result of a call, or the error that refuses it."""
    try:
        return call.run(*arrays)
    except REFUSALS as error:
        return error


@every(FUNCTIONS)
@given(data=st.data())
@examples(12)
def test_an_option_works_or_is_refused(key, data):
    drawn = data.draw(calls(key))
    name = data.draw(st.sampled_from(options_of(key)))
    value = data.draw(st.sampled_from(VALUES[name]))

    def function(*args, **options):
        return drawn.function(*args, **{**options, name: value})

    call = Call(drawn.args, drawn.options, function)
    with np.errstate(all="ignore"):
        plain = outcome(call, call.arrays)
        traced = outcome(call, tensors(call))
    if isinstance(traced, Exception):
        named = re.search(r"\w\.py:\d+", str(traced)) or isinstance(traced, Warning)
        assert isinstance(plain, Exception) or named, f"the user's line isn't named: {traced!r}"
        return
    assert not isinstance(plain, Exception), f"{name}={value} is refused by NumPy alone"
    for ours, theirs in zip(results(traced), results(plain), strict=True):
        assert isinstance(ours, ad.Tensor)
        assert ours.dtype == theirs.dtype
        close, near_0 = (1e-5, 1e-6) if ours.dtype == np.float32 else (1e-12, 1e-14)
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=close, atol=near_0)
    if value is np.float32 or any(ours.dtype == np.float32 for ours in results(traced)):
        return  # too coarse to measure a slope in
    on_line = along_a_line(real(projected(call.run, call.arrays)), call.arrays)
    measured, error = numerical_slope(on_line, 0.0)
    assert ad.grad(on_line)(0.0) == pytest.approx(measured, rel=1e-8, abs=1e-8 + 10 * error)
