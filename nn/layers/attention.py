"""Attention: outputs are means of values, weighted by how well keys match a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import random
from nn.layers.attention_weights import (
    as_bools,
    check_keys,
    check_mask,
    check_rows,
    dropped_out,
    masked_softmax,
)
from nn.layers.base import Layer
from nn.layers.spec import Spec
from nn.numbers import below_one

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

__all__ = ["AdditiveAttention", "Attention"]


class _OneHead(Layer):
    """The base class of attention without projections: ``layer([query, value, key])``."""

    casts_integers = True
    takes_structures = True
    dropout: float
    scale: Any = None
    score_mode: str = "concat"
    _generator: Any

    def scores(self, query: Array, key: Array) -> Array:
        """Return how well keys match queries, shape (rows, outputs, inputs)."""
        raise NotImplementedError

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the means of the values, and their weights if wanted.

        Args:
            inputs: a list of the query, the values, and the keys, by default the values.
            mask: a list of the masks of the query and of the values.
            training: whether weights are dropped out.
            return_attention_scores: whether the weights are returned too.
            use_causal_mask: whether an output sees the inputs up to its own place only.
        """
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = self._masks(mask, query.shape[:-1], key.shape[:-1])
        shared = min(query.ndim, key.ndim)
        check_rows(self.name, query.shape, key.shape, range(-shared, -2))
        scores = self.scores(query, key)
        allowed = None if value_mask is None else as_bools(value_mask)[..., np.newaxis, :]
        if use_causal_mask:
            causal = np.tri(scores.shape[-2], scores.shape[-1], dtype=bool)
            allowed = causal if allowed is None else np.logical_and(allowed, causal)
        weights = masked_softmax(scores, allowed)
        if training and self.dropout:
            weights = dropped_out(weights, self.dropout, self._generator)
        outputs = weights @ value
        if query_mask is not None:
            outputs = np.where(as_bools(query_mask)[..., np.newaxis], outputs, 0.0)
        return (outputs, weights) if return_attention_scores else outputs

    def _masks(self, mask: Any, query: Shape, key: Shape) -> tuple[Any, Any]:
        """Return the masks of the query and of the values, for steps of these shapes."""
        if not isinstance(mask, list | tuple | None):
            raise TypeError(
                f"layer {self.name!r} expects a list of two masks, got one of shape "
                f"{np.shape(mask)}. Write mask=[query_mask, value_mask], either of which may be "
                "None."
            )
        masks = (*(mask or ()), None, None)[:2]
        for what, found, shape in zip(("query", "value"), masks, (query, key), strict=True):
            if found is not None:
                check_mask(self.name, f"a {what} mask", np.shape(found), shape)
        return masks[0], masks[1]

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless there is a list of inputs, with as many keys as values.

        Queries and keys have the same width where scores are products; in sums, one may be 1.
        """
        if not isinstance(shape, list) or len(shape) not in (2, 3):
            raise ValueError(
                f"layer {self.name!r} expects a list of a query and values, and keys if they "
                f"differ, got {shape}. Write layer([x, x])."
            )
        value, key = shape[1], shape[-1]
        if len(value) == len(key) and None not in (*value[1:-1], *key[1:-1]):
            check_keys(self.name, value, key)
        widths = {shape[0][-1], key[-1]} - {None}
        if len(widths) > 1 and (self.score_mode == "dot" or 1 not in widths):
            raise ValueError(
                f"layer {self.name!r} expects queries and keys of the same width, got shapes "
                f"{tuple(shape[0])} and {tuple(key)}. Project one of them with a Dense layer."
            )

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the query."""
        return None if previous_mask is None else previous_mask[0]

    def compute_output_spec(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs, and like the weights if they are returned."""
        query, value, key = (*inputs, *inputs[1:])[:3]
        alike = [query, _with_steps_of(key, value), _with_steps_of(value, key)]
        return self._inferred((alike[: len(inputs)], *args), kwargs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the query, with the features of the values."""
        return (*input_shape[0][:-1], input_shape[1][-1])


def _with_steps_of(other: Any, x: Any) -> Any:
    """Return a Symbol of unknown steps with those of another one; else ``x`` itself."""
    if not isinstance(x, Spec) or x.shape[-2] is not None or other.shape[-2] is None:
        return x
    known = Spec((*x.shape[:-2], other.shape[-2], x.shape[-1]), x.dtype)
    known.is_masked = x.is_masked
    return known


class Attention(_OneHead):
    """Attention by products of queries and keys (Luong et al. 2015): ``layer([query, value])``.

    Args:
        use_scale: whether scores are multiplied by a trained number.
        score_mode: ``'dot'`` for products, ``'concat'`` for a sum of tanh(query + key).
        dropout: the fraction of the weights that is set to 0 during training.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> Attention()([np.zeros((2, 3, 4)), np.ones((2, 5, 4))]).shape
    (2, 3, 4)
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                f"Attention expects score_mode 'dot' or 'concat', got {score_mode!r}. Pass one of "
                f"these."
            )
        self.use_scale, self.score_mode = bool(use_scale), score_mode
        self.dropout, self.seed = below_one("dropout", dropout), seed
        self._generator = random.generator(seed)

    def build(self, input_shape: Any) -> None:
        """Create the scale, if there is one."""
        self.check_input(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def scores(self, query: Array, key: Array) -> Array:
        """Return how well keys match queries."""
        scale = 1.0 if self.scale is None else self.scale.value
        if self.score_mode == "dot":
            return scale * (query @ np.swapaxes(key, -1, -2))
        both = query[..., np.newaxis, :] + key[..., np.newaxis, :, :]
        return self.concat_score_weight.value * np.sum(np.tanh(scale * both), axis=-1)


class AdditiveAttention(_OneHead):
    """Attention by a sum of tanh(query + key) (Bahdanau et al. 2015): ``layer([query, value])``.

    Args:
        use_scale: whether the features are weighted in the sum, by trained numbers.
        dropout: the fraction of the weights that is set to 0 during training.
        seed: makes the dropout repeatable.
        options: those of every `Layer`.

    >>> AdditiveAttention()([np.zeros((2, 3, 4)), np.ones((2, 5, 4))]).shape
    (2, 3, 4)
    """

    def __init__(
        self,
        use_scale: bool = True,
        dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        self.use_scale = bool(use_scale)
        self.dropout, self.seed = below_one("dropout", dropout), seed
        self._generator = random.generator(seed)

    def build(self, input_shape: Any) -> None:
        """Create the weights of the features, if there are any."""
        self.check_input(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform", name="scale")

    def scores(self, query: Array, key: Array) -> Array:
        """Return how well keys match queries."""
        matches = np.tanh(query[..., np.newaxis, :] + key[..., np.newaxis, :, :])
        return np.sum(matches if self.scale is None else matches * self.scale.value, axis=-1)
