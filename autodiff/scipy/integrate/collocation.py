"""Steps of Radau's method, for stiff equations, run again on traced values.

In a step from t to t + h the solution is a cubic polynomial that has the right slope at three
times: ``Yᵢ = y + h Σⱼ aᵢⱼ f(t + cⱼ h, Yⱼ)``, an equation for all Yᵢ together, whose solution SciPy
found (Hairer and Wanner 1996, "Solving Ordinary Differential Equations II", section IV.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.scipy.implicit import Implicit
from autodiff.scipy.integrate.explicit import combined, spans
from autodiff.transforms.opaque import record
from autodiff.transforms.slots import emptied, filled

__all__ = ["collocated_steps"]

Matrix = np.ndarray[Any, Any]

_C = np.array([(4 - 6**0.5) / 10, (4 + 6**0.5) / 10, 1.0])
_DEGREES = np.arange(3)
_A = (_C[:, None] ** (_DEGREES + 1) / (_DEGREES + 1)) @ np.linalg.inv(_C[:, None] ** _DEGREES)
_LAGRANGE = np.linalg.inv(np.append(0.0, _C)[:, None] ** np.arange(4))


def collocated_steps(
    f: Function,
    y: Array,
    args: tuple[Any, ...],
    solution: Function,
    times: Matrix,
    wanted: Matrix,
    closed: Sequence[Node],
) -> list[Array]:
    """Return the solution at the wanted times, by a step from each time to the next.

    Args:
        f: a function of t, y and ``args``, which returns a vector.
        y: a vector, at the first time.
        args: further arguments, of which some may be traced.
        solution: SciPy's, a function of the time, which may have more entries after those of y.
        times: ascending or descending.
        wanted: in the same order, from the first time to the last.
        closed: the Nodes that f closes over.
    """
    found = [y] * int(np.sum(wanted == times[0]))
    for start, h, places in spans(times, wanted):
        known = solution(start + h * _C)[: len(y)].T
        stages = _stages(f, y, args, known, start, h, closed)
        for x in places:
            weights = x ** np.arange(4) @ _LAGRANGE
            found.append(combined(y, *stages, weights=weights.tolist()))
        y = stages[-1]
    return found


def _stages(
    f: Function,
    y: Array,
    args: tuple[Any, ...],
    known: Matrix,
    start: float,
    h: float,
    closed: Sequence[Node],
) -> list[Array]:
    """Return the three states within a step, with slopes."""
    template, traced = emptied((y, args))

    def residual(flat: Array, *values: Array) -> Array:
        y, args = filled(template, values)
        states = np.reshape(flat, known.shape)
        slopes = np.stack([f(start + c * h, states[i], *args) for i, c in enumerate(_C)])
        return np.reshape(states - y - h * np.matmul(_A, slopes), -1)

    call = Implicit("collocation", known.ravel(), residual, closed)
    (flat,) = record(call, [*traced, *map(Tensor, closed)])
    states = np.reshape(flat, known.shape)
    return [states[i] for i in range(len(_C))]
