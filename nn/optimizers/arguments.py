"""Checks of the numbers that optimizers and schedules are made with."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def at_least_zero(name: str, value: object) -> float:
    """Answer ``value`` as a float, if it is a finite number of at least 0.

    Raises:
        TypeError: it isn't a number.
        ValueError: it is out of this range.
    """
    return _number(name, value, "a finite number of at least 0", lambda x: 0 <= x < math.inf)


def positive(name: str, value: object) -> float:
    """Answer ``value`` as a float, if it is a finite number above 0."""
    return _number(name, value, "a finite number above 0", lambda x: 0 < x < math.inf)


def fraction(name: str, value: object) -> float:
    """Answer ``value`` as a float, if it is from 0 to 1."""
    return _number(name, value, "a number from 0 to 1", lambda x: 0 <= x <= 1)


def below_one(name: str, value: object) -> float:
    """Answer ``value`` as a float, if it is at least 0 and below 1: the decay of an average."""
    return _number(name, value, "a number of at least 0 and below 1", lambda x: 0 <= x < 1)


def _number(name: str, value: object, expected: str, holds: Callable[[float], bool]) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(
            f"expected {name} to be {expected}, got {value!r} of type {type(value).__name__}. "
            "Write a number."
        )
    number = float(value)
    if not holds(number):
        raise ValueError(
            f"expected {name} to be {expected}, got {value!r}. Write a number in this range."
        )
    return number
