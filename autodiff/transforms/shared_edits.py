"""Edits of arguments that are one object, or share memory: Python edits both, a trace only one."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import argument_names, function_place
from autodiff.core.observer import notify_edit, observers
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten

__all__ = ["SharedContainers", "refuse_shared_edits"]


def refuse_shared_edits(
    f: Function, args: tuple[Any, ...], positions: Sequence[int], edited: Sequence[int]
) -> None:
    """Raise a ValueError if f has edited a traced argument that shares memory with another one.

    Args:
        f: was called with the arguments, traced at some positions.
        args: as the caller passed them.
        positions: those that were traced.
        edited: the numbers of the edited leaves, among those of the traced arguments.
    """
    found: list[tuple[str, Array]] = []  # the traced ones first
    rest = [position for position in range(len(args)) if position not in positions]
    for position in (*positions, *rest):
        try:
            leaves, names, _ = flatten(args[position], argument_names(f, [position])[0])
        except TypeError:  # it isn't numeric
            continue
        found += zip(names, leaves, strict=True)
    for number in edited:
        name, leaf = found[number]
        beside = found[:number] + found[number + 1 :]
        shared = next((n for n, x in beside if _shares_memory(leaf, x)), None)
        if shared is not None:
            raise ValueError(
                f"{function_place(f)} edits its argument {name}, which shares memory with "
                f"{shared}: NumPy would edit both, which slopes can't follow. Pass a copy of one."
            )
        if observers and isinstance(leaf, Tensor):
            notify_edit(leaf.node)  # the memory of an argument of a jitted function may be shared


def _shares_memory(x: Array, other: Array) -> bool:
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return x._overlaps(other)
    both = isinstance(x, np.ndarray) and isinstance(other, np.ndarray)
    return both and bool(np.shares_memory(x, other))


class SharedContainers:
    """The dicts, lists and dataclasses that are among the arguments of a call more than once.

    Those inside of arguments that aren't traced are left out: these may be large, or hold each
    other.

    Args:
        args: as the caller passed them.
        given: as the function gets them, with traced leaves.
    """

    def __init__(self, args: Sequence[Any], given: Sequence[Any]) -> None:
        found: dict[int, list[Any]] = {}
        pairs = [*zip(args, given, strict=True)]
        for original, own in pairs:  # grows during the loop
            if type(original) in _LEAVES:
                continue
            if not isinstance(original, (tuple, Tensor, np.ndarray)):
                found.setdefault(id(original), []).append(own)
            if not (own is original or isinstance(own, Tensor)):  # of a list of numbers
                pairs += zip(_parts(original), _parts(own), strict=True)
        several = [own for places in found.values() if len(places) > 1 for own in places]
        self._before = [(own, _parts(own)) for own in several]

    def refuse_edits(self, f: Function) -> None:
        """Raise a ValueError if the function has edited one of them."""
        for own, before in self._before:
            after = _parts(own)
            if len(after) != len(before) or any(map(operator.is_not, after, before)):
                kind = "list" if isinstance(own, Tensor) else type(own).__name__
                raise ValueError(
                    f"{function_place(f)} edits a {kind} that is among its arguments twice: slopes "
                    f"can't follow an edit of both. Pass a copy of one."
                )


_LEAVES = frozenset((float, int, np.ndarray, np.float64))  # the usual ones


def _parts(x: Any) -> list[Any]:
    """Return what a container holds, and of a Tensor its Node; nothing of other values."""
    if isinstance(x, Tensor):
        return [x.node]
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, (list, tuple)):
        return list(x)
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return [getattr(x, field.name) for field in dataclasses.fields(x)]
    return []
