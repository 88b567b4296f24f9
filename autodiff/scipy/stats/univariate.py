"""SciPy's distributions of one number, with slopes where their formulas are known."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

import scipy.stats

from autodiff.core.typing import Function
from autodiff.scipy.stats.combined import COMBINED
from autodiff.scipy.stats.counts import COUNTS
from autodiff.scipy.stats.distribution import Distribution
from autodiff.scipy.stats.family import Family
from autodiff.scipy.stats.half_line import HALF_LINE
from autodiff.scipy.stats.interval import INTERVAL
from autodiff.scipy.stats.line import LINE
from autodiff.scipy.stats.methods import METHODS, run_method
from autodiff.scipy.stats.signature import Signature
from autodiff.scipy.stats.slopes import MOMENTS

__all__ = ["FAMILIES", "UNIVARIATE"]

FAMILIES: Mapping[str, Family] = {**LINE, **HALF_LINE, **INTERVAL, **COUNTS}
"""The formulas, by the name of the distribution."""


def _method(signature: Signature, name: str) -> Function:
    """Return a method of traced values, which takes its arguments as SciPy's does."""
    found = getattr(signature.library, name)
    first = "" if name in MOMENTS else next(iter(inspect.signature(found).parameters))

    def method(*args: Any, **kwds: Any) -> Any:
        return run_method(signature, name, signature.bind(first, args, kwds))

    return method


def _distribution(name: str, library: Any) -> Distribution:
    signature = Signature.of(library, FAMILIES.get(name, Family()))
    own = {method: _method(signature, method) for method in METHODS if hasattr(library, method)}
    combined = {method: partial(found, signature) for method, found in COMBINED.items()}
    return Distribution(library, name, {**own, **combined}, signature.of_parameters())


UNIVARIATE: dict[str, Distribution] = {
    name: _distribution(name, library)
    for name, library in vars(scipy.stats).items()
    if isinstance(library, (scipy.stats.rv_continuous, scipy.stats.rv_discrete))
}
"""The distributions, by name."""
