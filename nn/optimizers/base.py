"""Optimizer: what all of them share, over one flat buffer of parameters.

A model keeps its trainable parameters end to end in one float32 buffer, and their gradients in a
second one of the same layout. A step is then a handful of NumPy calls over the whole model, writing
into buffers that exist already. What an optimizer remembers (its *slots*: momenta, averages of
squares) lies in buffers of the same layout.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from nn.buffers import aligned
from nn.naming import Configurable, refuse_unknown, serialize, to_snake_case
from nn.optimizers import clipping, schedules
from nn.optimizers.arguments import at_least_zero, positive
from nn.optimizers.schedules import LearningRateSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Buffer: TypeAlias = NDArray[np.float32]
    Rate: TypeAlias = float | LearningRateSchedule | Callable[[], float] | Mapping[str, Any]


class OptionsButDecay(TypedDict, total=False):
    """The arguments that every optimizer takes beside its own, but for ``weight_decay``."""

    lr: Rate
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    name: str | None


class Options(OptionsButDecay, total=False):
    """The arguments that every optimizer takes beside its own."""

    weight_decay: float | None


class Optimizer(Configurable):
    """A rule that turns gradients into new parameters; subclass it and define `update`.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        lr: the older name of ``learning_rate``.
        weight_decay: the fraction of each parameter, times the rate, that a step takes away
            before the update (Loshchilov and Hutter 2019); biases included.
        clipnorm: the greatest 2-norm of the gradient of one variable.
        clipvalue: the greatest absolute value of an entry of the gradient.
        global_clipnorm: the greatest 2-norm of the gradient of all variables together.
        name: the class's name in snake case unless given.

    Raises:
        TypeError: there is no argument of a name.
        ValueError: an argument is out of its range, or two of the clips are given.

    A subclass of four lines trains a model:

    >>> class SignDescent(Optimizer):
    ...     def update(self, parameters, gradients, rate):
    ...         np.sign(gradients, out=gradients)
    ...         gradients *= rate
    ...         parameters -= gradients
    >>> optimizer = SignDescent(learning_rate=0.5)
    >>> weights, slopes = np.array([1, 2], np.float32), np.array([-3, 4], np.float32)
    >>> optimizer.build(2, [slice(0, 2)])
    >>> optimizer.step(weights, slopes)
    >>> weights
    array([1.5, 1.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        *,
        lr: Rate | None = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            self._refuse(unknown, learning_rate if lr is None else lr)
        if lr is not None:
            learning_rate = self._older_name(learning_rate, lr)
        self._rate: float | LearningRateSchedule | Callable[[], float] = 0.0
        self.learning_rate = learning_rate
        self.weight_decay = _unless_none(at_least_zero, "weight_decay", weight_decay)
        self.clipnorm = _unless_none(positive, "clipnorm", clipnorm)
        self.clipvalue = _unless_none(positive, "clipvalue", clipvalue)
        self.global_clipnorm = _unless_none(positive, "global_clipnorm", global_clipnorm)
        _refuse_two_clips(clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm)
        self.name = name or to_snake_case(type(self).__name__)
        self.iterations = 0
        self.slots: dict[str, Buffer] = {}
        self._layout: tuple[int, tuple[slice, ...]] | None = None
        self._variables: tuple[Any, ...] = ()

    @property
    def learning_rate(self) -> float:
        """The rate of the next step; set a number or a schedule."""
        if isinstance(self._rate, LearningRateSchedule):
            return float(self._rate(self.iterations))
        return float(self._rate() if callable(self._rate) else self._rate)

    @learning_rate.setter
    def learning_rate(self, value: Rate) -> None:
        if callable(value):
            self._rate = value
        elif isinstance(value, dict):
            self._rate = schedules.get(value)
        elif callable(self._rate):
            raise TypeError(
                f"expected a schedule or a function as the learning rate, as {self._rate!r} sets "
                f"it at every step, got {value!r}. To set numbers, make the optimizer with one: "
                f"{type(self).__name__}(learning_rate=0.01)."
            )
        else:
            self._rate = at_least_zero("learning_rate", value)

    @property
    def lr(self) -> float:
        """The older name of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Rate) -> None:
        self.learning_rate = value

    def build(self, size: int, segments: Sequence[slice], variables: Sequence[Any] = ()) -> None:
        """Make the slots for ``size`` parameters; a second call for the same ones does nothing.

        Args:
            size: the number of parameters of the model.
            segments: which of them belong to each variable.
            variables: the very objects that hold the parameters. The slots remember how these were
                moved, so that the optimizer is refused for others, even of the same layout.

        Raises:
            ValueError: the optimizer was built for other variables, or another layout.
        """
        layout = (size, tuple(segments))
        if self._layout is None:
            self._layout, self._variables = layout, tuple(variables)
            starts = self.initial_slots()
            self.slots = {name: aligned(size, x) for name, x in starts.items()}
            self.scratch: Buffer = aligned(size)
        elif self._layout != layout or list(map(id, self._variables)) != list(map(id, variables)):
            raise ValueError(
                f"expected the {self._layout[0]} parameters that {self.name!r} was built for, got "
                f"{size} others: an optimizer remembers how it moved each. Make a new one for each "
                f"model: {type(self).__name__}(...)."
            )

    def step(self, parameters: Buffer, gradients: Buffer) -> None:
        """Move ``parameters`` one step against ``gradients``, both in place.

        Args:
            parameters: float32, of the size given to `build`; updated.
            gradients: of the same shape; overwritten.

        Raises:
            RuntimeError: the optimizer isn't built.
            ValueError: a shape isn't that of the layout.
        """
        segments = self._check(parameters, gradients)
        rate = self.learning_rate
        self._clip(gradients, segments)
        if self.weight_decay:
            parameters -= np.multiply(parameters, self.weight_decay * rate, out=self.scratch)
        self.update(parameters, gradients, rate)
        self.iterations += 1

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Change ``parameters`` in place; ``gradients`` and ``self.scratch`` are free for use.

        ``self.iterations`` is the number of steps before this one.
        """
        raise NotImplementedError(
            f"an optimizer needs a rule; define {type(self).__name__}.update(self, parameters, "
            "gradients, rate), which changes parameters in place."
        )

    def initial_slots(self) -> dict[str, float]:
        """Name the buffers that the rule keeps between steps, and the value that each starts at."""
        return {}

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Copy what training has changed: iterations, a rate that is a number, and the slots."""
        state = {name: slot.copy() for name, slot in self.slots.items()}
        state["iterations"] = np.array(self.iterations)
        if not callable(self._rate):
            state["learning_rate"] = np.array(self._rate)
        return state

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `get_state` answered.

        Raises:
            ValueError: the state is that of an optimizer with other slots or another size.
        """
        expected, got = _shapes(self.get_state()), _shapes(state)
        if expected != got:
            raise ValueError(
                f"expected the state of {self!r}, {expected}, got {got}. Build the optimizer on "
                "the same model, with the same arguments, before you set its state."
            )
        for name, slot in self.slots.items():
            slot[:] = state[name]
        self.iterations = int(state["iterations"])
        if "learning_rate" in expected:
            self.learning_rate = float(state["learning_rate"])

    def get_config(self) -> dict[str, Any]:
        """Answer the arguments that make an equal optimizer, with the rate as it is now."""
        config = super().get_config()
        del config["lr"]
        rate = self._rate
        config["learning_rate"] = (
            serialize(rate) if isinstance(rate, LearningRateSchedule) else rate
        )
        return config

    @property
    def is_clipping(self) -> bool:
        """Whether a step clips the gradients first."""
        return (self.clipnorm, self.clipvalue, self.global_clipnorm) != (None, None, None)

    def _clip(self, gradients: Buffer, segments: Sequence[slice]) -> None:
        if self.clipnorm is not None:
            clipping.clip_by_norm(gradients, segments, self.clipnorm)
        elif self.clipvalue is not None:
            clipping.clip_by_value(gradients, self.clipvalue)
        elif self.global_clipnorm is not None:
            clipping.clip_by_global_norm(gradients, self.global_clipnorm)

    def _refuse(self, unknown: dict[str, Any], rate: Rate) -> None:
        """Raise a TypeError with the cure for an unknown argument."""
        kind = type(self).__name__
        if "decay" in unknown:  # of Keras before 2.11; the same rates, step by step
            decay = unknown["decay"]
            raise TypeError(
                f"expected {kind} with a schedule as learning_rate, got decay={decay!r}, an older "
                f"way to let the rate fall. Write {kind}(learning_rate=nn.optimizers.schedules."
                f"InverseTimeDecay({rate!r}, decay_steps=1, decay_rate={decay!r})), or leave "
                "decay out."
            )
        refuse_unknown(type(self), unknown)

    def _older_name(self, learning_rate: Rate, lr: Rate) -> Rate:
        """Answer ``lr``, unless ``learning_rate`` was given as well."""
        parameter = inspect.signature(type(self)).parameters.get("learning_rate")
        if parameter is not None and learning_rate != parameter.default:
            raise ValueError(
                f"expected one learning rate, got learning_rate={learning_rate} and lr={lr}. "
                "Leave out lr, the older name."
            )
        return lr

    def _check(self, parameters: Buffer, gradients: Buffer) -> tuple[slice, ...]:
        if self._layout is None:
            raise RuntimeError(
                f"expected {self.name!r} to be built before its first step. Call build(size, "
                "segments), or let model.fit do it."
            )
        size, segments = self._layout
        if parameters.shape != (size,) or gradients.shape != (size,):
            raise ValueError(
                f"expected parameters and gradients of shape ({size},), got {parameters.shape} and "
                f"{gradients.shape}. Give step the buffers that the optimizer was built for."
            )
        return segments


def _unless_none(check: Callable[[str, object], float], name: str, value: object) -> float | None:
    return None if value is None else check(name, value)


def _refuse_two_clips(**clips: float | None) -> None:
    given = [f"{name}={value}" for name, value in clips.items() if value is not None]
    if len(given) > 1:
        raise ValueError(
            f"expected one of clipnorm, clipvalue and global_clipnorm, got {' and '.join(given)}. "
            "Leave out all but one."
        )


def _shapes(state: Mapping[str, NDArray[Any]]) -> dict[str, tuple[int, ...]]:
    return {name: np.shape(state[name]) for name in sorted(state)}
