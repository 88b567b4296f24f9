"""Memory order and signature of universal functions: NumPy's, or refused by the call."""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.aliasing import layouts, lies
from tests.laws.numpy_forms import NAMES
from tests.laws.oracle import is_refusal, tried

UFUNCS = [u for name in NAMES if isinstance(u := getattr(np, name[3:], None), np.ufunc)
          and u.signature is None]  # fmt: skip
ARRAYS = [layouts((2, 3))[name] for name in ("C", "F", "strided", "reversed")]
CHARS = "?bhilBHILefdgFDG"


def parts(out):
    return out if isinstance(out, tuple) else (out,)


def compare(f, arrays):
    """Compare the results of Tensors and of a jitted function with NumPy's, unless refused."""
    expected, _ = tried(lambda: parts(f(*arrays)))
    for manner in (lambda *xs: f(*map(as_traced, xs)), ad.jit(f)):
        found, error = tried(lambda manner=manner: parts(manner(*arrays)))
        if error is not None:
            assert expected is None or is_refusal(error)
            continue
        assert expected is not None, "NumPy raises an error"
        for ours, theirs in zip(found, expected, strict=True):
            value = ours.node.value if isinstance(ours, ad.Tensor) else ours
            assert (value.dtype, lies(value)) == (theirs.dtype, lies(theirs))
            np.testing.assert_allclose(value.astype(complex), theirs.astype(complex), rtol=1e-3)


def as_traced(x):
    return ad.tensor(x) if x.dtype.kind in "fc" else ad.tensor(x.astype(float)).astype(x.dtype)


@pytest.mark.parametrize("order", ["C", "F", "A"])
@pytest.mark.parametrize("ufunc", [pytest.param(u, id=u.__name__) for u in UFUNCS])
def test_results_are_in_the_requested_order(ufunc, order):
    for array in ARRAYS:
        whole = array.astype(ufunc.types[0][0]) if ufunc.types[0][0] in "bhil?" else array
        compare(lambda *xs: ufunc(*xs, order=order), (whole, whole.copy())[: ufunc.nin])


@pytest.mark.parametrize("ufunc", [pytest.param(u, id=u.__name__) for u in UFUNCS])
def test_a_signature_chooses_the_dtypes(ufunc):
    numeric = [t for t in ufunc.types if set(t) <= {*CHARS, "-", ">"}]
    for text in numeric[:: max(1, len(numeric) // 4)]:
        for shape in ((2, 3), ()):
            narrow = np.ones(shape, np.int8 if text[0] in "hilq" else np.float16)[()]
            compare(lambda *xs, text=text: ufunc(*xs, signature=text), (narrow,) * ufunc.nin)
