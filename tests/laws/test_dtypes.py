"""Values have NumPy's dtypes, and slopes have the dtypes of their arguments."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.transforms.pytree import flatten
from tests.laws.domains import DOMAINS
from tests.laws.table import (
    calls,
    every,
    examples,
    is_constant,
    made_complex,
    random_like,
    results,
    tensors,
)

REAL = (np.float32, np.float16, np.longdouble)
COMPLEX = (np.complex64, np.complex128)
CLOSE = {np.float32: 1e-4, np.longdouble: 1e-13, np.complex64: 1e-4, np.complex128: 1e-13}


def cast(call, dtype):
    with np.errstate(all="ignore"):
        return call.map(lambda array: array.astype(dtype))


def slopes(call):
    out, pullback = ad.vjp(call.run, *call.arrays)
    random = np.random.default_rng(0)
    leaves, _, rebuild = flatten(out, "out")
    return pullback(rebuild([random_like(np.asarray(leaf), random) for leaf in leaves]))


@every()
@given(data=st.data())
@examples(4)
def test_dtype_is_kept(key, data):
    call = data.draw(calls(key))
    order = data.draw(st.sampled_from("<>"))
    for dtype in REAL:
        check(key, call, cast(call, np.dtype(dtype).newbyteorder(order)), dtype)
    if DOMAINS[key].takes_complex:
        wide = made_complex(call)
        for dtype in COMPLEX:
            check(key, wide, cast(wide, np.dtype(dtype).newbyteorder(order)), dtype)


def check_digits(ours, theirs, eps):
    """Compare values of a dtype that is wider than that of the arguments."""
    finite = np.isfinite(theirs)
    size = float(np.max(np.abs(theirs), initial=1e-3, where=finite))
    close = 100 * float(eps)
    np.testing.assert_allclose(ours[finite], theirs[finite], rtol=close, atol=close * size)


def check(key, wide, narrow, dtype, *, to_all_digits=True):
    """Compare dtypes, and values to the digits of a wide result, or of the arguments."""
    with np.errstate(all="ignore"):
        try:
            plain = [np.asarray(p)[()] for p in results(narrow.run(*narrow.arrays))]
        except TypeError:  # NumPy itself has no such dtype for it
            return
        sizes = [np.shape(p) for p in plain]
        is_alike = sizes == [np.shape(p) for p in results(wide.run(*wide.arrays))]
        traced = results(narrow.run(*tensors(narrow)))
        assert [t.dtype for t in traced] == [p.dtype for p in plain]
        for ours, theirs in zip(traced, plain, strict=True):
            if theirs.dtype.kind in "fc" and np.finfo(theirs.dtype).eps < np.finfo(dtype).eps:
                digits = theirs.dtype if to_all_digits else dtype
                check_digits(np.asarray(ours.node.value), theirs, np.finfo(digits).eps)
        if is_constant(key):
            return
        ours, precise = slopes(narrow), slopes(wide)
    assert [slope.dtype for slope in ours] == [array.dtype for array in narrow.arrays]
    close = CLOSE.get(np.dtype(dtype).type)
    if close and is_alike:  # a remainder's length depends on rounding
        scale = max(float(np.max(np.abs(slope), initial=1)) for slope in precise)
        for slope, right in zip(ours, precise, strict=True):
            np.testing.assert_allclose(slope, right, rtol=0, atol=close * scale)
