"""Rounding noise: numbers that would be 0 if no digit were lost, such as 0.1 + 0.2 − 0.3.

Such a number has no correct digit. It is found as in the stochastic arithmetic of Vignes (1993), by
running the recorded operations again with results that are changed by as much as rounding may
change them: a number that is small beside the numbers that it was computed from, and that changes
by about its own size, is noise. It is shown as 0, unless an operation would then have another
result: the logarithm of a number, or a comparison with 0.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autodiff.core.graph import Node, ancestors
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.display.working.backward import backward_of
from autodiff.display.working.working import Working
from autodiff.transforms.opaque import is_opaque

__all__ = ["without_noise"]

_RUNS = 4
_DIGIT = 6  # times the largest change: a number below has no correct digit
_SMALL = 256  # rounding errors of the largest number that it was computed from
_MOST = 100_000  # entries of all values; the numbers of larger computations are shown as they are

Key = tuple[int, int]  # the creation number of a Node; the position of an input, or -1 for its own
Values = dict[int, Any]  # by the creation number of a Node


def without_noise(working: Working) -> Working:
    """Return a computation to show, with 0 in place of numbers that are rounding noise.

    Its slopes are those of the numbers as they were computed, apart from their own noise.
    """
    entries = sum(np.size(x.value) for x in working.nodes if not isinstance(x.value, tuple))
    if entries > _MOST or not _has_small(working):
        return working
    slopes, shares = _recorded_slopes(working)
    shown = [*working.nodes, *(d.node for d in working.decisions), *slopes.values()]
    graph = ancestors([*shown, *(x for x in shares.values() if isinstance(x, Node))])
    noise = _without_contradictions(graph, _noise_of(graph))
    if not noise:
        return working
    cleaned = {node.order: _cleaned(node, noise) for node in graph if node.order in noise}
    return _replaced(working, cleaned, slopes, shares)


def _has_small(working: Working) -> bool:
    """Return whether a number is so small beside those that it was computed from."""
    largest = _largest(working.nodes)
    overall = max(largest.values(), default=0.0)
    values = ((node.value, largest[node.order]) for node in working.nodes)
    slopes = [x for x in working.slopes.values() if _is_real(x)]
    high = max([overall, *(float(np.max(np.abs(x), initial=0)) for x in slopes)])
    return any(_is_real(x) and _is_small(x, scale).any() for x, scale in values) or any(
        _is_small(x, high).any() for x in slopes
    )


def _is_small(value: Array, scale: float) -> NDArray[np.bool_]:
    eps = np.finfo(np.asarray(value).dtype).eps
    size = np.abs(value)
    return np.asarray((size > 0) & (size <= _SMALL * eps * scale))


def _is_real(value: Any) -> bool:
    return not isinstance(value, tuple) and np.asarray(value).dtype.kind == "f"


def _is_decision(value: Any) -> bool:
    """Return whether a value is of bools or integers, such as the result of a comparison."""
    return not isinstance(value, tuple) and np.asarray(value).dtype.kind in "biu"


def _recorded_slopes(working: Working) -> tuple[dict[Node, Node], dict[tuple[Node, int], Any]]:
    """Return the Nodes of slopes and of each contribution; none if a rule can't be recorded."""
    try:
        backward = backward_of(working, record=True, traced=True)
    except (TypeError, NotImplementedError):  # a user-defined rule takes only plain arrays
        return {}, {}
    slopes = {n: x.node for n, x in backward.slopes.items() if isinstance(x, Tensor)}
    shares = {
        (arrow.head, arrow.position): arrow.share.node
        for arrow in backward.arrows
        if isinstance(arrow.share, Tensor)
    }
    return slopes, shares


def _largest(graph: Iterable[Node]) -> dict[int, float]:
    """Return, for each Node, the largest number that it was computed from, or is."""
    found: dict[int, float] = {}
    for node in graph:
        sizes = [found[x.order] if isinstance(x, Node) else _size(x) for x in node.inputs]
        found[node.order] = max([_size(node.value), *sizes])
    return found


def _size(value: Any) -> float:
    if not _is_real(value):
        return 0.0
    sizes = np.abs(value)
    return float(np.max(sizes, initial=0, where=np.isfinite(sizes)))


def _noise_of(graph: list[Node]) -> dict[int, NDArray[np.bool_]]:
    """Find the entries without a correct digit: a mask for each value that has some.

    Comparisons and positions stay as they were: a change in the last digit would end a tie.
    """
    generator = np.random.default_rng(0)
    changes: dict[int, Array] = {}
    for _ in range(_RUNS):
        values: Values = {}
        for node in graph:
            found = None if _is_decision(node.value) else _computed(node, values)
            values[node.order] = _changed(node.value if found is None else found, generator)
            if _is_real(node.value):
                with np.errstate(all="ignore"):
                    change = np.abs(values[node.order] - node.value)
                changes[node.order] = np.fmax(changes.get(node.order, 0.0), change)
    largest = _largest(graph)
    masks = {
        node.order: _is_small(node.value, largest[node.order])
        & np.asarray(np.abs(node.value) <= _DIGIT * changes[node.order])
        for node in graph
        if node.order in changes
    }
    return {order: mask for order, mask in masks.items() if mask.any()}


def _computed(node: Node, values: Values) -> Any:
    """Compute a value from others; the recorded one if it isn't a function of them alone.

    None if an operation refuses them: the inverse of a matrix that has become singular.
    """
    if not _can_run(node):
        return node.value
    inputs = [values[x.order] if isinstance(x, Node) else x for x in node.inputs]
    try:
        with np.errstate(all="ignore"):
            return node.primitive.evaluate(*inputs, **node.options)
    except ValueError:  # as NumPy's LinAlgError is
        return None


def _can_run(node: Node) -> bool:
    """Return whether an operation is NumPy's or the engine's, which only compute."""
    function = node.primitive.function
    if not node.inputs or function is None or is_opaque(node.primitive):
        return False
    module = getattr(function, "__module__", None) or "numpy"
    return module.partition(".")[0] in ("numpy", "autodiff")


def _changed(value: Any, generator: np.random.Generator) -> Any:
    """Change the last digit of a value, at random; whole numbers are taken as exact."""
    if isinstance(value, tuple):
        return tuple(_changed(part, generator) for part in value)
    if not _is_real(value):
        return value
    array = np.asarray(value)
    units = generator.uniform(1, 2, array.shape) * generator.choice([-1, 1], array.shape)
    factor = 1 + np.finfo(array.dtype).eps * units
    with np.errstate(all="ignore"):
        changed = np.where(array == np.rint(array), array, array * factor)
    return changed.astype(array.dtype)[()]


def _without_contradictions(
    graph: list[Node], noise: dict[int, NDArray[np.bool_]]
) -> dict[int, NDArray[np.bool_]]:
    """Keep the numbers whose replacement by 0 would change the result of another operation."""
    noise, largest = dict(noise), _largest(graph)
    users: dict[int, list[Node]] = {}
    for node in graph:
        for x in node.inputs:
            if isinstance(x, Node):
                users.setdefault(x.order, []).append(node)
    waiting = list(noise)
    while waiting:
        order = waiting.pop()
        if order not in noise:
            continue
        for user in users.get(order, ()):
            if _is_changed(user, noise, largest[user.order]):
                kept = [x for x in user.inputs if isinstance(x, Node) and x.order in noise]
                for x in kept:
                    del noise[x.order]
                    waiting += [y.order for y in x.inputs if isinstance(y, Node)]
                break
    return noise


def _is_changed(node: Node, noise: Mapping[int, NDArray[np.bool_]], scale: float) -> bool:
    """Return whether an operation has another result if noise is replaced by 0."""
    inputs = {x.order: _cleaned(x, noise) for x in node.inputs if isinstance(x, Node)}
    after = _computed(node, inputs)
    return after is None or _differs(_cleaned(node, noise), after, scale)


def _differs(before: Any, after: Any, scale: float) -> bool:
    """Return whether results differ by more than rounding errors of numbers up to ``scale``."""
    if isinstance(before, tuple):
        return any(_differs(*pair, scale) for pair in zip(before, after, strict=True))
    dtype = np.asarray(before).dtype
    if dtype.kind not in "fc":
        return not np.array_equal(before, after)
    tolerance = _SMALL * np.finfo(dtype).eps * scale
    with np.errstate(all="ignore"):
        return not np.allclose(after, before, rtol=1e-6, atol=tolerance, equal_nan=True)


def _cleaned(node: Node, noise: Mapping[int, NDArray[np.bool_]]) -> Any:
    mask = noise.get(node.order)
    if mask is None:
        return node.value
    return np.where(mask, np.zeros_like(node.value), node.value)[()]


def _replaced(
    working: Working,
    cleaned: Values,
    slopes: Mapping[Node, Node],
    shares: Mapping[tuple[Node, int], Node],
) -> Working:
    """Return a copy of a computation, with the cleaned values and slopes."""
    new: dict[Node, Node] = {}
    for node in working.nodes:
        inputs = tuple(new.get(x, x) if isinstance(x, Node) else x for x in node.inputs)
        value = cleaned.get(node.order, node.value)
        copy = Node(value, node.primitive, inputs, node.options)
        copy.order = node.order
        new[node] = copy
    own = {node: cleaned[x.order] for node, x in slopes.items() if x.order in cleaned}
    return dataclasses.replace(
        working,
        nodes=list(new.values()),
        results=[new[node] for node in working.results],
        starts=[new[node] for node in working.starts],
        data=frozenset(new[node] for node in working.data),
        slopes={new[node]: own.get(node, x) for node, x in working.slopes.items()},
        names={new[node]: x for node, x in working.names.items()},
        lines={new[node]: x for node, x in working.lines.items()},
        scopes={new[node]: x for node, x in working.scopes.items()},
        rounded=frozenset(new[node] for node in working.nodes if node.order in cleaned),
        rounded_slopes=frozenset(new[node] for node in own),
        rounded_shares={
            (new[head], i): cleaned[x.order]
            for (head, i), x in shares.items()
            if x.order in cleaned
        },
    )
