"""Checkpointing: forget what happened inside a function, and run it again on the way back.

Chen et al. 2016, *Training deep nets with sublinear memory cost*: a network cut into √n pieces,
each checkpointed, keeps √n values instead of n, for one more forward pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.cotangents import to_user
from autodiff.errors import function_place
from autodiff.graph import plain_watchers
from autodiff.primitive import derivative, primitive
from autodiff.pytree import flatten
from autodiff.tensor import Tensor
from autodiff.transforms import check_callable, vjp

__all__ = ["checkpoint"]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that computes what f does, and keeps only its arguments for the way back.

    The values inside f are forgotten, and computed again when the slopes are wanted: less memory,
    more time. Slopes are the same, to any order. ``jit``, which plans memory itself, writes out
    what f does.

    Args:
        f: takes and answers arrays, numbers, or structures of them. All traced values that it uses
            must be among its arguments, and two runs must give the same (no fresh random draws).

    Raises:
        ValueError: when it is called: f uses a traced value that isn't an argument.

    >>> import numpy as np, autodiff as ad
    >>> block = ad.checkpoint(lambda x: np.sin(np.sin(np.sin(x))))
    >>> bool(np.isclose(ad.grad(block)(1.0), ad.grad(lambda x: np.sin(np.sin(np.sin(x))))(1.0)))
    True
    """
    check_callable(f, "checkpoint")

    @functools.wraps(f)
    def forgetful(*args: Any, **kwargs: Any) -> Any:
        leaves, _, rebuild = flatten(args, "argument")
        traced = [isinstance(leaf, Tensor) and leaf.dtype.kind in "fc" for leaf in leaves]
        if not any(traced) or plain_watchers:  # somebody reads along, jit for one
            return f(*args, **kwargs)
        plain = [
            leaf.numpy() if isinstance(leaf, Tensor) else np.array(leaf)[()] for leaf in leaves
        ]
        forms: list[Any] = []

        def run(*values: Any) -> tuple[Any, ...]:
            given = iter(values)
            filled = [
                next(given) if is_traced else leaf
                for leaf, is_traced in zip(plain, traced, strict=True)
            ]
            results, _, form = flatten(f(*rebuild(filled), **kwargs), "the result")
            forms[:] = [form]
            return tuple(results)

        def run_plain(*values: Any) -> tuple[Any, ...]:
            results = run(*values)
            if any(isinstance(result, Tensor) for result in results):
                raise ValueError(
                    f"{function_place(f)} uses a traced value that isn't among its arguments: its "
                    f"slope would be lost. Pass it as an argument of the checkpointed function."
                )
            return tuple(np.asarray(result)[()] for result in results)

        run_plain.__name__ = f"checkpoint({getattr(f, '__name__', 'f')})"
        again = primitive(run_plain)
        derivative(again, values=lambda g, z, *values: _slopes(run, values, g))
        inputs = tuple(leaf for leaf, is_traced in zip(leaves, traced, strict=True) if is_traced)
        results = again.apply(inputs, {})
        return forms[0](list(results))

    return forgetful


def _slopes(run: Callable[..., Any], values: tuple[Any, ...], g: tuple[Any, ...]) -> list[Any]:
    _, pullback = vjp(run, *values)
    return [to_user(np.asarray(slope)[()] if isinstance(slope, (float, complex)) else slope)
            for slope in pullback(tuple(to_user(part) for part in g))]  # fmt: skip
