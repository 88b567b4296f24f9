"""Attention of several heads, each with learned projections of queries, keys and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.layers.attended_axes import AttendedAxes
from nn.layers.heads import Heads
from nn.layers.own_arguments import own_arguments
from nn.numbers import whole

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

__all__ = ["GroupQueryAttention", "MultiHeadAttention"]


class MultiHeadAttention(Heads):
    """Attention of several heads, each with projections of its own (Vaswani et al. 2017).

    Call it with a query and values, ``layer(x, x)`` for self-attention; see `call`.

    Args:
        num_heads: the number of heads.
        key_dim: the length of the projected queries and keys.
        value_dim: the length of the projected values; ``key_dim`` by default.
        dropout: the fraction of the weights that is set to 0 during training.
        use_bias: whether the projections have a bias.
        output_shape: the length of an output; that of the query by default.
        attention_axes: the axes that attention is over, where inputs have several; all of them by
            default, without the rows and features.
        sliding_window: the number of steps, counted from its own, that an output sees to both
            sides; all by default.
        kernel_initializer: sets the initial kernels; the others are like those of `Dense`.
        bias_initializer: sets the initial biases.
        kernel_regularizer: a penalty on the kernels.
        bias_regularizer: a penalty on the biases.
        kernel_constraint: applied to the kernels after each update.
        bias_constraint: applied to the biases after each update.
        use_gate: whether the outputs of the heads are multiplied by sigmoids of the query.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> import numpy as np
    >>> x = np.zeros((2, 5, 8))
    >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
    (2, 5, 8)
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        sliding_window: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.num_heads = whole("num_heads", num_heads)
        self.key_dim = whole("key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else whole("value_dim", value_dim)
        self.output_shape = (output_shape,) if isinstance(output_shape, int) else output_shape
        is_one = attention_axes is None or isinstance(attention_axes, int)
        self.attention_axes = attention_axes if is_one else tuple(attention_axes)
        self.set_heads(arguments)

    def attended_axes(self, query: Shape, value: Shape) -> AttendedAxes:
        """Return the axes that attention is over.

        Raises:
            ValueError: there is no such axis, or another one has another length in the values.
        """
        rank, axes = len(query), self.attention_axes
        axes = range(1, rank - 1) if axes is None else (axes,) if isinstance(axes, int) else axes
        self.attention_axes = tuple(axis + rank if axis < 0 else axis for axis in axes)
        if not self.attention_axes or not all(0 < a < rank - 1 for a in self.attention_axes):
            raise ValueError(
                f"layer {self.name!r} expects attention_axes between the rows and the features, "
                f"got {tuple(axes)} for a query of shape {query}. Pass 1 for sequences."
            )
        others = [axis for axis in range(1, rank - 1) if axis not in self.attention_axes]
        if len(value) != rank or any(query[axis] != value[axis] for axis in others):
            raise ValueError(
                f"layer {self.name!r} expects a query and values that differ in axes "
                f"{self.attention_axes} alone, got {query} and {value}. Pass other "
                "attention_axes=, or reshape one of them."
            )
        return AttendedAxes(rank, self.attention_axes)

    def output_widths(self, query: Shape) -> tuple[int, ...]:
        """Return the shape of an output."""
        if self.output_shape is None:
            return super().output_widths(query)
        widths = self.output_shape
        return tuple(widths) if isinstance(widths, list | tuple) else (int(widths),)

    def build(  # type: ignore[override]
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> None:
        """Create the projections."""
        self.project(
            query_shape,
            value_shape,
            key_shape or value_shape,
            (self.num_heads, self.num_heads),
            (self.key_dim, self.value_dim),
        )
        self.query_dense, self.key_dense = self._query_dense, self._key_dense  # named so in files
        self.value_dense, self.output_dense = self._value_dense, self._output_dense


class GroupQueryAttention(Heads):
    """Attention whose heads share keys and values in groups (Ainslie et al. 2023).

    Args:
        head_dim: the length of the projected queries, keys and values.
        num_query_heads: the number of heads.
        num_key_value_heads: the number of heads of keys and values; divides the other.
        dropout: the fraction of the weights that is set to 0 during training.
        use_bias: whether the projections have a bias.
        sliding_window: the number of steps, counted from its own, that an output sees to both
            sides; all by default.
        kernel_initializer: sets the initial kernels; the others are like those of `Dense`.
        bias_initializer: sets the initial biases.
        kernel_regularizer: a penalty on the kernels.
        bias_regularizer: a penalty on the biases.
        kernel_constraint: applied to the kernels after each update.
        bias_constraint: applied to the biases after each update.
        use_gate: whether the outputs of the heads are multiplied by sigmoids of the query.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> import numpy as np
    >>> x = np.zeros((2, 5, 8))
    >>> GroupQueryAttention(4, num_query_heads=4, num_key_value_heads=2)(x, x).shape
    (2, 5, 8)
    """

    named_as = "GroupedQueryAttention"

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.head_dim = whole("head_dim", head_dim)
        self.num_query_heads = whole("num_query_heads", num_query_heads)
        self.num_key_value_heads = whole("num_key_value_heads", num_key_value_heads)
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"GroupQueryAttention expects num_query_heads to be a multiple of "
                f"num_key_value_heads, got {num_query_heads} and {num_key_value_heads}. Change one "
                f"of them."
            )
        self.set_heads(arguments)
        self.activity_regularizer = self.projections_regularizer  # and on the outputs, as in Keras

    def build(  # type: ignore[override]
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> None:
        """Create the projections."""
        self.project(
            query_shape,
            value_shape,
            key_shape or value_shape,
            (self.num_query_heads, self.num_key_value_heads),
            (self.head_dim, self.head_dim),
        )
