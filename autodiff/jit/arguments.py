"""Arguments: which of them are inputs of a program, and which are part of it.

Arrays, Python's floats and NumPy's numbers are inputs. Python's ints, bools and strings, and other
objects, are part of the program: it is made for them. So are floats that would widen an array
(``widening.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.errors import argument_name
from autodiff.pytree import Structure, flatten
from autodiff.tensor import Tensor

__all__ = ["Call", "call_of", "form_of_arrays"]


@dataclass
class Call:
    """The arguments of one call, taken apart.

    Attributes:
        key: equal for calls that the same program serves.
        leaves: the inputs, as NumPy takes them.
        names: what the user calls them.
        is_traced: whether one of them is a Tensor.
        numbers: the positions of Python's floats and complex numbers among the inputs.
        rebuild: makes the arguments again from inputs.
    """

    key: Any
    leaves: list[Any]
    names: list[str]
    is_traced: bool
    numbers: list[int]
    _parts: list[tuple[str | None, Any, Structure | None, list[Any]]] = field(repr=False)

    @property
    def values(self) -> list[Any]:
        """The inputs, as a recording keeps them: nobody else can change them."""
        return [x.copy() if isinstance(x, np.ndarray) else x for x in self.leaves]

    @property
    def told(self) -> str:
        """The inputs in words: ``w float64 (3,), x float64``."""
        return ", ".join(
            f"{name} {x.dtype} {x.shape}" if x.ndim else f"{name} {x.dtype}"
            for name, x in zip(self.names, self.leaves, strict=True)
        )

    def fixing(self, positions: Collection[int]) -> Call:
        """Make some of the inputs, Python's numbers, part of the program."""
        own = range(len(self.leaves))
        entries = iter([self.leaves[i].item() if i in positions else _INPUT for i in own])
        parts = [
            (name, value, structure, [next(entries) if e is _INPUT else e for e in places])
            for name, value, structure, places in self._parts
        ]
        key = (self.key, tuple(repr(self.leaves[i]) for i in sorted(positions)))
        kept = [i for i in own if i not in positions]
        leaves, names = [self.leaves[i] for i in kept], [self.names[i] for i in kept]
        return Call(key, leaves, names, self.is_traced, [], parts)

    def rebuild(self, leaves: list[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Put inputs in their places among the arguments."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        rest = iter(leaves)
        for name, fixed, structure, entries in self._parts:
            value = fixed
            if structure is not None:
                value = structure([next(rest) if e is _INPUT else e for e in entries])
            if name is None:
                args.append(value)
            else:
                kwargs[name] = value
        return tuple(args), kwargs


_INPUT = object()
_STATIC = (int, bool)


def form_of_arrays(value: Any, leaves: list[Any], form: list[Any]) -> bool:
    """Take arguments apart quickly, where they are arrays and numbers in plain containers.

    Args:
        value: the arguments.
        leaves: gets the inputs, in the order of :func:`call_of`.
        form: gets what the program depends on.

    Returns:
        Whether they are; if not, :func:`call_of` knows more.
    """
    kind = type(value)
    if kind is np.ndarray:
        if value.dtype.hasobject:
            return False
        form += (value.dtype, value.shape)
        leaves.append(value if value.ndim else value[()])
    elif kind is float:
        form.append(float)
        leaves.append(np.float64(value))
    elif kind is tuple:
        form.append(len(value))
        return all(form_of_arrays(part, leaves, form) for part in value)
    elif kind is dict:
        form.append(tuple(value))
        return all(form_of_arrays(part, leaves, form) for part in value.values())
    elif kind is list:  # of numbers, it would be one array
        form += (list, len(value))
        return all(
            type(part) in (np.ndarray, tuple, dict) and form_of_arrays(part, leaves, form)
            for part in value
        )
    elif isinstance(value, np.generic):
        form.append(kind)
        leaves.append(value)
    else:
        return False
    return True


def call_of(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """Take the arguments of a call apart.

    Raises:
        TypeError: one that isn't numeric can't be compared with those of later calls.
    """
    key: list[Any] = []
    call = Call(key=None, leaves=[], names=[], is_traced=False, numbers=[], _parts=[])
    for i, value in enumerate(args):
        _take(call, key, None, argument_name(f, i), value)
    for name, value in sorted(kwargs.items()):
        _take(call, key, name, name, value)
    call.key = tuple(key)
    return call


def _take(call: Call, key: list[Any], keyword: str | None, name: str, value: Any) -> None:
    if type(value) in (int, bool, str, type(None)) or _is_opaque(value):
        key.append((keyword, type(value), _comparable(name, value)))
        call._parts.append((keyword, value, None, []))
        return
    leaves, names, structure = flatten(value, name)
    entries: list[Any] = []
    for leaf, own in zip(leaves, names, strict=True):
        if type(leaf) in _STATIC:
            key.append((own, type(leaf), leaf))
            entries.append(leaf)
            continue
        entries.append(_INPUT)
        call.names.append(own)
        is_number = type(leaf) in (float, complex)
        if is_number:
            call.numbers.append(len(call.leaves))
        if isinstance(leaf, Tensor):
            call.is_traced = True
        elif type(leaf) is not np.ndarray or not leaf.ndim:
            leaf = np.asarray(leaf)[()]
        call.leaves.append(leaf)
        key.append((own, is_number, leaf.dtype, leaf.shape))
    key.append((keyword, type(value), len(leaves)))
    call._parts.append((keyword, None, structure, entries))


def _is_opaque(value: Any) -> bool:
    if isinstance(value, (np.ndarray, np.generic, float, complex, Tensor)):
        return False
    try:
        flatten(value, "argument")
    except TypeError:
        return True
    return False


def _comparable(name: str, value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise TypeError(
            f"jit can't tell whether it has seen {name} before: a {type(value).__name__} is "
            f"neither numeric nor hashable. Pass what is needed of it as arrays."
        ) from None
    return value
