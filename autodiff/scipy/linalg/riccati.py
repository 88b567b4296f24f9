"""The algebraic equations of Riccati, whose solutions X give the best feedback K.

A change is a solution of Lyapunov's equation with the closed loop ``F = A - B K``: continuous,
``Fᴴ dX + dX F = -M`` with ``K = R⁻¹ Bᴴ X``, and discrete, ``dX - Fᴴ dX F = M`` with
``K = (R + Bᴴ X B)⁻¹ Bᴴ X A``. The slopes are those of M, weighted by the adjoint solution W (Kao
and Hennequin 2020, "Automatic differentiation of Sylvester, Lyapunov, and algebraic Riccati
equations").
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array, Function
from autodiff.rules.solving import adjoint
from autodiff.scipy.linalg.equations import solve_continuous_lyapunov, solve_discrete_lyapunov

__all__: list[str] = []


def _continuous(g: Array, x: Array, a: Array, b: Array, r: Array) -> tuple[Array, Array, Array]:
    """Return W, the slope in A, and K; all conjugated, as G is."""
    a, b, r = map(np.atleast_2d, (a, b, r))
    k = np.linalg.solve(r, np.matmul(adjoint(b), x))
    w = -solve_continuous_lyapunov(a - np.matmul(b, k), conjugated(g))
    return w, np.matmul(x, w + adjoint(w)), k


def _discrete(g: Array, x: Array, a: Array, b: Array, r: Array) -> tuple[Array, Array, Array]:
    """Return the same for the discrete equation."""
    a, b, r = map(np.atleast_2d, (a, b, r))
    inner = np.matmul(adjoint(b), x)
    k = np.linalg.solve(r + np.matmul(inner, b), np.matmul(inner, a))
    loop = a - np.matmul(b, k)
    w = solve_discrete_lyapunov(loop, conjugated(g))
    return w, np.matmul(np.matmul(x, loop), w + adjoint(w)), k


def _of_b(of_a: Array, k: Array) -> Array:
    return conjugated(-np.matmul(of_a, adjoint(k)))


def _of_r(w: Array, k: Array) -> Array:
    return conjugated(np.matmul(np.matmul(k, w), adjoint(k)))


def _register(function: Function, solve: Function) -> None:
    """Give an equation its rules; its options e and s have none, and are refused."""
    derivative(
        function,
        a=lambda g, z, a, b, q, r, *, balanced=True: conjugated(solve(g, z, a, b, r)[1]),
        b=lambda g, z, a, b, q, r, *, balanced=True: _of_b(*solve(g, z, a, b, r)[1:]),
        q=lambda g, z, a, b, q, r, *, balanced=True: conjugated(solve(g, z, a, b, r)[0]),
        r=lambda g, z, a, b, q, r, *, balanced=True: _of_r(*solve(g, z, a, b, r)[::2]),
    )


for _function, _adjoint in (
    (scipy.linalg.solve_continuous_are, _continuous),
    (scipy.linalg.solve_discrete_are, _discrete),
):
    _register(_function, _adjoint)
