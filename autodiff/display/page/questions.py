"""What a quiz asks about a computation, and the mistakes by which it judges wrong answers.

For each slope these are the mutants and factors of `check_slope`: the slopes with one mistake in
them, and the values that are easily forgotten or multiplied twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.check.mutants import intermediate_values, mutants
from autodiff.core.graph import Node, between
from autodiff.core.rerun import rerun
from autodiff.core.typing import Array
from autodiff.display.working.working import Working
from autodiff.transforms.pytree import flatten

__all__ = ["mistakes_of"]

_MOST_ENTRIES = 64
_MOST = 60  # mistakes of each kind
Mistake = dict[str, Any]


def mistakes_of(node: Node, working: Working) -> dict[str, list[Mistake]]:
    """Return the mutants of a value's slope, and the factors that may be missing or too many."""
    value = node.value
    if not _is_real(value):
        return {"mutants": [], "factors": []}
    f = _function_from(node, working)
    leaves, _, rebuild = flatten(np.asarray(value, float), "x")
    with np.errstate(all="ignore"):
        wrong = [(text, slopes[0]) for text, slopes in mutants(f, leaves, rebuild)]
        factors = list(intermediate_values(f, leaves, rebuild))
    return {"mutants": _listed(wrong), "factors": _listed(factors)}


def _function_from(node: Node, working: Working) -> Callable[[Array], Array]:
    """Return the sum of the results as a function of one value, the other values held."""
    subgraph = between(working.results, [node])

    def f(x: Array) -> Array:
        made: dict[Node, Array] = {node: x}
        for later in subgraph.order:
            inputs = [made.get(y, y.value) if type(y) is Node else y for y in later.inputs]
            made[later] = rerun(later, inputs)
        return sum(np.sum(made[result]) for result in working.results if result in made)

    return f


def _is_real(value: Any) -> bool:
    array = np.asarray(value) if not isinstance(value, tuple) else None
    return array is not None and array.dtype.kind in "fiu" and array.size <= _MOST_ENTRIES


def _listed(found: list[tuple[str, Array]]) -> list[Mistake]:
    """Return mistakes for JSON, each once; numbers that aren't finite are left out."""
    listed: dict[str, Mistake] = {}
    for text, value in found:
        array = np.asarray(value)
        if array.dtype == np.longdouble:
            array = array.astype(np.float64)  # JSON's numbers
        if array.size <= _MOST_ENTRIES and array.dtype.kind in "fiu" and np.isfinite(array).all():
            key = f"{text} {array.tolist()}"
            listed[key] = {"text": text, "shape": list(array.shape), "data": array.ravel().tolist()}
    return list(listed.values())[:_MOST]
