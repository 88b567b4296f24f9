"""The arguments of optimizers: their types, and checks of what is passed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import numpy as np

from autodiff import Array
from nn.argument_checks import refuse_unknown
from nn.optimizers.schedules import LearningRateSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    Rate: TypeAlias = float | LearningRateSchedule | Callable[[], float] | Mapping[str, Any]

T = TypeVar("T")

__all__ = [
    "Options", "OptionsButDecay", "check_buffers", "check_clips", "check_gradients", "check_state",
    "optional", "refuse_options", "resolve_lr",
]  # fmt: skip


class OptionsButDecay(TypedDict, total=False):
    """The arguments that every optimizer takes, except ``weight_decay``."""

    lr: Rate
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    gradient_accumulation_steps: int | None
    loss_scale_factor: float | None
    name: str | None


class Options(OptionsButDecay, total=False):
    """The arguments that every optimizer takes."""

    weight_decay: float | None


def refuse_options(kind: type, unknown: dict[str, Any], rate: Rate) -> None:
    """Raise a TypeError for an unknown argument, with the one to use instead."""
    name = kind.__name__
    if "decay" in unknown:  # in Keras before 2.11; the same rates, step by step
        decay = unknown["decay"]
        raise TypeError(
            f"expected {name} with a schedule as learning_rate, got decay={decay!r}, an older "
            f"way to reduce the rate. Write {name}(learning_rate=nn.optimizers.schedules."
            f"InverseTimeDecay({rate!r}, decay_steps=1, decay_rate={decay!r})), or leave "
            "decay out."
        )
    refuse_unknown(kind, unknown)


def resolve_lr(kind: type, learning_rate: Rate, lr: Rate) -> Rate:
    """Return ``lr``; raise a ValueError if ``learning_rate`` was passed as well."""
    parameter = inspect.signature(kind).parameters.get("learning_rate")
    if parameter is not None and learning_rate != parameter.default:
        raise ValueError(
            f"expected one learning rate, got learning_rate={learning_rate} and lr={lr}. "
            "Leave out lr, the older name."
        )
    return lr


def optional(check: Callable[[str, object], T], name: str, value: object) -> T | None:
    """Return the checked value, or None."""
    return None if value is None else check(name, value)


def check_clips(**clips: float | None) -> None:
    """Raise a ValueError if more than one clip is passed."""
    passed = [f"{name}={value}" for name, value in clips.items() if value is not None]
    if len(passed) > 1:
        raise ValueError(
            f"expected one of clipnorm, clipvalue and global_clipnorm, got {' and '.join(passed)}. "
            "Leave out all but one."
        )


def check_gradients(gradients: Sequence[Array], weights: Sequence[Any]) -> None:
    """Raise an error unless there is a gradient for each weight, in its shape."""
    if len(gradients) != len(weights):
        raise ValueError(
            f"apply expects a gradient for each weight, got {len(gradients)} for {len(weights)} "
            "weights. Pass both: optimizer.apply(gradients, model.trainable_weights)."
        )
    for gradient, weight in zip(gradients, weights, strict=True):
        if not isinstance(weight.value, np.ndarray):
            raise TypeError(
                f"apply expects weights that hold arrays, got {weight.path!r} while bound to a "
                "traced value. Call apply after the gradients are computed, outside of the loss."
            )
        if gradient is None or np.shape(gradient) != weight.shape:
            got = "None" if gradient is None else f"shape {np.shape(gradient)}"
            raise ValueError(
                f"apply expects a gradient of shape {weight.shape} for {weight.path!r}, got {got}. "
                "Leave out weights that the loss doesn't depend on, together with their gradients."
            )


def check_buffers(name: str, size: int | None, parameters: Array, gradients: Array) -> None:
    """Raise an error unless the optimizer is built, for buffers of these sizes."""
    if size is None:
        raise RuntimeError(
            f"expected {name!r} to be built before its first step. Call build(size, segments), or "
            "let model.fit do it."
        )
    if parameters.shape != (size,) or gradients.shape != (size,):
        raise ValueError(
            f"expected parameters and gradients of shape ({size},), got {parameters.shape} and "
            f"{gradients.shape}. Pass the buffers that the optimizer was built for."
        )


def check_state(optimizer: Any, own: Mapping[str, Array], state: Mapping[str, Array]) -> None:
    """Raise a ValueError unless a state has the names and shapes of the optimizer's own."""
    expected, got = ({name: np.shape(x[name]) for name in sorted(x)} for x in (own, state))
    if expected != got:
        raise ValueError(
            f"expected the state of {optimizer!r}, {expected}, got {got}. Build the optimizer on "
            "the same model, with the same arguments, before you set its state."
        )
