"""grad and related transforms, from functions to functions of slopes.

Each one differentiates with respect to a new Node for its argument, so nesting is correct: an inner
derivative can't confuse the outer one's variable with its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from autodiff.core.backward import Running, argument, sweep
from autodiff.core.broadcasting import unbroadcast
from autodiff.core.cotangents import conjugated, fresh
from autodiff.core.errors import argument_names, describe, function_place
from autodiff.core.graph import Node, between
from autodiff.core.guidance import guided
from autodiff.core.layout import copied
from autodiff.core.lift import as_floats, lift, snapshot
from autodiff.core.primitive import constant, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import PYTHON_NUMBERS, Structure, flatten, flatten_result
from autodiff.transforms.shared_edits import SharedContainers, refuse_shared_edits

__all__ = ["check_callable", "elementwise_grad", "grad", "stop_gradient", "value_and_grad", "vjp"]

F = TypeVar("F", bound=Callable[..., Any])
Argnums = int | Sequence[int]


@primitive
def stop_gradient(x: Array) -> Array:
    """Return the value as it is, as a constant that no slope passes.

    The result of a plain array is a read-only copy.

    >>> import autodiff as ad
    >>> ad.grad(lambda x: x * ad.stop_gradient(x))(3.0)
    3.0
    """
    return x


constant(stop_gradient)


class Trace:
    """One run of a user's function on traced arguments."""

    def __init__(
        self, f: Function, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.f = f
        self.nodes: list[Node] = []
        self.numbers: list[bool] = []  # which leaves are Python numbers
        self.rebuilds: list[tuple[int, Structure]] = []
        traced, running, handles = list(args), Running(), list[Tensor]()
        positions = positions_of(argnums, len(args), f)
        for position, argument_name in zip(positions, argument_names(f, positions), strict=True):
            leaves, names, rebuild = flatten(args[position], argument_name)
            nodes = [_start(leaf, name, running) for leaf, name in zip(leaves, names, strict=True)]
            self.numbers += [type(leaf) in PYTHON_NUMBERS for leaf in leaves]
            tensors = [Tensor(node) for node in nodes]
            traced[position] = rebuild(tensors)
            handles += tensors
            self.nodes += nodes
            self.rebuilds.append((len(nodes), rebuild))
        self.reaches_outside: bool | None = None  # set by the sweep
        containers = SharedContainers((*args, *kwargs.values()), (*traced, *kwargs.values()))
        try:
            with guided:
                self.out = f(*traced, **kwargs)
        finally:
            running.now = False
        containers.refuse_edits(f)
        if len(args) > 1 or len(handles) > 1:
            pairs = enumerate(zip(handles, self.nodes, strict=True))
            edited = [number for number, (tensor, node) in pairs if tensor.node is not node]
            if edited:
                refuse_shared_edits(f, args, positions, edited)

    def slopes(self, results: list[tuple[Node, Array]], avoid: Sequence[Array] = ()) -> list[Any]:
        """Return the slopes of the results, one structure per argument."""
        return self.in_structures(self.slopes_of_leaves(results, avoid))

    def slopes_of_leaves(
        self, results: list[tuple[Node, Array]], avoid: Sequence[Array] = (), zeros: bool = True
    ) -> list[Array]:
        """Return the slopes of the results, one per array in the arguments.

        Where no result depends on it, they are zeros, or without ``zeros`` None.
        """
        cotangents, self.reaches_outside = sweep(results, self.nodes)
        taken = {id(value) for value in avoid}
        slopes: list[Any] = []
        for node, slope, is_number in zip(self.nodes, cotangents, self.numbers, strict=True):
            if slope is None and not zeros:
                slopes.append(None)
                continue
            slope = np.zeros_like(node.value)[()] if slope is None else conjugated(slope)
            slopes.append(_python_number(slope) if is_number else fresh(slope, taken))
        return slopes

    def in_structures(self, slopes: Sequence[Array]) -> list[Any]:
        """Return one structure per argument, from one value per array in the arguments."""
        structures, position = [], 0
        for count, rebuild in self.rebuilds:
            structures.append(rebuild(slopes[position : position + count]))
            position += count
        return structures

    def leaves_of(self, trees: Sequence[Any], name: str) -> list[Array]:
        """Return the leaves of other values for the arguments, such as their tangents."""
        pairs = zip(self.rebuilds, trees, strict=True)
        return [leaf for (_, rebuild), tree in pairs for leaf in rebuild.leaves_of(tree, name)]

    def as_plain(self, results: Sequence[Any]) -> list[Any]:
        """Return results as plain values, unless one of them depends on an outer trace."""
        if self.reaches_outside is None:
            nodes = [result.node for result in results if isinstance(result, Tensor)]
            self.reaches_outside = between(nodes, self.nodes).outside
        if self.reaches_outside:
            return list(results)
        converted = _python_number if all(self.numbers) else lambda value: value
        return [converted(r.numpy()) if isinstance(r, Tensor) else r for r in results]


def _python_number(value: Array) -> Array:
    """Convert a NumPy scalar to a Python number of the same precision."""
    return value.item() if isinstance(value, (np.float64, np.complex128)) else value


def positions_of(argnums: Argnums, count: int, f: Function) -> tuple[int, ...]:
    """Return the non-negative positions in argnums, for a call with ``count`` arguments.

    Raises:
        TypeError: there is no such argument, or it is named twice.
    """
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    positions = tuple(argnums) if isinstance(argnums, Iterable) else (argnums,)
    if not all(isinstance(position, (int, np.integer)) for position in positions):
        raise TypeError(
            f"expected a position or several as argnums, got {describe(argnums)}. Write argnums=0, "
            f"or argnums=(0, 1)."
        )
    for position in positions:
        if not -count <= position < count:
            raise TypeError(
                f"argnums expects an argument {position} of {function_place(f)}, got a call with "
                f"{count} positional arguments. Pass the argument by position, or choose another "
                f"argnums."
            )
    positive = tuple(position % count for position in positions)
    if len(set(positive)) != len(positive):
        raise TypeError(f"argnums names an argument twice: {argnums}. Name each one once.")
    return positive


def _start(leaf: Array, name: str, running: Running) -> Node:
    """Return a new Node of a leaf: floats as they are, integers and bools as float64."""
    if type(leaf) is np.ndarray and leaf.dtype.kind in "fc" and leaf.ndim:  # the fast path
        return Node(snapshot(leaf, copied), argument, (), {"name": name, "running": running})
    if isinstance(leaf, Tensor):
        value = leaf.node.value
        if leaf.dtype.kind not in "fc":
            value = as_floats(np.asarray(value))  # with its layout, which astype may change
            leaf, value = leaf.astype(np.float64), value if value.ndim else value[()]
        return Node(value, argument, (leaf.node,), {"name": name, "running": running})
    value = np.asarray(leaf)
    if value.dtype.kind not in "fc":
        value = as_floats(value)
    elif value.ndim:  # a view of a memmap, say, which may change before the backward pass
        value = snapshot(value, copied)
    value = value if value.ndim else value[()]
    return Node(value, argument, (), {"name": name, "running": running})


def _scalar_result(trace: Trace) -> list[tuple[Node, Array]]:
    """Check that a function returned one real number, and pair its Node with the cotangent 1.

    It may be the only entry of an array, as of a prediction for one point.
    """
    out = trace.out
    if isinstance(out, Tensor) and out.size == 1 and out.dtype.kind == "f":
        return [(out.node, np.ones(out.shape, out.dtype) if out.ndim else out.dtype.type(1))]
    if isinstance(out, np.ndarray) and out.dtype == object and out.size == 1:  # np.array([loss])
        trace.out = lift(out) if out.ndim else out.item()
        return _scalar_result(trace)
    if isinstance(out, (np.ndarray, np.generic, int, float)):
        kind = np.asarray(out).dtype.kind
        if np.size(out) == 1 and kind in "fiu":
            return []  # a number that depends on no traced value
    raise TypeError(_no_slope_message(out, function_place(trace.f)))


def _no_slope_message(out: Any, where: str) -> str:
    """Return the reason why a result has no slope, and what to do."""
    if not isinstance(out, (Tensor, np.ndarray, np.generic, int, float, complex)):
        return (
            f"grad needs a scalar result, got {describe(out)} from {where}. Return one number, or "
            f"use vjp for a structure of results."
        )
    if np.size(out) != 1:
        return (
            f"grad needs a scalar result, got shape {np.shape(out)} from {where}. Reduce it "
            f"(np.mean, .sum()), or use vjp or elementwise_grad."
        )
    kind = out.dtype.kind if isinstance(out, Tensor) else np.asarray(out).dtype.kind
    cure = "Take its real part or abs()" if kind == "c" else "Comparisons and integers have none"
    return f"grad needs a real result, which has a slope; got {describe(out)} from {where}. {cure}."


def value_and_grad(f: Function, argnums: Argnums = 0) -> Callable[..., tuple[Array, Any]]:
    """Return a function that computes f's value and its slope; see :func:`grad`.

    >>> import autodiff as ad
    >>> ad.value_and_grad(lambda x: x ** 2)(3.0)
    (9.0, 6.0)
    """
    check_callable(f, "value_and_grad")

    @functools.wraps(f)
    def with_slope(*args: Any, **kwargs: Any) -> tuple[Array, Any]:
        trace = Trace(f, argnums, args, kwargs)
        slopes = trace.slopes(_scalar_result(trace))
        (value,) = trace.as_plain([trace.out])
        return value, slopes[0] if isinstance(argnums, (int, np.integer)) else tuple(slopes)

    return with_slope


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that computes the slope of f: how much its result changes per unit.

    Args:
        f: takes arrays, numbers, or dicts, lists, tuples and dataclasses of them; returns one real
            number, or an array with one entry. It is plain NumPy code.
        argnums: the position of the argument to differentiate with respect to; for a sequence of
            positions the slopes are a tuple.

    Returns:
        A function of the same arguments. The slope has the structure and shapes of the argument; a
        float dtype is kept, integers and bools become float64. For a complex argument it is the
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


def vjp(f: Function, *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return f's result and its pullback, from cotangents of the result to those of the primals.

    Args:
        f: returns an array, a number, or a structure of them.
        primals: its arguments, arrays or structures of them.

    Returns:
        ``(out, pullback)``. ``pullback(cotangent)``, of out's structure and shapes, returns a
        tuple with one entry per primal: the vector-Jacobian product. It may be called again, and
        is itself differentiable.

    >>> import numpy as np, autodiff as ad
    >>> out, pullback = ad.vjp(np.sin, np.array([0.0, 1.0]))
    >>> pullback(np.array([1.0, 0.0]))
    (array([1., 0.]),)
    """
    check_callable(f, "vjp")
    pullback = Pullback(f, primals)

    def of_structure(cotangent: Any) -> tuple[Any, ...]:
        leaves = pullback.structure.leaves_of(cotangent, "the cotangent")
        return tuple(pullback.trace.in_structures(pullback(leaves)))

    return pullback.out, of_structure


class Pullback:
    """The pullback of one run of a function, from leaves of the result to leaves of the primals.

    Attributes:
        out: the function's result, with plain values in place of this trace's Tensors.
        leaves: the arrays and numbers in it.
        structure: rebuilds the structure of the result from leaves.
    """

    def __init__(self, f: Function, primals: tuple[Any, ...], kind: str = "cotangent") -> None:
        self.kind = kind  # the kind of its argument, for messages: "cotangent" or "tangent"
        self.trace = Trace(f, range(len(primals)), primals, {})
        traced, names, self.structure = flatten_result(
            self.trace.out, "the result", function_place(f)
        )
        self.traced: list[Array] = traced
        for leaf, name in zip(traced, names, strict=True):
            if isinstance(leaf, Tensor) and leaf.dtype.kind not in "fc":
                raise TypeError(
                    f"expected real or complex results, got {leaf.dtype} in {name} of "
                    f"{function_place(f)}: comparisons and integers have no slope. Return a float "
                    f"result."
                )
        self.leaves = self.trace.as_plain(traced)

    @property
    def out(self) -> Any:
        return self.structure(self.leaves)

    def __call__(self, cotangents: Sequence[Array], zeros: bool = True) -> list[Array]:
        """Return one slope per leaf of the primals, from one cotangent per leaf of the result.

        Where no result depends on it, it is zeros, or without ``zeros`` None.
        """
        self._check(cotangents)
        results = [
            (leaf.node, conjugated(unbroadcast(c, leaf.node.value)))
            for leaf, c in zip(self.traced, cotangents, strict=True)
            if isinstance(leaf, Tensor)
        ]
        return self.trace.slopes_of_leaves(results, cotangents, zeros)

    def _check(self, cotangents: Sequence[Array]) -> None:
        target = "primals" if self.kind == "tangent" else "result"
        shapes = [np.shape(leaf) for leaf in self.traced]
        if [np.shape(c) for c in cotangents] != shapes:
            raise ValueError(
                f"expected a {self.kind} of the structure and shapes of the {target}, {shapes}, "
                f"got {[np.shape(c) for c in cotangents]}. Pass one array for each."
            )
        for leaf, c in zip(self.traced, cotangents, strict=True):
            if is_complex(c) and not is_complex(leaf):
                raise TypeError(
                    f"the {self.kind} of a real array must be real, got {describe(c)}: its "
                    f"imaginary part would be lost. Take its real part (np.real), or make the "
                    f"{target} complex (x + 0j)."
                )


def is_complex(x: Array) -> bool:
    """Return whether a number, array or Tensor has a complex dtype."""
    dtype = getattr(x, "dtype", None)
    return isinstance(x, complex) if dtype is None else bool(dtype.kind == "c")


def elementwise_grad(f: Function, argnums: int = 0) -> Function:
    """Return a function that computes the slope of an elementwise function at every entry.

    It is the slope of the sum of f's results, in the shape of the argument.

    >>> import numpy as np, autodiff as ad
    >>> ad.elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    check_callable(f, "elementwise_grad")

    @functools.wraps(f)
    def total(*args: Any, **kwargs: Any) -> Array:
        return np.sum(f(*args, **kwargs))

    return grad(total, argnums)
