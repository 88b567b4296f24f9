"""What several processes agree on before and during training: weights, orders, when to stop."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from nn.distribution.fingerprint import checksum
from nn.layers.nested import nested
from nn.random import SeedGenerator
from nn.training.training_state import attributes_of

if TYPE_CHECKING:
    from nn.distribution import DataParallel
    from nn.layers.base import Layer
    from nn.training.model_protocol import TrainableModel

_separated: WeakKeyDictionary[Layer, list[np.random.Generator]] = WeakKeyDictionary()

__all__ = [
    "begin",
    "begin_once",
    "check_weights",
    "draws_are_those_of_main",
    "separate_draws",
    "share_order",
    "stops",
]


def begin(model: TrainableModel, call: str) -> None:
    """Let all processes make the same call, with the weights of process 0.

    Args:
        model: built.
        call: the name of the method.

    Raises:
        NotImplementedError: the batches of the model can't be shared.
        RuntimeError: the processes make different calls, or have different models.
    """
    team = model.team
    if team is None:
        return
    if getattr(model, "fixed_rows", None) or model.carried:
        raise NotImplementedError(
            f"model {model.name!r} has a fixed number of rows in each batch, or keeps states from "
            "one batch to the next, so that its batches can't be shared among processes. Leave "
            "out batch_size= of its inputs and stateful=True, or train it in one process."
        )
    shapes = ", ".join(str(weight.shape) for weight in model.weights)
    _require_same(team, f"{call} of a model with weights of shape {shapes}")
    values = [np.asarray(weight.value) for weight in model.weights]
    if _differs(team, checksum(values)):
        for value in values:
            team.communicator.broadcast(value)
    if call == "fit":
        optimizer = model.optimizer
        state = optimizer.get_state()
        found = checksum(np.asarray(state[name]) for name in sorted(state))
        if _differs(team, found):
            optimizer.set_state(team.communicator.object_of_main(state))


def begin_once(model: TrainableModel) -> None:
    """Let all processes begin single batches with the weights of process 0, after ``compile``."""
    if not model._training.has_begun:
        model._training.has_begun = True
        begin(model, "a single batch")


def share_order(model: TrainableModel) -> None:
    """Let all processes draw the order of the rows that process 0 draws."""
    team, order = model.team, model._training.order
    if team is not None and order is not None:
        order.bit_generator.state = team.communicator.object_of_main(order.bit_generator.state)


def separate_draws(model: TrainableModel) -> None:
    """Let each process draw its own dropout: process 0 as if it were alone, the others anew."""
    team = model.team
    if team is None or not team.rank:
        return
    for layer in model.flat_layers():
        known = _separated.setdefault(layer, [])
        for generator in _generators(layer):
            if not any(generator is other for other in known):
                known.append(generator)
                seed = [int(generator.integers(2**63)), team.rank]
                source = type(generator.bit_generator)(np.random.SeedSequence(seed))
                generator.bit_generator.state = source.state


def draws_are_those_of_main(model: TrainableModel) -> None:
    """Let `separate_draws` separate the draws once more: those of process 0 have been restored."""
    for layer in model.flat_layers():
        _separated.pop(layer, None)


def stops(model: TrainableModel) -> bool:
    """Return whether a callback has set ``model.stop_training``, in any process."""
    if model.team is None:
        return model.stop_training
    wanted = np.array([float(bool(model.stop_training))])
    model.team.communicator.add_up(wanted)
    model.stop_training = bool(wanted[0])
    return model.stop_training


def check_weights(model: TrainableModel, when: str) -> None:
    """Compare the weights of all processes.

    Args:
        model: in training.
        when: for the message.

    Raises:
        RuntimeError: they aren't the same, bit for bit.
    """
    team = model.team
    if team is None or not _differs(team, _of_weights(model)):
        return
    sums = np.array([float(checksum([np.asarray(weight.value)])) for weight in model.weights])
    found = team.communicator.values_of_all(sums)
    pairs = zip(model.weights, found.T, strict=True)
    names = [weight.path for weight, column in pairs if (column != column[0]).any()]
    ranks = [rank for rank, row in enumerate(found) if (row != found[0]).any()]
    raise RuntimeError(
        f"the weights of the processes have drifted apart {when}: {', '.join(names) or 'none'} of "
        f"process {', '.join(map(str, ranks)) or 'none'} differ from those of process 0. Let "
        "callbacks change weights and learning rates in all processes alike, and use processors "
        "and versions of NumPy that are the same."
    )


def _of_weights(model: TrainableModel) -> int:
    """Return a checksum of the weights, and of what the optimizer multiplies their slopes by."""
    rate = np.array([float(model.optimizer.learning_rate)])
    return checksum([*(np.asarray(weight.value) for weight in model.weights), rate])


def _differs(team: DataParallel, number: int) -> bool:
    """Return whether a number isn't the same in all processes."""
    found = team.communicator.values_of_all(np.array([float(number)]))
    return bool((found != found[0]).any())


def _require_same(team: DataParallel, call: str) -> None:
    if not _differs(team, zlib.crc32(call.encode())):
        return
    first = team.communicator.object_of_main(call)
    here = f"{call} in process {team.rank}" if call != first else "another one in another process"
    raise RuntimeError(
        f"expected the same call of the same model in all processes, got {first} in process 0 and "
        f"{here}. Let all processes run the same script, without "
        "conditions on their rank around fit, evaluate and predict."
    )


def _generators(layer: Layer) -> list[np.random.Generator]:
    """Return the generators in attributes of a layer."""
    held = attributes_of(layer)
    sources = nested(held, SeedGenerator)
    return [*nested(held, np.random.Generator), *(source.generator for source in sources)]
