"""Optimizers: algorithms that update parameters from gradients, by Keras's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.optimizers import schedules
from nn.optimizers.adadelta import Adadelta
from nn.optimizers.adafactor import Adafactor
from nn.optimizers.adagrad import Adagrad
from nn.optimizers.adam import Adam
from nn.optimizers.adamax import Adamax
from nn.optimizers.adamw import AdamW
from nn.optimizers.base import Optimizer
from nn.optimizers.ftrl import Ftrl
from nn.optimizers.lamb import Lamb
from nn.optimizers.lion import Lion
from nn.optimizers.muon import Muon
from nn.optimizers.nadam import Nadam
from nn.optimizers.rmsprop import RMSprop
from nn.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from nn.optimizers.sgd import SGD

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_NAMES: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "adadelta": Adadelta,
    "adafactor": Adafactor,
    "adagrad": Adagrad,
    "adamax": Adamax,
    "nadam": Nadam,
    "ftrl": Ftrl,
    "lamb": Lamb,
    "lion": Lion,
    "muon": Muon,
    "schedulefreeadamw": ScheduleFreeAdamW,
}
_FAMILY = ClassFamily("optimizer", "optimizers", Optimizer, _NAMES)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> Optimizer:
    """Return the optimizer that a name, a class or a config specifies; an instance as it is.

    Raises:
        TypeError: ``identifier`` is of another type.
        ValueError: no optimizer has this name; the message lists the nearest ones.

    >>> get("adam"), get(SGD)
    (Adam(), SGD())
    """
    return _FAMILY.get(identifier)
