"""Shape inference: the shapes and dtypes of what a function returns, found by calling it on zeros.

An axis of unknown length is tried with two lengths: where the results differ, their axis is of
unknown length too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree
from nn.layers import weight_limit
from nn.layers.context import inferring_shapes
from nn.layers.masks import set_mask
from nn.layers.spec import Spec, filled, specs_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.layers.shapes import Shape

__all__ = ["infer", "masked_zeros"]

_BATCHES = (2, 3)
_LENGTHS = (64, 96)  # of other unknown axes; long enough for convolutions and pooling


def infer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return Specs of the shapes and dtypes that a function returns for these arguments.

    Args:
        function: takes arrays; its results may be nested.
        args: positional arguments, with Specs at any depth.
        kwargs: named arguments, likewise.

    >>> infer(np.add, (Spec((None, 3)), 1), {}).shape
    (None, 3)
    """
    symbols = specs_in((args, kwargs))
    small, large = (_run(function, args, kwargs, symbols, trial) for trial in (0, 1))
    return tree.map_leaves(_spec, small, large)


def _run(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    symbols: list[Any],
    trial: int,
) -> Any:
    known = [symbol.shape[0] for symbol in symbols if symbol.shape and symbol.shape[0]]
    batch = known[0] if known else _BATCHES[trial]  # a fixed batch size fits other inputs too
    lengths = {id(symbol): _lengths(symbol.shape, trial, batch) for symbol in symbols}
    for shape in lengths.values():
        weight_limit.spend(shape, "a value", returned=True)
    values = {id(symbol): np.zeros(lengths[id(symbol)], symbol.dtype) for symbol in symbols}
    for symbol in symbols:
        if symbol.is_masked:
            value = values[id(symbol)]
            set_mask(value, np.ones(value.shape[:2], bool))
    args, kwargs = filled((args, kwargs), values)
    with np.errstate(all="ignore"), inferring_shapes(rows_are_known=bool(known)):
        return function(*args, **kwargs)


def masked_zeros(structure: Any) -> tuple[Any, Any]:
    """Return zeros for the Specs in a structure, and masks for those that have one."""
    zeros = {
        id(spec): np.zeros(_lengths(spec.shape, 0, _BATCHES[0]), spec.dtype)
        for spec in specs_in(structure)
    }
    masks = tree.map_leaves(
        lambda x: np.ones(zeros[id(x)].shape[:2], bool) if getattr(x, "is_masked", False) else None,
        structure,
    )
    return filled(structure, zeros), masks


def _lengths(shape: Shape, trial: int, batch: int | None) -> list[Any]:
    return [
        (_LENGTHS[trial] if axis else batch) if length is None else length
        for axis, length in enumerate(shape)
    ]


def _spec(small: Any, large: Any) -> Any:
    if not hasattr(small, "shape"):
        return small
    pairs = zip(small.shape, large.shape, strict=True)
    return Spec(tuple(a if a == b else None for a, b in pairs), small.dtype)
