"""The working of one computation: its Nodes in order, their slopes, and what users call them.

This is what a picture or a derivation tells; how it looks is decided elsewhere.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.backward import argument, sweep
from autodiff.cotangents import fresh, to_user
from autodiff.errors import describe, function_place, user_line
from autodiff.graph import Node, given_out
from autodiff.pytree import flatten
from autodiff.show.recorded import plain_graph, reachable
from autodiff.tensor import Tensor
from autodiff.trail import Line, Scope, Trail
from autodiff.transforms import Trace

__all__ = ["Decision", "Working", "check_subject", "of_function", "of_tensor"]


class Decision(NamedTuple):
    """Where the user's code took a plain value, and what was recorded may hang on it.

    Attributes:
        node: whose value it was.
        how: the Tensor's method: ``__bool__`` for an ``if``, ``item``, ``numpy``, …
        place: ``train.py:41``.
        text: what stands there, if it also made the value.
    """

    node: Node
    how: str
    place: str
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Working:
    """What was computed, from what, and the slopes.

    Attributes:
        subject: what is shown, as the user calls it: ``loss``.
        nodes: the Nodes in creation order.
        results: those of them that were asked for.
        result_names: what they are by the function's name: ``loss``; of several ``loss[0]``, ….
        slopes: the slope of the sum of the results' entries, for each Node that has one. It has
            the shape of the Node's value.
        starts: those that it began with: the arguments, or the values given to ``ad.tensor``.
        names: what users call them: arguments by their path, ``weights['node_0']``, local
            variables, and what ``ad.name`` says. Not every Node has one.
        constants: arguments that weren't differentiated, with their names.
        lines: the user's line that made a Node, where it is known.
        scopes: the scopes that a Node was made in, the outermost first, where there are any.
        decisions: where plain values were taken, in order.
        was_watched: whether all of them are known; not those of a Tensor's graph.
    """

    subject: str
    nodes: list[Node]
    results: list[Node]
    result_names: list[str]
    slopes: dict[Node, Any]
    starts: list[Node]
    names: dict[Node, str]
    constants: list[tuple[str, np.ndarray[Any, Any]]]
    lines: dict[Node, Line]
    scopes: dict[Node, tuple[Scope, ...]]
    decisions: list[Decision]
    was_watched: bool

    @property
    def is_scalar(self) -> bool:
        """Whether the slopes are those of a single number, not of a sum of several."""
        return len(self.results) == 1 and np.shape(self.results[0].value) == ()

    @functools.cached_property
    def users(self) -> dict[Node, list[Node]]:
        """By Node the Nodes that were computed from it, as often as they use it."""
        found: dict[Node, list[Node]] = {}
        for node in self.nodes:
            for x in node.inputs:
                if type(x) is Node:
                    found.setdefault(x, []).append(node)
        return found

    def constant_name(self, value: Any) -> str | None:
        """Find the argument that has exactly these entries, if only one does."""
        if not isinstance(value, np.ndarray):
            return None
        found = [name for name, array in self.constants if _are_same(array, value)]
        return found[0] if len(found) == 1 else None


def check_subject(subject: Any, reader: str) -> None:
    """Refuse what nobody can show.

    Raises:
        TypeError: neither a function nor a Tensor.
    """
    if not callable(subject) and not isinstance(subject, Tensor):
        raise TypeError(
            f"{reader} needs a function or a Tensor, got {describe(subject)}. Pass the function "
            f"itself and then its arguments, ad.{reader}(loss)(weights), or compute from "
            f"ad.tensor(value)."
        )


def of_function(
    f: Callable[..., Any],
    argnums: int | Sequence[int] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Working:
    """Run a function on traced arguments, and sweep back from what it answers.

    Raises:
        TypeError: an argument, or what the function answers, isn't numeric.
        ValueError: there is more than can be shown.
    """
    if not args:
        raise TypeError(
            f"expected arguments to start from, got none for {function_place(f)}. Call it as you "
            f"call the function: ad.draw(loss)(weights, x)."
        )
    positions = _differentiable(args) if argnums is None else argnums
    taken: list[Decision] = []

    def see(node: Node, how: str) -> None:
        if how != "count":
            taken.append(Decision(node, how, user_line()))

    with Trail() as trail, given_out(see):
        trace = Trace(f, positions, args, kwargs)
    name = getattr(f, "__name__", type(f).__name__)
    subject = "result" if name == "<lambda>" else name
    leaves, result_names, _ = flatten(trace.out, subject)
    results = [leaf.node if isinstance(leaf, Tensor) else Node(_plain(leaf)) for leaf in leaves]
    if not results:
        raise TypeError(f"expected a result to show, got {trace.out!r} from {function_place(f)}")
    recorded = reachable([*results, *trace.nodes], trace.nodes, function_place(f))
    constants = _constant_arguments(f, trace, args, kwargs)
    asked = dict(zip(result_names, results, strict=True))
    return _working(subject, recorded, asked, trace.nodes, constants, trail, taken)


def of_tensor(tensor: Tensor) -> Working:
    """Read the graph that a Tensor was computed by; its Tensors' ``.grad`` stay as they are.

    What it doesn't say itself is called as the variables of the user's code that is calling.

    Raises:
        ValueError: there is more than can be shown.
    """
    trail = Trail.of_caller()
    recorded = reachable([tensor.node], (), "the Tensor's graph")
    starts = [node for node in recorded if node.primitive in (None, argument)]
    subject = trail.name(tensor.node) or "result"
    return _working(subject, recorded, {subject: tensor.node}, starts, [], trail, None)


def _working(
    subject: str,
    recorded: list[Node],
    asked: dict[str, Node],
    starts: list[Node],
    constants: list[tuple[str, np.ndarray[Any, Any]]],
    trail: Trail,
    taken: list[Decision] | None,
) -> Working:
    """Put together what is known of a graph."""
    told = {node: str(node.options["name"]) for node in starts if "name" in node.options}
    names = {node: name for node in recorded if (name := trail.name(node))} | told
    plain = plain_graph(recorded, names)
    nodes = list(dict.fromkeys(plain.values()))
    results, starts = [plain[n] for n in asked.values()], [plain[node] for node in starts]
    slopes = _slopes(results, starts)
    for node in starts:
        slopes.setdefault(node, np.zeros_like(node.value))
    return Working(
        subject=subject,
        nodes=nodes,
        results=results,
        result_names=list(asked),
        slopes=slopes,
        starts=starts,
        names={plain[node]: name for node, name in names.items()},
        constants=constants,
        lines={node: line for node in nodes if (line := trail.line(node))},
        scopes={node: scopes for node in nodes if (scopes := trail.scopes(node))},
        decisions=[_with_text(decision, trail) for decision in taken or ()],
        was_watched=taken is not None,
    )


def _with_text(decision: Decision, trail: Trail) -> Decision:
    line = trail.line(decision.node)
    if line is None or str(line) != decision.place:
        return decision
    return decision._replace(text=line.text)


def _differentiable(args: tuple[Any, ...]) -> tuple[int, ...]:
    """Choose the first argument, and every other that holds floats: an integer may be an index."""
    return (0, *(i for i, arg in enumerate(args) if i and _holds_floats(arg)))


def _holds_floats(tree: Any) -> bool:
    try:
        leaves, _, _ = flatten(tree, "argument")
    except TypeError:
        return False  # not numeric, so taken as it is
    return any(_plain(leaf).dtype.kind in "fc" for leaf in leaves)


def _plain(leaf: Any) -> Any:
    """Give a leaf's value as an array or NumPy scalar."""
    return leaf.node.value if isinstance(leaf, Tensor) else np.asarray(leaf)[()]


def _slopes(results: list[Node], starts: Sequence[Node]) -> dict[Node, Any]:
    """Sweep back from the sum of the results' entries; every Node on the way gets its slope."""
    found: dict[Node, Any] = {}
    taken: set[int] = set()

    def note(node: Node, slope: Any) -> None:
        if not isinstance(slope, tuple):  # of several results; each one has its own
            found[node] = fresh(to_user(_plain(slope)), taken)

    seeds = [(n, np.ones_like(n.value)[()]) for n in results if n.value.dtype.kind in "fc"]
    sweep(seeds, starts, note)
    found.update((node, seed) for node, seed in seeds if node not in found)
    return found


def _constant_arguments(
    f: Callable[..., Any], trace: Trace, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Name the arrays that the function is given or refers to, to recognize them in the graph."""
    code = getattr(f, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    given = _referred_to(f) | dict(zip(names, args, strict=False)) | kwargs
    found = []
    for name, tree in given.items():
        try:
            leaves, paths, _ = flatten(tree, name)
        except TypeError:
            continue  # not numeric, so nothing in the graph is equal to it
        found += [(p, x) for p, x in zip(paths, leaves, strict=True) if isinstance(x, np.ndarray)]
    traced = {node.options["name"] for node in trace.nodes}
    return [(name, array) for name, array in found if name not in traced]


def _referred_to(f: Callable[..., Any]) -> dict[str, Any]:
    """Look up the variables from outside that a function's code refers to."""
    if not inspect.isfunction(f):
        return {}
    found = inspect.getclosurevars(f)
    return {**found.globals, **found.nonlocals}


def _are_same(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and bool(np.array_equal(a, b))
