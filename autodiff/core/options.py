"""Options: the arguments of a primitive that aren't its inputs, such as ``axis=``.

A Node keeps them for its rules, and a program of ``jit`` for its calls. So they are constants: what
can be edited is copied.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.lift import snapshot
from autodiff.core.tensor import Tensor

__all__ = ["is_traced", "refuse_counts", "settled"]


def is_traced(option: Any) -> bool:
    """Return whether an option is a Tensor, or has one in it."""
    if isinstance(option, (list, tuple)):
        return any(map(is_traced, option))
    if isinstance(option, dict):
        return any(map(is_traced, option.values()))
    return isinstance(option, Tensor)


def refuse_counts(options: Iterable[Any]) -> None:
    """Raise the error for an index or a count, if an option is a traced integer."""
    for option in options:
        if isinstance(option, Tensor) and option.dtype.kind in "iu" and not option.ndim:
            operator.index(option)


def settled(option: Any) -> Any:
    """Return an option in which later edits change nothing: arrays, lists and dicts are copied."""
    if isinstance(option, np.ndarray):
        return snapshot(option)
    if type(option) in (list, tuple):
        return type(option)(map(settled, option))
    if type(option) is dict:
        return {key: settled(value) for key, value in option.items()}
    return option
