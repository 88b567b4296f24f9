"""Optimizers: rules that turn gradients into better parameters, by Keras's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.naming import create
from nn.optimizers import schedules
from nn.optimizers.adadelta import Adadelta
from nn.optimizers.adagrad import Adagrad
from nn.optimizers.adam import Adam
from nn.optimizers.adamax import Adamax
from nn.optimizers.adamw import AdamW
from nn.optimizers.base import Optimizer
from nn.optimizers.nadam import Nadam
from nn.optimizers.rmsprop import RMSprop
from nn.optimizers.sgd import SGD

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]

_BY_NAME: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adamax": Adamax,
    "nadam": Nadam,
}


def get(identifier: object) -> Optimizer:
    """Answer the optimizer that is meant: by a string, a class or a config; an instance as it is.

    Raises:
        TypeError: ``identifier`` is something else.
        ValueError: nothing has this name; the message lists the nearest ones.

    >>> get("adam"), get(SGD)
    (Adam(), SGD())
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    return create("optimizer", identifier, _BY_NAME)
