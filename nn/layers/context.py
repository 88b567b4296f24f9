"""The context of a call: what nested layers inherit, such as the value of ``training``."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import autodiff as ad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OUTSIDE = object()  # no layer is being called
_unrolls: ContextVar[bool] = ContextVar("unrolls", default=False)
_is_closed: ContextVar[bool] = ContextVar("is_closed", default=False)
_are_zeros: ContextVar[bool] = ContextVar("are_zeros", default=False)
_tried: ContextVar[str | None] = ContextVar("tried", default=None)
_training: ContextVar[object] = ContextVar("training", default=_OUTSIDE)


def is_outermost() -> bool:
    """Return whether no layer is being called."""
    return _training.get() is _OUTSIDE


def resolve_training(training: bool | None, default: bool | None) -> bool | None:
    """Return ``training`` if it was passed, else that of the outer call, else the default.

    Args:
        training: the argument of the call; None if it wasn't passed.
        default: the default of the layer's own ``call``.
    """
    if training is not None:
        return bool(training)
    outer = _training.get()
    return outer if isinstance(outer, bool) else default


@contextmanager
def training_scope(training: bool | None) -> Iterator[None]:
    """Set the value of ``training`` that calls inside the block inherit."""
    token = _training.set(training)
    try:
        yield
    finally:
        _training.reset(token)


@contextmanager
def unrolled(unrolls: bool = True) -> Iterator[None]:
    """Show the steps of recurrent layers that are called in the block, each in its own scope."""
    token = _unrolls.set(unrolls)
    try:
        yield
    finally:
        _unrolls.reset(token)


@contextmanager
def on_zeros() -> Iterator[None]:
    """Let layers take the zeros that they are called with in the block, whatever they stand for."""
    token = _are_zeros.set(True)
    try:
        yield
    finally:
        _are_zeros.reset(token)


def are_zeros() -> bool:
    """Return whether the numbers and strings of a call don't count."""
    return _are_zeros.get()


@contextmanager
def inferring_shapes(rows_are_known: bool) -> Iterator[None]:
    """Let stateful layers start from zeros in the block, and keep no result.

    Args:
        rows_are_known: whether batches will have as many rows as in the block.
    """
    token = _tried.set("known rows" if rows_are_known else "any rows")
    try:
        yield
    finally:
        _tried.reset(token)


def infers_shapes() -> bool:
    """Return whether the shapes alone of the results of a call count."""
    return _tried.get() is not None


def knows_rows() -> bool:
    """Return whether a call has as many rows as those to come."""
    return _tried.get() != "any rows"


def part_scope(name: str) -> AbstractContextManager[object]:
    """Return a scope for a part of a recurrent layer; nothing, unless such layers are unrolled."""
    return ad.scope(name) if _unrolls.get() else nullcontext()


@contextmanager
def in_a_step() -> Iterator[None]:
    """Show no layers called in the block, the cells of a recurrent layer, unless it is unrolled."""
    token = _is_closed.set(not _unrolls.get())
    try:
        yield
    finally:
        _is_closed.reset(token)


def layer_scope(
    name: str, label: Callable[[], str], folded: bool, line: Any
) -> AbstractContextManager[object]:
    """Return a scope for the call of a layer; nothing for those in steps that aren't shown."""
    return nullcontext() if _is_closed.get() else ad.scope(name, label, folded, line)


_watch: ContextVar[Callable[[str, Any, int | None], None] | None] = ContextVar(
    "watch", default=None
)


@contextmanager
def watching_outputs(callback: Callable[[str, Any, int | None], None]) -> Iterator[None]:
    """Call back with each layer's name and outputs in the block, and those of recurrent steps.

    The third argument is the number of the step, counted from 1; None for the outputs of a layer.
    """
    token = _watch.set(callback)
    try:
        yield
    finally:
        _watch.reset(token)


def tell_outputs(name: str, outputs: Any, step: int | None = None) -> None:
    """Tell the outputs of a layer, or of one of its steps, to `watching_outputs`."""
    callback = _watch.get()
    if callback is not None:
        callback(name, outputs, step)
