"""A model as a function of its weights and inputs, for pictures and derivations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.layers.weight import bound
from nn.training.dataset import Dataset
from nn.training.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.training.model_protocol import TrainableModel


def function_of_weights(
    model: TrainableModel, batch: Dataset
) -> tuple[Callable[..., Array], tuple[Array, ...]]:
    """Return a function, and the arguments to call it with: the weights first, then the inputs.

    The function computes the prediction or, if the batch has targets, the loss with penalties, as
    ``evaluate`` does: layers act as in prediction, and a cross-entropy is computed from the scores
    (logits). Weights are named by their paths, such as ``dense/kernel``. Texts have no slopes: they
    aren't among the inputs, which then are a dictionary of numbers.
    """
    used = [weight for weight in model.weights if weight.is_used]
    names, values = [weight.path for weight in used], [weight.numpy() for weight in used]
    numbers, with_texts = _numbers(batch.x)
    sample_weight, step = batch.sample_weight, Step(model)
    step.names_logits = True

    def prediction(weights: Sequence[Array], x: Any) -> Array:
        with bound(used, list(map(ad.name, weights, names))):
            return step.forward(Dataset(with_texts(x)))[1]

    def loss(weights: Sequence[Array], x: Any, y: Any) -> Array:
        with bound(used, list(map(ad.name, weights, names))):
            return step.forward(Dataset(with_texts(x), y, sample_weight))[0]

    if batch.y is None:
        return prediction, (values, numbers)
    return loss, (values, numbers, batch.y)


def _numbers(x: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the inputs that are numbers, and a function that puts them among the strings again."""
    inputs = tree.leaves(x)
    if all(part.dtype.kind != "U" for part in inputs):
        return x, lambda numbers: numbers
    is_list = isinstance(x, list | tuple)
    keys = list(range(len(inputs))) if is_list else [path for path, _ in tree.paths(x)]
    named = dict(zip(keys, inputs, strict=True))
    numbers = {key: part for key, part in named.items() if part.dtype.kind != "U"}
    return numbers, lambda numbers: tree.packed(x, (named | numbers).values())
