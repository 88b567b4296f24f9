"""The path of a solution: its states at given times, computed again on traced values.

Slopes of a solution are those of steps of fixed lengths, differentiated: "discretize, then
optimize". They are the exact slopes of what these steps compute, to any order, and cost a few
evaluations of the function for each step, however many parameters it has; the steps are short
enough for the slopes too (``tangent.py``). The alternative, the adjoint equation solved backwards
in time, has an error of its own, and where the solution decays backwards it grows without bounds
(Kidger 2022, "On Neural Differential Equations", section 5.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate

from autodiff.core.lift import as_operand
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array, releasable
from autodiff.scipy.integrate.collocation import collocated_steps
from autodiff.scipy.integrate.explicit import TABLEAUS, shifted, steps
from autodiff.scipy.integrate.tangent import Tangent

__all__ = ["Path"]


class Path:
    """The steps of a solution.

    Args:
        function: the user's, of t, y and further arguments.
        called: the same, with its arguments and what it closes over.
        args_of: returns the further arguments, from values for the traced ones.
        method: the name of a solver of ``solve_ivp``.
        end: the last time.
        rtol: the relative tolerance.
        atol: the absolute tolerance.
        options: other options of ``solve_ivp`` for its steps.
    """

    def __init__(
        self,
        function: Function,
        called: Called,
        args_of: Callable[[list[Array]], tuple[Any, ...]],
        method: str,
        end: float,
        rtol: Any,
        atol: Any,
        **options: Any,
    ) -> None:
        self.function = function
        self.called = called
        self.args_of = args_of
        self.method = method
        self.end = float(end)
        self.tolerances = {"rtol": rtol, "atol": atol}
        self.options = options
        self._found: tuple[str, Any] | None = None

    def states(self, y0: Array, begin: Array, t: Array, args: tuple[Any, ...]) -> list[Array]:
        """Return the states at times t, of which some may be traced.

        Args:
            y0: the first state.
            begin: the first time.
            t: ascending or descending from there.
            args: the further arguments.
        """
        start, wanted = float(peek(begin)), np.asarray(peek(t), float)
        y = as_operand(y0)
        y = np.reshape(y if y.dtype.kind in "fc" else y.astype(float), -1)

        def f(t: Array, y: Array, *args: Any) -> Array:
            return np.reshape(as_array(self.function(t, y, *args)), np.shape(y))

        def with_args(t: Array, y: Array) -> Array:
            return f(t, y, *args)

        if isinstance(begin, Tensor):
            y = shifted(with_args, begin, y, start - begin)
        if start == self.end:
            states = [y] * len(wanted)
        else:
            method, found = self._solution(start, peek(y))
            if method in TABLEAUS:
                states = steps(method, with_args, y, found.t, wanted)
            else:
                closed = list(self.called.closed)
                states = collocated_steps(f, y, args, found.sol, found.t, wanted, closed)
        if isinstance(t, Tensor):
            pairs = enumerate(zip(wanted.tolist(), states, strict=True))
            states = [shifted(with_args, time, y, t[i] - time) for i, (time, y) in pairs]
        return states

    def _solution(self, start: float, y: Array) -> tuple[str, Any]:
        """Return the method whose steps are taken, and SciPy's solution by them."""
        if self._found is None:
            method = self._method(start, y)
            both = Tangent(self.function, self.called, self.args_of, y, **self.tolerances)
            with releasable(both) as (function,):
                found = scipy.integrate.solve_ivp(
                    function, (start, self.end), both.start, method, rtol=both.rtol,
                    atol=both.atol, dense_output=method not in TABLEAUS, **self.options,
                )  # fmt: skip
            if not found.success:
                raise RuntimeError(
                    f"expected steps of {method} to reach the end of the solution, whose slopes "
                    f"they have, got: {found.message} Loosen rtol and atol."
                )
            self._found = method, found
        return self._found

    def _method(self, start: float, y: Array) -> str:
        """Return the method itself; for one of many earlier steps, one of single steps."""
        if self.method == "BDF":
            return "Radau"
        if self.method != "LSODA":
            return self.method
        args = self.args_of(list(map(peek, self.called.traced)))

        def plain(t: float, y: Array) -> Array:
            return peek(as_array(self.function(t, y, *args)))

        times = [start, self.end]
        report = scipy.integrate.odeint(
            plain, y, times, tfirst=True, full_output=True, **self.tolerances
        )[1]
        return "Radau" if report["mused"][0] == 2 else "DOP853"  # 2: BDF, for stiff equations
