"""A model's computation as a plain function of its weights, for pictures and derivations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autodiff as ad
from nn.training.data import Dataset
from nn.training.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.layers.weight import Array
    from nn.models.model import Model


def computation(model: Model, batch: Dataset) -> tuple[Callable[..., Array], tuple[Any, ...]]:
    """Answer a function, and the arguments to call it with: the weights first, then the inputs.

    It is the prediction; where the batch has targets it is the loss, penalties included, computed
    as ``evaluate`` does it: layers act as in prediction, and a cross-entropy takes the scores of
    the last activation. Weights are called by their paths, such as ``dense/kernel``.
    """
    names, row_weights = [weight.path for weight in model.weights], batch.sample_weight
    step = Step(model)
    step.names_scores = True

    def prediction(weights: Sequence[Array], x: Array) -> Array:
        with model.bound(list(map(ad.name, weights, names))):
            return step.forward(Dataset(x))[1]

    def loss(weights: Sequence[Array], x: Array, y: Array) -> Array:
        with model.bound(list(map(ad.name, weights, names))):
            return step.forward(Dataset(x, y, row_weights))[0]

    if batch.y is None:
        return prediction, (model.get_weights(), batch.x)
    return loss, (model.get_weights(), batch.x, batch.y)
