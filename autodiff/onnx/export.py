"""A function as an ONNX model."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.typing import Array
from autodiff.onnx.operators import form_of
from autodiff.onnx.rows import NUMBERS, Rows, RowsOf, merged
from autodiff.onnx.trial import needed, recorded
from autodiff.onnx.writer import Value, Writer, element_type

__all__ = ["export"]

OPSETS, IR_VERSION = {"": 18, "ai.onnx.ml": 3}, 10  # of operators, by their domains


def export(
    function: Callable[..., Sequence[Array]],
    inputs: Sequence[tuple[str, tuple[int | None, ...], Any]],
    outputs: Sequence[str],
    constants: Sequence[Array] = (),
) -> bytes:
    """Return the content of an ONNX file of a function, for any number of rows.

    What the format leaves open is decided by the program that runs the file. ONNX Runtime ignores
    NaN in ``max``, ``min``, ``argmax`` and ``argmin``, where NumPy finds it, and its integer powers
    and products don't wrap. What the function decides by the number of rows (``if len(x) > 4``) is
    what it decides for 7 and 10 rows.

    Args:
        function: takes as many arrays as there are inputs and constants, and returns a sequence of
            arrays; the rows of its results are those of its inputs.
        inputs: the name, the shape and the dtype of each; the first length of a shape may be None,
            for any number of rows.
        outputs: the names of the results.
        constants: further arguments, such as weights, which become part of the file.

    Raises:
        ModuleNotFoundError: the package ``onnx`` isn't installed.
        NotImplementedError: an operation has no form in ONNX, or its numbers no type there.
        ValueError: a length beside that of the rows isn't known.

    >>> import numpy as np
    >>> import onnx
    >>> content = export(lambda x: (np.tanh(x),), [("x", (None, 3), np.float32)], ["y"])
    >>> [node.op_type for node in onnx.load_from_string(content).graph.node]
    ['Tanh', 'Identity']
    """
    onnx = _package()
    trials = [
        recorded(function, [*(_trial(*x, rows) for x in inputs), *constants]) for rows in NUMBERS
    ]
    with_rows = [name for name, shape, _ in inputs if shape and shape[0] is None]
    names = {*outputs, *(name for name, *_ in inputs)}
    writer = Writer(onnx, names, with_rows[0] if with_rows else "")
    found = _started(inputs, [trial[0] for trial in trials])
    first, second = (needed(results) for _, results in trials)
    if len(first) != len(second):
        raise ValueError(
            f"expected the same operations for any number of rows, got {len(first)} for "
            f"{NUMBERS[0]} rows and {len(second)} for {NUMBERS[1]}. Compute with whole arrays, "
            f"not in a loop over rows."
        )
    for node, other in zip(first, second, strict=True):
        if not node.primitive.is_start:
            found[node.order] = _written(writer, node, other, found)
        elif node.inputs:  # what a transform inside of the function starts with
            found[node.order] = _value(writer, node.inputs[0], other.inputs[0], found)
        elif node.order not in found:  # a constant, or a Tensor that the function makes
            found[node.order] = _value(writer, node.value, other.value, found)
    ends = [_value(writer, x, y, found) for x, y in zip(*(t[1] for t in trials), strict=True)]
    for name, end in zip(outputs, ends, strict=True):
        writer.nodes.append(onnx.helper.make_node("Identity", [end.name], [name]))
    graph = onnx.helper.make_graph(
        writer.nodes,
        "autodiff",
        [_declared(onnx, name, shape, dtype) for name, shape, dtype in inputs],
        [_declared(onnx, name, x.shape, x.dtype) for name, x in zip(outputs, ends, strict=True)],
        writer.used_constants(),
    )
    used = {"", *(node.domain for node in writer.nodes)}
    opsets = [onnx.helper.make_opsetid(name, OPSETS.get(name, 1)) for name in sorted(used)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, producer_name="slopes")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content


def _package() -> Any:
    try:
        return importlib.import_module("onnx")
    except ModuleNotFoundError as error:
        if error.name != "onnx":
            raise
        raise ModuleNotFoundError(
            "expected the package 'onnx', which a file of ONNX needs, got none. "
            "Run: pip install 'slopes[onnx]'.",
            name="onnx",
        ) from None


def _trial(name: str, shape: tuple[int | None, ...], dtype: Any, rows: int) -> Array:
    if any(length is None for length in shape[1:]):
        raise ValueError(
            f"expected known lengths of all axes but the first, got {shape} for {name!r}. Make the "
            "model with an Input of known lengths, and set its weights."
        )
    array = np.zeros([rows if length is None else length for length in shape], dtype)
    return array + 1 if array.dtype.kind in "fc" else array  # more functions have values at 1


def _started(inputs: Sequence[Any], nodes: Sequence[Sequence[Node]]) -> dict[int, Value]:
    """Return the values of the inputs by the creation numbers of their Nodes."""
    return {
        node.order: Value(name, merged(node.value.shape, other.value.shape), node.value.dtype)
        for (name, *_), node, other in zip(inputs, *nodes, strict=False)
    }


def _written(writer: Writer, node: Node, other: Node, found: dict[int, Value]) -> Any:
    """Write an operation, and return its value, or its values."""
    if node.primitive is not other.primitive:
        raise ValueError(
            f"expected the same operations for any number of rows, got {node.primitive.name} and "
            f"{other.primitive.name}. Write code for any number of rows."
        )
    form, options = form_of(node, other)
    if isinstance(node.value, tuple):
        raise NotImplementedError(
            f"expected operations with one result, got {node.primitive.name!r} with "
            f"{len(node.value)}. Write one operation for each result."
        )
    dtype = np.result_type(node.value)
    if dtype.kind == "c":
        raise NotImplementedError(
            f"expected real numbers, with which ONNX computes, got {dtype} from "
            f"{node.primitive.name!r}. Compute the real and the imaginary parts by themselves."
        )
    inputs = [_value(writer, x, y, found) for x, y in zip(node.inputs, other.inputs, strict=True)]
    shape = merged(np.shape(node.value), np.shape(other.value))
    name = form(writer, *inputs, **merged(*options, repeats=False))
    return Value(name, shape, dtype)


def _value(writer: Writer, item: Any, other: Any, found: dict[int, Value]) -> Value:
    if type(item) is Node:
        return found[item.order]
    array = merged(item, other)
    if isinstance(array, Rows | RowsOf):
        raise ValueError(
            f"expected numbers that don't depend on the number of rows, got {item} for "
            f"{NUMBERS[0]} and {other} for {NUMBERS[1]} rows. Use np.mean, or count the rows: "
            f"np.sum(np.ones_like(x[:, 0])), or np.cumsum of it."
        )
    dtype = np.asarray(array).dtype
    lengths = merged(np.shape(item), np.shape(other))
    if any(isinstance(length, Rows) for length in lengths):
        return Value(writer.repeated(array, lengths), lengths, dtype, array)
    return Value(writer.constant(array), np.shape(array), dtype, array)


def _declared(onnx: Any, name: str, shape: Sequence[Any], dtype: Any) -> Any:
    lengths = ["rows" if isinstance(n, Rows) or n is None else n for n in shape]
    return onnx.helper.make_tensor_value_info(name, element_type(onnx, dtype), lengths)
