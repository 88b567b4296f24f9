"""Explicit Runge-Kutta steps, run again on traced values.

On fixed times, a step is plain arithmetic: ``kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ)``, the next y is
``y + h Σᵢ bᵢ kᵢ``, and between both the solution is ``y + h Σᵢ wᵢ(x) kᵢ`` (Hairer, Nørsett and
Wanner 1993, "Solving Ordinary Differential Equations I", sections II.4 to II.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.integrate

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Function

__all__ = ["TABLEAUS", "Tableau", "combined", "shifted", "spans", "steps"]

Matrix = np.ndarray[Any, Any]


@primitive
def combined(*values: Array, weights: Sequence[float]) -> Array:
    """Return the sum of vectors with these weights."""
    return np.dot(weights, np.stack(values))


derivative(combined, values=lambda g, z, *values, weights: [weight * g for weight in weights])


@dataclass(frozen=True)
class Tableau:
    """The coefficients of a method.

    Attributes:
        a: a row for each stage, with the weights of the stages before it.
        c: the time of each stage.
        last: the number of the stage at the next step, whose row is b.
        dense: returns the weights of all stages between the steps, for x from 0 to 1.
    """

    a: Sequence[Matrix]
    c: Matrix
    last: int
    dense: Callable[[float], Matrix]


def _of_polynomial(method: Any) -> Tableau:
    """Return the coefficients of a method whose solution between the steps is a polynomial."""
    powers = np.arange(1, method.P.shape[1] + 1)
    a = [*(row[:i] for i, row in enumerate(method.A)), method.B]
    c = np.append(method.C, 1.0)
    return Tableau(a, c, len(method.C), lambda x: method.P @ x**powers)


def _of_dop853() -> Tableau:
    method = scipy.integrate.DOP853
    count = method.D.shape[1]
    a = [
        *(row[:i] for i, row in enumerate(method.A)),
        method.B,
        *(row[:i] for i, row in enumerate(method.A_EXTRA, len(method.C) + 1)),
    ]
    unit = np.eye(count)
    whole, first, last = np.zeros(count), unit[0], unit[len(method.C)]
    whole[: len(method.B)] = method.B
    terms = [whole, first - whole, 2 * whole - last - first, *method.D]

    def dense(x: float) -> Matrix:
        total = np.zeros(count)
        for i, term in enumerate(reversed(terms)):
            total = (total + term) * (1 - x if i % 2 else x)
        return total

    return Tableau(a, np.concatenate([method.C, [1.0], method.C_EXTRA]), len(method.C), dense)


TABLEAUS = {
    "RK23": _of_polynomial(scipy.integrate.RK23),
    "RK45": _of_polynomial(scipy.integrate.RK45),
    "DOP853": _of_dop853(),
}


def steps(method: str, f: Function, y: Array, times: Matrix, wanted: Matrix) -> list[Array]:
    """Return the solution at the wanted times, by a step from each time to the next.

    Args:
        method: a key of ``TABLEAUS``.
        f: a function of t and y, which returns a vector.
        y: a vector, at the first time.
        times: ascending or descending.
        wanted: in the same order, from the first time to the last.
    """
    tableau, slope = TABLEAUS[method], f(times[0], y)
    found = [y] * int(np.sum(wanted == times[0]))
    for start, h, places in spans(times, wanted):
        is_between = any(x != 1 for x in places)
        stages = [slope]
        for i in range(1, len(tableau.a) if is_between else tableau.last + 1):
            stages.append(f(start + tableau.c[i] * h, _moved(y, stages, h * tableau.a[i])))
        following = _moved(y, stages, h * tableau.a[tableau.last])
        found += [following if x == 1 else _moved(y, stages, h * tableau.dense(x)) for x in places]
        y, slope = following, stages[tableau.last]
    return found


def spans(times: Matrix, wanted: Matrix) -> Iterator[tuple[float, float, Matrix]]:
    """Return the start and the length of each step, and which parts of it end at wanted times."""
    direction = -1.0 if times[-1] < times[0] else 1.0
    step = np.searchsorted(direction * times, direction * wanted) - 1
    for i, (start, end) in enumerate(pairwise(times.tolist())):
        yield start, end - start, (wanted[step == i] - start) / (end - start)


def _moved(y: Array, stages: Sequence[Array], weights: Matrix) -> Array:
    used = np.flatnonzero(weights).tolist()
    return combined(y, *(stages[i] for i in used), weights=(1.0, *weights[used].tolist()))


def shifted(f: Function, t: Array, y: Array, h: Array) -> Array:
    """Return the solution at t + h for a traced h of value 0, with slopes in h to fourth order.

    It is one step of the classical Runge-Kutta method.
    """
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
