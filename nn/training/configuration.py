"""What a recorded step depends on beside the batch and the weights.

A recording keeps the values of Python as they were: a rate, a list, an array in an attribute, a
global that a loss refers to. So they are looked through before a recording is run again, which is
made anew where one has changed; and where the recording itself has changed one, it isn't used.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.layers.base import Layer
from nn.layers.weight import Weight
from nn.metrics.base import RowMean
from nn.models.composite import Composite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.models.model import Model


class Configuration:
    """What some objects hold and refer to, at one moment.

    Args:
        roots: layers, losses, metrics; a model holds its layers.
    """

    def __init__(self, *roots: Any) -> None:
        self._found: list[Any] = []
        found, seen, waiting = self._found, set[int](), list(roots)
        while waiting and len(seen) < _MOST:
            x = waiting.pop()
            found.append(x)
            parts_of = _reader(type(x))
            if parts_of is None or id(x) in seen:
                continue
            seen.add(id(x))
            if type(x) is Weight:
                found.append(x.value)  # itself, as its numbers may change
            waiting += parts_of(x)

    @classmethod
    def of(cls, model: Model) -> Configuration:
        """Look at all that a recording of a model depends on."""
        configuration = cls(model, *_judges(model))
        configuration._found += [model.optimizer, model.running_scores]  # themselves
        return configuration

    @classmethod
    def of_parts(cls, model: Model) -> list[tuple[str, Configuration]]:
        """Look at each part of a model by itself, the innermost layers first."""
        parts = [*_judges(model), *reversed(model.flat_layers())]
        return [(getattr(part, "name", ""), cls(part)) for part in parts]

    @property
    def has_foreign(self) -> bool:
        """Whether some of it is code of the user's own."""
        return any(
            _is_foreign(x) if type(x) is FunctionType else bool(_foreign_classes(type(x)))
            for x in self._found
        )

    def is_of(self, other: Configuration) -> bool:
        """Whether everything is as it is in another one."""
        mine, theirs = self._found, other._found
        return len(mine) == len(theirs) and all(map(_is_same, mine, theirs))


def _judges(model: Model) -> list[Any]:
    """List the loss, and the metrics that are part of recorded steps."""
    scores = model.running_scores
    return [model.loss_function, *(scores.recorded_metrics if scores else ())]


def _once_a_class(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Remember answers; mypy doesn't know that classes can be hashed."""
    return functools.cache(function)


def _is_same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and type(a) in _PLAIN and a == b)


@_once_a_class
def _reader(kind: type) -> Callable[[Any], Iterable[Any]] | None:
    """Find the function that lists what objects of a class hold, or refer to."""
    if kind in _READERS:
        return _READERS[kind]
    if issubclass(kind, type | ModuleType) or not hasattr(kind, "__dict__"):
        return None
    left_out = next((names for base, names in _CHANGING.items() if issubclass(kind, base)), ())
    classes = _foreign_classes(kind)

    def held(x: Any) -> list[Any]:
        own = getattr(x, "__dict__", {})
        values = [value for name, value in own.items() if name not in left_out]
        return values + [value for written in classes for value in _written_in(written)]

    return held


def _items(x: Any) -> list[Any]:
    items = [*x, *x.values()] if isinstance(x, dict) else list(x)
    return [len(items), *items[:_MOST]]


def _numbers(x: np.ndarray) -> list[Any]:
    return [hash(x.tobytes())] if x.size <= _LARGE else []


def _used_by(function: FunctionType) -> list[Any]:
    """List what a function closes over, its defaults, and the globals that its code names."""
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    if not _is_foreign(function):
        return found
    known = function.__globals__
    found += [known[name] for name in _names(function.__code__) if name in known]
    return [*found, function.__defaults__, function.__kwdefaults__]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


@_once_a_class
def _foreign_classes(kind: type) -> tuple[type, ...]:
    """List the user's classes that a class of this library was extended to."""
    own = tuple(base for base in kind.__mro__ if _is_foreign(base))
    return own if len(own) + 1 < len(kind.__mro__) else ()  # all but object: of another library


def _is_foreign(x: Any) -> bool:
    """Whether a function or class is neither of this library, nor of NumPy, nor of Python."""
    return (x.__module__ or "").split(".", 1)[0] not in _OURS


def _written_in(kind: type) -> list[Any]:
    """List what a class holds, its methods above all."""
    return [value for name, value in vars(kind).items() if name[:2] != "__"]


_MOST = 2000  # objects that are looked at
_LARGE = 1 << 20  # entries from which on an array is known by its identity alone
_OURS = frozenset(("nn", "autodiff", "numpy", "builtins", "abc", "typing"))
_PLAIN: frozenset[type] = frozenset((int, float, bool, str, bytes, complex, type(None)))
_READERS: dict[type, Callable[[Any], Iterable[Any]] | None] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys((list, tuple, set, frozenset, dict), _items),
    np.ndarray: _numbers,
    Weight: lambda weight: [weight.trainable, weight.regularizer],
    FunctionType: _used_by,
    MethodType: lambda method: [method.__self__, method.__func__],
    functools.partial: lambda partial: [partial.func, partial.args, partial.keywords],
}
_CHANGING: dict[type, frozenset[str]] = {  # what changes in use, or isn't used any more
    Composite: frozenset((
        "recorded_losses", "history", "stop_training", "loss",
        "_steps", "_scores", "_compiled", "_store", "_optimized", "_refused",
    )),
    Layer: frozenset(("recorded_losses", "kernel_initializer", "bias_initializer")),
    RowMean: frozenset(("total", "count")),
}  # fmt: skip
