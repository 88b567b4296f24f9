"""A model's computation as a plain function of its weights, for pictures and derivations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autodiff as ad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.layers.weight import Array
    from nn.models.model import Model
    from nn.training.data import Dataset


def computation(model: Model, batch: Dataset) -> tuple[Callable[..., Array], tuple[Any, ...]]:
    """Answer a function, and the arguments to call it with: the weights first, then the inputs.

    It is the prediction; where the batch has targets it is the loss, penalties included. Weights
    are called by their paths, such as ``dense/kernel``.
    """
    names, row_weights = [weight.path for weight in model.weights], batch.sample_weight

    def prediction(weights: Sequence[Array], x: Array) -> Array:
        with model.bound(list(map(ad.name, weights, names))):
            return model(x)

    def loss(weights: Sequence[Array], x: Array, y: Array) -> Array:
        with model.bound(list(map(ad.name, weights, names))):
            outputs = model(x)
            with ad.scope("loss", label=model.loss_function.name):
                return sum(model.losses, model.loss_function(y, outputs, row_weights))

    if batch.y is None:
        return prediction, (model.get_weights(), batch.x)
    return loss, (model.get_weights(), batch.x, batch.y)
