"""Checks of numbers in the arguments of layers, optimizers, schedules and regularizers."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import TYPE_CHECKING, Any

LARGEST = 3.4e38  # what float32 can hold
EPSILON = 1e-7  # added or clipped to where a number must not be 0, as in Keras

if TYPE_CHECKING:
    from collections.abc import Callable


def at_least_zero(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is a finite number of at least 0.

    Raises:
        TypeError: it isn't a number.
        ValueError: it is out of this range.
    """
    return _number(name, value, "a finite number of at least 0", lambda x: 0 <= x < math.inf)


def finite(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is a finite number."""
    return _number(name, value, "a finite number", math.isfinite)


def positive(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is a finite number above 0."""
    return _number(name, value, "a finite number above 0", lambda x: 0 < x < math.inf)


def fraction(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is from 0 to 1."""
    return _number(name, value, "a number from 0 to 1", lambda x: 0 <= x <= 1)


def up_to_one(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is above 0 and at most 1."""
    return _number(name, value, "a number above 0, at most 1", lambda x: 0 < x <= 1)


def below_one(name: str, value: object) -> float:
    """Return ``value`` as a float, if it is at least 0 and below 1: the decay of an average."""
    return _number(name, value, "a number of at least 0 and below 1", lambda x: 0 <= x < 1)


def whole(name: str, value: object, least: int = 1) -> int:
    """Return ``value`` as an int, if it is a whole number of at least ``least``."""
    number = as_whole(value)
    if number is None or number < least:
        raise ValueError(
            f"expected {name} to be a whole number of at least {least}, got {shown(value)}. "
            "Write a number in this range, or leave it out."
        )
    return number


def as_whole(value: Any) -> int | None:
    """Return ``value`` as an int if it is a whole number, otherwise None.

    >>> as_whole(3), as_whole(3.0), as_whole(True)
    (3, None, None)
    """
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:  # such as that of an array
        return None


def _number(name: str, value: object, expected: str, holds: Callable[[float], bool]) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(
            f"expected {name} to be {expected}, got {value!r} of type {type(value).__name__}. "
            "Write a number."
        )
    try:
        number = float(value)
    except OverflowError:  # a whole number that no float can hold
        number = math.inf if value > 0 else -math.inf  # type: ignore[operator] # ordered
    if not holds(number) or LARGEST < abs(number) < math.inf:
        raise ValueError(
            f"expected {name} to be {expected}, got {shown(value)}. Write a number in this range."
        )
    return number


def shown(value: object) -> str:
    """Format a value for a message; a whole number of very many digits by their number.

    >>> shown(0.5), shown(10**400)
    ('0.5', 'a number of 401 digits')
    """
    if isinstance(value, int) and abs(value) >= 10**30:
        return f"a number of {math.floor(math.log10(abs(value))) + 1} digits"
    return repr(value)
