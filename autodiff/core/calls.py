"""Calls in the user's code, read from its source: the public names of the functions called."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, takewhile
from types import FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.lift import is_traced

__all__ = ["CallTarget", "called_at", "holds_traced", "importable_name"]

_parsing = threading.Lock()  # CPython 3.11 may fail where two threads make syntax trees
_PLAIN_PARTS = {"dtype", "item", "ndim", "numpy", "shape", "size", "tolist"}  # of a Tensor


class CallTarget(NamedTuple):
    """The function of a call.

    Attributes:
        name: its public name, ``scipy.stats.norm.logpdf``; "" if it isn't known.
        package: the name of the package that it is from.
        takes_traced: whether a name among the arguments is that of a traced value, or of a function
            that closes over one.
    """

    name: str = ""
    package: str = ""
    takes_traced: bool = False


def called_at(frame: FrameType, instruction: int) -> CallTarget:
    """Return what a frame calls with an instruction."""
    call = _call(frame, instruction)
    if call is None:
        return CallTarget()
    scope = {**vars(builtins), **frame.f_globals, **frame.f_locals}
    name = _name_in(call.func, scope)
    if not name:
        return CallTarget()
    traced = any(holds_traced(scope.get(used)) for used in _names_in(call))
    return CallTarget(name, name.partition(".")[0], traced)


def _name_in(function: ast.expr, scope: dict[str, Any]) -> str:
    """Return the public name of the function that an expression means; "" if it isn't known.

    The result of a call is named by the function called: ``scipy.stats.norm(...).logpdf``.
    """
    names, root = _path(function)
    if isinstance(root, ast.Call):
        made = _name_in(root.func, scope)
        return ".".join([f"{made}(...)", *names]) if made else ""
    if not isinstance(root, ast.Name):
        return ""
    names = [root.id, *names]
    objects = [scope.get(names[0])]
    for name in names[1:]:
        objects.append(_attribute(objects[-1], name))
    return "" if objects[-1] is None else _name_by_import(names, objects)


def _names_in(call: ast.Call) -> set[str]:
    """Return the names that a call uses, other than for plain parts such as ``t.shape``."""
    nodes = [node for part in [*call.args, *call.keywords] for node in ast.walk(part)]
    if isinstance(call.func, ast.Attribute):
        nodes += ast.walk(call.func.value)  # s.mean() of a Series of traced values
    plain = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in _PLAIN_PARTS
    }
    return {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in plain}


def holds_traced(value: Any) -> bool:
    """Return whether a value is traced, is a column of traced values, or closes over one."""
    if is_traced(value) or any(map(is_traced, _closed_over(value))):
        return True
    is_column = hasattr(type(value), "__pandas_priority__")  # a Series or DataFrame
    return is_column and is_traced(np.asarray(value))


def _closed_over(value: Any) -> Iterator[Any]:
    """Iterate over the values that a function closes over."""
    for cell in (value.__closure__ or ()) if isinstance(value, FunctionType) else ():
        with suppress(ValueError):  # its name has no value yet
            yield cell.cell_contents


def _call(frame: FrameType, instruction: int) -> ast.Call | None:
    """Return the call that an instruction makes, parsed from the source."""
    code = frame.f_code
    span = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    first, last, begin, end = span
    if first is None or last is None:
        return None
    lines = [
        linecache.getline(code.co_filename, n, frame.f_globals) for n in range(first, last + 1)
    ]
    encoded = [line.encode() for line in lines]  # columns count bytes
    encoded[-1] = encoded[-1][:end]
    encoded[0] = encoded[0][begin:]
    try:
        with _parsing:
            parsed = ast.parse(b"(" + b"".join(encoded) + b")", mode="eval").body
    except SyntaxError:  # the file has changed, or there is none
        return None
    return parsed if isinstance(parsed, ast.Call) else None


def _path(node: ast.expr) -> tuple[list[str], ast.expr]:
    """Return the attributes in ``a.b.c``, ``["b", "c"]``, and what they are of: ``a``."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return names[::-1], node


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute, without running the code of a property."""
    if isinstance(owner, ModuleType):
        return getattr(owner, name, None)
    return inspect.getattr_static(owner, name, None)


def _name_by_import(names: list[str], objects: list[Any]) -> str:
    """Return the name by which others import a function, and call a method."""
    root, rest = objects[0], names[1:]
    while rest and isinstance(objects[1], ModuleType):
        objects, rest = objects[1:], rest[1:]
        root = objects[0]
    if isinstance(root, ModuleType):
        return ".".join([root.__name__, *rest])
    named = root if hasattr(root, "__module__") and hasattr(root, "__qualname__") else type(root)
    module = named.__module__ or ""
    known = vars(sys.modules[module]) if module in sys.modules else {}
    name = next((name for name, value in known.items() if value is root), named.__qualname__)
    return ".".join([importable_name(module, name), *rest])


def importable_name(module: str, name: str) -> str:
    """Return the shortest dotted name under which a module's function or method can be imported.

    >>> importable_name("json.decoder", "JSONDecoder.decode")
    'json.JSONDecoder.decode'
    >>> importable_name("json.decoder", "unknown")
    'json.decoder.unknown'
    """
    first = name.partition(".")[0]
    parts = module.split(".")
    parents = [".".join(parts[: i + 1]) for i in range(len(parts))]
    found = getattr(sys.modules.get(module), first, None)
    for parent in parents:
        if found is not None and getattr(sys.modules.get(parent), first, None) is found:
            return f"{parent}.{name}"
    return ".".join([*takewhile(lambda part: not part.startswith("_"), parts), name])
