"""The equations of optimizers, for one weight: what the page to step through derives an update by.

An equation is an assignment in plain arithmetic. ``w`` is the weight, ``slope`` its slope, ``rate``
the learning rate and ``t`` the number of the step; other names are slots or options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.optimizers.adagrad import Adagrad
from nn.optimizers.adam import Adam
from nn.optimizers.adamw import AdamW
from nn.optimizers.rmsprop import RMSprop
from nn.optimizers.sgd import SGD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.optimizers.base import Optimizer
    from nn.pictures.recording import RecordedStep

__all__ = ["Update", "update_of"]

_TOLERANCE = 1e-4  # of a change, relative to the largest; the optimizer computes in float32


class Update(NamedTuple):
    """How an optimizer changes a weight.

    Attributes:
        equations: pairs of a name and an expression, in order; the last one is for ``w``.
        constants: the options in the equations.
        slots: the names of slots in the equations, by their names in the optimizer.
        note: why there are no equations; empty if there are.
    """

    equations: Sequence[tuple[str, str]] = ()
    constants: dict[str, float] = {}  # noqa: RUF012 - not changed
    slots: dict[str, str] = {}  # noqa: RUF012
    note: str = ""


def update_of(optimizer: Optimizer, steps: Sequence[RecordedStep]) -> Update:
    """Return the equations of an optimizer; none if they don't give the recorded weights.

    >>> from nn.optimizers import SGD
    >>> update_of(SGD(0.1, momentum=0.9), []).equations
    [('v', 'momentum * v - rate * slope'), ('w', 'w + v')]
    """
    written = _WRITTEN.get(type(optimizer))
    if written is None:
        return Update(note=f"There are no equations for {type(optimizer).__name__}.")
    update = written(optimizer)
    if optimizer.weight_decay:
        update = update._replace(
            equations=[("w", "w - rate * weight_decay * w"), *update.equations],
            constants={**update.constants, "weight_decay": float(optimizer.weight_decay)},
        )
    if all(_agrees(update, step) for step in steps):
        return update
    return Update(
        note=f"The equations of {type(optimizer).__name__} alone don't give this update: an option "
        "such as a clip, a constraint or an average changes it as well."
    )


def _agrees(update: Update, step: RecordedStep) -> bool:
    """Return whether the equations give the weights after a step."""
    names: dict[str, Any] = {**update.constants, "w": step.before, "slope": step.slopes}
    names |= {update.slots[name]: slot for name, slot in step.slots.items()}
    names |= {"rate": step.rate, "t": step.number, "sqrt": np.sqrt, "maximum": np.maximum}
    names = {key: x.astype(float) if hasattr(x, "astype") else x for key, x in names.items()}
    with np.errstate(all="ignore"):
        for name, expression in update.equations:
            names[name] = eval(expression, {"__builtins__": {}}, names)
        change = np.abs(names["w"] - step.before)
        size = max(np.max(change, initial=0.0), 1e-3 * np.max(np.abs(step.before), initial=0.0))
        wrong = np.abs(names["w"] - step.after) > _TOLERANCE * size
    return not np.any(wrong & np.isfinite(step.after))


def _sgd(optimizer: Any) -> Update:
    if not optimizer.momentum:
        return Update([("w", "w - rate * slope")])
    step = "w + momentum * v - rate * slope" if optimizer.nesterov else "w + v"
    return Update(
        [("v", "momentum * v - rate * slope"), ("w", step)],
        {"momentum": optimizer.momentum},
        {"velocity": "v"},
    )


def _adam(optimizer: Any) -> Update:
    mean_square = "v_max" if optimizer.amsgrad else "v"
    largest = [("v_max", "maximum(v_max, v)")] if optimizer.amsgrad else []
    return Update(
        [
            ("m", "beta_1 * m + (1 - beta_1) * slope"),
            ("v", "beta_2 * v + (1 - beta_2) * slope**2"),
            *largest,
            ("correction", "sqrt(1 - beta_2**t) / (1 - beta_1**t)"),
            ("w", f"w - rate * correction * m / (sqrt({mean_square}) + epsilon)"),
        ],
        {name: float(getattr(optimizer, name)) for name in ("beta_1", "beta_2", "epsilon")},
        {"momentum": "m", "velocity": "v", "velocity_hat": "v_max"},
    )


def _rmsprop(optimizer: Any) -> Update:
    equations = [("v", "rho * v + (1 - rho) * slope**2")]
    variance = "v"
    if optimizer.centered:
        equations.append(("a", "rho * a + (1 - rho) * slope"))
        variance = "v - a**2"
    step = f"rate * slope / sqrt({variance} + epsilon)"
    if optimizer.momentum:
        equations.append(("s", f"momentum * s + {step}"))
        step = "s"
    names = ("rho", "epsilon", "momentum") if optimizer.momentum else ("rho", "epsilon")
    constants = {name: float(getattr(optimizer, name)) for name in names}
    slots = {"velocity": "v", "momentum": "s", "average_gradient": "a"}
    return Update([*equations, ("w", f"w - {step}")], constants, slots)


def _adagrad(optimizer: Any) -> Update:
    equations = [("a", "a + slope**2"), ("w", "w - rate * slope / sqrt(a + epsilon)")]
    return Update(equations, {"epsilon": float(optimizer.epsilon)}, {"accumulator": "a"})


_WRITTEN = {SGD: _sgd, Adam: _adam, AdamW: _adam, RMSprop: _rmsprop, Adagrad: _adagrad}
