"""Whether a layer computes each row of a batch on its own, whatever the other rows are."""

from __future__ import annotations

from typing import Any

from nn.built_in import is_built_in
from nn.layers.base import Layer
from nn.layers.container import Container

__all__ = ["is_row_independent"]


def is_row_independent(layer: Layer) -> bool:
    """Return whether the outputs for several batches in one are those for each, put together.

    True only where it is known: functions and operations of the user may look at other rows. That
    moving averages learn from whole batches, in training alone, isn't considered.

    >>> from nn.layers import Dense, Lambda, Softmax
    >>> is_row_independent(Dense(2)), is_row_independent(Softmax(axis=0))
    (True, False)
    >>> is_row_independent(Lambda(lambda x: x - x.mean(axis=0)))
    False
    """
    return all(map(_is_known, layer.flat_layers()))


def _is_known(layer: Any) -> bool:
    """Return whether it is known of a layer, leaving aside those in it."""
    parts = layer.architecture().parts if isinstance(layer, Container) else ()
    options = vars(layer)
    return (
        is_built_in(type(layer))
        and layer.activity_regularizer is None  # a penalty is divided by the number of rows
        and not options.get("stateful")
        and all(_spares_rows(options.get(name, -1)) for name in ("axis", "axes"))
        and (options.get("noise_shape") or [None])[0] is None
        and all(isinstance(part.layer, Layer) for part in parts)
        and not any(map(_is_of_the_user, options.values()))
    )


def _spares_rows(axis: Any) -> bool:
    axes = axis if isinstance(axis, list | tuple) else [axis]
    return all(isinstance(one, int) and (one > 0 or one == -1) for one in axes)


def _is_of_the_user(value: Any) -> bool:
    """Return whether an attribute is a function or an object of the user that can be called."""
    known = is_built_in(type(value)) or getattr(value, "__module__", None) == "nn.activations"
    return callable(value) and not known
