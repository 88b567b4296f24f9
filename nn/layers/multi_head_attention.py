"""Attention of several heads, each with learned projections of queries, keys and values.

``softmax(query · keyᵀ / √dimension) · value`` (Vaswani et al. 2017, equation 1).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn import random
from nn.initializers import over_axes
from nn.layers.attention_weights import combined, dropped_out, masked_softmax
from nn.layers.base import Layer
from nn.layers.own_arguments import own_arguments
from nn.layers.weight_options import set_weight_options, weight_options
from nn.naming import unique_name
from nn.numbers import below_one, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.shapes import Shape

__all__ = ["GroupQueryAttention", "MultiHeadAttention"]


class _Projection(Layer):
    """A product with a kernel over the last ``axes`` axes of the inputs."""

    def __init__(self, outputs: tuple[int, ...], axes: int, owner: Any, name: str) -> None:
        super().__init__(name=f"{owner.name}/{name}")
        self.outputs, self.axes, self.use_bias = outputs, axes, owner.use_bias
        self.owner_options = partial(weight_options, owner)  # not the owner: it tracks this layer

    def build(self, input_shape: Shape) -> None:
        """Create the kernel and the bias."""
        shape = (*(n for n in input_shape[-self.axes :] if n is not None), *self.outputs)
        options, axes = self.owner_options("kernel"), range(len(shape))
        options["initializer"] = over_axes(
            options["initializer"], axes[: self.axes], axes[self.axes :]
        )
        self.kernel = self.add_weight(shape, name="kernel", **options)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(self.outputs, name="bias", **self.owner_options("bias"))

    def call(self, inputs: Array) -> Array:
        """Multiply by the kernel, and add the bias."""
        rows = inputs.shape[: -self.axes]
        kernel = self.kernel.value.reshape(-1, int(np.prod(self.outputs)))
        product = inputs.reshape(-1, kernel.shape[0]) @ kernel
        product = product.reshape(*rows, *self.outputs)
        return product if self.bias is None else product + self.bias.value

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return (*input_shape[: -self.axes], *self.outputs)


class _Heads(Layer):
    """The base class of attention with several heads."""

    casts_integers = True
    is_one_box = True
    use_bias: bool
    seed: int | None
    dropout: float
    written_by_keras: ClassVar = {
        "use_gate": False, "sliding_window": None, "activity_regularizer": None
    }  # fmt: skip

    def set_heads(self, arguments: dict[str, Any]) -> None:
        """Check and store the arguments that both kinds have."""
        self.use_bias = bool(arguments["use_bias"])
        self.dropout = below_one("dropout", arguments["dropout"])
        self.seed = arguments["seed"]
        set_weight_options(self, ("kernel", "bias"), arguments)
        self.supports_masking = True
        self._generator = random.generator(self.seed)

    def project(
        self, query: Shape, value: Shape, key: Shape, heads: tuple[int, int], sizes: tuple[int, int]
    ) -> None:
        """Create the projections.

        Args:
            query: the shape of the query, and so on.
            value: likewise.
            key: likewise.
            heads: the numbers of heads of the query, and of the keys and values.
            sizes: the lengths of a key and of a value.
        """
        if value is None:
            raise TypeError(
                f"layer {self.name!r} expects a query and a value, got the query alone. Write "
                "layer(x, x) for the attention of a sequence to itself."
            )
        for inner in ("Softmax", "Dropout"):  # layers in Keras's, which count in later names
            unique_name(inner)
        (of_query, others), (size, value_size) = heads, sizes
        output = self.output_widths(query)
        self.query_dense = _Projection((of_query, size), 1, self, "query")
        self.key_dense = _Projection((others, size), 1, self, "key")
        self.value_dense = _Projection((others, value_size), 1, self, "value")
        self.output_dense = _Projection(output, 2, self, "attention_output")
        for layer, shape in (
            (self.query_dense, query),
            (self.key_dense, key),
            (self.value_dense, value),
            (self.output_dense, (None, None, of_query, value_size)),
        ):
            layer.ensure_built(shape)

    def output_widths(self, query: Shape) -> tuple[int, ...]:
        """Return the shape of an output."""
        return (int(query[-1] or 0),)

    def call(
        self,
        query: Array,
        value: Array,
        key: Array = None,
        query_mask: Array | None = None,
        value_mask: Array | None = None,
        key_mask: Array | None = None,
        attention_mask: Array | None = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the outputs for each entry of the query, and the weights of the values if wanted.

        Args:
            query: shape (rows, outputs, features).
            value: shape (rows, inputs, features).
            key: the same; the values by default.
            query_mask: True for the entries that count, shape (rows, outputs), and so on.
            value_mask: likewise.
            key_mask: likewise.
            attention_mask: True where an output may see an input, shape (rows, outputs, inputs).
            return_attention_scores: whether the weights, shape (rows, heads, outputs, inputs), are
                returned too.
            training: whether weights are dropped out.
            use_causal_mask: whether an output sees the inputs up to its own place only.
        """
        key = value if key is None else key
        q, k, v = (
            np.swapaxes(dense(x), 1, 2)
            for dense, x in (
                (self.query_dense, query),
                (self.key_dense, key),
                (self.value_dense, value),
            )
        )
        repeats = q.shape[1] // k.shape[1]
        if repeats > 1:
            k, v = np.repeat(k, repeats, axis=1), np.repeat(v, repeats, axis=1)
        scores = (q * float(q.shape[-1] ** -0.5)) @ np.swapaxes(k, -1, -2)
        mask = combined(
            q.shape[2],
            k.shape[2],
            query_mask,
            value_mask,
            key_mask,
            attention_mask,
            use_causal_mask,
        )
        if mask is not None and mask.ndim == 3:
            mask = mask[:, np.newaxis]
        weights = masked_softmax(scores, mask)
        shown = weights
        if training and self.dropout:
            weights = dropped_out(weights, self.dropout, self._generator)
        outputs = self.output_dense(np.swapaxes(weights @ v, 1, 2))
        return (outputs, shown) if return_attention_scores else outputs

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the query."""
        return previous_mask

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs."""
        return self._inferred(args, kwargs)

    def compute_output_shape(self, query_shape: Any, *_others: Any) -> Any:
        """Return the shape of the outputs."""
        return (*query_shape[:-1], *self.output_widths(query_shape))


class MultiHeadAttention(_Heads):
    """Attention of several heads, each with projections of its own (Vaswani et al. 2017).

    Call it with a query and values, ``layer(x, x)`` for self-attention; see `call`.

    Args:
        num_heads: the number of heads.
        key_dim: the length of the projected queries and keys.
        value_dim: the length of the projected values; ``key_dim`` by default.
        dropout: the fraction of the weights that is set to 0 during training.
        use_bias: whether the projections have a bias.
        output_shape: the length of an output; that of the query by default.
        kernel_initializer: sets the initial kernels; the others are like those of `Dense`.
        bias_initializer: sets the initial biases.
        kernel_regularizer: a penalty on the kernels.
        bias_regularizer: a penalty on the biases.
        kernel_constraint: applied to the kernels after each update.
        bias_constraint: applied to the biases after each update.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> x = np.zeros((2, 5, 8))
    >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
    (2, 5, 8)
    """

    written_by_keras: ClassVar = {"attention_axes": None}

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.num_heads = whole("num_heads", num_heads)
        self.key_dim = whole("key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else whole("value_dim", value_dim)
        self.output_shape = output_shape
        self.set_heads(arguments)

    @classmethod
    def _supported(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments.get("attention_axes") == [1]:  # what Keras writes after build, for None
            arguments = {**arguments, "attention_axes": None}
        return super()._supported(arguments)

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


class GroupQueryAttention(_Heads):
    """Attention whose heads share keys and values in groups (Ainslie et al. 2023).

    Args:
        head_dim: the length of the projected queries, keys and values.
        num_query_heads: the number of heads.
        num_key_value_heads: the number of heads of keys and values; divides the other.
        dropout: the fraction of the weights that is set to 0 during training.
        use_bias: whether the projections have a bias.
        kernel_initializer: sets the initial kernels; the others are like those of `Dense`.
        bias_initializer: sets the initial biases.
        kernel_regularizer: a penalty on the kernels.
        bias_regularizer: a penalty on the biases.
        kernel_constraint: applied to the kernels after each update.
        bias_constraint: applied to the biases after each update.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> x = np.zeros((2, 5, 8))
    >>> GroupQueryAttention(4, num_query_heads=4, num_key_value_heads=2)(x, x).shape
    (2, 5, 8)
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
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
