"""What layers of attention with several heads have in common: projections, and the weights.

``softmax(query · keyᵀ / √dimension) · value`` (Vaswani et al. 2017, equation 1).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn import activations, random
from nn.initializers import over_axes
from nn.layers.attended_axes import AttendedAxes
from nn.layers.attention_weights import (
    as_bools,
    check_keys,
    check_mask,
    check_rows,
    dropped_out,
    masked_softmax,
)
from nn.layers.base import Layer
from nn.layers.weight_options import set_weight_options, weight_options
from nn.naming import unique_name
from nn.numbers import below_one, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.layers.shapes import Shape

__all__ = ["Heads"]


class _Projection(Layer):
    """A product with a kernel over the last ``axes`` axes of the inputs."""

    def __init__(
        self, outputs: tuple[int, ...], axes: int, owner: Any, name: str, activation: Any = None
    ) -> None:
        regularizer = owner.projections_regularizer
        super().__init__(name=f"{owner.name}/{name}", activity_regularizer=regularizer)
        self.outputs, self.axes, self.use_bias = outputs, axes, owner.use_bias
        self.activation = activation
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
        """Multiply by the kernel, add the bias, and apply the activation."""
        rows = inputs.shape[: -self.axes]
        kernel = self.kernel.value.reshape(-1, int(np.prod(self.outputs)))
        product = inputs.reshape(-1, kernel.shape[0]) @ kernel
        product = product.reshape(*rows, *self.outputs)
        product = product if self.bias is None else product + self.bias.value
        return product if self.activation is None else self.activation(product)


class Heads(Layer):
    """The base class of attention with several heads."""

    casts_integers = True
    is_one_box = True
    written_by_keras: ClassVar = {"activity_regularizer": None}
    use_bias: bool
    use_gate: bool
    seed: int | None
    dropout: float
    sliding_window: int | None
    _gate_dense: Any = None

    def set_heads(self, arguments: dict[str, Any]) -> None:
        """Check and store the arguments that both kinds have."""
        self.use_bias = bool(arguments["use_bias"])
        self.use_gate = bool(arguments["use_gate"])
        self.dropout = below_one("dropout", arguments["dropout"])
        window = arguments["sliding_window"]
        self.sliding_window = None if window is None else whole("sliding_window", window)
        self.seed = arguments["seed"]
        set_weight_options(self, ("kernel", "bias"), arguments)
        self.supports_masking = True
        self._generator = random.generator(self.seed)
        # As in Keras, the penalty is on the outputs of each projection.
        self.projections_regularizer, self.activity_regularizer = self.activity_regularizer, None

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(activity_regularizer=self.projections_regularizer, **elsewhere)

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
        check_keys(self.name, value, key)
        self.attended = self.attended_axes(query, value)
        for inner in ("Softmax", "Dropout"):  # layers in Keras's, which count in later names
            unique_name(inner)
        (of_query, others), (size, value_size) = heads, sizes
        self._query_dense = _Projection((of_query, size), 1, self, "query")
        self._key_dense = _Projection((others, size), 1, self, "key")
        if self.use_gate:
            gates = (of_query, value_size)
            self._gate_dense = _Projection(gates, 1, self, "gate", activations.sigmoid)
        self._value_dense = _Projection((others, value_size), 1, self, "value")
        self._output_dense = _Projection(self.output_widths(query), 2, self, "attention_output")
        for layer, shape in (
            (self._query_dense, query),
            (self._key_dense, key),
            (self._gate_dense, query),
            (self._value_dense, value),
            (self._output_dense, (*query[:-1], of_query, value_size)),
        ):
            if layer is not None:
                layer.ensure_built(shape)

    def attended_axes(self, query: Shape, value: Shape) -> AttendedAxes:  # noqa: ARG002 - for subclasses
        """Return the axes that attention is over: that of the steps.

        Raises:
            ValueError: the inputs have other axes.
        """
        if len(query) != 3:
            raise ValueError(
                f"layer {self.name!r} expects sequences, (rows, steps, features), got a query of "
                f"shape {query}. Reshape it, or use MultiHeadAttention, which takes any axes."
            )
        return AttendedAxes(3, (1,))

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
        key, axes = value if key is None else key, self.attended
        check_keys(self.name, value.shape, key.shape)
        check_rows(self.name, query.shape, key.shape, axes.others)
        q, k, v = (
            axes.steps(dense(x))
            for dense, x in (
                (self._query_dense, query),
                (self._key_dense, key),
                (self._value_dense, value),
            )
        )
        repeats = q.shape[-3] // k.shape[-3]
        if repeats > 1:
            k, v = np.repeat(k, repeats, axis=-3), np.repeat(v, repeats, axis=-3)
        scores = (q * float(q.shape[-1] ** -0.5)) @ np.swapaxes(k, -1, -2)
        mask = None
        for part in self._masks(scores.shape, query_mask, (value_mask, key_mask), attention_mask,
                                use_causal_mask):  # fmt: skip
            check_mask(self.name, "a mask of scores", part.shape, scores.shape)
            mask = part if mask is None else np.logical_and(mask, part)
        # As in Keras, whose fused kernel, for the other calls, leaves equal weights there.
        zeroed = bool(self.dropout) or return_attention_scores or query.ndim != 3
        weights = masked_softmax(scores, mask, zeroed)
        shown = axes.scores(weights, axes.lengths(query), axes.lengths(key))
        if training and self.dropout:
            weights = dropped_out(weights, self.dropout, self._generator)
        outputs = axes.restored(weights @ v, axes.lengths(query))
        if self._gate_dense is not None:
            outputs = outputs * self._gate_dense(query)
        outputs = self._output_dense(outputs)
        return (outputs, shown) if return_attention_scores else outputs

    def _masks(
        self,
        shape: tuple[int, ...],
        query_mask: Array | None,
        key_masks: tuple[Array | None, ...],
        attention_mask: Array | None,
        is_causal: bool,
    ) -> Iterator[Array]:
        """Yield what limits which keys a query may see, as bools that broadcast to the scores.

        Args:
            shape: that of the scores, (..., heads, outputs, inputs).
            query_mask: as in `call`.
            key_masks: of the values and the keys.
            attention_mask: as in `call`.
            is_causal: whether an output sees the inputs up to its own place only.
        """
        axes, (outputs, inputs) = self.attended, shape[-2:]
        if attention_mask is not None:
            yield axes.mask_of_pairs(as_bools(attention_mask))
        if query_mask is not None:
            yield axes.mask_of_steps(as_bools(query_mask))[..., np.newaxis]
        for mask in key_masks:
            if mask is not None:
                yield axes.mask_of_steps(as_bools(mask))[..., np.newaxis, :]
        if (is_causal or self.sliding_window) and len(axes.axes) > 1:
            raise ValueError(
                f"layer {self.name!r} expects attention over one axis for a causal mask or a "
                f"sliding window, got attention_axes={axes.axes}. Pass attention_mask=."
            )
        if is_causal:
            yield np.tri(outputs, inputs, dtype=bool)
        if self.sliding_window:
            distances = np.arange(outputs)[:, np.newaxis] - np.arange(inputs)
            yield np.abs(distances) < self.sliding_window

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the query."""
        return previous_mask

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs."""
        return self._inferred(args, kwargs)

    def compute_output_shape(self, query_shape: Any, *_others: Any) -> Any:
        """Return the shape of the outputs."""
        return (*query_shape[:-1], *self.output_widths(query_shape))
