"""The state of an optimizer as the list of variables that Keras's files hold.

Keras has a variable for each weight and slot, where `nn` has one flat buffer per slot. The order:
the number of steps, the rate if it is a number, the moving averages, the accumulated gradients, the
slots (those of one weight next to each other, except those in ``Optimizer.apart``), and what else
the optimizer keeps. ``Optimizer.parts`` has the segments and shapes in slots that have another
layout than the parameters; None stands for a weight without a variable. A slot of another unit is
written in float64, so that reading it restores the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from nn.optimizers.base import Optimizer

__all__ = ["named_values", "state_of"]


def named_values(optimizer: Optimizer) -> dict[str, NDArray[Any]]:
    """Return the values of Keras's variables by their names, in Keras's order.

    >>> from nn.layers import Weight
    >>> from nn.optimizers import SGD
    >>> optimizer, weight = SGD(0.5, momentum=0.9), Weight([1.0, 2.0], name="bias", layer="dense")
    >>> optimizer.apply([np.array([2.0, -2.0])], [weight])
    >>> {name: value.tolist() for name, value in named_values(optimizer).items()}
    {'iteration': 1, 'learning_rate': 0.5, 'dense_bias_velocity': [-1.0, 1.0]}
    """
    state, units = optimizer.get_state(), optimizer.slot_units()
    found: dict[str, NDArray[Any]] = {"iteration": np.array(optimizer._batches, np.int32)}
    if "learning_rate" in state:
        found["learning_rate"] = state["learning_rate"]
    for slot, segment, name, shape in _variables(optimizer, state):
        values = state[slot][segment].reshape(shape)
        found[name] = values.astype(np.float64) * units[slot] if slot in units else values
    return found | {name: np.array(x, np.float64) for name, x in optimizer.scalars().items()}


def state_of(
    optimizer: Optimizer, values: Sequence[NDArray[Any]]
) -> dict[str, NDArray[Any]] | None:
    """Return the state for ``set_state`` that Keras's variables stand for.

    Returns:
        None if they aren't those of an optimizer with this class and these arguments, built for
        these weights. Those of an optimizer that wasn't built set the number of steps and the rate.
    """
    expected = named_values(optimizer)
    heads = 2 if "learning_rate" in expected else 1
    shapes = [value.shape for value in expected.values()]
    got = [np.shape(value) for value in values]
    if heads == 2 and got == shapes[:1] + shapes[2:]:  # Keras 2 leaves out the rate
        values, got = [values[0], expected["learning_rate"], *values[1:]], shapes
    if got not in (shapes, shapes[:heads]):
        return None
    state, units = optimizer.get_state(), optimizer.slot_units()
    batches = int(values[0])
    steps = optimizer.gradient_accumulation_steps or 1
    state["iterations"] = np.array(batches // steps)
    if "gathered_steps" in state:
        state["gathered_steps"] = np.array(batches % steps)
    if "average_is_empty" in state:
        state["average_is_empty"] = np.array(batches == 0)
    if "learning_rate" in state:
        state["learning_rate"] = np.array(float(values[1]))
    variables = () if got == shapes[:heads] else _variables(optimizer, state)
    for (slot, segment, _, _), value in zip(variables, values[heads:], strict=False):
        state[slot][segment] = np.ravel(value / units[slot] if slot in units else value)
    return state


def _variables(
    optimizer: Optimizer, state: dict[str, Any]
) -> Iterator[tuple[str, slice, str, tuple[int, ...]]]:
    """Yield the slot, the part of its buffer, the name and the shape of each variable."""
    together = tuple(slot for slot in optimizer.slots if slot not in optimizer.apart)
    apart = [(slot,) for slot in optimizer.slots if slot in optimizer.apart]
    ahead = [(name,) for name in ("average", "gathered") if name in state]
    for group in (*ahead, together, *apart):
        for index, weight in enumerate(optimizer._variables):
            for slot in group:
                usual = optimizer.segments[index], weight.shape
                part = optimizer.parts[slot][index] if slot in optimizer.parts else usual
                if part is not None:
                    yield slot, part[0], f"{weight.path.replace('/', '_')}_{slot}", part[1]
