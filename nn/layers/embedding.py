"""Embedding: a vector for each whole number, such as the number of a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.argument_checks import one_of
from nn.layers.base import Layer
from nn.layers.spec import Spec
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import positive, whole

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class Embedding(Layer):
    """Look up a trained vector for each whole number from 0 to below ``input_dim``.

    Inputs ``(rows, ...)`` give outputs ``(rows, ..., output_dim)``.

    Args:
        input_dim: the size of the vocabulary: the number of different inputs.
        output_dim: the length of each vector.
        embeddings_initializer: sets the initial vectors, shape (input_dim, output_dim).
        embeddings_regularizer: a penalty on the vectors, added to the loss.
        embeddings_constraint: applied to the vectors after each update.
        mask_zero: whether 0 stands for no word: the outputs then have a mask.
        options: those of every `Layer`; ``weights``, the initial vectors in place of an
            initializer; and ``input_length``, the number of steps.

    >>> layer = Embedding(3, 2, weights=np.array([[0, 0], [1, 2], [3, 4]]))
    >>> layer(np.array([[1, 2]]))
    array([[[1., 2.],
            [3., 4.]]], dtype=float32)
    """

    written_by_keras: ClassVar = {"activity_regularizer": None, "quantization_config": None}
    embeddings: Weight

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        **options: Any,
    ) -> None:
        self._given = options.pop("weights", None)
        length = options.pop("input_length", None)  # an older argument: the number of steps
        if length is not None:
            options.setdefault("input_shape", (length,))
        super().__init__(**options)
        self.input_dim = whole("input_dim", input_dim)
        self.output_dim = whole("output_dim", output_dim)
        set_weight_options(self, ("embeddings",), locals())
        self.mask_zero = bool(mask_zero)
        self.supports_masking = self.mask_zero
        if self._given is not None:
            self.build()

    def build(self, input_shape: Shape | None = None) -> None:  # noqa: ARG002 - any shape
        """Create the vectors."""
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            name="embeddings",
            **weight_options(self, "embeddings"),
        )
        if self._given is not None:
            given = self._given[0] if isinstance(self._given, list) else self._given
            self.embeddings.assign(np.asarray(given, np.float32))

    def call(self, inputs: Array) -> Array:
        """Look up the vectors."""
        if inputs.dtype.kind not in "iu":
            inputs = inputs.astype(np.int32)
        try:
            return np.take(self.embeddings.value, inputs, axis=0)
        except IndexError:
            raise self._out_of_range(inputs) from None

    def _out_of_range(self, inputs: Array) -> IndexError:
        numbers = np.unique(inputs.numpy() if isinstance(inputs, ad.Tensor) else inputs)
        wrong = numbers[(numbers < 0) | (numbers >= self.input_dim)]
        listed = ", ".join(map(str, wrong[:3])) + (", …" if len(wrong) > 3 else "")
        cure = f"Pass input_dim={numbers[-1] + 1}, one more than the largest number, or map rare"
        return IndexError(
            f"layer {self.name!r} expects whole numbers from 0 to {self.input_dim - 1}, since its "
            f"input_dim is {self.input_dim}, got {listed}. "
            f"{cure if numbers[-1] >= self.input_dim else 'Map these'} numbers to one of their "
            "own, as nn.layers.IntegerLookup does."
        )

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:  # noqa: ARG002
        """Return where the inputs aren't 0, with ``mask_zero``."""
        return inputs != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs, with `output_dim` added."""
        return (*input_shape, self.output_dim)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**elsewhere) | {"input_dim": self.input_dim}


class ReversibleEmbedding(Embedding):
    """An embedding that also returns, with ``reverse=True``, scores of numbers for vectors.

    The scores are the products of a vector with the vectors of all numbers, as at the end of a
    language model whose first and last layer share their weights (Press and Wolf 2017).

    Args:
        input_dim: the size of the vocabulary: the number of different inputs.
        output_dim: the length of each vector.
        tie_weights: whether scores use the vectors that are looked up, rather than others.
        embeddings_initializer: sets the initial vectors, shape (input_dim, output_dim).
        embeddings_regularizer: a penalty on the vectors, added to the loss.
        embeddings_constraint: applied to the vectors after each update.
        mask_zero: whether 0 stands for no word: the outputs then have a mask.
        reverse_dtype: None, for float32.
        logit_soft_cap: a number c that bounds scores s, to c · tanh(s / c); or None.
        options: those of every `Layer`.

    >>> layer = ReversibleEmbedding(3, 2, weights=np.array([[0, 0], [1, 2], [3, 4]]))
    >>> layer(np.array([[1.0, 1.0]]), reverse=True)
    array([[0., 3., 7.]], dtype=float32)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **options: Any,
    ) -> None:
        self.tie_weights = bool(tie_weights)
        self.reverse_dtype = one_of("reverse_dtype", reverse_dtype, (None, "float32"))
        self.logit_soft_cap = logit_soft_cap and positive("logit_soft_cap", logit_soft_cap)
        super().__init__(
            input_dim, output_dim, embeddings_initializer, embeddings_regularizer,
            embeddings_constraint, mask_zero, **options,
        )  # fmt: skip

    def build(self, input_shape: Shape | None = None) -> None:
        """Create the vectors, and those of the scores if they are others."""
        super().build(input_shape)
        if not self.tie_weights:
            initializer = weight_options(self, "embeddings")["initializer"]
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim), initializer, name="reverse_embeddings"
            )

    def call(self, inputs: Array, reverse: bool = False) -> Array:
        """Look up the vectors of numbers; or compute the scores of all numbers for vectors."""
        if not reverse:
            return super().call(inputs)
        kernel = self.embeddings.value.T if self.tie_weights else self.reverse_embeddings.value
        scores = inputs @ kernel
        cap = self.logit_soft_cap
        return scores if cap is None else cap * np.tanh(scores / cap)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        """Return where whole numbers aren't 0, with ``mask_zero``; scores keep their mask."""
        if inputs.dtype.kind not in "iu":
            return previous_mask
        return super().compute_mask(inputs, previous_mask)

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:
        """Return the shape of the vectors or of the scores."""
        return Spec(self.compute_output_shape(inputs.shape, reverse=reverse))

    def compute_output_shape(self, input_shape: Shape, reverse: bool = False) -> Shape:
        """Return the shape of the vectors or of the scores."""
        if reverse:
            return (*input_shape[:-1], self.input_dim)
        return super().compute_output_shape(input_shape)
