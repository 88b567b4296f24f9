"""The methods of distributions that are combined from others."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.rules.exact import run_exact
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.stats.methods import run_method
from autodiff.scipy.stats.signature import Signature
from autodiff.transforms.gradients import stop_gradient

__all__ = ["COMBINED"]

_CONFIDENCE = "expected a confidence between 0 and 1. Pass 0.95 for 95 %."


def median(signature: Signature, *args: Any, **kwds: Any) -> Any:
    """Return the quantile of 1/2."""
    return run_method(signature, "ppf", (0.5, *signature.bind("", args, kwds)))


def interval(signature: Signature, confidence: Any, *args: Any, **kwds: Any) -> tuple[Any, Any]:
    """Return the ends of the interval around the median with this probability."""
    confidence = as_array(confidence)
    is_wrong = np.logical_or(confidence < 0, confidence > 1)
    confidence = checked(confidence, is_wrong, message=_CONFIDENCE)
    tail, parameters = (1 - confidence) / 2, signature.bind("", args, kwds)
    return (
        run_method(signature, "ppf", (tail, *parameters)),
        run_method(signature, "ppf", (1 - tail, *parameters)),
    )


def stats(signature: Signature, *args: Any, moments: str = "mv", **kwds: Any) -> Any:
    """Return the mean and the variance; skewness and kurtosis of plain shapes."""
    parameters = signature.bind("", args, kwds)
    count = len(signature.shapes)
    shapes, place = parameters[:count], parameters[count:]
    found = []
    for letter in "mvsk":
        if letter not in moments:
            continue
        if letter in "mv":
            found.append(run_method(signature, {"m": "mean", "v": "var"}[letter], parameters))
        elif is_traced(shapes):
            raise NotImplementedError(_refused(signature, f"stats(moments={letter!r})"))
        else:  # it depends on neither loc nor scale, if these are valid
            loc, scale = (*place, 1)[:2]
            value = signature.library.stats(*shapes, moments=letter)
            found.append(np.where((scale > 0) & (loc == loc), value, np.nan))
    return tuple(found) if len(found) > 1 else found[0]


def moment(signature: Signature, order: int, *args: Any, **kwds: Any) -> Any:
    """Return E[x**order], of plain shapes; by mean and variance of traced ones, up to order 2."""
    if order < 0 or order != int(order):
        raise ValueError(
            f"expected a whole order of 0 or more, got {order} at {user_line()}. Pass an int."
        )
    order, parameters = int(order), signature.bind("", args, kwds)
    count = len(signature.shapes)
    shapes, place = parameters[:count], parameters[count:]
    if order == 0:  # 1 for valid parameters
        return run_exact(signature.library.moment, (0, *map(stop_gradient, parameters)), {})
    if is_traced(shapes) and order <= 2:
        mean = run_method(signature, "mean", parameters)
        return mean if order == 1 else run_method(signature, "var", parameters) + mean**2
    if is_traced(shapes):
        raise NotImplementedError(_refused(signature, f"moment({order})"))
    loc, scale = (*place, 1)[:2]
    total: Any = 0.0
    for k in range(order + 1):
        plain = signature.library.moment(k, *shapes) if k else 1.0
        if k < order:  # without a loc it has no part, also if it is infinite
            plain = np.where((loc == 0) & np.isinf(plain), 0.0, plain)
        total = total + math.comb(order, k) * scale**k * loc ** (order - k) * plain
    return np.where(scale > 0, total, np.nan)[()]


def support(signature: Signature, *args: Any, **kwds: Any) -> tuple[Any, Any]:
    """Return the ends of the support, of plain shapes."""
    parameters = signature.bind("", args, kwds)
    count = len(signature.shapes)
    if is_traced(parameters[:count]):
        raise NotImplementedError(_refused(signature, "support"))
    ends = signature.library.support(*parameters[:count])
    if signature.is_discrete:  # without a scale
        low, high = (parameters[count] + end for end in ends)
    else:
        loc, scale = parameters[count:]
        low, high = (np.where(scale > 0, loc + scale * end, np.nan) for end in ends)
    return low, high


def nnlf(signature: Signature, theta: Any, x: Any) -> Any:
    """Return minus the log likelihood of x; infinite for invalid parameters."""
    method = "logpmf" if signature.is_discrete else "logpdf"
    total = -np.sum(run_method(signature, method, (x, *theta)))
    return np.where(np.isnan(total), np.inf, total)


def _refused(signature: Signature, method: str) -> str:
    return (
        f"scipy.stats.{signature.library.name}.{method} has no derivative here in its shapes "
        f"(called at {user_line()}). Pass plain values (t.numpy()) where no slope is wanted."
    )


COMBINED: dict[str, Callable[..., Any]] = {
    "median": median,
    "interval": interval,
    "stats": stats,
    "moment": moment,
    "support": support,
    "nnlf": nnlf,
}
"""By name; each takes the signature, then the method's arguments."""
