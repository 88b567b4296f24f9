"""The working of one computation: its Nodes in order, their slopes, and the users' names.

This is the content of pictures, derivations and pages; their form is defined elsewhere.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autodiff.core.backward import sweep
from autodiff.core.cotangents import conjugated, fresh
from autodiff.core.errors import describe, function_place, user_line
from autodiff.core.graph import Node
from autodiff.core.observer import Observer, observing
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.display.working.plain_graph import nodes_to_show, plain_graph
from autodiff.tracing.trail import Line, Scope, Trail
from autodiff.transforms.gradients import Trace, positions_of
from autodiff.transforms.pytree import flatten

__all__ = [
    "Decision", "Working", "check_subject", "differentiable", "of_function", "of_tensor",
]  # fmt: skip


NO_DECISIONS = ("compared", "count", "str()")  # uses that do not take the plain value


class Decision(NamedTuple):
    """A place where the user's code took a plain value, on which the recording may depend.

    Attributes:
        node: the Node whose value was taken.
        how: the Tensor's method: ``__bool__`` for an ``if``, ``item``, ``numpy``, …
        place: ``train.py:41``.
        text: the source line, if it also computed the value.
    """

    node: Node
    how: str
    place: str
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Working:
    """The values of a computation, their names and their slopes.

    Attributes:
        subject: the user's name of the function or Tensor: ``loss``.
        nodes: the Nodes in creation order.
        results: the Nodes of the results.
        result_names: their names by the function's: ``loss``; of several ``loss[0]``, ….
        slopes: the slope of the sum of the results' entries, for each Node that has one. It has
            the shape of the Node's value.
        starts: the Nodes to start from: the arguments, or the values passed to ``ad.tensor``.
        data: those of them that are recorded without slopes, so that a page can change them.
        held: the arguments that a page can't change, each with the reason.
        names: the users' names: arguments by their path, ``weights['node_0']``, local variables,
            and those of ``ad.name``. Not every Node has one.
        constants: arguments that weren't differentiated, with their names.
        lines: the user's line that created a Node, where it is known.
        scopes: the scopes that a Node was created in, outermost first, where there are any.
        decisions: where plain values were taken, in order.
        has_all_decisions: False for the graph of a Tensor, whose decisions are not known.
        rounded: the Nodes with entries that are rounding noise, and 0 here (``noise.py``).
        rounded_slopes: the same for the slopes of Nodes.
        rounded_shares: the contributions to slopes with such entries, by Node and input.
    """

    subject: str
    nodes: list[Node]
    results: list[Node]
    result_names: list[str]
    slopes: dict[Node, Array]
    starts: list[Node]
    names: dict[Node, str]
    constants: list[tuple[str, NDArray[Any]]]
    lines: dict[Node, Line]
    scopes: dict[Node, tuple[Scope, ...]]
    decisions: list[Decision]
    has_all_decisions: bool
    data: frozenset[Node] = frozenset()
    held: Sequence[tuple[str, str]] = ()
    rounded: frozenset[Node] = frozenset()
    rounded_slopes: frozenset[Node] = frozenset()
    rounded_shares: dict[tuple[Node, int], Array] = dataclasses.field(default_factory=dict)

    @property
    def is_scalar(self) -> bool:
        """Whether the result is a single number, not several that are summed."""
        return len(self.results) == 1 and np.shape(self.results[0].value) == ()

    @property
    def has_rounded(self) -> bool:
        """Whether some numbers are 0 in place of rounding noise."""
        return bool(self.rounded or self.rounded_slopes or self.rounded_shares)

    @functools.cached_property
    def users(self) -> dict[Node, list[Node]]:
        """The Nodes computed from each Node, each as often as it uses it."""
        found: dict[Node, list[Node]] = {}
        for node in self.nodes:
            for x in node.inputs:
                if type(x) is Node:
                    found.setdefault(x, []).append(node)
        return found

    def constant_name(self, value: Array) -> str | None:
        """Return the name of the argument with exactly these entries, if there is only one."""
        if not isinstance(value, np.ndarray):
            return None
        found = [name for name, array in self.constants if _are_equal(array, value)]
        return found[0] if len(found) == 1 else None


def check_subject(subject: Any, reader: str) -> None:
    """Raise unless the subject can be displayed.

    Raises:
        TypeError: it is neither a function nor a Tensor.
    """
    if not callable(subject) and not isinstance(subject, Tensor):
        raise TypeError(
            f"expected a function or a Tensor for ad.{reader}, got {describe(subject)}. Pass the "
            f"function, then its arguments: ad.{reader}(loss)(weights); or a Tensor computed from "
            f"ad.tensor(value)."
        )


def of_function(
    f: Function,
    argnums: int | Sequence[int] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    data: Sequence[int] = (),
    held: Sequence[tuple[str, str]] = (),
) -> Working:
    """Run a function on traced arguments, and compute the slopes of its result.

    Args:
        f: the function.
        argnums: the positions of the arguments that get slopes.
        args: its arguments.
        kwargs: its keyword arguments.
        data: the positions of further arguments to record.
        held: what is said of arguments that aren't recorded.

    Raises:
        TypeError: an argument or the result isn't numeric, or there are no arguments.
        ValueError: there is more than can be shown.
    """
    if not args:
        raise TypeError(
            f"expected arguments to start from, got none for {function_place(f)}. Pass the "
            f"arguments of the function: ad.draw(loss)(weights, x)."
        )
    positions = positions_of(differentiable(args) if argnums is None else argnums, len(args), f)
    decisions: list[Decision] = []

    def on_plain(node: Node, how: str) -> None:
        if how not in NO_DECISIONS:
            decisions.append(Decision(node, how, user_line()))

    with Trail() as trail, observing(Observer(on_plain=on_plain)):
        trace = Trace(f, (*positions, *data), args, kwargs)
    name = getattr(f, "__name__", type(f).__name__)
    subject = "result" if name == "<lambda>" else name
    leaves, result_names, _ = flatten(trace.out, subject)
    results = [leaf.node if isinstance(leaf, Tensor) else Node(_plain(leaf)) for leaf in leaves]
    if not results:
        raise TypeError(
            f"expected a result to show, got {trace.out!r} from {function_place(f)}. Return a "
            f"number, an array, or a structure of them."
        )
    recorded = nodes_to_show([*results, *trace.nodes], trace.nodes, function_place(f))
    constants = _constant_arguments(f, trace, args, kwargs)
    named_results = dict(zip(result_names, results, strict=True))
    count = sum(leaves for leaves, _ in trace.rebuilds[: len(positions)])
    starts, further = trace.nodes[:count], trace.nodes[count:]
    working = _working(
        subject, recorded, named_results, starts, constants, trail, decisions, further
    )
    return dataclasses.replace(working, held=held)


def of_tensor(tensor: Tensor) -> Working:
    """Read the graph that a Tensor was computed by, without changing any ``.grad``.

    Nodes without a name are named by the variables of the calling code.

    Raises:
        ValueError: there is more than can be shown.
    """
    trail = Trail.of_caller()
    recorded = nodes_to_show([tensor.node], (), "the Tensor's graph")
    starts = [node for node in recorded if node.primitive.is_start]
    subject = trail.name(tensor.node) or "result"
    return _working(subject, recorded, {subject: tensor.node}, starts, [], trail, None)


def _working(
    subject: str,
    recorded: list[Node],
    named_results: dict[str, Node],
    starts: list[Node],
    constants: list[tuple[str, NDArray[Any]]],
    trail: Trail,
    decisions: list[Decision] | None,
    data: Sequence[Node] = (),
) -> Working:
    """Build the Working of a recorded graph."""
    start_names = {n: str(n.options["name"]) for n in (*starts, *data) if "name" in n.options}
    names = {node: name for node in recorded if (name := trail.name(node))} | start_names
    plain = plain_graph(recorded, names)
    nodes = list(dict.fromkeys(plain.values()))
    results, starts = [plain[n] for n in named_results.values()], [plain[node] for node in starts]
    slopes = _slopes(results, starts)
    if data:  # the sweep may have passed by data
        dependent = _dependent(nodes, starts)
        slopes = {node: slope for node, slope in slopes.items() if node in dependent}
    for node in starts:
        slopes.setdefault(node, np.zeros_like(node.value))
    return Working(
        subject=subject,
        nodes=nodes,
        results=results,
        result_names=list(named_results),
        slopes=slopes,
        starts=[*starts, *(plain[node] for node in data)],
        names={plain[node]: name for node, name in names.items()},
        constants=constants,
        lines={node: line for node in nodes if (line := trail.own_line(node))},
        scopes={node: scopes for node in nodes if (scopes := trail.scopes(node))},
        decisions=[_with_text(decision, trail) for decision in decisions or ()],
        has_all_decisions=decisions is not None,
        data=frozenset(plain[node] for node in data),
    )


def _with_text(decision: Decision, trail: Trail) -> Decision:
    line = trail.line(decision.node)
    if line is None or str(line) != decision.place:
        return decision
    return decision._replace(text=line.text)


def differentiable(args: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the first position, and those of other arguments that hold floats."""
    return (0, *(i for i, arg in enumerate(args) if i and _holds_floats(arg)))


def _holds_floats(tree: Any) -> bool:
    try:
        leaves, _, _ = flatten(tree, "argument")
    except TypeError:
        return False  # not numeric, so not differentiated
    return any(_plain(leaf).dtype.kind in "fc" for leaf in leaves)


def _plain(leaf: Array) -> Array:
    """Return a leaf's value as an array or NumPy scalar."""
    return leaf.node.value if isinstance(leaf, Tensor) else np.asarray(leaf)[()]


def _slopes(results: list[Node], starts: Sequence[Node]) -> dict[Node, Array]:
    """Compute the slopes of the sum of the results' entries, for every intermediate Node."""
    found: dict[Node, Array] = {}
    taken: set[int] = set()

    def on_cotangent(node: Node, slope: Array) -> None:
        if not isinstance(slope, tuple):  # several results: each one has its own slope
            found[node] = fresh(conjugated(_plain(slope)), taken)

    seeds = [(n, np.ones_like(n.value)[()]) for n in results if n.value.dtype.kind in "fc"]
    sweep(seeds, starts, on_cotangent)
    found.update((node, seed) for node, seed in seeds if node not in found)
    return found


def _dependent(nodes: Sequence[Node], starts: Sequence[Node]) -> set[Node]:
    """Return the starts and the Nodes computed from them; ``nodes`` is in creation order."""
    found = set(starts)
    for node in nodes:
        if any(type(x) is Node and x in found for x in node.inputs):
            found.add(node)
    return found


def _constant_arguments(
    f: Function, trace: Trace, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[tuple[str, NDArray[Any]]]:
    """Name the arrays that the function gets or refers to, to find them in the graph."""
    f = inspect.unwrap(f)
    code = getattr(f, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    variables = _outer_variables(f) | dict(zip(names, args, strict=False)) | kwargs
    found = []
    for name, tree in variables.items():
        try:
            leaves, paths, _ = flatten(tree, name)
        except TypeError:
            continue  # not numeric, so it isn't in the graph
        found += [(p, x) for p, x in zip(paths, leaves, strict=True) if isinstance(x, np.ndarray)]
    traced = {node.options["name"] for node in trace.nodes}
    return [(name, array) for name, array in found if name not in traced]


def _outer_variables(f: Function) -> dict[str, Any]:
    """Return the global and nonlocal variables that a function's code refers to."""
    if not inspect.isfunction(f):
        return {}
    found = inspect.getclosurevars(f)
    return {**found.globals, **found.nonlocals}


def _are_equal(a: NDArray[Any], b: NDArray[Any]) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and bool(np.array_equal(a, b))
