"""Schedules: learning rates that change with the number of steps.

A schedule is called with the number of earlier steps and returns the rate.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from nn.argument_checks import ArgumentsChecked, undefined
from nn.configs.configurable import Configurable
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.numbers import at_least_zero, finite, positive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# fmt: off
__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "LearningRateSchedule", "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "get",
    "serialize",
]
# fmt: on


class LearningRateSchedule(ArgumentsChecked, Configurable):
    """The base class of schedules; subclass it and define ``__call__(step)``.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 / 2**step
    >>> rate = Halving()
    >>> rate(0), rate(1)
    (0.1, 0.05)
    """

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        raise NotImplementedError(undefined(self, "__call__(self, step)", "return the rate"))


class _TimeDecay(LearningRateSchedule):
    """A schedule of the time in units of ``decay_steps``."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = at_least_zero("initial_learning_rate", initial_learning_rate)
        self.decay_steps = positive("decay_steps", decay_steps)
        self.decay_rate = at_least_zero("decay_rate", decay_rate)
        self.staircase = staircase
        self.name = name or type(self).__name__

    def time(self, step: int) -> float:
        """Return the time after ``step`` steps; with ``staircase`` it is rounded down."""
        time = step / self.decay_steps
        return math.floor(time) if self.staircase else time


class ExponentialDecay(_TimeDecay):
    """``initial_learning_rate · decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: the number of steps that multiply the rate by ``decay_rate``; positive.
        decay_rate: at least 0.
        staircase: whether the exponent is rounded down, so that the rate decreases in steps.
        name: stored; has no effect.

    >>> rate = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
    >>> rate(0), rate(10), rate(20)
    (0.1, 0.05, 0.025)
    """

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        return self.initial_learning_rate * float(self.decay_rate ** self.time(step))


class InverseTimeDecay(_TimeDecay):
    """``initial_learning_rate / (1 + decay_rate · step / decay_steps)``.

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: the unit of time, in steps; positive.
        decay_rate: at least 0.
        staircase: whether the time is rounded down, so that the rate decreases in steps.
        name: stored; has no effect.

    >>> rate = InverseTimeDecay(0.1, decay_steps=10, decay_rate=1)
    >>> rate(0), rate(10), rate(30)
    (0.1, 0.05, 0.025)
    """

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        return self.initial_learning_rate / (1 + self.decay_rate * self.time(step))


class PiecewiseConstantDecay(LearningRateSchedule):
    """One value up to and including each boundary, and one after the last.

    Args:
        boundaries: numbers of steps, increasing.
        values: the rates, one more than the boundaries.
        name: stored; has no effect.

    Raises:
        ValueError: the lengths don't match, or the boundaries don't increase.

    >>> rate = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
    >>> rate(100), rate(101), rate(1000)
    (0.1, 0.01, 0.001)
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                f"expected one more value than boundaries, got {len(values)} values and "
                f"{len(boundaries)} boundaries. Add the rate after the last boundary."
            )
        if any(later <= earlier for earlier, later in pairwise(boundaries)):
            raise ValueError(f"expected boundaries that increase, got {boundaries}. Sort them.")
        self.boundaries = list(boundaries)
        self.values = [at_least_zero("each of values", value) for value in values]
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        return self.values[bisect_left(self.boundaries, step)]


class PolynomialDecay(LearningRateSchedule):
    """``(initial − end) · (1 − step / decay_steps) ** power + end``, and ``end`` afterwards.

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: the number of steps of the decay; positive.
        end_learning_rate: the final rate.
        power: the exponent; 1 is a straight line.
        cycle: whether ``decay_steps`` is replaced by its next multiple whenever it is exceeded.
        name: stored; has no effect.

    >>> rate = PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.25)
    >>> rate(0), rate(5), rate(100)
    (0.5, 0.375, 0.25)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = at_least_zero("initial_learning_rate", initial_learning_rate)
        self.decay_steps = positive("decay_steps", decay_steps)
        self.end_learning_rate = at_least_zero("end_learning_rate", end_learning_rate)
        self.power = at_least_zero("power", power)
        self.cycle = cycle
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        span = self.decay_steps
        if self.cycle:
            span *= max(1, math.ceil(step / span))
        left = 1 - min(step, span) / span
        drop = self.initial_learning_rate - self.end_learning_rate
        return drop * float(left**self.power) + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to ``alpha`` times it, after an optional warm-up.

    Loshchilov and Hutter 2017, equation 5, for one period; the warm-up is a straight line from
    ``initial_learning_rate`` to ``warmup_target`` (Goyal et al. 2017), where the decay starts.

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: the number of steps of the decay; positive.
        alpha: the final rate, as a fraction of the maximum.
        name: stored; has no effect.
        warmup_target: the rate at the end of the warm-up; None means no warm-up.
        warmup_steps: the number of steps of the warm-up.

    >>> rate = CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=4)
    >>> rate(0), rate(2), rate(4), round(rate(9), 6), rate(100)
    (0.0, 0.5, 1.0, 0.5, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0.0,
    ) -> None:
        self.initial_learning_rate = at_least_zero("initial_learning_rate", initial_learning_rate)
        self.decay_steps = positive("decay_steps", decay_steps)
        self.alpha = at_least_zero("alpha", alpha)
        self.name = name
        self.warmup_target = (
            None if warmup_target is None else at_least_zero("warmup_target", warmup_target)
        )
        self.warmup_steps = at_least_zero("warmup_steps", warmup_steps)

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        start = self.initial_learning_rate
        if self.warmup_target is None:
            return start * _half_cosine(step / self.decay_steps, self.alpha)
        if step < self.warmup_steps:
            return start + (self.warmup_target - start) * step / self.warmup_steps
        done = (step - self.warmup_steps) / self.decay_steps
        return self.warmup_target * _half_cosine(done, self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Repeated half cosines, each ``t_mul`` times as long and ``m_mul`` times as high as the last.

    Loshchilov and Hutter 2017 (SGDR), section 3.

    Args:
        initial_learning_rate: the rate of the first step.
        first_decay_steps: the number of steps of the first period; positive.
        t_mul: the factor from the length of one period to the next; at least 1.
        m_mul: the factor from the initial rate of one period to the next.
        alpha: the lowest rate, as a fraction of the initial one.
        name: stored; has no effect.

    >>> rate = CosineDecayRestarts(1.0, first_decay_steps=2, m_mul=0.5)
    >>> rate(0), rate(1), rate(2), rate(4), rate(6)
    (1.0, 0.5, 0.5, 0.25, 0.25)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        if finite("t_mul", t_mul) < 1:
            raise ValueError(
                f"expected t_mul to be at least 1, got {t_mul}. Write 1 for periods of one length."
            )
        self.initial_learning_rate = at_least_zero("initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = positive("first_decay_steps", first_decay_steps)
        self.t_mul = t_mul
        self.m_mul = at_least_zero("m_mul", m_mul)
        self.alpha = at_least_zero("alpha", alpha)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the rate after ``step`` steps."""
        periods, done = self._period(step)
        height = float(self.m_mul**periods)
        return self.initial_learning_rate * (
            (1 - self.alpha) * height * _half_cosine(done, 0.0) + self.alpha
        )

    def _period(self, step: float) -> tuple[int, float]:
        """Return the number of completed periods, and the completed fraction of the current one."""
        length = self.first_decay_steps
        if self.t_mul == 1:
            return int(step // length), step % length / length
        periods = 0
        while step >= length:
            step -= length
            length *= self.t_mul
            periods += 1
        return periods, step / length


_NAMES: dict[str, Callable[..., LearningRateSchedule]] = {
    "exponential_decay": ExponentialDecay,
    "inverse_time_decay": InverseTimeDecay,
    "piecewise_constant_decay": PiecewiseConstantDecay,
    "polynomial_decay": PolynomialDecay,
    "cosine_decay": CosineDecay,
    "cosine_decay_restarts": CosineDecayRestarts,
}
_FAMILY = ClassFamily("schedule", "optimizers.schedules", LearningRateSchedule, _NAMES)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> LearningRateSchedule:
    """Return a schedule as it is, or create one from its config.

    >>> get({"class_name": "CosineDecay", "config": {"initial_learning_rate": 1, "decay_steps": 9}})
    CosineDecay(initial_learning_rate=1.0, decay_steps=9.0)
    """
    return _FAMILY.get(identifier)


def _half_cosine(done: float, low: float) -> float:
    """Return half a cosine from 1 at ``done`` = 0 to ``low`` at 1, and ``low`` afterwards."""
    return low + (1 - low) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
