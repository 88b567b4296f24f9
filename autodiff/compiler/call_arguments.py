"""Arguments: which of them are inputs of a program, and which are part of it.

Arrays, Python floats and NumPy scalars are inputs. Python ints, bools and strings, and other
objects, are part of the program: each has its own program. So are floats that would widen an array
(``widening.py``).
"""

from __future__ import annotations

import dataclasses
import numbers
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.compiler.argument_state import has_state
from autodiff.compiler.by_id import ById
from autodiff.core.errors import argument_names
from autodiff.core.layout import copied_whole, layout_of
from autodiff.core.lift import NotPlainError
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import Structure, flatten

__all__ = ["Arguments", "call_of", "form_of_arrays"]


@dataclass
class Arguments:
    """The flattened arguments of one call.

    Attributes:
        key: equal for calls of one program: those of one structure, with the same shapes, dtypes
            and memory layouts.
        leaves: the inputs, as arrays, NumPy scalars or Tensors.
        names: the user's names for them.
        is_traced: whether one of them is a Tensor.
        numbers: the positions of Python floats and complex numbers among the inputs.
        arrays: for each input the array that was passed, also a 0-d one; None for a number.
        objects: the arguments that aren't numeric, and whose attributes may change.
        lists: the positions of lists of numbers among the inputs.
    """

    key: Any
    leaves: list[Array]
    names: list[str]
    is_traced: bool
    numbers: list[int]
    arrays: list[Array]
    objects: list[Any]
    lists: list[int]
    _parts: list[tuple[str | None, Any, Structure | None, list[Any]]] = field(repr=False)

    @property
    def values(self) -> list[Array]:
        """Copies of the inputs, for a recording to keep."""
        plain = map(peek, self.leaves)
        return [copied_whole(x) if isinstance(x, np.ndarray) else x for x in plain]

    @property
    def description(self) -> str:
        """A description of the inputs: ``w float64 (3,), x float64``."""
        return ", ".join(
            f"{name} {x.dtype} {x.shape}" if x.ndim else f"{name} {x.dtype}"
            for name, x in zip(self.names, self.leaves, strict=True)
        )

    def with_fixed(self, positions: Collection[int]) -> Arguments:
        """Return the call with some of its Python numbers as part of the program."""
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
        arrays = [self.arrays[i] for i in kept]
        lists = [at for at, i in enumerate(kept) if i in self.lists]
        return Arguments(
            key, leaves, names, self.is_traced, numbers, arrays, self.objects, lists, parts
        )

    @property
    def cells(self) -> frozenset[int]:
        """The positions of 0-d arrays."""
        return frozenset(
            i for i, array in enumerate(self.arrays) if array is not None and not array.ndim
        )

    def rebuild(self, leaves: list[Array]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the args and kwargs for other inputs; Python numbers are converted back."""
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
_PYTHONS = (int, float, complex)
_KEYS = frozenset((int, str))  # equal only to keys of their own type


def form_of_arrays(value: Any, leaves: list[Array], form: list[Any]) -> bool:
    """Flatten arguments quickly, where they are arrays and numbers in plain containers.

    Args:
        value: the arguments.
        leaves: receives the inputs, in the order of :func:`call_of`.
        form: receives structure, dtypes and shapes, on which the program depends.

    Returns:
        Whether all are arrays and numbers in plain containers; if not, use :func:`call_of`.
    """
    kind = type(value)
    if kind is np.ndarray:
        if value.dtype.hasobject:
            return False
        form += (value.dtype, value.shape)
        if not value.flags.c_contiguous:
            form.append(layout_of(value))
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


def call_of(f: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
    """Flatten the arguments of a call.

    Raises:
        TypeError: an argument is neither numeric nor hashable.
    """
    key: list[Any] = []
    call = Arguments(
        key=None,
        leaves=[],
        names=[],
        is_traced=False,
        numbers=[],
        arrays=[],
        objects=[],
        lists=[],
        _parts=[],
    )
    for name, value in zip(argument_names(f, range(len(args))), args, strict=True):
        _add_argument(call, key, None, name, value)
    for name, value in kwargs.items():
        _add_argument(call, key, name, name, value)
    call.key = tuple(key)
    return call


def _add_argument(
    call: Arguments, key: list[Any], keyword: str | None, name: str, value: Any
) -> None:
    flat = None if type(value) in _FIXED else _flattened(value, name)
    if not isinstance(flat, tuple):
        key.append((keyword, _key_of(name, value, flat)))
        if has_state(value):
            call.objects.append(value)
        call._parts.append((keyword, value, None, []))
        return
    leaves, names, structure = flat
    entries: list[Any] = []
    key += (keyword, _form(structure.skeleton))
    listed = _are_lists(structure.skeleton, value)
    for leaf, own, is_list in zip(leaves, names, listed, strict=True):
        is_number = type(leaf) in (float, complex)
        is_fixed = isinstance(leaf, _PYTHONS) and not (is_number or isinstance(leaf, np.generic))
        array = leaf if isinstance(leaf, np.ndarray) else None
        if isinstance(leaf, Tensor):
            call.is_traced = True
        elif not is_fixed and (type(leaf) is not np.ndarray or not leaf.ndim):
            leaf = np.asarray(leaf)[()]
        if not hasattr(leaf, "dtype"):  # an int, a member of an IntEnum, or a Fraction
            key.append(_typed_key(leaf))
            entries.append(leaf)
            continue
        entries.append(_INPUT)
        call.names.append(own)
        if is_number:
            call.numbers.append(len(call.leaves))
        if is_list:
            call.lists.append(len(call.leaves))
        call.leaves.append(leaf)
        call.arrays.append(array)
        plain = leaf.node.value if isinstance(leaf, Tensor) else leaf
        layout = layout_of(plain) if isinstance(plain, np.ndarray) else "C"
        key.append((is_number, is_list, leaf.dtype, leaf.shape, layout, array is not None))
    call._parts.append((keyword, None, structure, entries))


def _flattened(value: Any, name: str) -> tuple[list[Array], list[str], Structure] | TypeError:
    """Return the leaves, names and structure of an argument, or why it isn't numeric."""
    try:
        return flatten(value, name)
    except NotPlainError:
        raise
    except TypeError as error:
        if isinstance(value, (np.ndarray, np.generic)):
            raise
        return error


def _are_lists(skeleton: Any, value: Any) -> Iterator[bool]:
    """Iterate over the leaves of an argument: whether each is a list of numbers."""
    if isinstance(skeleton, dict):
        for key, part in skeleton.items():
            yield from _are_lists(part, value[key])
    elif isinstance(skeleton, (list, tuple)):
        for part, own in zip(skeleton, value, strict=True):
            yield from _are_lists(part, own)
    elif dataclasses.is_dataclass(skeleton):
        for each in dataclasses.fields(skeleton):
            yield from _are_lists(getattr(skeleton, each.name), getattr(value, each.name))
    elif skeleton is not None:
        yield isinstance(value, list)


def _form(skeleton: Any) -> Any:
    """Return a key that is equal for structures that differ only in their leaves."""
    kind = type(skeleton)
    if isinstance(skeleton, dict):
        parts = tuple((_typed_key(key), _form(part)) for key, part in skeleton.items())
        return (kind, parts) if kind is dict else (kind, parts, *_attribute_keys(skeleton))
    if isinstance(skeleton, (list, tuple)):
        return kind, tuple(map(_form, skeleton))
    if hasattr(kind, "__dataclass_fields__"):
        own = dataclasses.fields(skeleton)
        parts = tuple(_form(getattr(skeleton, part.name)) for part in own)
        return kind, parts, *_attribute_keys(skeleton, {part.name for part in own})
    return kind


def _attribute_keys(skeleton: Any, own: Collection[str] = ()) -> list[Any]:
    """Return keys of a container's default factory and attributes, other than its entries."""
    is_default = isinstance(skeleton, defaultdict)
    kept = {"default_factory": skeleton.default_factory} if is_default else {}
    kept |= getattr(skeleton, "__dict__", {})
    return [
        (name, _typed_key(x) if _is_hashable(x) else ById(x))
        for name, x in kept.items()
        if name not in own
    ]


def _key_of(name: str, value: Any, not_numeric: TypeError | None) -> Any:
    key = _typed_key(value)
    if not _is_hashable(key):
        is_container = isinstance(value, (dict, list, tuple)) or dataclasses.is_dataclass(value)
        raise TypeError(
            f"jit expects numeric or hashable arguments, but {name}, a {type(value).__name__}, is "
            "neither numeric nor hashable"
            + (f": {not_numeric}" if is_container else ". Pass its contents as arrays.")
        ) from not_numeric
    return key


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except (TypeError, ValueError):  # of a writable memoryview
        return False
    return True


def _typed_key(value: Any) -> Any:
    """Return a key that differs for 2, 2.0 and True, also inside of containers."""
    kind = type(value)
    if kind is range or kind is slice:  # equal ranges may have other ends
        return kind, tuple(map(_typed_key, (value.start, value.stop, value.step)))
    if isinstance(value, tuple):
        return kind, tuple(map(_typed_key, value))
    if isinstance(value, frozenset):
        return kind, frozenset(map(_typed_key, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return kind, value, tuple(map(_typed_key, _compared(value)))
    return kind, repr(value) if isinstance(value, numbers.Number) else value


def _compared(value: Any) -> list[Any]:
    """Return the fields that a dataclass instance is compared by."""
    return [getattr(value, part.name) for part in dataclasses.fields(value) if part.compare]
