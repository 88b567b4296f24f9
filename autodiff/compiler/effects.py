"""Effects: reads and writes of arrays that aren't arguments, and random draws.

Outside of a recording, each takes effect at once. While ``jit`` records, it becomes part of the
program, and takes effect in every call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autodiff.compiler.randomness import Randomness
from autodiff.core.conversion import as_entry
from autodiff.core.errors import describe, function_place, user_line
from autodiff.core.graph import Node, RecordingError, ancestors
from autodiff.core.layout import copied_whole
from autodiff.core.options import is_traced
from autodiff.core.primitive import constant, primitive
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.transforms.bound import is_again, is_first
from autodiff.transforms.closures import newest

__all__ = [
    "Effects", "assign", "assigned", "collecting", "drawn", "is_collecting", "live", "read_live",
    "recorded_effects", "recording_a_step", "sample",
]  # fmt: skip


class Effects:
    """The effects of a recording in order, and the live arrays that it read.

    Attributes:
        nodes: of assignments and draws, in order.
        live: for each live array, by id, the array and the Node of its present contents.
        arrays: all arrays that were read or written, by id.
        fresh: the reads of live arrays, and the draws: they differ from call to call.
        inside: what each step of a loop was recorded on, and the step; values that it computes from
            these are no values of the program.
        recorded: when each step was recorded: the creation numbers before and after.
        randomness: the generators that may be drawn from.
    """

    def __init__(self, randomness: Randomness) -> None:
        self.randomness = randomness
        self.nodes: list[Node] = []
        self.live: dict[int, tuple[np.ndarray[Any, Any], Node]] = {}
        self.arrays: dict[int, np.ndarray[Any, Any]] = {}
        self.fresh: set[Node] = set()
        self.inside: dict[Node, Function] = {}
        self.recorded: list[tuple[int, int]] = []

    def know(self, array: np.ndarray[Any, Any], node: Node) -> None:
        """Remember the contents of an array, from now on."""
        self.live[id(array)], self.arrays[id(array)] = (array, node), array

    def forget(self, target: np.ndarray[Any, Any]) -> None:
        """Forget the contents of the live arrays that share memory with a written one."""
        self.live = {
            own: known
            for own, known in self.live.items()
            if not np.may_share_memory(known[0], target)
        }

    def refuse_values_of_steps(
        self, results: Iterable[Node | Array], pulled: Iterable[tuple[int, Node]]
    ) -> None:
        """Raise a RecordingError if a value depends on what a step of a loop was recorded on.

        Args:
            results: of the program.
            pulled: Nodes that got a cotangent, with creation numbers of then.
        """
        if not self.inside:
            return
        found = [x for x in results if type(x) is Node]
        found += [node for when, node in pulled if not any(a < when < b for a, b in self.recorded)]
        step = next((self.inside[node] for node in ancestors(found) if node in self.inside), None)
        if step is not None:
            raise RecordingError(
                f"{function_place(step)} puts a value into a list or a variable from outside, in a "
                f"step of a loop, which jit records once for all steps: it would be that of the "
                f"first step. Return it as an output, and read it after the loop."
            )


_collected: ContextVar[Effects | None] = ContextVar("effects of a recording", default=None)


@contextmanager
def collecting(randomness: Randomness) -> Iterator[Effects]:
    """Collect the effects of the code in the block."""
    effects = Effects(randomness)
    token = _collected.set(effects)
    try:
        yield effects
    finally:
        _collected.reset(token)


def recorded_effects() -> list[Node]:
    """Return the assignments and draws that have been recorded in this context, in order."""
    effects = _collected.get()
    return [] if effects is None else list(effects.nodes)


@contextmanager
def recording_a_step(starts: Sequence[Node], step: Function) -> Iterator[None]:
    """A context in which a step of a loop is recorded on these Nodes; see ``Effects.inside``."""
    effects, since = _collected.get(), newest()
    yield
    if effects is not None:
        effects.inside.update(dict.fromkeys(starts, step))
        effects.recorded.append((since, newest()))


def is_collecting() -> bool:
    """Return whether a function is being recorded in this context."""
    return _collected.get() is not None


def live(array: np.ndarray[Any, Any], name: str = "") -> Array:
    """Read an array that isn't an argument in each call of a jitted function.

    ``ad.jit`` treats a closed-over array as a constant. With ``live``, the program reads the array
    itself in each call, without a copy. Outside of a recording, the array is returned, which a
    later :func:`assign` changes: where the old value is still needed, write ``live(x).copy()``. An
    edit in place of what it returns reaches the array outside of a recording only: use ``assign``.

    Args:
        array: a plain array that changes between calls, as by :func:`assign`.
        name: its name in the source.

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
        node = Node(copied_whole(array)[()], read_live, (), {"array": array, "name": name})
        effects.fresh.add(node)
        effects.know(array, node)
    return Tensor(effects.live[id(array)][1])


def assign(target: np.ndarray[Any, Any], value: Array, name: str = "") -> None:
    """Write a value to an array in place; a jitted function does so in each call.

    Args:
        target: a writable array.
        value: broadcast to the target's shape and converted to its dtype.
        name: the array's name in the source.

    Raises:
        TypeError: the target isn't an array, or the value is traced outside of a recording.

    >>> import numpy as np, autodiff as ad
    >>> last = np.zeros(2)
    >>> @ad.jit
    ... def double(x):
    ...     y = 2 * x
    ...     ad.assign(last, y)
    ...     return y.sum()
    >>> double(np.array([1.0, 2.0])), double(np.array([3.0, 4.0]))
    (np.float64(6.0), np.float64(14.0))
    >>> last
    array([6., 8.])
    """
    _check_array("assign", target)
    effects = _collected.get()
    if effects is None:
        if is_again():  # for the slopes of its first run, which has written
            return
        if isinstance(value, Tensor) and not is_first():
            raise TypeError(
                f"assign of a traced value at {user_line()}: it would lose its slope. Write "
                f"assign(array, t.numpy()), or jit the whole: ad.jit(ad.grad(f)) of an f that "
                f"assigns."
            )
        target[...] = peek(value)
        return
    fitted = _fitted(value, target)
    effects.nodes.append(Node(None, assigned, (fitted,), {"array": target, "name": name}))
    effects.forget(target)
    effects.know(target, fitted if isinstance(fitted, Node) else Node(fitted))


def sample(draw: Function, *args: Any, **kwargs: Any) -> Array:
    """Draw random numbers; a jitted function draws in each call.

    Args:
        draw: a method of a generator, such as ``rng.random``, or any function that returns an
            array or number of the same shape and dtype each time. A Python float becomes float64,
            which widens float32: draw in that dtype, or convert.
        *args: its arguments, plain values.
        **kwargs: its keyword arguments.

    Raises:
        TypeError: an argument is traced.

    >>> import numpy as np, autodiff as ad
    >>> rng = np.random.default_rng(0)
    >>> noisy = ad.jit(lambda x: x + ad.sample(rng.normal, size=2))
    >>> first, second = noisy(np.zeros(2)), noisy(np.zeros(2))
    >>> bool(np.any(first == second))
    False
    """
    if is_traced((args, kwargs)):
        raise TypeError(
            f"sample takes plain arguments, got a traced one at {user_line()}. Draw without it, "
            f"and compute with the draw: mean + scale * ad.sample(rng.normal, size=3)."
        )
    effects = _collected.get()
    if effects is None:
        return np.asarray(draw(*args, **kwargs))[()]
    draw, args, kwargs = effects.randomness.bound(draw, args, kwargs)
    value = np.asarray(effects.randomness.draw(draw, args, kwargs))[()]
    node = Node(value, drawn, (), {"draw": draw, "args": args, "kwargs": kwargs})
    effects.fresh.add(node)
    effects.nodes.append(node)  # also an unused draw changes what is drawn after it
    return Tensor(node)


@primitive
def read_live(*, array: Array, name: str) -> Array:  # noqa: ARG001 - for readers
    """Read a live array."""
    return array


@primitive
def assigned(value: Array, *, array: Array, name: str) -> Any:  # noqa: ARG001 - for readers
    """Write to an array."""
    array[...] = value


@primitive
def drawn(*, draw: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Array:
    """Draw random numbers."""
    return np.asarray(draw(*args, **kwargs))[()]


for _effect in (read_live, assigned, drawn):
    constant(_effect)
read_live.is_fresh = drawn.is_fresh = True


def _fitted(value: Array, target: np.ndarray[Any, Any]) -> Node | Array:
    """Return a value in the shape and dtype of its target."""
    if not isinstance(value, Tensor):
        fitted = np.empty_like(target)
        fitted[...] = value
        return fitted
    if value.dtype != target.dtype:
        is_entry = not value.ndim and target.dtype.kind not in "fc"
        value = as_entry(value, dtype=target.dtype) if is_entry else value.astype(target.dtype)
    extra = value.ndim - target.ndim
    if extra > 0 and value.shape[:extra] == (1,) * extra:  # which an assignment leaves out
        value = np.reshape(value, value.shape[extra:])
    if value.shape != target.shape:
        value = np.broadcast_to(value, target.shape)
    node: Node = value.node
    return node


def _check_array(caller: str, array: Any) -> None:
    if type(array) is not np.ndarray:
        raise TypeError(
            f"{caller} needs a plain array, got {describe(array)} at {user_line()}. Make one: "
            f"np.array(value)."
        )
