"""The table of domains, continued: options of reductions, ufuncs' methods, statistics and more."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.rules import masked, methods
from autodiff.rules import running as recurrent
from autodiff.rules.constants import order_by
from autodiff.rules.convolution import convolved
from autodiff.rules.elementwise import exponent
from autodiff.rules.ranges import without_zero
from autodiff.rules.statistics import not_zero
from tests.laws import forms
from tests.laws.drawing import (
    ANY,
    CONJUGATING,
    REAL,
    Call,
    Domain,
    Draw,
    array,
    away,
    beside,
    binary,
    call,
    distinct,
    reduction,
    running,
    unary,
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


def rows_after_zeros(d: Draw) -> Call:
    row = d.reals(d.shape(1))
    return call(np.stack([0 * row, 0 * row, abs(row) + 1]))


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


def shares(d: Draw) -> Call:
    """Draw what steps get, and the shares that they pass on; the axis is not negative."""
    g = d.reals(d.shape(1))
    axis = d.choice(*range(g.ndim))
    shorter = tuple(n - (i == axis) for i, n in enumerate(g.shape))
    return call(g, d.reals(shorter), axis=axis, skips=d.integer(0, 1) > 0)


def edited(ufunc: Any, d: Draw, a: Any) -> Any:
    """Return the function that edits a copy in place, at positions that repeat."""
    positions = tuple(d.random.integers(0, n, 4) for n in a.shape)

    def edit(a: Any, b: Any) -> Any:
        a = a + 0 * np.sum(b)  # traced, whichever of the two is
        ufunc.at(a, positions, *([b] if ufunc.nin == 2 else []))
        return a

    return edit


def nans(draw: Any = distinct, **flags: bool) -> Domain:
    """Draw ``f(a, axis, keepdims)`` with an entry that isn't a number."""

    def drawn(d: Draw) -> Call:
        a = draw(d, (2, 3))
        a[d.integer(0, 1), d.integer(0, 2)] = np.nan
        return call(a, **d.options(axis=[None, 0, -1], keepdims=[True]))

    return Domain(drawn, **REAL, **flags)


def running_nans(d: Draw) -> Call:
    a = d.reals((2, 3))
    a[d.integer(0, 1), d.integer(0, 2)] = np.nan
    return call(a, **d.options(axis=[None, 0, -1]))


METHODS = ("linear", "lower", "higher", "nearest", "midpoint", "hazen", "weibull", "inverted_cdf")


def quantile(scale: float = 1.0, missing: bool = False) -> Domain:
    """Draw a call of quantile or one of its siblings, with a plain q."""

    def drawn(d: Draw) -> Call:
        a = distinct(d, (3, 4))
        if missing:
            a[1, d.integer(0, 3)] = np.nan
        q = d.choice(0.3 * scale, scale, 0, [0.2 * scale, 0.7 * scale])
        return call(a, q, **d.options(axis=[None, 0, -1, (0, 1)], keepdims=[True], method=METHODS))

    return Domain(drawn, **REAL)


def at_traced(scale: float = 1.0) -> Domain:
    def drawn(d: Draw) -> Call:
        q = np.array([0.3, 0.55]) * scale
        return call(distinct(d, (3, 4)), d.choice(q, q[0]), **d.options(axis=[0, -1]))

    return Domain(drawn, **REAL)


def cov(d: Draw) -> Call:
    m = d.reals((2, 4))
    weights = d.options(aweights=[np.array([1, 2, 1, 3])], fweights=[np.array([1, 2, 1, 1])])
    return d.choice(
        call(m, **d.options(bias=[True], ddof=[0]), **weights),
        call(m, d.reals((2, 4))),
        call(m, rowvar=False),
        call(m[0]),
    )


def gradient(d: Draw) -> Call:
    f = d.reals((3, 4))
    x = np.cumsum(d.random.uniform(0.5, 1, 4))
    y = np.cumsum(d.random.uniform(0.5, 1, 3))
    edge = d.options(edge_order=[1, 2])
    return d.choice(
        call(f, **edge), call(f, 0.5, **edge), call(f, y, x, **edge), call(f, x, axis=1, **edge),
        call(f[0], **edge), call(f, 0.5, axis=0),
    )  # fmt: skip


def inserted(d: Draw) -> Call:
    a = d.reals((2, 3))
    return d.choice(
        call(a, 1, d.reals((2,)), 1), call(a, [0, 2], d.reals((2, 2)), 1),
        call(a, 2, d.reals(())), call(a, [1, 3], d.reals((2,))), call(a, 0, 5.0, 0),
    )  # fmt: skip


def blocks(d: Draw) -> Call:
    a, b = d.reals((2, 2)), d.reals((2, 1))
    return d.choice(call([a, b]), call([[a, b], [b.T, np.ones((1, 2))[:, :1] * 2]]), call(a))


def chosen(d: Draw) -> Call:
    numbers = d.random.integers(0, 2, (2, 3))
    choices = [d.reals(d.part_of((2, 3))), d.reals((2, 3))]
    return call(numbers, choices)


def placed(function: Any, *, masked: bool = False) -> Domain:
    """Draw an edit in place of a copy."""

    def drawn(d: Draw) -> Call:
        mask, where = d.random.random((2, 3)) < 0.5, d.random.integers(0, 6, 4)
        mask[0, 0] = True

        def edit(a: Any, v: Any) -> Any:
            a = a + 0 * np.sum(v)
            function(a, mask if masked else where, v)
            return a

        return Call((d.reals((2, 3)), d.reals((d.integer(1, 3),))), {}, edit)

    return Domain(drawn)


def copied(d: Draw) -> Call:
    mask = d.random.random((2, 3)) < 0.5

    def edit(a: Any, v: Any) -> Any:
        a = a + 0 * np.sum(v)
        np.copyto(a, v, where=mask)
        return a

    return Call((d.reals((2, 3)), d.reals(d.part_of((2, 3)))), {}, edit)


def put_along(d: Draw) -> Call:
    indices = d.random.integers(0, 3, (2, 1))

    def edit(a: Any, v: Any) -> Any:
        a = a + 0 * np.sum(v)
        np.put_along_axis(a, indices, v, 1)
        return a

    return Call((d.reals((2, 3)), d.reals((2, 1))), {}, edit)


def diagonal_filled(d: Draw) -> Call:
    def edit(a: Any, v: Any) -> Any:
        a = a + 0 * np.sum(v)
        np.fill_diagonal(a, v)
        return a

    return Call((d.reals((2, 3)), d.reals(d.choice((), (2,)))), {}, edit)


def piecewise(d: Draw) -> Call:
    x = beside(0.25)(d, (5,))
    functions = [np.sin, lambda x: x * x, *d.choice((), (2.0,))]
    return call(x, [x < -1, x > 1], functions)


def values_of(function: Any) -> Any:
    """Keep only the values of functions that return indices and counts as well."""
    return lambda x: function(x).values


def of_two(function: Any) -> Any:
    """Pass two overlapping sets from one array to a function."""
    return lambda a: function(a[:4], a[3:])


def ends(low: float = -3, high: float = 3) -> Domain:
    def drawn(d: Draw) -> Call:
        shape = d.shape(0, 1)
        start, stop = (d.random.uniform(low, high, d.part_of(shape))[()] for _ in range(2))
        axis = {"axis": -1} if np.ndim(start) or np.ndim(stop) else {}
        return call(start, stop, d.integer(1, 4), **d.options(endpoint=[False]), **axis)

    return Domain(drawn)


def totals(d: Draw, a: Any) -> Call:
    return call(a, axis=d.axis(a), **d.options(include_initial=[True]))


def two_vectors(d: Draw) -> Call:
    return call(away(d, (d.integer(1, 4),)), away(d, (d.integer(1, 4),)))


def polyfit(d: Draw) -> Call:
    x = d.random.permutation(5) + d.random.uniform(-0.3, 0.3, 5)
    y = d.reals(d.choice((5,), (5, 2)))
    return call(x, y, d.integer(0, 2), **d.options(w=[d.random.uniform(0.5, 1, 5)]))


def roots(d: Draw) -> Call:
    return call(np.poly(d.distinct((d.integer(1, 3),)) * 2) * d.choice(1, -2))


def trimmed(d: Draw) -> Call:
    a = away(d, (d.integer(1, 4),))
    return Call((a,), d.options(trim=["f", "b"]), padded_and_trimmed)


def padded_and_trimmed(a: Any, **options: Any) -> Any:
    return np.trim_zeros(np.pad(a, (1, 2)), **options)


def along(d: Draw) -> Call:
    a = d.reals((2, 3, 2))
    function = d.choice(np.sum, np.sin, lambda row: np.outer(row, row))
    return call(function, d.axis(a), a)


def partition(d: Draw) -> Call:
    """Ask for an order that is complete, since what lies beside the k-th may lie in any."""
    a = distinct(d, d.shape(1))
    axis = d.axis(a)
    return call(a, list(range(a.shape[axis])), axis)


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
    np.ufunc.reduce: method("reduce", np.add, np.subtract, np.divide, np.logaddexp, np.hypot),
    methods.lengths: Domain(rows_after_zeros, **REAL),
    recurrent.carried_back: Domain(shares, **REAL),
    recurrent.carried_on: Domain(shares, **REAL),
    np.ufunc.accumulate: method("accumulate", np.add, np.multiply, np.subtract, np.divide),
    np.ufunc.reduceat: method("reduceat", np.add, np.multiply, np.subtract),
    np.ufunc.outer: method("outer", np.add, np.power, np.arctan2, np.hypot),
    np.ufunc.at: method("at", np.add, np.multiply, np.divide, np.sin, np.subtract),
    # Elementwise.
    np.angle:        Domain(
        lambda d: call(away(d, d.shape()), **d.options(deg=[True])), **CONJUGATING),
    np.around:       Domain(lambda d: call(beside(0.13)(d, d.shape()), d.integer(0, 1)), **REAL),
    np.astype:       array(lambda d, a: call(a, np.longdouble), **REAL),
    np.divmod:       Domain(forms.remainder, **REAL),
    np.modf:         unary(beside(0.13), **REAL),
    np.frexp:        forms.on(lambda x: np.frexp(x)[0], unary(away, **REAL)),
    exponent:        unary(away, **REAL),
    np.ldexp:        Domain(lambda d: call(d.reals(d.shape()), d.integer(-2, 2)), **REAL),
    np.nextafter:    binary(away, away, **REAL),
    np.i0:           unary(**REAL),
    np.unwrap:       array(lambda d, a: call(beside(0.1, 1.0)(d, a.shape), axis=d.axis(a)), **REAL),
    np.real_if_close: unary(**CONJUGATING),
    **{f: unary(away, ndim=1, **REAL) for f in (
        np.argwhere, np.flatnonzero, np.iscomplex, np.isreal, np.isneginf, np.isposinf)},
    np.isin:         Domain(lambda d: call(beside(0)(d, d.shape()), beside(0.25)(d, (3,))), **REAL),
    np.lexsort:      Domain(lambda d: call((distinct(d, (4,)), distinct(d, (4,)))),
                            through=(order_by,), **REAL),
    np.argpartition: Domain(partition, **REAL),
    # Statistics.
    np.ptp:          reduction(distinct, shortest=1, **REAL),
    np.median:       reduction(distinct, shortest=1, **REAL),
    np.average:      array(forms.average),
    not_zero:        unary(away),
    without_zero:    unary(away),
    np.cov:          Domain(cov, **CONJUGATING),
    np.corrcoef:     Domain(lambda d: call(distinct(d, (2, 4)) ** d.choice(1, 2)), **CONJUGATING),
    np.quantile:     either(quantile(), at_traced()),
    np.percentile:   either(quantile(100), at_traced(100)),
    np.nanquantile:  quantile(missing=True),
    np.nanpercentile: quantile(100, missing=True),
    np.nanmedian:    nans(),
    np.nansum:       nans(ANY),
    np.nanprod:      nans(ANY),
    np.nanmean:      nans(ANY),
    np.nanmax:       nans(),
    np.nanmin:       nans(),
    np.nanvar:       nans(ANY),
    np.nanstd:       nans(),
    np.nancumsum:    Domain(running_nans, **REAL),
    np.nancumprod:   Domain(running_nans, **REAL),
    # Samples and polynomials.
    np.interp:       Domain(forms.interp, **REAL),
    np.trapezoid:    array(forms.trapezoid),
    np.convolve:     Domain(forms.convolve),
    np.correlate:    Domain(forms.convolve, **CONJUGATING),
    convolved:       Domain(lambda d: call(d.reals(d.shape(1, 1)), d.reals(d.shape(1, 1)))),
    np.bincount:     Domain(lambda d: call(d.random.integers(0, 3, 4), d.reals((4,))), **REAL),
    np.ediff1d:      Domain(lambda d: call(d.reals(d.shape(1)), **d.options(
                         to_end=[d.reals((2,))], to_begin=[d.reals(())]))),
    np.gradient:     Domain(gradient),
    np.polyval:      Domain(lambda d: call(d.reals(d.shape(1, 1)), d.reals(d.shape()))),
    np.polyadd:      Domain(two_vectors),
    np.polysub:      Domain(two_vectors),
    np.polymul:      Domain(two_vectors),
    np.polydiv:      Domain(two_vectors),
    np.polyder:      Domain(lambda d: call(d.reals((4,)), d.integer(0, 3))),
    np.polyint:      Domain(lambda d: call(d.reals((3,)), d.integer(0, 2), **d.options(k=[0.5]))),
    np.polyfit:      Domain(polyfit, **REAL),
    np.poly:         Domain(lambda d: call(d.reals((d.integer(1, 3),)))),
    np.vander:       Domain(
        lambda d: call(d.reals((3,)), **d.options(N=[2, 4], increasing=[True]))),
    np.roots:        Domain(roots, **CONJUGATING),
    # Ranges and running totals.
    np.linspace:     ends(),
    np.logspace:     ends(-1, 1),
    np.geomspace:    ends(0.5, 3),
    **{getattr(np, name): array(totals) for name in ("cumulative_sum", "cumulative_prod")
       if hasattr(np, name)},
    # Entries picked and put.
    np.partition:    Domain(partition, **REAL),
    np.compress:     Domain(lambda d: call([True, False, True], d.reals((3, 3)), d.choice(0, 1))),
    np.extract:      Domain(lambda d: call(d.random.random((2, 3)) < 0.5, d.reals((2, 3)))),
    np.choose:       Domain(chosen),
    np.insert:       Domain(inserted),
    np.block:        Domain(blocks),
    np.diagflat:     Domain(lambda d: call(d.reals(d.shape(1, 2)), d.integer(-1, 1))),
    np.dsplit:       Domain(lambda d: call(d.reals((1, 2, 4)), d.choice(2, [1, 3]))),
    np.trim_zeros:   Domain(trimmed),
    np.piecewise:    Domain(piecewise, **REAL),
    np.apply_along_axis: Domain(along),
    np.apply_over_axes: Domain(lambda d: call(np.sum, d.reals((2, 3)), d.choice(0, (0, 1)))),
    **({np.unstack: array(lambda d, a: call(a, axis=d.axis(a)))} if hasattr(np, "unstack") else {}),
    np.copyto:       Domain(copied),
    np.putmask:      placed(np.putmask, masked=True),
    np.place:        placed(np.place, masked=True),
    np.put:          placed(np.put),
    np.put_along_axis: Domain(put_along),
    np.fill_diagonal: Domain(diagonal_filled),
    # Sets.
    np.unique:       unary(distinct, ndim=1, **REAL),
    np.unique_values: unary(distinct, ndim=1, **REAL),
    **{f: forms.on(values_of(f), unary(distinct, ndim=1, **REAL)) for f in (
        np.unique_all, np.unique_counts, np.unique_inverse)},
    **{f: forms.on(of_two(f), Domain(lambda d: call(distinct(d, (7,))), **REAL)) for f in (
        np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d)},
    np.sort_complex: Domain(lambda d: call(distinct(d, d.shape(1))), **REAL),
}
# fmt: on
