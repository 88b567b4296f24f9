"""grad and its siblings: functions in, functions of slopes out.

Each one differentiates a fresh Node for its argument, which is what makes nesting right: an inner
derivative can't mistake the outer one's variable for its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from autodiff.backward import Running, argument, sweep
from autodiff.cotangents import fit, fresh, to_user
from autodiff.errors import argument_names, describe, function_place
from autodiff.graph import Node, between
from autodiff.lift import snapshot
from autodiff.primitive import constant, primitive
from autodiff.pytree import flatten
from autodiff.tensor import Tensor

__all__ = ["check_callable", "elementwise_grad", "grad", "stop_gradient", "value_and_grad", "vjp"]

F = TypeVar("F", bound=Callable[..., Any])
Argnums = int | Sequence[int]
_PYTHON_NUMBERS = (int, float, complex, bool)


@primitive
def stop_gradient(x: Any) -> Any:
    """Give the value on, and no slope back: as a constant to every derivative.

    >>> import autodiff as ad
    >>> ad.grad(lambda x: x * ad.stop_gradient(x))(3.0)
    3.0
    """
    return x


constant(stop_gradient)


class Trace:
    """One run of a user's function on traced arguments."""

    def __init__(
        self, f: Callable[..., Any], argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.f = f
        self.nodes: list[Node] = []
        self.numbers: list[bool] = []  # which leaves are Python's own numbers
        self.rebuilds: list[tuple[int, Any]] = []
        given, running = list(args), Running()
        positions = _positions(argnums, len(args), f)
        for position, called in zip(positions, argument_names(f, positions), strict=True):
            leaves, names, rebuild = flatten(args[position], called)
            nodes = [_start(leaf, name, running) for leaf, name in zip(leaves, names, strict=True)]
            self.numbers += [type(leaf) in _PYTHON_NUMBERS for leaf in leaves]
            given[position] = rebuild([Tensor(node) for node in nodes])
            self.nodes += nodes
            self.rebuilds.append((len(nodes), rebuild))
        self.reaches_outside: bool | None = None  # what the sweep will have found
        try:
            self.out = f(*given, **kwargs)
        finally:
            running.now = False

    def slopes(self, results: list[tuple[Node, Any]], avoid: Sequence[Any] = ()) -> list[Any]:
        """Carry cotangents back to the arguments; one structure of slopes per argument."""
        cotangents, self.reaches_outside = sweep(results, self.nodes)
        taken = {id(value) for value in avoid}
        slopes = []
        for node, slope, is_number in zip(self.nodes, cotangents, self.numbers, strict=True):
            slope = np.zeros_like(node.value)[()] if slope is None else to_user(slope)
            slopes.append(_python_number(slope) if is_number else fresh(slope, taken))
        structures, position = [], 0
        for count, rebuild in self.rebuilds:
            structures.append(rebuild(slopes[position : position + count]))
            position += count
        return structures

    def at_the_border(self, value: Any) -> Any:
        """Give a result as a plain value, unless it depends on a trace further out."""
        if not isinstance(value, Tensor):
            return value
        if self.reaches_outside is None:
            self.reaches_outside = between([value.node], self.nodes).outside
        if self.reaches_outside:
            return value
        return _python_number(value.numpy()) if all(self.numbers) else value.numpy()


def _python_number(value: Any) -> Any:
    """Numbers in, numbers out: a NumPy scalar that fits one becomes Python's own."""
    return value.item() if isinstance(value, (np.float64, np.complex128)) else value


def _positions(argnums: Argnums, given: int, f: Callable[..., Any]) -> tuple[int, ...]:
    if type(argnums) is int and 0 <= argnums < given:
        return (argnums,)
    positions = (argnums,) if isinstance(argnums, (int, np.integer)) else tuple(argnums)
    if not all(isinstance(position, (int, np.integer)) for position in positions):
        raise TypeError(f"argnums is a position or several of them, got {describe(argnums)}")
    for position in positions:
        if not -given <= position < given:
            raise TypeError(
                f"the slope with respect to argument {position} was asked for, but "
                f"{function_place(f)} was called with {given} positional arguments. Pass the "
                f"argument by position, or choose another argnums."
            )
    counted = tuple(position % given for position in positions)
    if len(set(counted)) != len(counted):
        raise TypeError(f"argnums names an argument twice: {argnums}. Name each one once.")
    return counted


def _start(leaf: Any, name: str, running: Running) -> Node:
    """Make the fresh Node of a leaf: floats as they are, integers and bools as float64."""
    if type(leaf) is np.ndarray and leaf.dtype.kind in "fc" and leaf.ndim:  # most of them, quickly
        return Node(snapshot(leaf), argument, (), {"name": name, "running": running})
    if isinstance(leaf, Tensor):
        if leaf.dtype.kind not in "fc":
            leaf = leaf.astype(np.float64)
        return Node(leaf.node.value, argument, (leaf.node,), {"name": name, "running": running})
    value = np.asarray(leaf)
    if value.dtype.kind not in "fc":
        value = value.astype(np.float64)
    elif value is leaf:  # the user's own array, which may change before the slopes are found
        value = snapshot(value)
    value = value if value.ndim else value[()]
    return Node(value, argument, (), {"name": name, "running": running})


def _scalar_result(trace: Trace) -> list[tuple[Node, Any]]:
    """Check that a function gave one real number, and pair its Node with the cotangent 1."""
    out = trace.out
    if isinstance(out, Tensor) and out.shape == () and out.dtype.kind == "f":
        return [(out.node, out.dtype.type(1))]
    if isinstance(out, np.ndarray) and out.dtype == object and out.ndim == 0:
        trace.out = out.item()
        return _scalar_result(trace)
    if isinstance(out, (np.ndarray, np.generic, int, float)):
        kind = np.asarray(out).dtype.kind
        if np.shape(out) == () and kind in "fiu":
            return []  # a number that depends on nothing traced
    raise TypeError(_not_a_slope(out, function_place(trace.f)))


def _not_a_slope(out: Any, where: str) -> str:
    """Say why a result has no slope, and what to do."""
    if not isinstance(out, (Tensor, np.ndarray, np.generic, int, float, complex)):
        return (
            f"grad needs a scalar result, got {describe(out)} from {where}. Return one number, or "
            f"use vjp for a structure of results."
        )
    if np.shape(out) != ():
        return (
            f"grad needs a scalar result, got shape {np.shape(out)} from {where}. Reduce it "
            f"(np.mean, .sum()), or use vjp or elementwise_grad."
        )
    kind = out.dtype.kind if isinstance(out, Tensor) else np.asarray(out).dtype.kind
    cure = "Take its real part or abs()" if kind == "c" else "Comparisons and integers have none"
    return f"grad needs a real result, which has a slope; got {describe(out)} from {where}. {cure}."


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """Make the function that gives f's value and its slope; see :func:`grad`.

    >>> import autodiff as ad
    >>> ad.value_and_grad(lambda x: x ** 2)(3.0)
    (9.0, 6.0)
    """
    check_callable(f, "value_and_grad")

    @functools.wraps(f)
    def with_slope(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        trace = Trace(f, argnums, args, kwargs)
        slopes = trace.slopes(_scalar_result(trace))
        value = trace.at_the_border(trace.out)
        return value, slopes[0] if isinstance(argnums, (int, np.integer)) else tuple(slopes)

    return with_slope


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Make the function that gives the slope of f: how much its result changes per unit.

    Args:
        f: takes arrays, numbers, or dicts, lists, tuples and dataclasses of them; answers one real
            number. It is plain NumPy code.
        argnums: the position of the argument to differentiate with respect to; a sequence of
            positions gives a tuple of slopes.

    Returns:
        A function of the same arguments. The slope has the structure and shapes of the argument; a
        float dtype is kept, integers and bools give float64. For a complex argument it is the
        conjugate Wirtinger derivative times 2, as in PyTorch: a step against it descends.

    Raises:
        TypeError: f isn't a function, an argument isn't numeric, or the result isn't one real
            number.

    >>> import numpy as np, autodiff as ad
    >>> ad.grad(lambda weights: ((np.array([1, 2, 3]) * weights).sum() - 0) ** 2)([0, 2, 1])
    array([14., 28., 42.])
    """
    check_callable(f, "grad")
    both = value_and_grad(f, argnums)

    @functools.wraps(f)
    def slope(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return slope


def check_callable(f: Any, name: str) -> None:
    """Raise a TypeError unless f is a function."""
    if not callable(f):
        raise TypeError(
            f"{name} needs a function, got {describe(f)}. Pass the function itself, "
            f"{name}(loss)(weights), not its result; for a Tensor call t.backward()."
        )


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Run f and make its pullback: cotangents of the result in, cotangents of the primals out.

    Args:
        f: answers an array, a number, or a structure of them.
        primals: its arguments, arrays or structures of them.

    Returns:
        ``(out, pullback)``. ``pullback(cotangent)``, of out's structure and shapes, answers a
        tuple with one entry per primal: the vector-Jacobian product. It may be called again, and
        is itself differentiable.

    >>> import numpy as np, autodiff as ad
    >>> out, pullback = ad.vjp(np.sin, np.array([0.0, 1.0]))
    >>> pullback(np.array([1.0, 0.0]))
    (array([1., 0.]),)
    """
    check_callable(f, "vjp")
    trace = Trace(f, range(len(primals)), primals, {})
    leaves, names, structure = flatten(trace.out, "the result")
    for leaf, name in zip(leaves, names, strict=True):
        if isinstance(leaf, Tensor) and leaf.dtype.kind not in "fc":
            raise TypeError(
                f"vjp needs real or complex results, got {leaf.dtype} in {name} of "
                f"{function_place(f)}: comparisons and integers have no slope."
            )

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        given = structure.leaves_of(cotangent, "the cotangent")
        if [np.shape(c) for c in given] != [np.shape(leaf) for leaf in leaves]:
            raise ValueError(
                f"the cotangent must have the structure and shapes of the result, "
                f"{[np.shape(leaf) for leaf in leaves]}, got {[np.shape(c) for c in given]}."
            )
        results = [
            (leaf.node, to_user(fit(c, leaf.node.value)))
            for leaf, c in zip(leaves, given, strict=True)
            if isinstance(leaf, Tensor)
        ]
        return tuple(trace.slopes(results, avoid=given))

    out = structure([trace.at_the_border(leaf) for leaf in leaves])
    return out, pullback


def elementwise_grad(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Make the function that gives the slope of an elementwise function at every entry.

    It is the slope of the sum of f's results, in the shape of the argument.

    >>> import numpy as np, autodiff as ad
    >>> ad.elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    check_callable(f, "elementwise_grad")

    @functools.wraps(f)
    def total(*args: Any, **kwargs: Any) -> Any:
        return np.sum(f(*args, **kwargs))

    return grad(total, argnums)
