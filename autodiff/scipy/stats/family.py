"""Families: what the slopes of a distribution's methods are made of.

SciPy computes the values; the slopes are those of formulas, of which a family has at most two. All
are about the distribution without ``loc`` and ``scale``, as functions of x and of its shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

from autodiff.core.typing import Function

__all__ = ["Family"]


@dataclass(frozen=True)
class Family:
    """The formulas of one distribution.

    Attributes:
        log_density: log f(x, *shapes), inside the support, up to terms without x or a shape.
            Of a discrete distribution, up to terms without a shape.
        mass: of a discrete distribution, the probability itself, where a shape may be such that
            its logarithm is infinite.
        cdf: the distribution function F(x, *shapes), needed for its slopes in the shapes alone.
        logcdf: or its logarithm instead.
        logsf: or log(1 - F), instead or, for the slopes of ``logsf``, beside it.
        mean: of the shapes.
        var: of the shapes.
        entropy: of the shapes.
        fixed: the names of shapes without a slope, as whole numbers are.
        low: the lower end of the support, of the shapes, where the slopes of quantiles there
            don't follow from the formulas: these are infinite, or the density is 0.
        high: its upper end.
        inner: a number at which the formulas are finite, whatever the shapes are.
    """

    log_density: Function | None = None
    mass: Function | None = None
    cdf: Function | None = None
    logcdf: Function | None = None
    logsf: Function | None = None
    mean: Function | None = None
    var: Function | None = None
    entropy: Function | None = None
    fixed: tuple[str, ...] = ()
    low: Function | None = None
    high: Function | None = None
    inner: float = 0.5
