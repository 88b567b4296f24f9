"""The total loss of a batch: the compiled loss plus the penalties."""

from __future__ import annotations

from typing import Any

from autodiff import Array


def total_loss(
    model: Any, y: Array, y_pred: Array, sample_weight: Array = None, names_logits: bool = False
) -> Array:
    """Return the loss of targets and outputs, with the penalties of weights and layers.

    Where the outputs are probabilities, a cross-entropy is computed from the logits that
    the last activation made them from.

    Args:
        model: has the loss and the penalties.
        y: the targets; None for the penalties alone.
        y_pred: the outputs.
        sample_weight: one number per row, or None; for several outputs, also one for each.
        names_logits: whether the logits are named in displays of the graph.

    Raises:
        ValueError: there is neither a loss nor a penalty.
    """
    parts = [weight.regularizer(weight.value) for weight in _penalized(model)]
    for layer in model.flat_layers():
        parts += layer.recorded_losses
        layer.recorded_losses = []  # they keep the graph alive
    objective = model._training.objective_for(y_pred, model.known_outputs)
    if objective is not None and objective.losses and y is not None:
        values = objective.values(y, y_pred, sample_weight, names_logits)
        model._training.latest_losses = values
        parts.insert(0, objective.total(values))
    if not parts:
        raise ValueError(
            f"model {model.name!r} expects a loss to compute, got none for its targets. Pass loss= "
            "to compile and y to fit, call add_loss in a layer, or override compute_loss."
        )
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _penalized(model: Any) -> list[Any]:
    return [weight for weight in model.trainable_weights if weight.regularizer]
