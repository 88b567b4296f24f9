"""Each operation in an ONNX file returns NumPy's numbers in NumPy's dtype."""

import numpy as np
import pytest

from autodiff.onnx import operators
from tests.autodiff.onnx.running import check

UFUNCS = sorted(
    name for name in operators._forms if isinstance(getattr(np, str(name), None), np.ufunc)
)


@pytest.mark.parametrize("name", UFUNCS)
def test_each_universal_function(name, onnxruntime):
    function = getattr(np, name)
    x = np.linspace(0.1, 0.9, 12, dtype=np.float32).reshape(3, 4)
    if name.startswith("bitwise") or name == "invert":
        x = x > 0.5
    others = [x[:1], x[0, :1]]
    if name == "matmul":
        others = [np.ones((4, 2), np.float32)]
    if function.nin == 1:
        check(onnxruntime, lambda x: function(x), x)
        return
    for y in others:
        check(onnxruntime, lambda x, y=y: function(x, y), x)
        if name != "matmul":
            check(onnxruntime, lambda x, y=y: function(y, x), x)
            check(onnxruntime, lambda x, y: function(x, y), x, x[:, ::-1].copy())


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "power", "maximum"])
def test_numbers_of_python_adapt_to_arrays(name, dtype, onnxruntime):
    function, x = getattr(np, name), np.linspace(0.5, 2, 6, dtype=dtype).reshape(3, 2)
    for number in (2, 2.5, True, np.float32(2.5), np.float64(2.5), np.int64(2)):
        check(onnxruntime, lambda x, n=number: function(x, n), x)
        check(onnxruntime, lambda x, n=number: function(n, x), x)
        check(onnxruntime, lambda x, n=number: function((x * 2).astype(np.int64), n), x)


REDUCTIONS = "sum prod max min any all argmax argmin argsort"
NAMES = [*(name for name in UFUNCS if name != "reciprocal"), *REDUCTIONS.split()]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8"])
def test_integers_of_all_widths_and_masks(dtype, onnxruntime):
    """They wrap, and don't become floats; many operators of ONNX have some widths alone."""
    x = np.array([[0, 1, 2], [7, 5, 3]]).astype(dtype)
    for name in NAMES:
        function = getattr(np, name)
        other = x[::-1].T if name == "matmul" else x[::-1]
        others = [other] * (getattr(function, "nin", 1) - 1)
        try:
            is_whole = function(x, *others).dtype.kind != "f"
        except TypeError:  # such as differences of masks
            continue
        if is_whole:
            check(onnxruntime, lambda x, f=function, o=others: f(x, *o), x, any_rows=False)
    check(onnxruntime, lambda x: np.cumsum(x, axis=1), x)


def test_numbers_near_0_keep_their_digits(onnxruntime):
    x = np.array([0, 1e-300, 1e-18, 1e-9, 0.5, 1, 40, np.inf, -np.inf])
    check(onnxruntime, np.log1p, x[:-1], tolerance=1e-14)
    check(onnxruntime, np.expm1, x, tolerance=1e-14)
    check(onnxruntime, np.expm1, -x, tolerance=1e-14)
    check(onnxruntime, lambda x: np.logaddexp(x, x[::-1]), x, tolerance=1e-14)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "any", "argsort"])
def test_reductions_along_no_axis_or_all(name, onnxruntime):
    x = np.array([[0.5, 0, 2], [3, 1, -1]])
    for axis in [None] if name == "argsort" else [(), None, (0, 1)]:
        check(onnxruntime, lambda x, a=axis: getattr(np, name)(x, axis=a), x, any_rows=False)


def test_arrays_like_another_have_the_shape_and_the_dtype_that_are_given(onnxruntime):
    x = np.arange(6.0).reshape(2, 3)
    check(
        onnxruntime,
        lambda x: np.ones_like(x, dtype=np.int8) + np.zeros_like(x, shape=3),
        x,
        any_rows=False,
    )
    check(onnxruntime, lambda x: np.ones_like(x, shape=(2, 1), order="F"), x, any_rows=False)


@pytest.mark.parametrize("order", ["C", "F"])
def test_reshape_in_both_orders_also_of_nothing(order, onnxruntime):
    x = np.arange(12.0).reshape(2, 3, 2)
    for shape in [(6, 2), (-1, 4), 12, (2, 1, 6)]:
        check(onnxruntime, lambda x, s=shape: np.reshape(x.T, s, order=order), x, any_rows=False)
    check(onnxruntime, lambda x: np.reshape(x[..., :0], (len(x), 0, 5), order=order), x)
    check(onnxruntime, lambda x: np.concatenate([x, x[:, :0]], axis=None), x)
