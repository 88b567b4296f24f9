"""HashedCrossing: several columns as one, which has a bin for each combination of values."""

from __future__ import annotations

from typing import Any, ClassVar

from nn.layers.preprocessing.data import as_data
from nn.layers.preprocessing.data_layer import DataLayer
from nn.layers.preprocessing.encoding import checked_mode, encode
from nn.layers.preprocessing.hashes import crossed
from nn.numbers import whole


class HashedCrossing(DataLayer):
    """Replace the values of several columns together by a bin that a hash chooses.

    The package ``pyfarmhash`` computes the hash of strings: ``pip install 'slopes[hashing]'``.

    Args:
        num_bins: the number of bins.
        output_mode: ``'int'`` or ``'one_hot'``.
        options: those of every `Layer`.

    >>> HashedCrossing(num_bins=5)((["A", "B", "A"], [101, 101, 102]))
    array([1, 4, 3])
    """

    written_by_keras: ClassVar = {"sparse": False}
    left_out_by_keras = ("trainable",)

    def __init__(self, num_bins: int, output_mode: str = "int", **options: Any) -> None:
        super().__init__(**options)
        self.num_bins = whole("num_bins", num_bins)
        self.output_mode = checked_mode("HashedCrossing", output_mode)

    @property
    def depth(self) -> int:
        """The number of bins."""
        return self.num_bins

    def as_inputs(self, value: Any) -> Any:
        """Convert each column to an array, which keeps integers and strings.

        Raises:
            ValueError: there is one column only, or they aren't of one shape, (rows,) or (rows, 1).
        """
        if not isinstance(value, list | tuple) or len(value) < 2:
            raise ValueError(
                f"layer {self.name!r} expects at least two columns in a list, got "
                f"{type(value).__name__}. Write layer([a, b])."
            )
        columns = [as_data(column) for column in value]
        shapes = {tuple(column.shape) for column in columns}
        shape = shapes.pop()
        if shapes or not shape or shape[1:] not in ((), (1,)):
            raise ValueError(
                f"layer {self.name!r} expects columns of one shape, (rows,) or (rows, 1), got "
                f"{[tuple(column.shape) for column in columns]}. Pass single columns."
            )
        return columns

    def call(self, inputs: Any) -> Any:
        """Hash the columns of a batch."""
        for column in inputs:
            if column.dtype.kind not in "Uiub":
                raise TypeError(
                    f"layer {self.name!r} expects columns of strings or whole numbers, got one of "
                    f"{column.dtype}. Use Discretization before it."
                )
        return encode(crossed(inputs, self.num_bins), self.output_mode, self.num_bins)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs."""
        return super().compute_output_shape(input_shape[0])

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**elsewhere) | {"dtype": self.output_dtype.name}
