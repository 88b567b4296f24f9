"""Arguments: which of them are inputs of a program, and which are part of it.

Arrays, Python's floats and NumPy's numbers are inputs. Python's ints, bools and strings, and other
objects, are part of the program: it is made for them. So are floats that would widen an array
(``widening.py``).
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.errors import argument_names
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
        plain = [x.node.value if isinstance(x, Tensor) else x for x in self.leaves]
        return [x.copy() if isinstance(x, np.ndarray) else x for x in plain]

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
        numbers = [at for at, i in enumerate(kept) if i in self.numbers]
        return Call(key, leaves, names, self.is_traced, numbers, parts)

    def rebuild(self, leaves: list[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Put inputs in their places among the arguments; numbers are Python's again."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        leaves = leaves.copy()
        for i in self.numbers:
            leaves[i] = leaves[i].item() if isinstance(leaves[i], np.generic) else leaves[i]
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
_FIXED = frozenset((int, bool, str, type(None)))
_STATIC = (int, bool)
_KEYS = frozenset((int, str))  # equal only if they are the same


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
        if not _KEYS.issuperset(map(type, value)):
            return False
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
    for called, value in zip(argument_names(f, range(len(args))), args, strict=True):
        _take(call, key, None, called, value)
    for name, value in sorted(kwargs.items()):
        _take(call, key, name, name, value)
    call.key = tuple(key)
    return call


def _take(call: Call, key: list[Any], keyword: str | None, name: str, value: Any) -> None:
    taken = None if type(value) in _FIXED else _flat(value, name)
    if taken is None:
        key.append((keyword, _comparable(name, value)))
        call._parts.append((keyword, value, None, []))
        return
    leaves, names, structure = taken
    entries: list[Any] = []
    key += (keyword, _form(structure.skeleton))
    for leaf, own in zip(leaves, names, strict=True):
        is_number = type(leaf) in (float, complex)
        if isinstance(leaf, Tensor):
            call.is_traced = True
        elif type(leaf) not in _STATIC and (type(leaf) is not np.ndarray or not leaf.ndim):
            leaf = np.asarray(leaf)[()]
        if not hasattr(leaf, "dtype"):  # a Fraction is none of NumPy's numbers either
            key.append(_told_apart(leaf))
            entries.append(leaf)
            continue
        entries.append(_INPUT)
        call.names.append(own)
        if is_number:
            call.numbers.append(len(call.leaves))
        call.leaves.append(leaf)
        key.append((is_number, leaf.dtype, leaf.shape))
    call._parts.append((keyword, None, structure, entries))


def _flat(value: Any, name: str) -> tuple[list[Any], list[str], Structure] | None:
    """Take an argument apart; None where it isn't numeric."""
    try:
        return flatten(value, name)
    except TypeError:
        if isinstance(value, (np.ndarray, np.generic)):
            raise
    return None


def _form(skeleton: Any) -> Any:
    """Tell a structure: equal for those that differ in their leaves alone."""
    kind = type(skeleton)
    if isinstance(skeleton, dict):
        parts = tuple((_told_apart(key), _form(part)) for key, part in skeleton.items())
        return (kind, parts) if kind is dict else (kind, parts, *_beside(skeleton))
    if isinstance(skeleton, (list, tuple)):
        return kind, tuple(map(_form, skeleton))
    if hasattr(kind, "__dataclass_fields__"):
        own = dataclasses.fields(skeleton)
        parts = tuple(_form(getattr(skeleton, part.name)) for part in own)
        return kind, parts, *_beside(skeleton, {part.name for part in own})
    return kind


def _beside(skeleton: Any, own: Collection[str] = ()) -> list[Any]:
    """List what a dict or dataclass keeps beside its parts: a default, attributes of its own."""
    kept = {"default_factory": getattr(skeleton, "default_factory", None)}
    kept |= getattr(skeleton, "__dict__", {})
    return [
        (name, _told_apart(x) if _is_hashable(x) else _Same(x))
        for name, x in kept.items()
        if name not in own
    ]


@dataclass(frozen=True, eq=False)
class _Same:
    """Holds an object, a constant of the program, and is equal only for that object itself."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return type(other) is _Same and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def _comparable(name: str, value: Any) -> Any:
    if not _is_hashable(value):
        raise TypeError(
            f"jit can't tell whether it has seen {name} before: a {type(value).__name__} is "
            f"neither numeric nor hashable. Pass what is needed of it as arrays."
        )
    return _told_apart(value)


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _told_apart(value: Any) -> Any:
    """Make something that isn't equal for 2, 2.0 and True, nor where these are parts."""
    kind = type(value)
    if isinstance(value, tuple):
        return kind, tuple(map(_told_apart, value))
    if isinstance(value, frozenset):
        return kind, frozenset(map(_told_apart, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return kind, value, tuple(map(_told_apart, _compared(value)))
    return kind, repr(value) if isinstance(value, numbers.Number) else value


def _compared(value: Any) -> list[Any]:
    """List what an instance of a dataclass is compared by."""
    return [getattr(value, part.name) for part in dataclasses.fields(value) if part.compare]
