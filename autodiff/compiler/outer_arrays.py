"""Outer arrays: the arrays and Tensors that a function can reach beside its arguments.

They are constants of a jitted function. An edit of one, such as ``total[0] += 1``, would happen
while the function is recorded and in no later call, so they are compared before and after.
"""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np

from autodiff.compiler.containers import held_in, is_container
from autodiff.compiler.reachable_objects import (
    ReachableObjects,
    attributes,
    global_variables,
    is_user_class,
    is_user_module,
    own_variables,
)
from autodiff.core.errors import argument_names, function_place
from autodiff.core.graph import Node
from autodiff.core.layout import is_writable
from autodiff.core.primitive import Primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function

__all__ = ["OuterArrays", "arrays_of", "refused_edit"]

_MOST_BYTES = 2**26  # of an array that is compared
_MOST_OBJECTS = 1000  # that arrays are searched in
_CODE = (type, ModuleType, FunctionType, MethodType, BuiltinFunctionType, CodeType, FrameType)


class OuterArrays:
    """The contents of the writable arrays that users' functions and objects hold.

    Arrays of libraries or of more than 64 MB are left out, and those that only the function of a
    primitive uses, which runs in each call. Of an array of objects, the places are compared.

    Args:
        reachable: of a function and its arguments.
        since: the newest Node when the recording began. Tensors of later ones, such as its inputs,
            are left out; without it all are.
    """

    def __init__(self, reachable: ReachableObjects, since: int = -1) -> None:
        self._kept: dict[int, tuple[str, np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
        self._tensors: dict[int, tuple[str, Tensor, Node]] = {}
        for name, x in arrays_of(reachable):
            if isinstance(x, Tensor):
                whole = getattr(x, "_root", x)
                if whole.node.order <= since:
                    self._tensors.setdefault(id(whole), (name, whole, whole.node))
            elif is_writable(x) and x.nbytes <= _MOST_BYTES:
                self._kept.setdefault(id(x), (name, x, x.copy()))

    def edited(self, but: Collection[int] = ()) -> list[str]:
        """Return the names of the edited arrays.

        Args:
            but: the ids of arrays that may be edited.
        """
        arrays = [
            name
            for name, array, before in self._kept.values()
            if id(array) not in but and _differs(array, before)
        ]
        return arrays + [name for name, t, node in self._tensors.values() if t.node is not node]

    def holds(self, array: np.ndarray[Any, Any]) -> bool:
        """Return whether an array is one of them, or shares memory with one."""
        return any(np.may_share_memory(array, kept) for _, kept, _ in self._kept.values())

    def restore(self) -> None:
        """Restore the contents of the edited arrays and Tensors."""
        for _, tensor, node in self._tensors.values():
            tensor.node = node
        for _, array, before in self._kept.values():
            if _differs(array, before):
                array[...] = before


def _differs(array: np.ndarray[Any, Any], before: np.ndarray[Any, Any]) -> bool:
    return array.tobytes() != before.tobytes()  # of objects, these are their addresses


def refused_edit(function: Function, names: Sequence[str], alone: bool) -> str:
    """Return the error message for edits of arrays with these names.

    Args:
        function: the recorded function.
        names: of the arrays.
        alone: whether no other thread may have edited them.
    """
    place = function_place(function)
    edited = " and ".join(name.removesuffix(f" of {place}") for name in names)
    return (
        f"{place} edits an array that isn't its argument, {edited}: jit would do that once, while "
        f"it records, and not in later calls. Pass it as an argument, or write to it with "
        f"ad.assign. "
        + (
            "Its former contents were restored."
            if alone
            else "If another thread edits it, record first, with one call before the thread starts."
        )
    )


def arrays_of(reachable: ReachableObjects, end: int | None = None) -> Iterator[tuple[str, Any]]:
    """Iterate over the arrays and Tensors that the reached objects hold, also in containers.

    Args:
        reachable: has the objects.
        end: the number of objects to look at, from the first; None for all.
    """
    seen = {id(sys.modules)}  # whose arrays are those of every module
    for place, parts in _holders(reachable, end):
        waiting = list(parts.items())
        for name, x in waiting:  # grows during the loop
            if isinstance(x, (Tensor, np.ndarray)):
                yield f"{name}{place}", x
            if is_container(x) and id(x) not in seen:
                seen.add(id(x))
                waiting += [(f"{name}{key}", part) for key, part in held_in(x).items()]
            elif _is_of_python(x) and id(x) not in seen and len(seen) < _MOST_OBJECTS:
                seen.add(id(x))
                waiting += [(name, part) for part in gc.get_referents(x)]


def _is_of_python(x: Any) -> bool:
    """Return whether an object of one of Python's own classes may hold arrays: a queue, a view."""
    module = type(x).__module__
    return (
        isinstance(module, str)
        and module.partition(".")[0] in sys.stdlib_module_names
        and not isinstance(x, _CODE)
    )


def _holders(reachable: ReachableObjects, end: int | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over the named parts of each function, object and module of the user."""
    in_each_call = {
        id(x.function) for x in reachable.objects if isinstance(x, Primitive) and not x.is_inline
    }
    named = reachable.names if reachable.is_complete else None
    for x in reachable.objects[:end]:
        if isinstance(x, FunctionType):
            if is_user_module(x.__module__) and id(x) not in in_each_call:
                yield f" of {function_place(x)}", own_variables(x) | global_variables(x)
        elif isinstance(x, functools.partial):
            names = argument_names(x.func, range(len(x.args)))
            yield (
                f" of {function_place(x.func)}",
                dict(zip(names, x.args, strict=True)) | x.keywords,
            )
        elif isinstance(x, ModuleType):
            if is_user_module(x.__name__):
                yield "", _chosen(x.__name__, vars(x), named)
        else:
            yield from _of_object(x, named)


def _of_object(x: Any, named: set[str] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over the attributes of a class or an instance, also those of its classes."""
    kind = x if isinstance(x, type) else type(x)
    if x is not kind and is_user_class(kind) and is_user_module(kind.__module__):
        yield "", _chosen(kind.__name__, attributes(x), named)
    for base in kind.__mro__:
        if is_user_class(base) and is_user_module(base.__module__):
            yield "", _chosen(base.__name__, vars(base), named)


def _chosen(owner: str, parts: Mapping[str, Any], named: set[str] | None) -> dict[str, Any]:
    return {
        f"{owner}.{name}": x for name, x in dict(parts).items() if named is None or name in named
    }
