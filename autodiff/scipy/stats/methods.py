"""The methods of distributions as primitives: their values are SciPy's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.rules.finite import where_finite
from autodiff.scipy.stats.call import MethodCall, tail_formula
from autodiff.scipy.stats.evaluation import unmasked
from autodiff.scipy.stats.signature import Signature
from autodiff.scipy.stats.slopes import DENSITIES, MOMENTS, QUANTILES, TAILS, rule_of

__all__ = ["METHODS", "run_method"]

METHODS = frozenset((*DENSITIES, *TAILS, *QUANTILES, *MOMENTS))


def run_method(signature: Signature, method: str, values: Sequence[Any]) -> Any:
    """Return a method's result, traced if an argument is.

    Args:
        signature: of the distribution.
        method: its name.
        values: x or a probability, except for moments; the shapes; loc and scale, or neither.

    Raises:
        NotImplementedError: there is no formula for the slope in a traced argument.
    """
    operands = tuple(map(as_operand, values))
    smooth = [isinstance(x, Tensor) and x.dtype.kind in "fc" for x in operands]
    traced = tuple(i + (method in MOMENTS) for i, is_smooth in enumerate(smooth) if is_smooth)
    _check(signature, method, traced)
    return _operation(signature, method, traced).apply(operands, {})


def _check(signature: Signature, method: str, traced: tuple[int, ...]) -> None:
    """Raise an error unless there are slopes in the arguments at these positions."""
    shapes = [signature.shapes[i - 1] for i in traced if 1 <= i <= len(signature.shapes)]
    fixed = [name for name in shapes if name in signature.family.fixed]
    if fixed or not _has_slope(signature, method, bool(shapes)):
        argument = f"its shape {(fixed or shapes)[0]}" if shapes else "x"
        raise NotImplementedError(
            f"scipy.stats.{signature.library.name}.{method} has no derivative here in {argument} "
            f"(called at {user_line()}). Pass a plain value (t.numpy()) where no slope is wanted, "
            f"or define a function with autodiff.primitive."
        )


def _has_slope(signature: Signature, method: str, in_shapes: bool) -> bool:
    family = signature.family
    if method in DENSITIES:
        return family.log_density is not None or (signature.is_discrete and not in_shapes)
    if not in_shapes or (signature.is_discrete and method in QUANTILES):
        return True
    if method in MOMENTS:
        return getattr(family, "var" if method == "std" else method) is not None
    return tail_formula(family) is not None


@cache
def _operation(signature: Signature, method: str, traced: tuple[int, ...]) -> Primitive:
    """Return the primitive of one method, with slopes in the arguments at these positions."""
    found = primitive(getattr(signature.library, method))
    if method in ("logpdf", "pdf"):
        found.evaluate = unmasked(signature, method)
    found.name = f"{signature.library.name}.{method}"
    if signature.is_discrete and method in QUANTILES:  # whole numbers, moved by loc
        place = len(signature.shapes) + 1
        return derivative(
            found,
            values=lambda g, z, *values: [
                where_finite(g, z) if i == place else 0.0 for i in range(len(values))
            ],
        )
    rule, first = rule_of(method), (0.0,) * (method in MOMENTS)

    def slopes(g: Array, z: Array, *values: Array) -> list[Array]:
        call = MethodCall(signature, method, (*first, *values), traced, run_method)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # as in SciPy's own
            found: list[Array] = rule(call, g, z)[len(first) :]
        return found

    return derivative(found, values=slopes)
