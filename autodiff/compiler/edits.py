"""Edits of arguments: recorded once, and applied to the caller's arguments in each call.

The program itself writes to an array that is edited in place (``w -= 0.1 * g``). A value that is
put into a dict, list or dataclass among the arguments is an additional result of the program, and
is put there afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MemberDescriptorType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.errors import argument_names, describe, function_place
from autodiff.core.graph import Node, RecordingError
from autodiff.core.layout import is_writable
from autodiff.core.objects import check_not_taken
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.core.view import View
from autodiff.transforms.pytree import flatten_result

__all__ = ["EditableScalar", "Edits", "RecordedArguments", "refuse_shared_edit"]

Path = tuple[Any, ...]  # the position or keyword of an argument, then keys, indices or attributes


def refuse_shared_edit(function: Function, place: int, arrays: Sequence[tuple[Array, str]]) -> None:
    """Raise a ValueError if the array at a place, which a function edits, overlaps another one.

    Args:
        function: for the error.
        place: that of the array that it edits.
        arrays: all of its arrays, with their names.
    """
    edited, name = arrays[place]
    for i, (other, its_name) in enumerate(arrays):
        if i != place and _shares(edited, other):
            raise ValueError(
                f"{function_place(function)} edits its argument {name}, which shares memory with "
                f"{its_name}: jit can't follow an edit of both. Pass a copy of one, or call the "
                f"function without ad.jit."
            )


class EditableScalar(Tensor):
    """A 0-d array among the arguments: operators such as ``+=`` edit it, unlike a number."""

    __slots__ = ("_taken_at",)

    _taken_at: str  # where an array of objects may have taken it as an entry

    def _point_at(self, node: Node) -> None:
        check_not_taken(self)
        super()._point_at(node)


class _Kept(NamedTuple):
    """The object at a path of the caller's arguments."""

    path: Path


class _New(NamedTuple):
    """An additional result of the program, by its number."""

    number: int


class _Fixed(NamedTuple):
    """A Python int, bool, string or None."""

    value: Any


@dataclass
class Change:
    """The contents of a container after the function ran.

    Attributes:
        path: of the container among the arguments.
        entries: the source of each entry, by key, index or attribute.
    """

    path: Path
    entries: dict[Any, _Kept | _New | _Fixed]


class RecordedArguments:
    """The arguments of a recording, to compare before and after the function runs.

    Args:
        handles: the Tensors of the inputs.
        args: the arguments that are passed to the function.
        kwargs: the keyword arguments.
    """

    def __init__(
        self, handles: Sequence[Tensor], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        self.handles = handles
        self._nodes = [handle.node for handle in handles]
        self._containers = list(_containers(args, kwargs))
        self._before = [(c, _contents(c)) for _, c in self._containers]
        self._placed: dict[int, Any] = {id(handle): handle for handle in handles}
        self._sources: dict[int, _Kept | _New] = {  # all are alive, so an id tells them apart
            id(part): _Kept((*path, key))
            for (path, _), (_, contents) in zip(self._containers, self._before, strict=True)
            for key, part in contents.items()
            if isinstance(part, Tensor) or _is_container(part)
        }
        self._sources |= {id(part): _Kept((key,)) for key, part in _arguments(args, kwargs)
                        if isinstance(part, Tensor) or _is_container(part)}  # fmt: skip

    def written(self) -> dict[int, Node]:
        """Return the inputs that were edited in place, each with its new value."""
        pairs = enumerate(zip(self.handles, self._nodes, strict=True))
        return {i: handle.node for i, (handle, node) in pairs if handle.node is not node}

    def changes(self, function: Function) -> tuple[list[Change], list[Array]]:
        """Return the changed containers, and the values that were put into them.

        Raises:
            RecordingError: such a value can't be a result of a program.
        """
        changes: list[Change] = []
        new: list[Array] = []
        for (path, container), (_, before) in zip(self._containers, self._before, strict=True):
            after = _contents(container)
            if _is_same(before, after):
                continue
            entries = {
                key: _Kept((*path, key)) if key in before and before[key] is part
                else self._source(part, new, _path_name(function, path, key), function)
                for key, part in after.items()
            }  # fmt: skip
            changes.append(Change(path, entries))
        return changes, new

    def _source(
        self, part: Any, new: list[Array], name: str, function: Function
    ) -> _Kept | _New | _Fixed:
        if id(part) in self._sources:
            return self._sources[id(part)]
        if part is None or isinstance(part, (bool, int, str)):
            return _Fixed(part)
        try:
            leaves, _, _ = flatten_result(part, name)
        except TypeError as error:
            raise RecordingError(
                f"{function_place(function)} puts {describe(part)} into {name}, one of its "
                f"arguments, which jit can't do in later calls. Put numbers or arrays there, or "
                f"return the value."
            ) from error
        for leaf in leaves:
            whole = leaf._root if isinstance(leaf, View) else leaf
            if isinstance(whole, Tensor) and np.shape(leaf) and id(whole) in self._placed:
                raise RecordingError(
                    f"{function_place(function)} puts an array that is among its arguments "
                    f"already, or a view of one, into {name} as well, so that both share memory: "
                    f"jit would make new arrays. Put a copy there: x.copy()."
                )
            self._placed[id(whole)] = whole
        new.append(part)
        self._sources[id(part)] = _New(len(new) - 1)
        return self._sources[id(part)]


@dataclass
class Edits:
    """The edits of a program to the arguments of a call.

    Attributes:
        function: the recorded one, for error messages.
        names: of the inputs.
        written: the positions of the inputs that the program writes to.
        inner: those of the inputs of which functions that it differentiates edit copies.
        changes: of containers.
        live: the other arrays that the program reads or writes.
        assigned: those that it writes.
        late: the positions of the inputs that it reads after that.
    """

    function: Function
    names: list[str]
    written: list[int]
    inner: frozenset[int]
    changes: list[Change]
    live: list[Array]
    assigned: list[Array]
    late: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.written or self.changes)

    def apart(self, leaves: list[Array]) -> list[Array]:
        """Return the inputs with copies of those that share memory with an assigned array.

        Raises:
            ValueError: such an input is read after an assignment.
        """
        return [
            self._copied(i, x) if any(_shares(x, array) for array in self.assigned) else x
            for i, x in enumerate(leaves)
        ]

    def _copied(self, i: int, leaf: Array) -> Array:
        if i in self.late:
            raise ValueError(
                f"{function_place(self.function)} assigns to an array that shares memory with its "
                f"argument {self.names[i]}, and reads the argument after that: jit can't follow "
                f"how it changes. Pass a copy, or read the array with ad.live instead."
            )
        return leaf.copy()

    def check(self, leaves: list[Array], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Raise a ValueError or TypeError if the arguments can't be edited as recorded.

        Such is an argument that shares memory with another: an edit of one edits both.
        """
        own = set(_ids(args, kwargs)) if self.written else set()
        for i in self.written:
            if id(leaves[i]) not in own:
                raise TypeError(
                    f"{function_place(self.function)} edits its argument {self.names[i]}, which "
                    f"must be a plain NumPy array. Pass np.array(...)."
                )
            if not is_writable(leaves[i]):
                raise ValueError(
                    f"assignment destination is read-only: {function_place(self.function)} edits "
                    f"its argument {self.names[i]}. Edit a copy there (x = x.copy()), or pass a "
                    f"writable array."
                )
            others = [*zip(leaves, self.names, strict=True)]
            others += [(x, "an array that it reads") for x in self.live]
            refuse_shared_edit(self.function, i, others)
        for i in self.inner:
            refuse_shared_edit(self.function, i, [*zip(leaves, self.names, strict=True)])
        self._check_containers(args, kwargs)

    def _check_containers(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        paths = [id(container) for _, container in _containers(args, kwargs) if self.changes]
        for change in self.changes:
            if paths.count(id(_object_at(change.path, args, kwargs))) > 1:
                name = _path_name(self.function, change.path)
                raise ValueError(
                    f"{function_place(self.function)} edits {name}, which is among "
                    f"its arguments twice: jit can't follow an edit of both. Pass a copy of one, "
                    f"or call the function without ad.jit."
                )

    def apply(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], new: Sequence[Array]) -> None:
        """Put the additional results of a program into the caller's containers."""
        made = [
            (
                _object_at(change.path, args, kwargs),
                {
                    key: _object_at(source.path, args, kwargs) if isinstance(source, _Kept)
                    else new[source.number] if isinstance(source, _New) else source.value
                    for key, source in change.entries.items()
                },
            )
            for change in self.changes
        ]  # fmt: skip
        for container, contents in made:
            _refill(container, contents)


def _shares(x: Array, other: Array) -> bool:
    return np.may_share_memory(x, other) and np.shares_memory(x, other)


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    yield from enumerate(args)
    yield from kwargs.items()


def _containers(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Iterate over the mutable containers, each with its path, outer ones first."""
    waiting: list[tuple[Path, Any]] = [((key,), part) for key, part in _arguments(args, kwargs)]
    for path, part in waiting:  # grows during the loop
        if not _is_container(part):
            continue
        if not isinstance(part, tuple):
            yield path, part
        waiting += [((*path, key), inner) for key, inner in _contents(part).items()]


def _ids(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[int]:
    """Iterate over the ids of all parts of the arguments."""
    for _, part in _arguments(args, kwargs):
        yield id(part)
        if _is_container(part):
            yield from _ids((), _contents(part))


def _is_container(part: Any) -> bool:
    return isinstance(part, (dict, list, tuple)) or (
        dataclasses.is_dataclass(part) and not isinstance(part, type)
    )


def _contents(container: Any) -> dict[Any, Any]:
    """Return the entries of a container by key, index or attribute."""
    if isinstance(container, dict):
        return dict(container)
    if isinstance(container, (list, tuple)):
        return dict(enumerate(container))
    names = [part.name for part in dataclasses.fields(container) if hasattr(container, part.name)]
    kind = type(container)
    slots = [name for name in names if isinstance(getattr(kind, name, None), MemberDescriptorType)]
    return {name: getattr(container, name) for name in slots} | getattr(container, "__dict__", {})


def _is_same(before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    return list(before) == list(after) and all(before[key] is after[key] for key in before)


def _refill(container: Any, contents: dict[Any, Any]) -> None:
    if isinstance(container, dict):
        container.clear()
        container.update(contents)
    elif isinstance(container, list):
        container[:] = contents.values()
    else:
        for name in _contents(container).keys() - contents.keys():
            object.__delattr__(container, name)
        for name, value in contents.items():
            object.__setattr__(container, name, value)


def _object_at(path: Path, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Return the object at a path of the arguments."""
    first, *rest = path
    part = kwargs[first] if isinstance(first, str) else args[first]
    for key in rest:
        is_keyed = isinstance(part, (dict, list, tuple))
        part = part[key] if is_keyed else getattr(part, key)
    return part


def _path_name(function: Function, path: Path, *keys: Any) -> str:
    """Return the user's name for a path of the arguments: ``state['w']``."""
    first, *rest = (*path, *keys)
    name = first if isinstance(first, str) else argument_names(function, [first])[0]
    return name + "".join(f"[{key!r}]" for key in rest)
