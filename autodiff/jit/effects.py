"""Effects: what a recorded function does beside answering, and reads beside its arguments.

Outside of a recording each of these does at once what it says. While ``jit`` records, it is written
into the program, which does it at every call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autodiff.errors import describe, user_line
from autodiff.graph import Node
from autodiff.jit.randomness import Randomness
from autodiff.primitive import constant, primitive
from autodiff.tensor import Tensor

__all__ = [
    "Effects", "assign", "assigned", "collecting", "drawn", "is_collecting", "live", "read_live",
    "sample",
]  # fmt: skip


class Effects:
    """What a recording has gathered: its effects in order, and the live arrays it has read.

    Attributes:
        nodes: of assignments, in the order they were made.
        live: for each live array, by id, itself and the Node that holds its present contents.
        randomness: the generators that may be drawn from.
    """

    def __init__(self, randomness: Randomness) -> None:
        self.randomness = randomness
        self.nodes: list[Node] = []
        self.live: dict[int, tuple[np.ndarray[Any, Any], Node]] = {}

    def forget(self, target: np.ndarray[Any, Any]) -> None:
        """Let the arrays that lie in the memory of one that was written be read anew."""
        self.live = {
            own: known
            for own, known in self.live.items()
            if not np.may_share_memory(known[0], target)
        }


_collected: ContextVar[Effects | None] = ContextVar("effects of a recording", default=None)


@contextmanager
def collecting(randomness: Randomness) -> Iterator[Effects]:
    """Gather the effects of what runs inside."""
    effects = Effects(randomness)
    token = _collected.set(effects)
    try:
        yield effects
    finally:
        _collected.reset(token)


def is_collecting() -> bool:
    """Whether a function is being recorded here."""
    return _collected.get() is not None


def live(array: np.ndarray[Any, Any], name: str = "") -> Any:
    """Read an array that isn't an argument, anew at each call of a jitted function.

    A closed-over array is a constant to ``ad.jit``. One that is read through ``live`` is not: the
    program reads the array itself, without a copy. Outside of a recording, the array is answered.

    Args:
        array: writable memory that others change between calls, as :func:`assign` does.
        name: what the source calls it.

    Raises:
        TypeError: not an array.

    >>> import numpy as np, autodiff as ad
    >>> total = np.zeros(2)
    >>> @ad.jit
    ... def add(x):
    ...     ad.assign(total, ad.live(total) + x)
    >>> for _ in range(3):
    ...     add(np.array([1.0, 2.0]))
    >>> total
    array([3., 6.])
    """
    _check_array("live", array)
    effects = _collected.get()
    if effects is None:
        return array
    known = effects.live.get(id(array))
    if known is None:
        options = {"array": array, "name": name}
        known = array, Node(array.copy()[()], read_live, (), options)
        effects.live[id(array)] = known
    return Tensor(known[1])


def assign(target: np.ndarray[Any, Any], value: Any, name: str = "") -> None:
    """Write a value into an array in place: at each call, where a jitted function does it.

    Args:
        target: a writable array.
        value: of its shape, or one that broadcasts to it; it is converted to its dtype.
        name: what the source calls the array.

    Raises:
        TypeError: the target isn't an array, or the value is traced outside of a recording.
    """
    _check_array("assign", target)
    effects = _collected.get()
    if effects is None:
        if isinstance(value, Tensor):
            raise TypeError(
                f"assign of a traced value at {user_line()}: it would lose its slope. Write "
                f"assign(array, t.numpy()), or do it inside a function given to ad.jit."
            )
        target[...] = value
        return
    fitted = _fitted(value, target)
    effects.nodes.append(Node(None, assigned, (fitted,), {"array": target, "name": name}))
    effects.forget(target)
    effects.live[id(target)] = target, fitted if isinstance(fitted, Node) else Node(fitted)


def sample(draw: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Draw random numbers: anew at each call of a jitted function that does it.

    Args:
        draw: a method of a generator, say ``rng.random``; any function that answers an array or
            number of the same shape and dtype each time.
        *args: what to call it with, plain values.
        **kwargs: the same, by name.

    >>> import numpy as np, autodiff as ad
    >>> rng = np.random.default_rng(0)
    >>> noisy = ad.jit(lambda x: x + ad.sample(rng.normal, size=2))
    >>> first, second = noisy(np.zeros(2)), noisy(np.zeros(2))
    >>> bool(np.any(first == second))
    False
    """
    effects = _collected.get()
    if effects is None:
        return draw(*args, **kwargs)
    value = np.asarray(effects.randomness.draw(draw, args, kwargs))[()]
    return Tensor(Node(value, drawn, (), {"draw": draw, "args": args, "kwargs": kwargs}))


@primitive
def read_live(*, array: Any, name: str) -> Any:  # noqa: ARG001 - for readers
    """What a live array holds."""
    return array


@primitive
def assigned(value: Any, *, array: Any, name: str) -> Any:  # noqa: ARG001 - for readers
    """Write into an array."""
    array[...] = value


@primitive
def drawn(*, draw: Any, args: Any, kwargs: Any) -> Any:
    """Random numbers."""
    return np.asarray(draw(*args, **kwargs))[()]


for _effect in (read_live, assigned, drawn):
    constant(_effect)


def _fitted(value: Any, target: np.ndarray[Any, Any]) -> Any:
    """Bring a value to the shape and dtype of the array that takes it."""
    if not isinstance(value, Tensor):
        return np.broadcast_to(np.asarray(value, target.dtype), target.shape).copy()
    if value.dtype != target.dtype:
        value = value.astype(target.dtype)
    if value.shape != target.shape:
        value = np.broadcast_to(value, target.shape)
    node: Node = value.node
    return node


def _check_array(what: str, array: Any) -> None:
    if type(array) is not np.ndarray:
        raise TypeError(
            f"{what} needs a plain array, which has memory of its own to write to, got "
            f"{describe(array)} at {user_line()}. Make one: np.array(value)."
        )
