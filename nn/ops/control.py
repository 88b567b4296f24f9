"""Loops and branches over functions, and functions with slopes of the user's own.

Loops are Python's, except `scan` and `map`, whose function is recorded once.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.ops.arrays import as_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return the result of one of two functions.

    While a step is recorded and the condition is one of its values, both are called, and their
    results, of one structure, are selected by `numpy.where`.
    """
    if isinstance(pred, ad.Tensor):
        return tree.map_leaves(
            lambda yes, no: np.where(pred, as_array(yes), as_array(no)), true_fn(), false_fn()
        )
    return true_fn() if pred else false_fn()


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return the result of the function at an index, limited to those that exist."""
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Call ``body``, which returns the next variables, as long as ``cond`` holds for them.

    Args:
        cond: takes the variables, and returns whether to go on.
        body: takes the variables, and returns them in the same structure.
        loop_vars: the first variables: a list or tuple of them, or a single one.
        maximum_iterations: the largest number of calls.
    """
    is_list = isinstance(loop_vars, list | tuple)
    current = tuple(loop_vars) if is_list else (loop_vars,)
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and cond(*current):
        result = body(*current)
        current = tuple(result) if is_list else (result,)
        count += 1
    return type(loop_vars)(current) if is_list else current[0]


def fori_loop(lower: int, upper: int, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """Return the value after ``value = body_fun(i, value)`` for each i from lower up to upper."""
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,  # noqa: ARG001 - a matter of speed in Keras
) -> tuple[Any, Any]:
    """Repeat ``carry, y = f(carry, x)`` over the entries of sequences; see `autodiff.scan`.

    Args:
        f: takes the carry and an entry, and returns the next carry and an output.
        init: the first carry.
        xs: the sequences, in any structure; None for a loop of ``length`` steps.
        length: the number of steps.
        reverse: whether the last entry comes first.
        unroll: without effect.

    Returns:
        The last carry, and the outputs with a new first axis.

    >>> scan(lambda total, x: (total + x, total), np.float32(0), np.array([1, 2, 3], np.float32))
    (np.float32(6.0), array([0., 1., 3.], dtype=float32))
    """
    return ad.scan(f, tree.map_leaves(as_array, init), xs, length, reverse)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return the results of a function for each entry of sequences along their first axis."""
    return ad.scan(lambda carry, x: (carry, f(x)), np.float32(0), tree.map_leaves(as_array, xs))[1]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Return the results of a function for each entry; the same as `map`."""
    return map(function, elements)


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None
) -> Callable[..., Any]:
    """Return a function that broadcasts its arguments, and calls ``pyfunc`` for each entry."""
    return np.vectorize(pyfunc, excluded=excluded, signature=signature)


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """Return all partial results of an associative function: x₀, f(x₀, x₁), ….

    Args:
        f: takes two structures of arrays, whose axis has the length 1.
        elems: arrays, in any structure.
        reverse: whether to begin with the last entry.
        axis: the axis of the entries.

    >>> associative_scan(np.add, np.array([1, 2, 3]))
    array([1, 3, 6])
    """
    elems = tree.map_leaves(as_array, elems)
    count = tree.leaves(elems)[0].shape[axis]
    order = range(count)[::-1] if reverse else range(count)
    entries = [tree.map_leaves(lambda x: np.take(x, [i], axis), elems) for i in order]  # noqa: B023 - called at once
    partial = entries[:1]
    for entry in entries[1:]:
        partial.append(f(partial[-1], entry))
    if reverse:
        partial.reverse()
    return tree.map_leaves(lambda *parts: np.concatenate(parts, axis), *partial)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Array]:
    """Return a function whose slopes are those that it computes itself.

    Args:
        f: takes arrays, and returns its value, one array, and a function that takes the slope of
            the final result with respect to this value, also as ``upstream=``, and returns those
            with respect to the arguments: one, or a tuple of them.

    >>> @custom_gradient
    ... def clipped(x):
    ...     return x * x, lambda *args, upstream=None: np.clip(2 * x * args[0], -1, 1)
    >>> ad.grad(clipped)(3.0)
    1.0
    """

    @wraps(f)
    def call(*args: Any) -> Array:
        arrays = [as_array(x) for x in args]
        flat = np.concatenate([np.ravel(x) for x in arrays])
        return _with_slopes(flat, function=f, shapes=[x.shape for x in arrays])

    return call


@ad.primitive
def _with_slopes(x: Array, *, function: Callable[..., Any], shapes: list[tuple[int, ...]]) -> Array:
    """Call a function of several arrays, whose entries are in a row."""
    return function(*_apart(x, shapes))[0]


def _slopes(
    g: Array, x: Array, function: Callable[..., Any], shapes: list[tuple[int, ...]]
) -> Array:
    slopes = function(*_apart(x, shapes))[1](g)
    each = slopes if isinstance(slopes, list | tuple) else (slopes,)
    return np.concatenate([np.ravel(slope) for slope in each])


def _apart(x: Array, shapes: list[tuple[int, ...]]) -> list[Array]:
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()
    starts = [0, *ends[:-1]]
    return [
        x[start:end].reshape(shape) for start, end, shape in zip(starts, ends, shapes, strict=True)
    ]


ad.derivative(
    _with_slopes,
    x=lambda g, z, x, *, function, shapes: _slopes(g, x, function, shapes),
)


def jvp(
    fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
    """Return a function's value and its change along tangents; see `autodiff.jvp`."""
    if has_aux:
        raise NotImplementedError(
            "jvp expects has_aux=False, got True. Return the other results from a second function."
        )
    return ad.jvp(fun, tuple(primals), tuple(tangents))
