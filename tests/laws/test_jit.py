"""A jitted function answers what the eager one does: values, slopes and slopes of slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.table import (
    calls,
    every,
    examples,
    is_constant,
    made_complex,
    projected,
    results,
)

UNRECORDABLE = {}

CLOSE = {"d": 1e-10, "f": 1e-3, "D": 1e-10, "F": 1e-3, "g": 1e-10, "G": 1e-10, "e": 1e-2}


def assert_same(ours, theirs):
    for our, their in zip(results(ours), results(theirs), strict=True):
        our, their = np.asarray(our), np.asarray(their)
        assert (our.shape, our.dtype) == (their.shape, their.dtype)
        close = CLOSE.get(their.dtype.char, 0)
        size = np.max(np.abs(their[np.isfinite(their)]), initial=1) if close else 1
        np.testing.assert_allclose(our, their, rtol=close, atol=close * float(size))


def other_values(array):
    """The same values in another order, so that signs, ties and places are elsewhere."""
    return np.flip(array) * array.dtype.type(0.98)


def assert_replays(f, arrays):
    """Record f with these arrays, and run it with these and others: it answers as eager code."""
    others = [np.asarray(other_values(a))[()] for a in arrays]
    kept = [a.copy() for a in (*arrays, *others)]
    jitted = ad.jit(f)
    with np.errstate(all="ignore"):
        first = jitted(*arrays)
        before = [np.copy(leaf) for leaf in results(first)]
        second = jitted(*others)
        assert_same(first, f(*arrays))
        assert_same(second, f(*others))
    for leaf, copy in zip(results(first), before, strict=True):
        np.testing.assert_array_equal(leaf, copy)  # the second call left it alone
    for array, copy in zip((*arrays, *others), kept, strict=True):
        np.testing.assert_array_equal(array, copy)
    memory = [x for x in (*results(first), *results(second), *arrays, *others) if np.ndim(x)]
    answers = len([x for x in (*results(first), *results(second)) if np.ndim(x)])
    for i, answer in enumerate(memory[:answers]):
        assert not any(np.may_share_memory(answer, x) for x in memory[i + 1 :])


def slope(f, arrays):
    scalar = projected(f, arrays)
    return ad.grad(lambda *arrays: np.real(scalar(*arrays)), tuple(range(len(arrays))))


def cast(call, kind):
    return call.map(lambda a: a.astype(kind))


@every([key for key in DOMAINS if key not in UNRECORDABLE])
@given(data=st.data())
@examples(3)
def test_jitted_answers_as_eager(key, data):
    call = data.draw(calls(key))
    kind = data.draw(st.sampled_from([np.float64, np.float32]))
    if DOMAINS[key].takes_complex and data.draw(st.booleans()):
        call = made_complex(call)
        kind = np.result_type(kind, np.complex64)
    call = cast(call, kind)
    arrays = call.arrays
    assert_replays(call.run, arrays)
    if is_constant(key):
        return
    first = slope(call.run, arrays)
    assert_replays(first, arrays)
    assert_replays(slope(first, arrays), arrays)
