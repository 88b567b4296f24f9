"""The writer of an ONNX graph: its nodes, its constants, and their names."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.typing import Array
from autodiff.onnx.rows import Rows

__all__ = ["Value", "Writer", "element_type"]


@dataclass(frozen=True)
class Value:
    """A value of the graph.

    Attributes:
        name: its name in the graph.
        shape: its lengths, with `Rows` where they depend on the number of rows.
        dtype: of the array.
        constant: the array, if it is the same in each run; it has one row for all equal rows.

    >>> Value("x", (2, 3), np.dtype("float32")).ndim
    2
    """

    name: str
    shape: tuple[Any, ...]
    dtype: np.dtype[Any]
    constant: Any = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)


class Writer:
    """Add operators and constants to a graph.

    Args:
        onnx: the package ``onnx``.
        taken: the names of the graph's inputs and results.
        batch: the name of an input, which has the rows in its first axis.

    >>> import onnx
    >>> writer = Writer(onnx, taken={"x"})
    >>> writer.add("Tanh", "x")
    'tanh_1'
    """

    def __init__(self, onnx: Any, taken: Collection[str] = (), batch: str = "") -> None:
        self.onnx, self.taken, self.batch = onnx, taken, batch
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._known: dict[Any, str] = {}
        self._count = 0

    def new_name(self, stem: str = "value") -> str:
        """Return a name that isn't used yet."""
        while True:
            self._count += 1
            name = f"{stem}_{self._count}"
            if name not in self.taken:
                return name

    def constant(self, array: Array, dtype: Any = None) -> str:
        """Return the name of a constant; equal ones are one."""
        array = np.asarray(array, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = name = self.new_name("constant")
            self.constants.append(self.onnx.numpy_helper.from_array(np.array(array), name))
        return self._known[key]

    def length(self, rows: Rows) -> str:
        """Return the name of a vector with one entry, a multiple of the number of rows."""
        return self.add(
            "Mul", self.add("Shape", self.batch, start=0, end=1), self.numbers(rows.factor)
        )

    def repeated(self, array: Array, lengths: Sequence[Any]) -> str:
        """Return the name of an array, repeated along the axes of length 1 to these lengths."""
        return self.add("Expand", self.constant(array), self.shape(lengths))

    def shape(self, lengths: Sequence[Any]) -> str:
        """Return the name of a vector of lengths, some of which may be `Rows`."""
        parts = [self.length(n) if isinstance(n, Rows) else self.numbers(n) for n in lengths]
        return self.add("Concat", *parts, axis=0) if parts else self.numbers()

    def used_constants(self) -> list[Any]:
        """Return the constants that an operator uses."""
        used = {name for node in self.nodes for name in node.input}
        return [constant for constant in self.constants if constant.name in used]

    def numbers(self, *numbers: int) -> str:
        """Return the name of a constant of whole numbers, such as axes."""
        return self.constant(np.array(numbers, np.int64))

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator with one result, and return the name of the result."""
        return self.add_several(kind, 1, *inputs, **attributes)[0]

    def add_several(self, kind: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add an operator with several results, and return their names."""
        names = [self.new_name(kind.lower()) for _ in range(count)]
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def cast(self, value: Value, dtype: Any) -> str:
        """Return the name of a value with another dtype."""
        dtype = np.dtype(dtype)
        if value.constant is not None and np.shape(value.constant) == value.shape:
            return self.constant(value.constant, dtype)
        return self.cast_name(value.name, dtype, value.dtype)

    def cast_name(self, name: str, dtype: Any, given: Any = None) -> str:
        """Return the name of a value with another dtype than the given one, or of whatever one."""
        if given is not None and np.dtype(given) == np.dtype(dtype):
            return name
        return self.add("Cast", name, to=element_type(self.onnx, dtype))

    def reshape(self, value: Value, shape: Sequence[Any]) -> str:
        """Return the name of a value with another shape; one length may be `Rows`, or -1.

        Raises:
            ValueError: several lengths depend on the number of rows.
        """
        if 0 in value.shape:  # where -1 means 0, and is no sign of ONNX
            lengths = [0 if length == -1 else length for length in shape]
            return self.add("Reshape", value.name, self.shape(lengths), allowzero=1)
        unknown = [axis for axis, length in enumerate(shape) if length == -1]
        lengths = [-1 if isinstance(length, Rows) else int(length) for length in shape]
        if unknown and lengths.count(-1) > 1:
            lengths[unknown[0]] = -_entries(value.shape) // _entries(shape)
        if lengths.count(-1) > 1:
            raise ValueError(
                f"expected one axis that follows the number of rows, got the shape {shape}. "
                "Write code with one such axis."
            )
        return self.add("Reshape", value.name, self.numbers(*lengths))

    def transpose(self, name: str, axes: Sequence[int]) -> str:
        """Return the name of a value with its axes in another order."""
        return self.add("Transpose", name, perm=[int(axis) for axis in axes]) if axes else name


def element_type(onnx: Any, dtype: Any) -> int:
    """Return the number that stands for a dtype in ONNX; texts have one too.

    Raises:
        NotImplementedError: no number does.
    """
    dtype = np.dtype(dtype)
    if dtype.kind == "U":
        return int(onnx.TensorProto.STRING)
    if dtype.kind == "f" and dtype.itemsize > np.dtype(np.float64).itemsize:
        raise NotImplementedError(
            f"expected numbers that ONNX has, of at most 64 bits, got {dtype}. Convert them with "
            "astype(np.float64)."
        )
    return int(onnx.helper.np_dtype_to_tensor_dtype(dtype))


def _entries(shape: Sequence[Any]) -> int:
    """Return the number of entries, or of those of one row."""
    return math.prod(n.factor if isinstance(n, Rows) else int(n) for n in shape)
