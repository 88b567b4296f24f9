"""What a recorded step depends on beside the batch and the weights.

A recording keeps the values of Python as they were: a rate, a list, an array in an attribute, a
global that a loss refers to. So they are looked through before a recording is run again, which is
made anew where one has changed; and where the recording itself has changed one, it isn't used.
"""

from __future__ import annotations

import functools
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.layers.weight import Weight
from nn.metrics.base import RowMean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nn.models.model import Model


class Configuration:
    """What a model's layers, loss and metrics hold and refer to, at one moment.

    Attributes:
        has_foreign: whether some of it is code of the user's own.
    """

    def __init__(self, model: Model) -> None:
        self.has_foreign = False
        self._seen: set[int] = set()
        scores = model.running_scores
        metrics = scores.recorded_metrics if scores else ()
        parts = [model.loss_function, *metrics, *reversed(model.flat_layers())]
        self._found = [model.optimizer, model.run_eagerly, scores]
        self._ends: list[tuple[int, Any]] = []  # where what belongs to each part ends
        for part in parts:
            self._look_through(part)
            self._ends.append((len(self._found), part))

    def is_of(self, other: Configuration) -> bool:
        """Whether everything is as it is in another one."""
        mine, theirs = self._found, other._found
        return len(mine) == len(theirs) and all(map(_is_same, mine, theirs))

    def changed_in(self, other: Configuration) -> str:
        """Name the first part that is different in another one."""
        pairs = zip(self._found, other._found, strict=False)
        at = next((i for i, pair in enumerate(pairs) if not _is_same(*pair)), len(self._found))
        part = next((part for end, part in self._ends if at < end), self._ends[-1][1])
        return str(getattr(part, "name", part))

    def _look_through(self, part: Any) -> None:
        waiting = [part]
        while waiting and len(self._seen) < _MOST:
            x = waiting.pop()
            self._found.append(x)
            if type(x) in _PLAIN or id(x) in self._seen:
                continue
            self._seen.add(id(x))
            if type(x) is Weight:
                self._found.append(x.value)  # its numbers may change
                waiting.append(x.regularizer)
            elif type(x) is np.ndarray:
                self._found.append(hash(x.tobytes()) if x.size <= _LARGE else x)
            else:
                waiting += self._parts(x)

    def _parts(self, x: Any) -> Iterable[Any]:
        """List what something holds or refers to."""
        if isinstance(x, list | tuple | set | frozenset | dict):
            items = [*x, *x.values()] if isinstance(x, dict) else list(x)
            return [len(items), *items[:_MOST]]
        if isinstance(x, MethodType):
            return [x.__self__, x.__func__]
        if isinstance(x, functools.partial):
            return [x.func, x.args, x.keywords]
        if isinstance(x, FunctionType):
            self.has_foreign |= _is_foreign(x)
            return _used_by(x)
        if isinstance(x, type | ModuleType) or not hasattr(x, "__dict__"):
            return ()
        classes = _foreign_classes(type(x))  # type: ignore[arg-type] # a class can be hashed
        self.has_foreign |= bool(classes)
        return [*_held(x), *(own for kind in classes for own in _written_in(kind))]


_MOST = 2000  # objects that are looked at
_LARGE = 1 << 20  # entries from which on an array is known by its identity alone
_PLAIN = frozenset((int, float, bool, str, bytes, complex, type(None)))
_OURS = frozenset(("nn", "autodiff", "numpy", "builtins", "abc", "typing"))
_OF_MODELS = frozenset((
    "recorded_losses", "history", "stop_training", "loss",
    "_steps", "_scores", "_compiled", "_store", "_optimized", "_refused",
))  # fmt: skip
_OF_LAYERS = frozenset(("recorded_losses", "kernel_initializer", "bias_initializer"))
_OF_METRICS = frozenset(("total", "count"))


def _held(x: Any) -> list[Any]:
    """List what an object holds, but for what changes while it is used, or isn't used any more."""
    own = vars(x)
    is_model, is_metric = "_steps" in own, isinstance(x, RowMean)
    changing = _OF_MODELS if is_model else _OF_METRICS if is_metric else _OF_LAYERS
    return [value for name, value in own.items() if name not in changing]


def _is_same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and type(a) in _PLAIN and a == b)


def _is_foreign(x: Any) -> bool:
    """Whether a function or class is neither of this library, nor of NumPy, nor of Python."""
    return (x.__module__ or "").split(".", 1)[0] not in _OURS


@functools.cache
def _foreign_classes(kind: type) -> tuple[type, ...]:
    """List the user's classes that a class of this library was extended to."""
    own = tuple(base for base in kind.__mro__ if _is_foreign(base))
    return own if len(own) + 1 < len(kind.__mro__) else ()  # all but object: of another library


def _written_in(kind: type) -> list[Any]:
    """List what a class holds, its methods above all."""
    return [value for name, value in vars(kind).items() if name[:2] != "__"]


def _used_by(function: FunctionType) -> list[Any]:
    """List what a function closes over, its defaults, and the globals that its code names."""
    found: list[Any] = [function.__defaults__, function.__kwdefaults__]
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    if not _is_foreign(function):
        return found
    known = function.__globals__
    return [*found, *(known[name] for name in _names(function.__code__) if name in known)]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)
