"""Recording: a function is run once on traced arguments, and what it did is kept.

Nobody may look at a traced number meanwhile: an ``if`` or an ``.item()`` would be decided once and
for all. It is refused, with the line and the ways out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.backward import Running, argument, observed
from autodiff.boxed import run_boxed
from autodiff.errors import function_place, user_line
from autodiff.graph import NeedsNumbersError, Node, RecordingError, given_out
from autodiff.jit.effects import Effects, collecting, drawn, read_live
from autodiff.jit.randomness import Randomness
from autodiff.lift import snapshot
from autodiff.primitive import Primitive
from autodiff.pytree import Structure, flatten
from autodiff.tensor import Tensor
from autodiff.trail import Trail

__all__ = ["Recording", "record"]

_FRESH: frozenset[Primitive] = frozenset((read_live, drawn))  # differ at each call


@dataclass
class Recording:
    """What one run of a function did.

    Attributes:
        function: what was run.
        inputs: the Nodes of its arguments' leaves.
        names: what the user calls these.
        results: the leaves of what it answered: Nodes, or plain values that are constant.
        structure: puts results back into the structure of the answer.
        effects: what else it did.
        trail: where its values came from.
        pulled: for a Node made in a backward sweep, the Node whose rules were being run.
        slopes: for a Node that is a whole cotangent, the Node that it belongs to.
    """

    function: Callable[..., Any]
    inputs: list[Node]
    names: list[str]
    results: list[Any]
    structure: Structure
    effects: Effects
    trail: Trail
    pulled: list[tuple[int, Node]]
    slopes: dict[Node, Node]

    @property
    def roots(self) -> list[Node]:
        """The Nodes that must be computed: effects and results."""
        return [n for n in (*self.effects.nodes, *self.results) if type(n) is Node]


def record(
    function: Callable[..., Any],
    values: Sequence[Any],
    names: Sequence[str],
    call: Callable[[list[Any]], tuple[tuple[Any, ...], dict[str, Any]]],
) -> Recording:
    """Run a function on traced leaves.

    Args:
        function: of any arguments.
        values: the leaves that are inputs, plain arrays and NumPy scalars.
        names: what the user calls them.
        call: makes the arguments from the leaves.

    Raises:
        RecordingError: a traced number was looked at, or random numbers were drawn past
            ``ad.sample``.
    """
    running = Running()
    inputs = [
        Node(value, argument, (), {"name": name, "running": running})
        for value, name in zip(values, names, strict=True)
    ]
    args, kwargs = call([Tensor(node) for node in inputs])
    pulled: list[tuple[int, Node]] = []
    slopes: dict[Node, Node] = {}

    def observe(node: Node, slope: Any) -> None:
        whole = slope.node if isinstance(slope, Tensor) else None
        if whole is not None:
            slopes.setdefault(whole, node)
        pulled.append((Node(None).order, node))

    randomness = Randomness((function, args, kwargs))
    try:
        guard = Guard(inputs, function)
        with (
            Trail() as trail,
            collecting(randomness) as effects,
            given_out(guard),
            observed(observe),
        ):
            out = function(*args, **kwargs)
        effects.nodes += guard.boxes
        is_random = randomness.has_moved()
    finally:
        running.now = False
        randomness.put_back()
    if is_random:
        raise RecordingError(
            f"{function_place(function)} draws random numbers from a generator directly: jit would "
            f"draw them once and keep them. Draw through ad.sample, which draws anew at each call: "
            f"ad.sample(rng.random, shape)."
        )
    leaves, _, structure = flatten(out, "the result")
    results = list(map(_result, leaves))
    return Recording(
        function, inputs, list(names), results, structure, effects, trail, pulled, slopes
    )


def _result(leaf: Any) -> Any:
    """Keep what was answered: a Node, or a constant as it is now."""
    if isinstance(leaf, Tensor):
        return leaf.node
    return snapshot(leaf) if isinstance(leaf, np.ndarray) else leaf


class Guard:
    """Refuses to give out numbers that depend on the inputs of a recording."""

    def __init__(self, inputs: Sequence[Node], function: Callable[..., Any]) -> None:
        self.inputs = set(inputs)
        self.function = function
        self.free: set[Node] = set()  # known not to depend on them
        self.boxes: list[Node] = []  # run at each call, to see that the shapes of results stay

    def __call__(self, node: Node, how: str) -> None:
        """Raise a TypeError unless the Node is a constant of the recording."""
        if not self._depends(node):
            return
        if how == "plain":
            raise NeedsNumbersError(
                f"{user_line()} needs the numbers of a traced value, which jit doesn't know while "
                f"it records {function_place(self.function)}. Compute this outside of it.",
                self._boxed,
            )
        raise RecordingError(_refusal(how, function_place(self.function)))

    def _boxed(self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return run_boxed(function, args, kwargs, self.boxes.append)

    def _depends(self, node: Node) -> bool:
        seen, stack = {node}, [node]
        while stack:
            found = stack.pop()
            if found in self.inputs or found.primitive in _FRESH:
                return True
            for parent in found.inputs:
                if type(parent) is Node and parent not in seen and parent not in self.free:
                    seen.add(parent)
                    stack.append(parent)
        self.free |= seen
        return False


_NUMBER = (
    "Keep computing with the value; pass a count or position that shapes the program as a Python "
    "int, for each of which jit records anew"
)


def _refusal(how: str, where: str) -> str:
    what, cure = {
        "__bool__": (
            "a decision (if, while, and, or, max() of Python)",
            (
                "Choose by np.where(condition, a, b) or np.maximum; or decide by a value that "
                "isn't an argument, or a Python int or bool, for each of which jit records anew"
            ),
        ),
        "item": (".item()", "Keep computing with the value, and take .item() of the result"),
        "numpy": (".numpy()", "Keep computing with the value; for no slope, ad.stop_gradient(t)"),
        "count": (
            "how many entries are picked by a mask",
            "Keep the shape: np.where(mask, x, 0), or where=mask in np.sum, np.mean and the like",
        ),
        "tolist": (".tolist()", "Keep computing with the value, and take the result's"),
    }.get(how, (how, _NUMBER))
    return (
        f"{what} at {user_line()} depends on an argument of {where}, which jit is recording: it "
        f"would be the same at every later call. {cure}."
    )
