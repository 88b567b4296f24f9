"""Property-based tests of user-defined functions: strategies for hypothesis, and an assertion.

A gradient test of a function, over many shapes and values, takes three lines::

    @given(arrays())
    def test_softplus(x):
        assert_gradients_match(softplus, x)

Needs hypothesis, which comes with the extra ``testing``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autodiff.check import check_grads, check_slope
from autodiff.core.typing import Array, Function

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

try:
    from hypothesis import given
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes
except ImportError as error:
    raise ImportError(
        "autodiff.testing needs hypothesis, which isn't installed. Install it, or this package "
        "with its extra [testing]: pip install hypothesis"
    ) from error

__all__ = [
    "SmoothFunction",
    "arrays",
    "assert_gradients_match",
    "broadcastable_arrays",
    "given",
    "pytrees",
    "smooth_functions",
]

_STEP = 1 / 128  # values have few digits: exact in every dtype, and easy to read


def assert_gradients_match(
    f: Function, *args: Any, slope: Function | None = None, order: int = 2
) -> None:
    """Assert that the gradients of f are correct: autodiff's, or those of a user-defined slope.

    Args:
        f: returns a number, an array or a structure of them; with a ``slope`` one number.
        args: the arguments; f must be smooth there (``arrays(away_from=0)``).
        slope: a function of the same arguments that returns the slope of the first one.
        order: the order of the derivatives to check, without a ``slope``.

    Raises:
        AssertionError: with a table of the wrong entries; see :func:`autodiff.check_grads` and
            :func:`autodiff.check_slope`.

    >>> import numpy as np
    >>> from autodiff.testing import arrays, assert_gradients_match, given
    >>> @given(arrays())
    ... def test_softplus(x):
    ...     assert_gradients_match(lambda x: np.log1p(np.exp(x)), x)
    >>> test_softplus()
    """
    if slope is None:
        check_grads(f, *args, order=order)
        return
    first, *others = args
    check_slope(lambda x: f(x, *others), lambda x: slope(x, *others), first).raise_if_wrong()


@st.composite
def arrays(
    draw: Any,
    shape: tuple[int, ...] | None = None,
    *,
    low: float = -3.0,
    high: float = 3.0,
    dtype: DTypeLike = np.float64,
    away_from: float | Sequence[float] = (),
    distance: float = 0.1,
    distinct: bool = False,
) -> Array:
    """Draw arrays of floats, of up to three axes; without axes they are NumPy scalars.

    Args:
        draw: passed by hypothesis.
        shape: by default any with at most three axes, of one to three entries each.
        low: the smallest value.
        high: the largest.
        dtype: real or complex.
        away_from: kinks and poles: no value is closer to one of them than ``distance``.
        distance: the least distance for ``away_from`` and ``distinct``.
        distinct: whether all values differ by at least ``distance``: no ties for max or sort.

    Raises:
        ValueError: too few values are left to draw from.

    >>> from autodiff.testing import arrays, given
    >>> @given(arrays(low=0, away_from=0))
    ... def test_that_values_are_positive(x):
    ...     assert (x >= 0.1).all()
    >>> test_that_values_are_positive()
    """
    if shape is None:
        shape = draw(array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3))
    size, kind = int(np.prod(shape)), np.dtype(dtype)
    poles = tuple(np.ravel(away_from).tolist())
    allowed = _values(low, high, poles, distance, distinct)
    if len(allowed) < max(1, size if distinct else 0):
        raise ValueError(
            f"expected at least {size} values from {low} to {high}, {distance} away from "
            f"{list(poles)}, got {len(allowed)}. Widen the range, or lower distance."
        )

    def real() -> Array:
        chosen = st.lists(st.sampled_from(allowed), min_size=size, max_size=size, unique=distinct)
        return np.array(draw(chosen)).reshape(shape)

    values = real() + 1j * real() if kind.kind == "c" else real()
    return values.astype(kind)[()]


def broadcastable_arrays(count: int, **options: Any) -> st.SearchStrategy[tuple[Array, ...]]:
    """Draw a tuple of arrays whose shapes broadcast together.

    Args:
        count: the number of arrays.
        options: as for :func:`arrays`.

    >>> from autodiff.testing import assert_gradients_match, broadcastable_arrays, given
    >>> @given(broadcastable_arrays(2))
    ... def test_product(pair):
    ...     assert_gradients_match(lambda x, y: x * y, *pair)
    >>> test_product()
    """
    shapes = mutually_broadcastable_shapes(
        num_shapes=count, min_dims=0, max_dims=3, min_side=1, max_side=3
    )
    return shapes.flatmap(
        lambda drawn: st.tuples(*(arrays(shape, **options) for shape in drawn.input_shapes))
    )


def pytrees(leaves: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """Draw nested dicts, lists and tuples of arrays.

    Args:
        leaves: the strategy for the arrays, by default ``arrays()``.

    >>> from autodiff.testing import assert_gradients_match, given, pytrees
    >>> @given(pytrees())
    ... def test_that_structures_are_kept(tree):
    ...     assert_gradients_match(lambda tree: tree, tree, order=1)
    >>> test_that_structures_are_kept()
    """

    def nested(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(parts, min_size=1, max_size=3)
        names = st.sampled_from(["weights", "bias", "scale"])
        return several | several.map(tuple) | st.dictionaries(names, parts, min_size=1)

    return st.recursive(arrays() if leaves is None else leaves, nested, max_leaves=4)


class SmoothFunction(NamedTuple):
    """A function of arrays that broadcast, smooth everywhere; its repr is its source.

    >>> f = SmoothFunction("lambda x: np.sin(x)", np.sin)
    >>> f, float(f(0.0))
    (lambda x: np.sin(x), 0.0)
    """

    source: str
    function: Function

    def __call__(self, *args: Array) -> Array:
        """Call the function with one array per parameter."""
        return self.function(*args)

    def __repr__(self) -> str:
        return self.source


_UNARY: dict[str, Callable[[Array], Array]] = {
    "np.sin({})": np.sin,
    "np.tanh({})": np.tanh,
    "np.arctan({})": np.arctan,
    "np.exp(-({}) ** 2)": lambda x: np.exp(-(x**2)),
    "np.sqrt(1 + ({}) ** 2)": lambda x: np.sqrt(1 + x**2),
    "np.log1p(({}) ** 2)": lambda x: np.log1p(x**2),
}
_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "np.logaddexp({}, {})": np.logaddexp,
    "(({}) + ({})) / 2": lambda x, y: (x + y) / 2,
    "({}) - ({})": lambda x, y: x - y,
    "({}) * np.cos({})": lambda x, y: x * np.cos(y),
    "({}) / (1 + ({}) ** 2)": lambda x, y: x / (1 + y**2),
    "({}) * np.mean({})": lambda x, y: x * np.mean(y),
}


@st.composite
def smooth_functions(draw: Any, parameters: int = 1, depth: int = 3) -> SmoothFunction:
    """Draw a smooth function that is composed of primitives and whose values stay small.

    Args:
        draw: passed by hypothesis.
        parameters: the number of arrays it takes; their shapes must broadcast.
        depth: the largest number of nested operations.

    >>> import autodiff as ad
    >>> from autodiff.testing import arrays, given, smooth_functions
    >>> @given(smooth_functions(), arrays(()))
    ... def test_that_the_slope_of_a_sum_is_the_sum_of_slopes(f, x):
    ...     assert abs(ad.grad(lambda x: f(x) + f(x))(x) - 2 * ad.grad(f)(x)) < 1e-9
    >>> test_that_the_slope_of_a_sum_is_the_sum_of_slopes()
    """
    names = (
        ["x", "y", "z"][:parameters] if parameters <= 3 else [f"x{i}" for i in range(parameters)]
    )

    def composed(depth: int) -> SmoothFunction:
        if depth == 0:
            number = draw(st.integers(0, parameters - 1))
            return SmoothFunction(names[number], lambda *args: args[number])
        outer = draw(st.sampled_from([*_UNARY, *_BINARY]))
        if outer in _UNARY:
            return _unary(outer, composed(depth - 1))
        return _binary(outer, composed(depth - 1), composed(depth - 1))

    body = composed(draw(st.integers(1, depth)))
    return body._replace(source=f"lambda {', '.join(names)}: {body.source}")


def _unary(outer: str, inner: SmoothFunction) -> SmoothFunction:
    source = outer.format(inner.source)
    return SmoothFunction(source, lambda *args: _UNARY[outer](inner(*args)))


def _binary(outer: str, first: SmoothFunction, second: SmoothFunction) -> SmoothFunction:
    source = outer.format(first.source, second.source)
    return SmoothFunction(source, lambda *args: _BINARY[outer](first(*args), second(*args)))


@functools.cache
def _values(
    low: float, high: float, poles: tuple[float, ...], distance: float, distinct: bool
) -> list[float]:
    """Return the values that may be drawn, the simplest first: hypothesis shrinks to them."""
    step = max(_STEP, np.ceil(distance / _STEP) * _STEP) if distinct else _STEP
    grid = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    kept = [x for x in grid.tolist() if all(abs(x - pole) >= distance for pole in poles)]
    return sorted(kept, key=lambda x: (x.as_integer_ratio()[1], abs(x), x < 0))
