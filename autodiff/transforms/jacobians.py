"""Forward mode, Jacobians and Hessians, all of them computed with the pullback.

A pullback is linear in its cotangent: it multiplies by the Jacobian from the left. The pullback of
a pullback therefore multiplies from the right, which is the jvp: no second table of rules.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import function_place
from autodiff.core.graph import NeedsNumbersError
from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import (
    Argnums,
    Pullback,
    check_callable,
    grad,
    is_complex,
    positions_of,
)
from autodiff.transforms.pytree import PYTHON_NUMBERS

_PROBE = np.cos(np.arange(1, 1010))  # without a pattern, of a length that few axes have

__all__ = ["hessian", "hvp", "jacobian", "jvp", "linearize"]


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """Return f's result and its pushforward, the linear function that approximates f there.

    Returns:
        ``(out, pushforward)``; ``pushforward(*tangents)``, one per primal and of its structure and
        shapes, returns how much the result changes to first order.

    >>> import numpy as np, autodiff as ad
    >>> out, pushforward = ad.linearize(np.sin, 0.0)
    >>> out, pushforward(2.0)
    (0.0, 2.0)
    """
    check_callable(f, "linearize")
    pullback = Pullback(f, primals)
    probes = tuple(_probe(leaf) for leaf in pullback.leaves)
    with np.errstate(over="ignore", invalid="ignore"):  # of probes, whose slopes aren't returned
        transposed = Pullback(lambda *cotangents: pullback(cotangents), probes, kind="tangent")

    def pushforward(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise TypeError(
                f"expected {len(primals)} tangents, one per primal, got {len(tangents)}. Pass one "
                f"tangent for each, of its shape."
            )
        leaves = pullback.trace.leaves_of(tangents, "the tangent")
        return pullback.structure(transposed(leaves))

    return pullback.out, pushforward


def _probe(leaf: Array) -> Array:
    """Return some cotangent of a result, at which its pullback, which is linear, is transposed.

    It isn't 0, so that a rule which has no slope for a part of the results sees whether it counts.
    """
    if type(leaf) in PYTHON_NUMBERS:
        return 1 + 0.5j if type(leaf) is complex else 1.0
    zeros = np.asarray(_zeros_like(leaf))
    probe = np.resize(_PROBE, zeros.shape)
    if zeros.dtype.kind == "c":
        probe = probe + 1j * np.resize(_PROBE[::-1], zeros.shape)
    return probe.astype(zeros.dtype)[()]


def _zeros_like(leaf: Array) -> Array:
    if type(leaf) in PYTHON_NUMBERS:
        return 0j if type(leaf) is complex else 0.0
    return np.zeros(leaf.shape, leaf.dtype if leaf.dtype.kind in "fc" else np.float64)[()]


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f's result, and how much it changes when the primals move along the tangents.

    Args:
        f: a function of as many arguments as there are primals.
        primals: its arguments: arrays, numbers, or structures of them.
        tangents: the direction and speed, of the structure and shapes of the primals.

    Returns:
        ``(out, tangent_out)``; the second is the Jacobian times the tangents.

    >>> import autodiff as ad
    >>> ad.jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    check_callable(f, "jvp")
    _check_tuples("jvp", primals, tangents)
    out, pushforward = linearize(f, *primals)
    return out, pushforward(*tangents)


def _check_tuples(name: str, primals: Any, tangents: Any) -> None:
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError(
            f"{name} needs its primals and tangents as tuples, got {type(primals).__name__} and "
            f"{type(tangents).__name__}. Write {name}(f, (x,), (v,))."
        )


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that computes the Jacobian: output shape × input shape.

    It takes one backward pass per entry of the result.

    Args:
        f: returns an array, a number, or a structure of them.
        argnums: as for :func:`grad`.

    Returns:
        A function of the same arguments. For each array in the result it returns the structure of
        the argument, with arrays of the result's shape followed by the argument's. Of a complex
        result, it is the complex derivative; of a real result by a complex argument, the result of
        :func:`grad` for each entry.

    Raises:
        TypeError: argument and result are complex, and the function isn't holomorphic there: its
            slope depends on the direction, which one complex number can't express.

    >>> import numpy as np, autodiff as ad
    >>> ad.jacobian(np.cumsum)(np.array([1.0, 2.0]))
    array([[1., 0.],
           [1., 1.]])
    """
    check_callable(f, "jacobian")

    @functools.wraps(f)
    def all_slopes(*args: Any, **kwargs: Any) -> Any:
        positions = positions_of(argnums, len(args), f)

        @functools.wraps(f)
        def of_chosen(*chosen: Any) -> Any:
            all_args = list(args)
            for position, value in zip(positions, chosen, strict=True):
                all_args[position] = value
            return f(*all_args, **kwargs)

        pullback = Pullback(of_chosen, tuple(args[position] for position in positions))
        rows = [
            pullback.trace.in_structures(_rows(pullback, number, function_place(f)))
            for number in range(len(pullback.leaves))
        ]
        single = isinstance(argnums, (int, np.integer))
        return pullback.structure([row[0] if single else tuple(row) for row in rows])

    return all_slopes


def _rows(pullback: Pullback, number: int, where: str) -> list[Array]:
    """Return the Jacobians of one leaf of the result, one array per leaf of the primals.

    The slopes of a complex entry take two backward passes, one per part.
    """
    zeros = [_zeros_like(leaf) for leaf in pullback.leaves]
    zero = np.asarray(zeros[number])

    def pulled_back(entry: tuple[int, ...], unit: complex) -> list[Array]:
        one = zero.copy()
        one[entry] = unit
        return pullback([*zeros[:number], one[()], *zeros[number + 1 :]])

    def slopes(entry: tuple[int, ...]) -> list[Array]:
        if zero.dtype.kind != "c":
            return pulled_back(entry, 1)
        pairs = zip(pulled_back(entry, 1), pulled_back(entry, 1j), strict=True)
        return [_complex_slope(real, imaginary, where) for real, imaginary in pairs]

    entries = [slopes(entry) for entry in np.ndindex(zero.shape)]
    if not entries:  # an empty result: the pullback of its zeros shows the shapes and dtypes
        return [
            np.zeros(zero.shape + np.shape(slope), np.result_type(zero, _dtype(slope)))
            for slope in pullback(zeros)
        ]
    return [
        column[0] if not zero.ndim else np.reshape(np.stack(column), zero.shape + column[0].shape)
        for column in (list(map(_as_array, of_leaf)) for of_leaf in zip(*entries, strict=True))
    ]


def _complex_slope(real: Array, imaginary: Array, where: str) -> Array:
    """Return the slope of a complex entry, from the gradients of its two parts.

    For a complex argument there is one only where the function is holomorphic: where the
    Cauchy-Riemann equations hold, to rounding.
    """
    if not is_complex(real):
        return real + 1j * imaginary
    try:
        one, other = plain(1j * real), plain(imaginary)
    except NeedsNumbersError as error:
        return error.boxed(_complex_slope, (real, imaginary, where), {})
    eps = float(np.finfo(one.dtype if hasattr(one, "dtype") else complex).eps)
    if np.any(np.abs(one - other) > eps**0.5 * np.max(np.abs(one), initial=0.0)):
        raise TypeError(
            f"jacobian needs a holomorphic function where argument and result are complex, got "
            f"one whose slope depends on the direction from {where}. Use jvp or vjp, or the "
            f"jacobian of its real and imaginary parts as a function of those of the argument."
        )
    return np.conjugate(real)


def _dtype(value: Array) -> np.dtype[Any]:
    return value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype


def _as_array(value: Array) -> Array:
    return value if hasattr(value, "shape") else np.asarray(value)[()]


def hessian(f: Function, argnums: int = 0) -> Function:
    """Return a function that computes the second derivatives of a scalar function.

    They are the Jacobian of its gradient: argument shape × argument shape. A complex argument needs
    a holomorphic gradient; :func:`hvp` doesn't.

    >>> import numpy as np, autodiff as ad
    >>> ad.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    check_callable(f, "hessian")
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the product of a scalar function's Hessian with tangents, without the Hessian.

    Args:
        f: returns one real number.
        primals: a tuple of f's arguments.
        tangents: the vector, a tuple of the structure and shapes of the primals.

    Returns:
        A tuple of that structure; for a single primal its entry alone.

    >>> import numpy as np, autodiff as ad
    >>> ad.hvp(lambda x: (x ** 3).sum(), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    array([ 6., 12.])
    """
    check_callable(f, "hvp")
    _check_tuples("hvp", primals, tangents)
    product = jvp(grad(f, range(len(primals))), primals, tangents)[1]
    return product[0] if len(primals) == 1 else product
