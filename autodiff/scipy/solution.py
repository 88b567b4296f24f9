"""Solution: SciPy's ``OptimizeResult`` of a traced problem, without what has no slope."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from scipy.optimize import OptimizeResult

__all__ = ["Solution", "numbers_of"]

_CURES = {
    "jac": "Compute it: ad.grad(f)(result.x), or ad.jacobian of several results.",
    "grad": "Compute it: ad.grad(f)(result.x).",
    "hess": "Compute it: ad.hessian(f)(result.x).",
    "hess_inv": "Compute it: np.linalg.inv(ad.hessian(f)(result.x)).",
}
_DEFAULT = "Call SciPy's function with plain values for it."
_SMOOTH = ("x", "fun", "cost", "root", "t", "y")


class Solution(OptimizeResult):  # type: ignore[misc]  # SciPy has no types
    """The result of a traced problem: its numbers have slopes.

    Texts, counts and flags are SciPy's. Other approximations by the solver, such as the inverse
    Hessian, would look constant: reading them raises an AttributeError.
    """

    @classmethod
    def of(cls, result: OptimizeResult, **smooth: Any) -> Solution:
        """Return a result of SciPy with numbers that have slopes."""
        return cls({name: x for name, x in result.items() if _is_count(x)} | smooth)

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(_refusal(name), name=name, obj=self)

    def __missing__(self, name: str) -> NoReturn:
        raise KeyError(_refusal(name))


def numbers_of(result: OptimizeResult) -> Solution:
    """Return the numbers that have slopes in a result."""
    return Solution({name: result[name] for name in _SMOOTH if name in result})


def _is_count(value: Any) -> bool:
    """Return whether a value is a text, a count or flag, or a collection of such."""
    if isinstance(value, (list, tuple)):  # a simplex has arrays of several shapes
        return bool(value) and all(map(_is_count, value))
    return value is None or isinstance(value, str) or np.asarray(value).dtype.kind in "biu"


def _refusal(name: str) -> str:
    return (
        f"the result of a traced problem has no {name}: an approximation by the solver has no "
        f"slope, and texts aren't kept while jit records. {_CURES.get(name, _DEFAULT)}"
    )
