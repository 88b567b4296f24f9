"""The metrics of 'accuracy' and 'crossentropy', chosen by the output, the targets and the loss.

One output column selects the binary kind. Otherwise targets with one number per row select the
sparse kind, and targets with a column per class the categorical kind. If the loss takes scores
(logits), so does the metric: a score is positive above 0, where the sigmoid is 1/2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from autodiff import Array
from nn.layers.masks import mask_of
from nn.losses import CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from nn.losses.labels import looks_like_labels
from nn.losses.reduction import masked_weights
from nn.metrics import accuracies, classification
from nn.metrics.base import RowMean, aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.metrics.base import Metric

    Kinds = dict[str, Callable[..., RowMean]]


def accuracy_for(name: str, loss: Loss | None, output_shape: Sequence[int | None] | None) -> Metric:
    """Return the accuracy for a loss and an output, or one that is chosen for each batch."""
    kinds: Kinds = {
        "binary": partial(accuracies.BinaryAccuracy, threshold=0.0 if _takes_scores(loss) else 0.5),
        "categorical": accuracies.CategoricalAccuracy,
        "sparse": accuracies.SparseCategoricalAccuracy,
    }
    return _choose(kinds, name, loss, output_shape)


def crossentropy_for(
    name: str, loss: Loss | None, output_shape: Sequence[int | None] | None
) -> Metric:
    """Return the cross-entropy for a loss and an output, or one that is chosen for each batch."""
    scores = _takes_scores(loss)
    kinds: Kinds = {
        "binary": partial(classification.BinaryCrossentropy, from_logits=scores),
        "categorical": partial(classification.CategoricalCrossentropy, from_logits=scores),
        "sparse": partial(classification.SparseCategoricalCrossentropy, from_logits=scores),
    }
    return _choose(kinds, name, loss, output_shape)


class Automatic(RowMean):
    """A mean whose function is chosen by the shapes of each batch.

    Args:
        kinds: a constructor of a metric for each of ``"binary"``, ``"categorical"``, ``"sparse"``.
        name: as in `Metric`.
    """

    def __init__(self, kinds: Kinds, name: str) -> None:
        super().__init__(name)
        self.kinds = kinds

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch, without masked steps."""
        sample_weight = masked_weights(sample_weight, mask_of(y_pred))
        targets, outputs = aligned(y_true, y_pred)
        if outputs.shape[-1:] in ((), (1,)):
            kind = "binary"
        else:
            kind = "sparse" if looks_like_labels(targets.shape, outputs.shape) else "categorical"
        batch = self.kinds[kind](name=self.name)
        batch.update_state(targets, outputs, sample_weight)
        self.total += batch.total
        self.count += batch.count


def _choose(
    kinds: Kinds, name: str, loss: Loss | None, output_shape: Sequence[int | None] | None
) -> Metric:
    if output_shape is not None and output_shape[-1] == 1:
        return kinds["binary"](name=name)
    if isinstance(loss, SparseCategoricalCrossentropy):
        return kinds["sparse"](name=name)
    if isinstance(loss, CategoricalCrossentropy):
        return kinds["categorical"](name=name)
    return Automatic(kinds, name)


def _takes_scores(loss: Loss | None) -> bool:
    return loss is not None and loss.from_logits
