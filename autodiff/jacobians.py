"""Forward mode, Jacobians and Hessians, all of them made from the pullback.

A pullback is linear in its cotangent: it multiplies by the Jacobian from the left. The pullback of
a pullback therefore multiplies from the right, which is the jvp: no second table of rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.pytree import flatten, map_leaves
from autodiff.transforms import Argnums, check_callable, grad, vjp

__all__ = ["hessian", "hvp", "jacobian", "jvp", "linearize"]


def linearize(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """Run f, and make the linear function that approximates it best there.

    Returns:
        ``(out, pushforward)``; ``pushforward(*tangents)``, one per primal and of its structure and
        shapes, answers how much the result changes to first order.

    >>> import numpy as np, autodiff as ad
    >>> out, pushforward = ad.linearize(np.sin, 0.0)
    >>> out, pushforward(2.0)
    (0.0, 2.0)
    """
    check_callable(f, "linearize")
    out, pullback = vjp(f, *primals)
    zero = map_leaves(lambda leaf, _: _zeros_like(leaf), out, "the result")
    _, transposed = vjp(pullback, zero)

    def pushforward(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise TypeError(
                f"expected {len(primals)} tangents, one per primal, got {len(tangents)}"
            )
        return transposed(tangents)[0]

    return out, pushforward


def _zeros_like(leaf: Any) -> Any:
    if type(leaf) in (int, float, complex):
        return 0j if type(leaf) is complex else 0.0
    return np.zeros(leaf.shape, leaf.dtype if leaf.dtype.kind in "fc" else np.float64)[()]


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Answer f's result, and how much it changes when the primals move along the tangents.

    Args:
        f: a function of as many arguments as there are primals.
        primals: where; arrays, numbers, or structures of them.
        tangents: the direction and speed, of the structure and shapes of the primals.

    Returns:
        ``(out, tangent_out)``; the second is the Jacobian times the tangents.

    >>> import autodiff as ad
    >>> ad.jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    check_callable(f, "jvp")
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError(
            "jvp needs its primals and tangents as tuples: jvp(f, (x,), (v,)), got "
            f"{type(primals).__name__} and {type(tangents).__name__}"
        )
    out, pushforward = linearize(f, *primals)
    return out, pushforward(*tangents)


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Make the function that gives all slopes of all results: output shape × input shape.

    One backward pass per entry of the result, none per entry of the argument.

    Args:
        f: answers an array, a number, or a structure of them.
        argnums: as for :func:`grad`.

    Returns:
        A function of the same arguments. For each array in the result it gives the structure of the
        argument, with arrays of the result's shape followed by the argument's.

    >>> import numpy as np, autodiff as ad
    >>> ad.jacobian(np.cumsum)(np.array([1.0, 2.0]))
    array([[1., 0.],
           [1., 1.]])
    """
    check_callable(f, "jacobian")
    positions = [argnums] if isinstance(argnums, (int, np.integer)) else list(argnums)

    @functools.wraps(f)
    def all_slopes(*args: Any, **kwargs: Any) -> Any:
        def of_chosen(*chosen: Any) -> Any:
            given = list(args)
            for position, value in zip(positions, chosen, strict=True):
                given[position] = value
            return f(*given, **kwargs)

        out, pullback = vjp(of_chosen, *(args[position] for position in positions))
        leaves, _, rebuild = flatten(out, "the result")
        rows = [_rows(pullback, leaves, i, rebuild) for i in range(len(leaves))]
        single = [row[0] for row in rows] if isinstance(argnums, (int, np.integer)) else rows
        return rebuild(single)

    return all_slopes


def _rows(
    pullback: Callable[[Any], tuple[Any, ...]], leaves: list[Any], number: int, rebuild: Any
) -> tuple[Any, ...]:
    """Stack what the pullback gives for each entry of one leaf of the result."""
    leaf = leaves[number]
    shape = np.shape(leaf)
    zeros = [_zeros_like(other) for other in leaves]
    answers = []
    for entry in np.ndindex(shape):
        unit = np.zeros(shape, np.asarray(zeros[number]).dtype)
        unit[entry] = 1
        answers.append(pullback(rebuild([*zeros[:number], unit[()], *zeros[number + 1 :]])))
    if not answers:  # an empty result: the pullback of its zeros shows the shapes
        shown = pullback(rebuild(zeros))
        return map_leaves(lambda s, _: np.zeros(shape + np.shape(s)), shown, "slope")  # type: ignore[no-any-return]
    parts = [flatten(answer, "slope")[0] for answer in answers]
    _, _, rebuild_slopes = flatten(answers[0], "slope")
    stacked = [
        column[0] if shape == () else np.reshape(np.stack(column), shape + np.shape(column[0]))
        for column in zip(*parts, strict=True)
    ]
    return rebuild_slopes(stacked)  # type: ignore[no-any-return]


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Make the function that gives the second derivatives of a scalar function.

    They are the Jacobian of its gradient: argument shape × argument shape.

    >>> import numpy as np, autodiff as ad
    >>> ad.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    check_callable(f, "hessian")
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Multiply the Hessian of a scalar function by tangents, without ever making it.

    Args:
        f: answers one real number.
        primals: where; a tuple of f's arguments.
        tangents: the vector, a tuple of the structure and shapes of the primals.

    Returns:
        A tuple of that structure; for a single primal its entry alone.

    >>> import numpy as np, autodiff as ad
    >>> ad.hvp(lambda x: (x ** 3).sum(), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    array([ 6., 12.])
    """
    check_callable(f, "hvp")
    product = jvp(grad(f, range(len(primals))), primals, tangents)[1]
    return product[0] if len(primals) == 1 else product
