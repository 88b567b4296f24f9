"""The base class of preprocessing layers, which take strings, integers and lists as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nn import tree
from nn.layers.base import Layer
from nn.layers.preprocessing.data import as_data
from nn.layers.preprocessing.encoding import encoded_shape
from nn.layers.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.shapes import Shape


class DataLayer(Layer):
    """The base class of layers that map numbers or strings to categories.

    Attributes:
        output_mode: how the categories are encoded; see `nn.layers.preprocessing.encoding`.
        index_dtype: the dtype of the numbers of categories.
    """

    takes_structures = True
    output_mode = "int"
    index_dtype: ClassVar[type[np.integer[Any]]] = np.int64

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.built = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs for arrays, lists, frames or single values."""
        kwargs = {name: as_data(value) for name, value in kwargs.items()}
        return super().__call__(*map(self.as_inputs, args), **kwargs)

    def as_inputs(self, value: Any) -> Any:
        """Convert an argument of a call to an array, which keeps integers and strings."""
        return as_data(value)

    @property
    def depth(self) -> int | None:
        """The number of categories."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """The dtype of the outputs."""
        return np.dtype(self.index_dtype if self.output_mode == "int" else np.float32)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return encoded_shape(input_shape, self.output_mode, self.depth)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the shape and the dtype of the outputs."""
        found = super().compute_output_spec(*args, **kwargs)
        return tree.map_leaves(lambda spec: Spec(spec.shape, self.output_dtype), found)

    @classmethod
    def _read(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments; Keras writes a dtype that follows from the output mode."""
        dtype = config.get("dtype")
        name = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
        kept = {key for key in config if key != "dtype" or name not in ("int32", "int64")}
        return super()._read({key: config[key] for key in kept})
