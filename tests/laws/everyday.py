"""The table of domains, continued: options of reductions, ufuncs' methods, statistics and more."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.rules import masked
from tests.laws import forms
from tests.laws.drawing import (
    CONJUGATING,
    REAL,
    Call,
    Domain,
    Draw,
    call,
    distinct,
    reduction,
    running,
)


def masked_reduction(draw: Any = forms.ANY, start: Any = None, **flags: bool) -> Domain:
    """Draw ``f(a, axis, keepdims, where, initial)``."""

    def drawn(d: Draw) -> Call:
        a = draw(d, d.shape(1, shortest=2))
        where = np.ones(a.shape, bool)
        where[(0,) * a.ndim] = False  # never is all of a row left out
        options = d.options(axis=[None, d.axis(a)], keepdims=[True], where=[where])
        if start is not None and ("where" in options or d.coin()):
            options["initial"] = start
        return call(a, **options)

    return Domain(drawn, **flags)


def either(*domains: Domain) -> Domain:
    """Draw from one of several domains."""
    first = domains[0]
    return Domain(lambda d: d.choice(*domains).draw(d), first.holomorphic, first.takes_complex)


def with_mean(d: Draw) -> Call:
    a = distinct(d, d.choice((2,), (3, 2), (2, 3, 2)))
    axis = d.choice(None, 0, -1)
    where = np.ones(a.shape, bool)
    where[0] = a.shape[0] == 2 and d.coin()
    where[..., 0] = True
    mean = {"mean": np.mean(a, axis=axis, keepdims=True) + 0.1} if d.coin() else {}
    return call(a, axis=axis, **mean, **d.options(keepdims=[True], correction=[0.5]))


def method(name: str, *ufuncs: Any) -> Any:
    """Draw a universal function's method, over an array of positive values."""

    def drawn(d: Draw) -> Call:
        ufunc = d.choice(*ufuncs)
        a = d.random.uniform(0.5, 2, d.shape(1))
        if name == "outer":
            args: tuple[Any, ...] = (a, d.random.uniform(0.5, 2, d.shape(0, 2))[()])
        elif name == "at":
            return Call((a, d.random.uniform(0.5, 2, 4)), {}, edited(ufunc, d, a))
        elif name == "reduceat":
            n = d.choice(*range(a.ndim))
            args = (a, d.random.integers(0, a.shape[n], 3), n)
        else:
            args = (a, d.axis(a), *d.choice((), (None, None, True))[: 3 if name == "reduce" else 0])
        return Call(args, {}, getattr(ufunc, name))

    return Domain(drawn, **REAL)


def edited(ufunc: Any, d: Draw, a: Any) -> Any:
    """Make the function that edits a copy in place, at positions that repeat."""
    positions = tuple(d.random.integers(0, n, 4) for n in a.shape)

    def edit(a: Any, b: Any) -> Any:
        a = a + 0 * np.sum(b)  # traced, whichever of the two is
        ufunc.at(a, positions, *([b] if ufunc.nin == 2 else []))
        return a

    return edit


# fmt: off
EVERYDAY: dict[Any, Domain] = {
    # Reductions with their options, and in the plain forms.
    np.sum:          masked_reduction(start=2.0),
    np.prod:         masked_reduction(start=2.0),
    np.mean:         masked_reduction(),
    np.max:          masked_reduction(distinct, -0.1, **REAL),
    np.min:          masked_reduction(distinct, 0.1, **REAL),
    np.amax:         reduction(distinct, shortest=1, **REAL),
    np.amin:         reduction(distinct, shortest=1, **REAL),
    np.var:          either(forms.spread(), Domain(with_mean, **CONJUGATING)),
    np.std:          either(forms.spread(distinct), Domain(with_mean, **CONJUGATING)),
    np.cumsum:       running(),
    np.cumprod:      running(),
    masked.total:    reduction(),
    masked.product:  reduction(),
    masked.average:  reduction(shortest=1),
    masked.greatest: reduction(distinct, shortest=1, **REAL),
    masked.least:    reduction(distinct, shortest=1, **REAL),
    masked.variance: forms.spread(),
    masked.deviation: forms.spread(distinct),
    masked.running_total: running(),
    masked.running_product: running(),
    # Methods of universal functions.
    "reduce":        method("reduce", np.add, np.subtract, np.divide, np.logaddexp, np.hypot),
    "accumulate":    method("accumulate", np.add, np.multiply, np.subtract, np.divide),
    "reduceat":      method("reduceat", np.add, np.multiply, np.subtract),
    "outer":         method("outer", np.add, np.power, np.arctan2, np.hypot),
    "at":            method("at", np.add, np.multiply, np.divide, np.sin, np.subtract),
}
# fmt: on
