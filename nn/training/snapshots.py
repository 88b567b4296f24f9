"""Snapshots of the containers that a step's code can reach, to notice later whether they changed.

Each container found is kept as a `Snapshot`, which compares it in place with its earlier contents.
(`autodiff.compiler.reachable_objects` also follows the names in code, but in one pass and without
snapshots: to find the arrays and random generators that a recording must watch.)
"""

from __future__ import annotations

import functools
import operator
import os
import random
import sys
import weakref
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, MappingView
from contextvars import ContextVar
from types import (
    BuiltinMethodType,
    CellType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from nn.built_in import is_built_in
from nn.layers.base import Layer
from nn.layers.weight import Weight
from nn.metrics.base import RowMean
from nn.metrics.variable import MetricVariable
from nn.training.names_in_code import CONSTRUCTORS, SPECIAL_METHODS, names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 200_000  # objects visited; where there are more, a step is recorded each time
_LIBRARIES = frozenset((
    "nn", "autodiff", "numpy", "scipy", "pandas", "polars", "pyarrow", "xarray", "sklearn",
    "joblib", "matplotlib", "PIL", "numba", "torch", "tensorflow", "jax", "jaxlib", "keras", "tqdm",
))  # fmt: skip
"""Libraries whose code isn't searched: what their functions return depends on their arguments."""
_PYTHON = os.path.dirname(os.__file__)  # the folder of Python's standard library
_PLAIN: frozenset[type] = frozenset((int, float, bool, str, bytes, complex, type(None)))
_MISSING = object()
_ANY = frozenset("*")  # stands for all names
_GETTERS = (operator.attrgetter, operator.itemgetter, operator.methodcaller)
_TOTALS = frozenset(("total", "count", "_live"))
_UNUSED = frozenset(  # by a step: results, and the Symbols that a layer was called on
    ("recorded_losses", "history", "stop_training", "_training", "calls", "_ends", "_start")
)


class Snapshot(NamedTuple):
    """The contents of a container at the time of a visit.

    Attributes:
        owner: the layer, loss or metric in which it was found.
        read: returns the contents of the container.
        found: the contents at the time of the visit.
    """

    owner: Any
    read: Callable[[], Sequence[Any]]
    found: Sequence[Any]

    def is_current(self) -> bool:
        """Return whether the contents are the same objects, or equal numbers and strings."""
        now, before = self.read(), self.found
        return len(now) == len(before) and all(map(_is_same, now, before))


class SnapshotSearch:
    """Take snapshots of the containers reachable by some names, and collect further names.

    Args:
        layers: the layers of the model; each is visited as a separate owner.
        names: the attributes of layers, classes and modules to visit.
    """

    def __init__(self, layers: Sequence[Layer], names: frozenset[str]) -> None:
        self.snapshots: list[Snapshot] = []
        self.names = names
        self.has_user_code = False
        self._start_names = names
        self._weights = {id(weight) for layer in layers for weight in layer._own_weights}
        self._seen = set(map(id, layers))
        self._seen_classes: set[int] = set()
        self._waiting: list[Any] = []
        self._owner: Any = None

    @property
    def is_too_large(self) -> bool:
        """Whether the search was abandoned."""
        return len(self._seen) >= _MOST

    def visit_all(self, owner: Any) -> None:
        """Visit an object and all objects reachable from it, except the layers of the model."""
        self._owner = owner
        self._seen.add(id(owner))
        self._visit(owner)
        while self._waiting and not self.is_too_large:
            x = self._waiting.pop()
            if type(x) not in _PLAIN and id(x) not in self._seen:
                self._seen.add(id(x))
                self._visit(x)

    def _read(self, read: Callable[[], Sequence[Any]]) -> None:
        snapshot = Snapshot(self._owner, read, read())
        self.snapshots.append(snapshot)
        self._waiting += snapshot.found

    def _visit(self, x: Any) -> None:
        for kinds, visit in _VISITS:
            if isinstance(x, kinds):
                visit(self, x)
                if isinstance(x, _EXTENDED) and _is_user_defined(type(x)):
                    self._visit_object(x)
                return
        if not isinstance(x, random.Random):  # its draws are checked elsewhere
            self._visit_object(x)

    def _visit_layer(self, layer: Layer) -> None:
        """Read the attributes that are named in code."""
        own = vars(layer)
        names = self._start_names | _names_of_ours(type(layer))
        self._read(lambda: _entries(own, names, _UNUSED))
        self._visit_classes(type(layer))

    def _visit_weight(self, weight: Weight) -> None:
        """Read the regularizer of a weight; the value too if it belongs to another model.

        The value of a metric's variable is read by the recording itself at each call.
        """
        is_own = id(weight) in self._weights or isinstance(weight, MetricVariable)
        self._read(lambda: [weight.regularizer, *(() if is_own else (weight.value,))])

    def _visit_array(self, array: np.ndarray) -> None:
        self._read(lambda: _numbers(array))

    def _visit_function(self, function: FunctionType) -> None:
        """Read a function's closure; if it is user-defined, all objects that its code names too."""
        cells, own, names = function.__closure__ or (), vars(function), self._start_names
        if not _is_user_defined(function):
            if cells:
                self._read(lambda: list(map(_content, cells)))
            return
        self.has_user_code = True
        mentioned, scope = names_in(function.__code__), function.__globals__
        self.names |= mentioned.attributes | (_ANY if mentioned.is_open else frozenset())
        places, modules = (x | mentioned.of_modules for x in (mentioned.globals, mentioned.modules))
        self._read(lambda: [
            function.__code__, function.__defaults__, function.__kwdefaults__,
            *map(_content, cells),
            *[scope.get(name, _MISSING) for name in places],
            *map(sys.modules.get, modules),
            *_entries(own, names),
        ])  # fmt: skip

    def _visit_module(self, module: ModuleType) -> None:
        """Read the attributes of a module that code names: of a library's, only plain settings."""
        names, content = self._start_names, vars(module)
        if _is_user_defined(module):
            self._read(lambda: _entries(content, names))
            return
        settings = [name for name in names & content.keys() if _is_setting(content[name])]
        if settings:
            self._read(lambda: [content.get(name, _MISSING) for name in settings])

    def _visit_class(self, kind: type) -> None:
        """Read the attributes of a class that are named in code, which may also call it."""
        self._visit_classes(kind)
        self._visit_classes(type(kind))
        if not any(map(is_built_in, kind.__mro__)):  # a layer isn't made in a step
            for base in filter(_is_user_defined, kind.__mro__):
                self._read(functools.partial(_entries, vars(base), CONSTRUCTORS))

    def _visit_object(self, x: Any) -> None:
        """Read all attributes of any other object, or the numbers of a table of a library."""
        if hasattr(type(x), "__array__") and not _is_user_defined(type(x)):
            self._read(lambda: _numbers(np.asarray(x.detach() if hasattr(x, "detach") else x)))
            return
        has_attributes, slots = hasattr(x, "__dict__"), _slots(type(x))
        excluded = _TOTALS if isinstance(x, RowMean) else frozenset()
        if has_attributes or slots:
            self._read(lambda: [
                *_entries(x.__dict__ if has_attributes else {}, _ANY, excluded),
                *[_slot_content(slot, x) for slot in slots],
            ])  # fmt: skip
        self._visit_classes(type(x))

    def _visit_classes(self, kind: type) -> None:
        """Read the attributes of an object's classes that code names, or that operators call."""
        names = self._start_names | SPECIAL_METHODS
        for base in filter(_is_user_defined, kind.__mro__):
            self.has_user_code = True
            if id(base) not in self._seen_classes:
                self._seen_classes.add(id(base))
                self._read(functools.partial(_entries, vars(base), names))

    def _visit_getter(self, getter: Any) -> None:
        """Collect the names that a function of ``operator`` looks up."""
        _, arguments, *_ = getter.__reduce__()
        names = {part for name in arguments if isinstance(name, str) for part in name.split(".")}
        self.names |= names
        self._waiting += arguments


def _parts(*names: str) -> Callable[[SnapshotSearch, Any], None]:
    """Visit the parts of an immutable object."""

    def visit(search: SnapshotSearch, x: Any) -> None:
        search._waiting += [getattr(x, name) for name in names]

    return visit


def _items(search: SnapshotSearch, x: Any) -> None:
    search._waiting += x


def _owner_of_a_method(search: SnapshotSearch, method: Any) -> None:
    """Visit the object of a method that is written in C, such as ``table.get``."""
    if not isinstance(method.__self__, ModuleType):  # that of a function, such as ``len``
        search._waiting.append(method.__self__)


_VISITS: list[tuple[Any, Callable[[Any, Any], None]]] = [
    (Layer, SnapshotSearch._visit_layer),
    (Weight, SnapshotSearch._visit_weight),
    (np.ndarray, SnapshotSearch._visit_array),
    (defaultdict, lambda search, x: search._read(lambda: [x.default_factory, *x, *x.values()])),
    ((dict, MappingProxyType), lambda search, x: search._read(lambda: [*x, *x.values()])),
    ((list, deque, set, MappingView), lambda search, x: search._read(lambda: list(x))),
    ((tuple, frozenset), _items),
    ((bytearray, memoryview), lambda search, x: search._read(lambda: [bytes(x)])),
    (array, lambda search, x: search._read(lambda: [x.tobytes()])),
    (weakref.ref, lambda search, x: search._read(lambda: [x()])),
    (ContextVar, lambda search, x: search._read(lambda: [x.get(_MISSING)])),
    (CellType, lambda search, x: search._read(lambda: [_content(x)])),
    (_GETTERS, SnapshotSearch._visit_getter),
    (FunctionType, SnapshotSearch._visit_function),
    (MethodType, _parts("__self__", "__func__")),
    (
        functools.partial,
        lambda search, x: search._read(lambda: [x.func, x.args, x.keywords, *vars(x).values()]),
    ),
    ((BuiltinMethodType, MethodWrapperType), _owner_of_a_method),
    (property, _parts("fget")),
    ((staticmethod, classmethod), _parts("__func__")),
    (type, SnapshotSearch._visit_class),
    (ModuleType, SnapshotSearch._visit_module),
    (ad.Tensor, lambda search, x: search._read(lambda: [x.node])),
    ((np.generic, np.dtype, np.ufunc), lambda search, x: None),
]
_EXTENDED = (
    np.ndarray, dict, list, deque, set, tuple, frozenset, bytearray, array, weakref.ref,
    functools.partial, property, staticmethod, classmethod,
)  # fmt: skip
"""Types whose user-defined subclasses have attributes and methods besides the contents."""


def _entries(
    mapping: Mapping[str, Any], names: frozenset[str], excluded: frozenset[str] = frozenset()
) -> list[Any]:
    """Return the names and values of the entries under some names, or under any."""
    is_any = names >= _ANY
    return [
        part
        for item in mapping.items()
        if (is_any or item[0] in names) and item[0] not in excluded
        for part in item
    ]


def _numbers(array: np.ndarray) -> list[Any]:
    """Return the entries of an array of objects, or a fingerprint of one of numbers."""
    if array.dtype == object:
        return list(array.flat)
    return [hash((array.shape, array.dtype.str, array.tobytes()))]


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return _MISSING


def _slot_content(slot: MemberDescriptorType, x: Any) -> Any:
    try:
        return slot.__get__(x)
    except AttributeError:
        return _MISSING


def _is_same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if kind in (float, complex) or issubclass(kind, np.inexact):
        return repr(a) == repr(b)  # NaN is NaN, and -0.0 isn't 0.0
    return (kind in _PLAIN or issubclass(kind, np.generic)) and bool(a == b)


def _is_setting(x: Any) -> bool:
    return type(x) in _PLAIN or isinstance(x, ModuleType)


def _is_user_defined(x: Any) -> bool:
    """Return whether an object isn't part of Python or of a library that isn't searched."""
    name = x.__name__ if isinstance(x, ModuleType) else x.__module__
    if name in (None, "builtins") and isinstance(x, FunctionType):
        return True  # made by ``exec`` without a module: Python's own aren't written in Python
    root = (name or "builtins").split(".", 1)[0]
    return root not in _LIBRARIES and not _is_of_python(root)


@functools.cache
def _is_of_python(root: str) -> bool:
    """Return whether a module is Python's; a user's may have the same name, such as ``test``."""
    if root in sys.builtin_module_names:
        return True
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    is_in_library = file.startswith(_PYTHON) and "site-packages" not in file
    return root in sys.stdlib_module_names and is_in_library


def _cached_by_class(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Cache results; mypy doesn't know that classes are hashable."""
    return functools.cache(function)


@_cached_by_class
def _names_of_ours(kind: type) -> frozenset[str]:
    """Return the attributes that the code of this library's layers names."""
    ours = [base for base in kind.__mro__ if is_built_in(base)]
    return frozenset().union(
        *(_mentioned_in(base) for base in ours if vars(base).get("_names_are_state", True))
    )


def _mentioned_in(kind: type) -> frozenset[str]:
    functions = [part for part in vars(kind).values() if isinstance(part, FunctionType)]
    return frozenset().union(*(names_in(function.__code__).attributes for function in functions))


@_cached_by_class
def _slots(kind: type) -> list[MemberDescriptorType]:
    """Return the slots of user-defined classes."""
    own = [base for base in kind.__mro__ if _is_user_defined(base)]
    found = [part for base in own for part in vars(base).values()]
    return [part for part in found if isinstance(part, MemberDescriptorType)]
