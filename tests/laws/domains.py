"""The table of domains: for every function that the engine knows, how to draw a call of it.

One line per function, keyed as the registry is (NumPy's function, or an internal name), or by the
primitive itself where no NumPy function leads to it alone. Values keep away from kinks, jumps and
poles, where a slope can't be measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.backward import argument, scatter
from autodiff.registry import registry
from autodiff.rules.constants import nonzero_along
from autodiff.rules.linalg import einsum
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.transforms import stop_gradient
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
    values,
)

JUMPY = beside(0.13)  # clear of the multiples of 1/2, and of 1/10 for np.round


def _power(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    whole = d.random.integers(0, 4, d.part_of(shape))
    positive = d.random.uniform(0.3, 3, shape)[()]
    return d.choice(
        call(d.reals(shape), d.integer(0, 4)),
        call(d.reals(shape), whole),
        call(away(d, shape), d.integer(-3, -1)),
        call(positive, d.reals(d.part_of(shape), -2, 2)),
        call(d.choice(0.5, 2), d.reals(shape, -2, 2)),
        call(positive, 0.5),
    )


def _remainder(d: Draw) -> Call:
    """Draw x between two multiples of y."""
    shape = d.shape(shortest=0)
    y = away(d, d.part_of(shape))
    ratio = d.random.integers(-3, 3, shape) + d.random.uniform(0.2, 0.8, shape)
    return call((ratio * y)[()], y)


def _where(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    x, y = d.reals(d.part_of(shape)), d.reals(d.part_of(shape))
    condition = d.random.random(d.part_of(shape)) < 0.5
    return call(condition, *d.choice((x, y), (0.0, y), (x, 1)))


def _clip(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    a, low, high = beside(0.25)(d, shape), d.reals(d.part_of(shape), -2, -1), 1.0
    low = np.round(low) * 1.0
    return d.choice(call(a, low, high), call(a, -1, None), call(a, None, high), call(a, max=high))


def _spread(draw: Any = ANY) -> Domain:
    """Draw a call of var or std."""

    def drawn(d: Draw) -> Call:
        shape = d.choice((2,), (3, 2), (2, 3, 2))
        axis = d.choice(None, 0, -1, tuple(range(len(shape))))
        return call(draw(d, shape), axis=axis, **d.options(ddof=[0, 1], keepdims=[True]))

    return Domain(drawn, **CONJUGATING)


def _several(d: Draw, ndim: int = 1, vary: bool = True) -> tuple[list[Any], int]:
    """Draw arrays that differ in the length of one axis at most."""
    shape = d.shape(ndim)
    axis = d.integer(0, len(shape) - 1)
    count = d.integer(1, 3)
    lengths = [d.integer(0, 3) if vary else shape[axis] for _ in range(count)]
    shapes = [(*shape[:axis], n, *shape[axis + 1 :]) for n in lengths]
    return [d.reals(s) for s in shapes], axis


def _concatenate(d: Draw) -> Call:
    arrays, axis = _several(d)
    if d.coin():
        arrays.append(np.ones(arrays[0].shape, int))  # a constant among them
    return d.choice(
        call(arrays, axis), call(arrays, axis=axis - arrays[0].ndim), call(arrays, None)
    )


def _stack(d: Draw) -> Call:
    shape = d.shape(0, 2, shortest=0)
    arrays = [d.reals(shape) for _ in range(d.integer(1, 3))]
    return call(arrays, **d.options(axis=range(-len(shape) - 1, len(shape) + 1)))


def _joined(axis: int, ndim: int = 0) -> Domain:
    """Draw for vstack and its siblings: arrays that differ along one axis."""

    def draw(d: Draw) -> Call:
        shape = d.shape(max(ndim, 0), 3)
        along = min(axis, len(shape) - 1) if axis < len(shape) or len(shape) == 1 else None
        shapes = [shape] * d.integer(1, 3)
        if along is not None and (axis == 1 or len(shape) > 1):
            shapes = [(*shape[:along], d.integer(1, 3), *shape[along + 1 :]) for _ in shapes]
        return call([d.reals(s) for s in shapes])

    return Domain(draw)


def _column_stack(d: Draw) -> Call:
    rows = d.integer(1, 3)
    return call([d.reals(d.choice((rows,), (rows, 2))) for _ in range(d.integer(1, 3))])


def _append(d: Draw) -> Call:
    arrays, axis = _several(d)
    two = (arrays * 2)[:2]
    return d.choice(call(*two, axis), call(*two))


def _reshape(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    shape = d.choice(a.shape[::-1], (a.size,), (1, a.size, 1), a.size, (*a.shape, 1))
    given = d.choice(shape, -1) if a.size else shape
    return call(a, given, **d.options(order=["C", "F"]))


def _transpose(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    axes = d.random.permutation(a.ndim)
    return d.choice(call(a), call(a, None), call(a, tuple((axes - a.ndim).tolist())))


def _transposed_by(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    return call(a, axes=tuple(d.random.permutation(a.ndim).tolist()))


def _broadcast_to(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(d.reals(d.part_of(shape)), shape=shape)


def _squeeze(d: Draw) -> Call:
    a = d.reals(tuple(d.choice(1, 2) for _ in range(d.integer(0, 3))))
    ones = [i for i, n in enumerate(a.shape) if n == 1]
    return call(a, **d.options(axis=[None, tuple(ones), *ones]))


def _arrays(low: int = 1, high: int = 3) -> Domain:
    """Draw several arrays, each an argument."""
    return Domain(lambda d: call(*(d.reals(d.shape()) for _ in range(d.integer(low, high)))))


def _broadcast_arrays(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(*(d.reals(d.part_of(shape)) for _ in range(d.integer(1, 3))))


def _split(axis: int | None = None, unequal: bool = True, ndim: int = 1) -> Domain:
    def draw(d: Draw) -> Call:
        a = d.reals((6, 6, 2)[: d.integer(ndim, 3)])
        parts = d.choice(2, 3, [1, 4], [2], *([4] if unequal else []))
        return call(a, parts) if axis is not None else call(a, parts, axis=d.choice(0, -a.ndim))

    return Domain(draw)


def _flip(d: Draw, a: Any) -> Call:
    return call(a, **d.options(axis=[d.axes(a)]))


def _rot90(d: Draw, a: Any) -> Call:
    axes = tuple(d.random.permutation(a.ndim)[:2].tolist())
    return call(a, **d.options(k=range(-2, 5), axes=[axes]))


def _moveaxis(d: Draw, a: Any) -> Call:
    two = d.random.permutation(a.ndim)[:2].tolist(), d.random.permutation(a.ndim)[:2].tolist()
    return d.choice(call(a, d.axis(a), d.axis(a)), call(a, *two))


def _index(d: Draw, shape: tuple[int, ...]) -> Any:
    """Draw an index of an array: numbers, slices, masks, positions, new axes, an ellipsis."""
    some: list[Any] = []
    for n in shape[: d.integer(0, len(shape))]:
        positions = d.random.integers(-n, n, d.choice((2,), (2, 2)))
        some.append(
            d.choice(
                d.integer(-n, n - 1),
                slice(None),
                slice(None, None, -1),
                slice(1, None, 2),
                d.random.integers(-n, n, 2) if d.coin() else positions.tolist(),
                d.random.random(n) < 0.5 if len(shape) == 1 else slice(0, 2),
            )
        )
    if d.coin():
        some.insert(d.integer(0, len(some)), None)
    if d.coin():
        some.append(Ellipsis)
    whole = d.random.random(shape) < 0.5
    single = some[0] if some else Ellipsis
    return d.choice(tuple(some), single, whole)


def _read(d: Draw, a: Any) -> Call:
    return call(a, _index(d, a.shape))


def _getitem(d: Draw, a: Any) -> Call:
    index = _index(d, a.shape)
    return call(a, index=index)


def _write(d: Draw, a: Any) -> Call:
    index = _index(d, a.shape)
    target = a[index].shape
    return call(a, d.choice(d.reals(d.part_of(target)), 2.0), index)


def _setitem(d: Draw, a: Any) -> Call:
    x, value, index = _write(d, a).args
    return call(x, value, index=index)


def _scatter(d: Draw) -> Call:
    shape = d.shape(1)
    x = np.zeros(shape)
    indices = [_index(d, shape) for _ in range(d.integer(1, 3))]
    parts = [d.reals(x[index].shape) for index in indices]
    options = {"indices": indices, "shape": shape}
    return Call(tuple(parts), {}, lambda *values: scatter.apply(values, options))


def _take(d: Draw, a: Any) -> Call:
    axis = d.choice(None, d.axis(a))
    n = a.size if axis is None else a.shape[axis]
    indices = d.choice(d.integer(-n, n - 1), d.random.integers(-n, n, d.shape(1, 2)), [0, -1, 0])
    return call(a, indices, axis)


def _take_along_axis(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    shape = list(a.shape)
    shape[axis] = d.integer(1, 3)
    n = a.shape[axis]
    along = call(a, d.random.integers(-n, n, shape), axis)
    return d.choice(along, call(a, d.random.integers(-a.size, a.size, 3), None))


def _sort(d: Draw) -> Call:
    a = d.distinct(d.shape(1))
    return call(a, **d.options(axis=[None, d.axis(a)], kind=["stable", "quicksort"]))


def _diff(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    shape = list(a.shape)
    shape[axis] = d.integer(1, 2)
    ends = d.options(prepend=[0, d.reals(tuple(shape))], append=[1.5, d.reals(tuple(shape))])
    return call(a, d.integer(0, 2), axis, **ends)


def _pad(d: Draw) -> Call:
    a = d.reals(d.shape(1, 2, shortest=2))
    width = d.choice(1, (0, 2), [(1, 0)] * a.ndim, [(i, 1) for i in range(a.ndim)])
    fill = d.options(constant_values=[2.5, (1, 2)])
    modes = [call(a, width, m) for m in ("edge", "reflect", "symmetric", "wrap", "constant")]
    return d.choice(call(a, width), call(a, width, "constant", **fill), *modes)


def _repeat(d: Draw, a: Any) -> Call:
    axis = d.choice(None, d.axis(a))
    n = a.size if axis is None else a.shape[axis]
    return call(a, d.choice(d.integer(0, 3), d.random.integers(0, 3, n)), axis)


def _tile(d: Draw) -> Call:
    return call(d.reals(d.shape()), d.choice(2, (2,), (1, 2), (2, 1, 3), 0))


def _roll(d: Draw, a: Any) -> Call:
    several = call(a, tuple(range(a.ndim)), tuple(range(a.ndim)))
    return d.choice(call(a, d.integer(-4, 4)), call(a, 1, d.axis(a)), several)


def _delete(d: Draw, a: Any) -> Call:
    return d.choice(call(a, 0), call(a, [0, -1], d.axis(a)), call(a, slice(1), 0))


def _matmul(d: Draw) -> Call:
    i, j, k = d.integer(0, 3), d.integer(0, 3), d.integer(0, 3)
    stack = d.shape(0, 1)
    left, right = d.part_of(stack), d.part_of(stack)
    x = d.choice((j,), (*left, i, j))
    y = d.choice((j,), (*right, j, k))
    return call(d.reals(x), d.reals(y))


def _dot(d: Draw) -> Call:
    n = d.integer(1, 3)
    x = d.choice((), (n,), (2, n), (2, 1, n))
    y = d.choice((), (n,), (n, 2), (2, n, 2))
    return call(d.reals(x), d.reals(y))


def _inner(d: Draw) -> Call:
    n = d.integer(1, 3)
    return call(*(d.reals(d.choice((), (n,), (2, n), (2, 1, n))) for _ in range(2)))


def _same_size(d: Draw) -> Call:
    shape = d.shape(0, 2)
    return call(d.reals(shape), d.reals(shape))


def _tensordot(d: Draw) -> Call:
    a, b = d.reals((2, 3, 2)), d.reals((3, 2, 2))
    axes = d.choice(0, ([0, 1], [1, 0]), (1, 0), (-1, -1), [[0, 2], [1, 2]])
    return d.choice(call(a, b, axes), call(a, d.reals((3, 2))), call(a, d.reals((2,)), 1))


def _argmax(d: Draw, a: Any) -> Call:
    return call(distinct(d, a.shape), d.choice(None, d.axis(a)))


def _diagonal(d: Draw) -> Call:
    a = d.reals(d.shape(2))
    axes = d.random.permutation(a.ndim)[:2].tolist()
    return call(a, d.integer(-1, 1), *d.choice((), axes))


EINSUMS = (
    "ij,jk->ik", "ij,jk", "ij->ji", "ij->", "ii->i", "ii", "i,i->", "i,j->ij", "ij,ij->i",
    "bij,bjk->bik", "...i,...i->...", "i...->...", "ij,jk,kl->il", "iij->j", "i,i,i->i", "ij,k->jk",
)  # fmt: skip
SIDES = {"b": 2, "i": 3, "j": 3, "k": 2, "l": 1}


def _einsum(d: Draw) -> Call:
    subscripts = d.choice(*EINSUMS)
    terms = subscripts.split("->")[0].split(",")
    shapes = [tuple(SIDES[c] for c in t if c != ".") for t in terms]
    shapes = [
        (2, *s) if t[0] == "." else (*s, 2) if "." in t else s
        for s, t in zip(shapes, terms, strict=True)
    ]
    arrays = [d.reals(s) for s in shapes]
    listed = call(d.reals((3, 2)), [0, 1], d.reals((2,)), [1], [0])
    return d.choice(call(subscripts, *arrays), call(subscripts, *arrays, optimize=True), listed)


def _einsum_primitive(d: Draw) -> Call:
    subscripts = d.choice("ij,jk->ik", "ii->i", "i,j->", "ij,j,j->i")
    terms = subscripts.split("->")[0].split(",")
    arrays = [d.reals(tuple(SIDES[c] for c in term)) for term in terms]
    options = {"subscripts": subscripts}
    return Call(tuple(arrays), {}, lambda *operands: einsum.apply(operands, options))


def _on(function: Any, domain: Domain) -> Domain:
    """Draw for a function of several steps, around the one of the line."""

    def draw(d: Draw) -> Call:
        drawn = domain.draw(d)
        return Call(drawn.args, drawn.options, function)

    return Domain(draw, domain.holomorphic, domain.takes_complex)


def _whole(function: Any) -> Any:
    """Feed a function of integers with those next to its arguments."""
    return lambda *xs: function(*(np.floor(x).astype(int) for x in xs))


def _positive(function: Any) -> Any:
    """Feed a function of bools with the question whether its arguments are positive."""
    return lambda *xs: function(*(x > 0 for x in xs))


def _lifted(x: Any) -> Any:
    """Put the entries of x, in another order, into an array of objects."""
    objects = np.empty(len(x), object)
    for i in range(len(x)):
        objects[-1 - i] = x[i]
    return registry["lift"](objects)


def _full_like(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(d.reals(shape), d.reals(d.part_of(shape)))


def _select(d: Draw) -> Call:
    shape = d.shape()
    conditions = [d.random.random(shape) < 0.5 for _ in range(2)]
    choices = [d.reals(d.part_of(shape)) for _ in range(2)]
    return call(conditions, choices, *d.choice((), (0.5,)))


def _average(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    weights = d.choice(away(d, a.shape) ** 2, away(d, (a.shape[axis],)) ** 2, None)
    return call(a, axis, weights, **d.options(keepdims=[True]))


def _with_nan() -> Any:
    def draw(d: Draw) -> Call:
        a = d.reals((2, 3))
        a[d.integer(0, 1), d.integer(0, 2)] = np.nan
        return call(a, **d.options(axis=[None, 0 if d.coin() else 1], keepdims=[True]))

    return draw


def _meshgrid(d: Draw) -> Call:
    vectors = [d.reals(d.shape(1, 1)) for _ in range(d.integer(1, 3))]
    return call(*vectors, **d.options(indexing=["xy", "ij"], sparse=[True, False]))


def _cross(d: Draw) -> Call:
    axis = d.choice({}, {"axis": 0}, {"axisc": 0})
    return call(d.reals(d.choice((3,), (3, 3))), d.reals((3, 3)), **axis)


def _norm(d: Draw) -> Call:
    x = distinct(d, d.shape(1))
    if x.ndim == 1:
        return call(x, **d.options(ord=[1, 2, 3, 0.5, np.inf, -np.inf], axis=[0, None]))
    matrix = call(x, d.choice(None, "fro", 1, -1, np.inf, -np.inf), (0, 1))
    vectors = call(x, d.choice(None, 1, 2, 3, np.inf), d.axis(x), **d.options(keepdims=[True]))
    return d.choice(matrix, vectors, call(x), call(x, keepdims=True))


def _interp(d: Draw) -> Call:
    xp, fp = np.arange(4.0), d.reals((4,))
    return call(beside(0.25)(d, d.shape()), xp, fp, **d.options(left=[-1.0], right=[2.0]))


def _trapezoid(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    x = d.reals((a.shape[axis],))
    return d.choice(call(a, axis=axis), call(a, dx=0.5, axis=axis), call(a, x, axis=axis))


def _convolve(d: Draw) -> Call:
    a, v = d.reals((d.integer(1, 4),)), d.reals((d.integer(1, 4),))
    return call(a, v, **d.options(mode=["full", "same", "valid"]))


# fmt: off
DOMAINS: dict[Any, Domain] = {
    # Elementwise: arithmetic.
    np.add:          binary(),
    np.subtract:     binary(),
    np.multiply:     binary(),
    np.divide:       binary(values(), away),
    np.power:        Domain(_power),
    np.float_power:  binary(values(0.3, 3), values(-2, 2)),
    np.remainder:    Domain(_remainder, **REAL),
    np.fmod:         Domain(_remainder, **REAL),
    np.floor_divide: Domain(_remainder, **REAL),
    np.maximum:      binary(beside(0), beside(0.25), **REAL),
    np.minimum:      binary(beside(0), beside(0.25), **REAL),
    np.fmax:         binary(beside(0), beside(0.25), **REAL),
    np.fmin:         binary(beside(0), beside(0.25), **REAL),
    np.logaddexp:    binary(**REAL),
    np.logaddexp2:   binary(**REAL),
    np.hypot:        binary(away, away, **REAL),
    np.arctan2:      binary(away, away, **REAL),
    np.copysign:     binary(away, away, **REAL),
    np.heaviside:    binary(away, **REAL),
    np.where:        Domain(_where),
    np.clip:         Domain(_clip, **REAL),
    # Elementwise: of one argument.
    np.positive:     unary(),
    np.negative:     unary(),
    np.absolute:     unary(away, **CONJUGATING),
    np.fabs:         unary(away, **REAL),
    np.conjugate:    unary(**CONJUGATING),
    np.real:         unary(**CONJUGATING),
    np.imag:         unary(**CONJUGATING),
    np.square:       unary(),
    np.sqrt:         unary(values(0.2, 4)),
    np.cbrt:         unary(away, **REAL),
    np.reciprocal:   unary(away),
    np.exp:          unary(),
    np.exp2:         unary(),
    np.expm1:        unary(),
    np.log:          unary(values(0.2, 4)),
    np.log2:         unary(values(0.2, 4)),
    np.log10:        unary(values(0.2, 4)),
    np.log1p:        unary(values(-0.8, 4)),
    np.sin:          unary(),
    np.cos:          unary(),
    np.tan:          unary(values(-1.2, 1.2)),
    np.arcsin:       unary(values(-0.8, 0.8)),
    np.arccos:       unary(values(-0.8, 0.8)),
    np.arctan:       unary(),
    np.sinh:         unary(),
    np.cosh:         unary(),
    np.tanh:         unary(),
    np.arcsinh:      unary(),
    np.arccosh:      unary(values(1.2, 4)),
    np.arctanh:      unary(values(-0.8, 0.8)),
    np.degrees:      unary(**REAL),
    np.radians:      unary(**REAL),
    np.rad2deg:      unary(**REAL),
    np.deg2rad:      unary(**REAL),
    np.floor:        unary(JUMPY, **REAL),
    np.ceil:         unary(JUMPY, **REAL),
    np.trunc:        unary(JUMPY, **REAL),
    np.fix:          unary(JUMPY, **REAL),
    np.rint:         unary(JUMPY, **REAL),
    np.round:        Domain(lambda d: call(JUMPY(d, d.shape()), d.integer(0, 1)), **REAL),
    np.sinc:         unary(),
    np.nan_to_num:   unary(**REAL),
    np.select:       Domain(_select),
    np.sign:         unary(away, **REAL),
    np.spacing:      unary(values(1.1, 1.9), **REAL),
    # Comparisons and tests.
    **{f: binary(beside(0), beside(0.25), **REAL) for f in (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)},
    **{f: binary(away, away, **REAL) for f in (np.logical_and, np.logical_or, np.logical_xor)},
    **{f: unary(away, **REAL) for f in (
        np.logical_not, np.isnan, np.isinf, np.isfinite, np.signbit)},
    **{f: _on(_positive(f), binary(away, away, **REAL)) for f in (
        np.bitwise_and, np.bitwise_or, np.bitwise_xor)},
    np.invert:       _on(_positive(np.invert), unary(away, **REAL)),
    **{f: _on(_whole(f), binary(beside(4.1), beside(4.1), **REAL)) for f in (
        np.left_shift, np.right_shift, np.gcd, np.lcm)},
    np.isclose:      binary(beside(0), beside(0.25), **REAL),
    np.all:          reduction(away, **REAL),
    np.any:          reduction(away, **REAL),
    np.count_nonzero: reduction(away, **REAL),
    **{f: array(_argmax, **REAL) for f in (
        np.argmax, np.argmin, np.nanargmax, np.nanargmin)},
    np.argsort:      array(lambda d, a: call(distinct(d, a.shape), d.axis(a)), **REAL),
    np.searchsorted: Domain(lambda d: call(np.arange(4.0), beside(0.25)(d, d.shape())), **REAL),
    np.digitize:     Domain(lambda d: call(beside(0.25)(d, d.shape()), np.arange(4.0)), **REAL),
    np.nonzero:      unary(away, ndim=1, **REAL),
    nonzero_along:   _on(lambda a: np.nonzero(a)[-1], unary(away, ndim=1, **REAL)),
    stop_gradient:   unary(**REAL),
    # Reductions.
    np.sum:          reduction(),
    np.mean:         reduction(shortest=1),
    np.prod:         reduction(),
    np.max:          reduction(distinct, shortest=1, **REAL),
    np.min:          reduction(distinct, shortest=1, **REAL),
    np.amax:         reduction(distinct, shortest=1, **REAL),
    np.amin:         reduction(distinct, shortest=1, **REAL),
    np.var:          _spread(),
    np.std:          _spread(distinct),
    np.cumsum:       running(),
    np.cumprod:      running(),
    np.ptp:          reduction(distinct, shortest=1, **REAL),
    np.median:       reduction(distinct, shortest=1, **REAL),
    np.average:      array(_average),
    np.nansum:       Domain(_with_nan(), **REAL),
    np.nanmean:      Domain(_with_nan(), **REAL),
    # Shape.
    np.reshape:      Domain(_reshape),
    reshape:         Domain(lambda d: call(a := d.reals(d.shape()), shape=(a.size, 1))),
    np.transpose:    Domain(_transpose),
    np.permute_dims: Domain(_transpose),
    transpose:       Domain(_transposed_by),
    np.matrix_transpose: array(lambda d, a: call(a), 2),
    np.swapaxes:     array(lambda d, a: call(a, d.axis(a), d.axis(a))),
    np.moveaxis:     array(_moveaxis, 2),
    np.rollaxis:     array(lambda d, a: call(a, d.axis(a), d.integer(-a.ndim, a.ndim))),
    np.broadcast_to: Domain(_broadcast_to),
    broadcast_to:    Domain(_broadcast_to),
    np.broadcast_arrays: Domain(_broadcast_arrays),
    np.ravel:        Domain(lambda d: call(d.reals(d.shape()), **d.options(order=["C", "F"]))),
    np.expand_dims:  Domain(lambda d: call(d.reals(d.shape()), d.choice(0, -1, (0, 1), (-1, 0)))),
    np.squeeze:      Domain(_squeeze),
    np.atleast_1d:   _arrays(),
    np.atleast_2d:   _arrays(),
    np.atleast_3d:   _arrays(),
    np.concatenate:  Domain(_concatenate),
    np.stack:        Domain(_stack),
    np.vstack:       _joined(0),
    np.hstack:       _joined(1),
    np.dstack:       _joined(2),
    np.column_stack: Domain(_column_stack),
    np.append:       Domain(_append),
    np.array_split:  _split(),
    np.split:        _split(unequal=False),
    np.hsplit:       _split(axis=1, unequal=False, ndim=1),
    np.vsplit:       _split(axis=0, unequal=False, ndim=2),
    np.flip:         array(_flip, 0),
    np.flipud:       array(lambda d, a: call(a)),
    np.fliplr:       array(lambda d, a: call(a), 2),
    np.rot90:        array(_rot90, 2),
    np.tril:         array(lambda d, a: call(a, d.integer(-2, 2)), 2),
    np.triu:         array(lambda d, a: call(a, d.integer(-2, 2)), 2),
    np.diag:         Domain(lambda d: call(d.reals(d.shape(1, 2)), d.integer(-1, 1))),
    np.meshgrid:     Domain(_meshgrid),
    np.copy:         unary(),
    np.full_like:    Domain(_full_like),
    "astype":        _on(lambda x: x.astype(np.longdouble), unary(**REAL)),
    "astype_constant": _on(lambda x: x.astype(int), unary(JUMPY, **REAL)),
    "lift":          _on(_lifted, array(lambda d, a: call(a.ravel()))),
    argument:        unary(),
    # Indexing.
    "read":          array(_read),
    "getitem":       array(_getitem),
    "write":         array(_write),
    "setitem":       array(_setitem),
    scatter:         Domain(_scatter),
    np.take:         array(_take),
    np.take_along_axis: array(_take_along_axis),
    np.sort:         Domain(_sort, **REAL),
    np.diff:         array(_diff),
    np.pad:          Domain(_pad),
    np.repeat:       array(_repeat),
    np.tile:         Domain(_tile),
    np.roll:         array(_roll),
    np.delete:       array(_delete),
    np.resize:       Domain(lambda d: call(d.reals(d.shape()), d.choice(4, (2, 3)))),
    # Products.
    np.matmul:       Domain(_matmul),
    np.dot:          Domain(_dot),
    np.inner:        Domain(_inner),
    np.vdot:         Domain(_same_size, **CONJUGATING),
    np.outer:        Domain(lambda d: call(d.reals(d.shape()), d.reals(d.shape()))),
    np.tensordot:    Domain(_tensordot),
    np.cross:        Domain(_cross),
    np.kron:         Domain(lambda d: call(d.reals(d.shape(0, 2)), d.reals(d.shape(0, 2)))),
    np.linalg.norm:  Domain(_norm, **CONJUGATING),
    np.interp:       Domain(_interp, **REAL),
    np.trapezoid:    array(_trapezoid),
    np.convolve:     Domain(_convolve),
    np.polyval:      Domain(lambda d: call(d.reals(d.shape(1, 1)), d.reals(d.shape()))),
    np.trace:        Domain(_diagonal),
    np.diagonal:     Domain(_diagonal),
    np.einsum:       Domain(_einsum),
    einsum:          Domain(_einsum_primitive),
}
# fmt: on

ASKING: frozenset[Any] = frozenset({
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.min_scalar_type, np.iscomplexobj,
    np.isrealobj, np.zeros_like, np.ones_like, np.empty_like, np.array_equal, np.array_equiv,
    np.allclose, np.array_repr, np.array_str, np.array2string, np.may_share_memory,
    np.shares_memory,
})  # fmt: skip
"""Functions whose answer tells of shape, dtype or equality only: it is a plain value."""
