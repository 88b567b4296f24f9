"""Operations of one or two arrays refuse what isn't an array of numbers, strings or bools."""

import inspect

import numpy as np
import pytest

import nn
from nn import ops
from tests.nn.odd_inputs import ROWS, odd_inputs

KINDS = [
    "a dictionary", "nothing", "a generator", "a set", "rows of several lengths", "dates",
    "a list of dates", "durations", "a large number",
]  # fmt: skip
ANYTHING = {"custom_gradient", "is_tensor", "linear", "stop_gradient", "shape", "while_loop"}


def arrays_of(operation):
    """Return the number of required parameters if these are named as arrays are."""
    required = [
        name
        for name, p in inspect.signature(operation).parameters.items()
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return len(required) if required in (["x"], ["x1", "x2"], ["x", "y"]) else 0


OPERATIONS = {
    name: operation
    for name, operation in vars(nn.ops).items()
    if inspect.isfunction(operation) and arrays_of(operation) and name not in ANYTHING
}


def test_there_are_many_operations_of_arrays():
    assert len(OPERATIONS) > 150


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_an_array_is_refused(kind):
    for name, operation in OPERATIONS.items():
        value, part = odd_inputs()[kind]
        arguments = [value, ROWS][: arrays_of(operation)]
        message = f"expected (x|a pair|a real).*({part}|got ndarray|got list|one shape)"
        if name == "stack" and kind in ("a generator", "rows of several lengths"):
            continue  # a list of arrays; NumPy says what is wrong
        with pytest.raises((TypeError, ValueError), match=message):
            assert operation(*arguments) is NotImplemented, name


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "celu", "soft_shrink", "squareplus"])
@pytest.mark.parametrize("parameter", [2, 2.0, np.int32(2), np.array([2, 2])])
def test_parameters_of_activations_do_not_widen(name, parameter):
    for x in (np.array([-1.0, 3.0], np.float32), np.array([-1, 3])):
        z = getattr(ops, name)(x, parameter)
        assert z.dtype == np.float32
        np.testing.assert_array_equal(z, getattr(ops, name)(np.float32(x), 2.0))


def test_quotients_by_a_number_keep_the_dtype():
    for dtype in ("float16", "float32"):
        x = np.array([1.0, -3.0], dtype)
        for z, expected in ((ops.divide_no_nan(x, 2), x / 2), (ops.divide_no_nan(x, 0), x * 0)):
            assert z.dtype == dtype
            np.testing.assert_array_equal(z, expected)


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "nancumsum", "nancumprod", "prod"])
def test_entries_are_converted_before_they_are_added_or_multiplied(name):
    x = np.array([1.75, 2.75, -1.5], np.float32)
    z = getattr(ops, name)(x, dtype="int32")
    np.testing.assert_array_equal(z, getattr(np, name)([1, 2, -1]))
    assert z.dtype == np.int32
    if name.startswith("nan"):
        with_nan = getattr(ops, name)(np.append(x, np.float32(np.nan)), dtype="int32")
        np.testing.assert_array_equal(with_nan, getattr(np, name)([1, 2, -1, np.nan]))


@pytest.mark.parametrize("label", [2, -1, 0.5, np.nan])
def test_a_single_class_number_is_checked(label):
    scores = np.array([0.2, 0.8], np.float32)
    for target in (label, [label], np.float32(label)):
        with pytest.raises(ValueError, match=r"whole class numbers from 0 to 1.* in row 0 of y"):
            ops.sparse_categorical_crossentropy(target, scores)


def test_narrow_floats_of_other_libraries_are_refused():
    brain = pytest.importorskip("ml_dtypes").bfloat16
    with pytest.raises(TypeError, match=r"doesn't compute in bfloat16: pass x.astype\(np.float32"):
        ops.exp(np.ones(2, brain))


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_error_functions_keep_the_dtype(name, dtype):
    pytest.importorskip("scipy")
    x = np.array([0.25, -0.5], dtype)
    z = getattr(ops, name)(x)
    assert z.dtype == dtype
    np.testing.assert_allclose(z, getattr(ops, name)(x.astype(float)), rtol=1e-3)


def test_indices_of_many_entries_unravel_in_any_shape():
    places = np.arange(9000).reshape(9000, 1)
    rows, columns = ops.unravel_index(places, (90, 100))
    np.testing.assert_array_equal(100 * rows + columns, places)
