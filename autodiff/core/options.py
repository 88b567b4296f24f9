"""Options: the arguments of a primitive that aren't its inputs, such as ``axis=``.

A Node keeps them for its rules, and a program of ``jit`` for its calls. So they are constants: what
can be edited is copied.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.lift import snapshot
from autodiff.core.tensor import Tensor

__all__ = ["is_traced", "plain_options", "settled"]


def is_traced(option: Any) -> bool:
    """Return whether an option is a Tensor, or has one in it."""
    if isinstance(option, (list, tuple)):
        return any(map(is_traced, option))
    if isinstance(option, dict):
        return any(map(is_traced, option.values()))
    return isinstance(option, Tensor)


def plain_options(function: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with traced counts and positions, which have no slope, as plain numbers.

    Raises:
        NotImplementedError: another traced option, whose slope would be lost.
        TypeError: a traced count under jit.
    """
    return {name: _plain_option(function, name, option) for name, option in options.items()}


def _plain_option(function: str, name: str, option: Any) -> Any:
    if not is_traced(option):
        return option
    if isinstance(option, Tensor) and option.dtype.kind in "iu" and not option.ndim:
        return operator.index(option)
    raise NotImplementedError(
        f"{function} of a traced value takes plain options, got a traced {name}= at "
        f"{user_line()}, whose slope would be lost. Make it an input: give it a rule, as "
        f"in autodiff.derivative({function}, {name}=lambda g, z, ...: ...); or pass "
        f"t.numpy() where no slope is wanted."
    )


def settled(option: Any) -> Any:
    """Return an option in which later edits change nothing: arrays, lists and dicts are copied."""
    if isinstance(option, np.ndarray):
        return snapshot(option)
    if type(option) in (list, tuple):
        return type(option)(map(settled, option))
    if type(option) is dict:
        return {key: settled(value) for key, value in option.items()}
    return option
