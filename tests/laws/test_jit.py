"""A jitted function returns what the eager one does: values, slopes and slopes of slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.rules.constants import nonzero_along
from tests.laws.domains import DOMAINS
from tests.laws.oracle import tried
from tests.laws.table import (
    calls,
    every,
    examples,
    is_constant,
    made_complex,
    projected,
    results,
)

UNRECORDABLE = {
    np.polydiv: "returns a remainder without its leading zeros: its length depends on the numbers",
    np.nonzero: "returns as many positions as there are",
    nonzero_along: "the same",
}

CLOSE = {np.float64: 1e-10, np.float32: 1e-3}
IN_ORDER = (np.interp, np.linalg.cholesky)  # for which other orders are no valid arguments


def assert_same(ours, theirs, close):
    for our, their in zip(results(ours), results(theirs), strict=True):
        assert (our.shape, our.dtype) == (their.shape, their.dtype)
        assert our.shape or isinstance(our, np.generic)  # a scalar, as the engine's values are
        size = np.max(np.abs(their[np.isfinite(their)]), initial=1)
        np.testing.assert_allclose(our, their, rtol=close, atol=close * float(size))


def other_values(array, in_order):
    """Return the values in reverse order, so that signs, ties and positions differ."""
    turned = array if in_order else np.flip(array)
    return (turned * array.dtype.type(0.98)).astype(array.dtype)[()]


def with_zeros(array):
    """Return a copy with zeros at both ends, as of coefficients left out; 0 of a number."""
    copy = np.array(array)
    if copy.size:
        np.atleast_1d(copy)[..., [0, -1]] = 0
    return copy[()]


def assert_same_or_refused(f, jitted, arrays, close):
    """Compare with eager code, unless that fails, or the shape is another one by the numbers."""
    expected, wrong = tried(lambda: f(*arrays))
    found, error = tried(lambda: jitted(*arrays))
    if isinstance(error, TypeError) and wrong is None:
        assert "they depend on the numbers" in str(error)
    elif wrong is None:
        assert_same(found, expected, close)


def assert_replays(f, arrays, others, close, rarer=()):
    """Record f with some arrays, and run it with these and others: compare it with eager code.

    Of the ``rarer`` ones f may raise an error.
    """
    kept = [a.copy() for a in (*arrays, *others)]
    jitted = ad.jit(f)
    with np.errstate(all="ignore"):
        first = tuple(results(jitted(*arrays)))
        before = [leaf.copy() for leaf in first]
        second = tuple(results(jitted(*others)))
        assert_same(first, f(*arrays), close)
        assert_same(second, f(*others), close)
        for theirs in rarer:
            assert_same_or_refused(f, jitted, theirs, close)
    for array, copy in zip((*arrays, *others, *first), (*kept, *before), strict=True):
        np.testing.assert_array_equal(array, copy)  # nothing was written over
    apart = [x for x in (*first, *second, *arrays, *others) if isinstance(x, np.ndarray)]
    answers = apart[: sum(isinstance(x, np.ndarray) for x in (*first, *second))]
    for i, answer in enumerate(answers):
        assert not any(np.may_share_memory(answer, x) for x in apart[i + 1 :])


def slope(f, arrays):
    scalar = projected(f, arrays)
    return ad.grad(lambda *arrays: np.real(scalar(*arrays)), tuple(range(len(arrays))))


@every([key for key in DOMAINS if key not in UNRECORDABLE])
@given(data=st.data())
@examples(3)
def test_jitted_functions_agree_with_eager_code(key, data):
    call = data.draw(calls(key))
    kind = data.draw(st.sampled_from([np.float64, np.float32]))
    is_complex = DOMAINS[key].takes_complex and data.draw(st.booleans())
    call = made_complex(call) if is_complex else call
    dtype = np.result_type(kind, np.complex64) if is_complex else kind
    call = call.map(lambda array: array.astype(dtype))
    others = [other_values(array, key in IN_ORDER) for array in call.arrays]
    check_jitted(key, call, others, CLOSE[kind])


def check_jitted(key, call, others, close):
    arrays = call.arrays
    assert_replays(call.run, arrays, others, close, [list(map(with_zeros, arrays))])
    if not is_constant(key):
        first = slope(call.run, arrays)
        assert_replays(first, arrays, others, close)
        assert_replays(slope(first, arrays), arrays, others, close)


def test_a_number_of_positions_is_refused_while_recording():
    with pytest.raises(
        TypeError, match=r"the number of entries that a mask selects at test_jit\.py:\d+"
    ):
        ad.jit(lambda x: np.nonzero(x)[0] + 1)(np.array([0.0, 1.0]))


def test_a_changed_shape_is_refused_in_the_call():
    divide = ad.jit(np.polydiv)
    divide(np.array([1.0, 0.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]))
    with pytest.raises(TypeError, match=r"shapes \[\(2,\), \(1,\)\] from polydiv at .*outside"):
        divide(np.array([1.0, 0.0, 1.0, 1.0]), np.array([1.0, 0.0, 0.0]))
