"""Calls whose arguments must fit each other: draws for the lines of the table that need more."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.backward import Running, argument
from autodiff.core.cotangents import scatter as scatter_itself
from autodiff.core.indexing import chosen_places, last_writes
from autodiff.core.lift import lift
from autodiff.core.positions import GAP
from autodiff.rules.data_dependent import as_recorded
from autodiff.rules.einsum import einsum as einsum_itself
from tests.laws.drawing import (
    ANY,
    CONJUGATING,
    Call,
    Domain,
    Draw,
    away,
    beside,
    call,
    distinct,
)

CLIP = inspect.signature(np.clip).parameters  # with min and max since NumPy 2.1


def power(d: Draw) -> Call:
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


def remainder(d: Draw) -> Call:
    """Draw x between two multiples of y."""
    shape = d.shape(shortest=0)
    y = away(d, d.part_of(shape))
    ratio = d.random.integers(-3, 3, shape) + d.random.uniform(0.2, 0.8, shape)
    return call((ratio * y)[()], y)


def where(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    x, y = d.reals(d.part_of(shape)), d.reals(d.part_of(shape))
    condition = d.random.random(d.part_of(shape)) < 0.5
    return call(condition, *d.choice((x, y), (0.0, y), (x, 1)))


def finite_choice(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    judged = d.random.choice((1.0, np.inf, -np.inf), d.part_of(shape))
    listed = judged.tolist() if judged.size else 1.0  # an empty list has one axis
    return call(d.reals(d.part_of(shape)), listed, **d.options(otherwise=[0.5]))


def clip(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    a, low, high = beside(0.25)(d, shape), d.reals(d.part_of(shape), -2, -1), 1.0
    low = np.round(low) * 1.0
    by_name = {"max": high} if "max" in CLIP else {"a_min": None, "a_max": high}
    return d.choice(call(a, low, high), call(a, -1, None), call(a, None, high), call(a, **by_name))


def clip_between(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    low = np.round(d.reals(d.part_of(shape), -2, -1)) * 1.0
    return call(beside(0.25)(d, shape), low, 1.0)


def spread(draw: Any = ANY) -> Domain:
    """Draw a call of var or std."""

    def drawn(d: Draw) -> Call:
        shape = d.choice((2,), (3, 2), (2, 3, 2))
        axis = d.choice(None, 0, -1, tuple(range(len(shape))))
        return call(draw(d, shape), axis=axis, **d.options(ddof=[0, 1], keepdims=[True]))

    return Domain(drawn, **CONJUGATING)


def several(d: Draw, ndim: int = 1, vary: bool = True) -> tuple[list[Any], int]:
    """Draw arrays that differ in the length of one axis at most."""
    shape = d.shape(ndim)
    axis = d.integer(0, len(shape) - 1)
    count = d.integer(1, 3)
    lengths = [d.integer(0, 3) if vary else shape[axis] for _ in range(count)]
    shapes = [(*shape[:axis], n, *shape[axis + 1 :]) for n in lengths]
    return [d.reals(s) for s in shapes], axis


def concatenate(d: Draw) -> Call:
    arrays, axis = several(d)
    if d.coin():
        arrays.append(np.ones(arrays[0].shape, int))  # a constant among them
    return d.choice(
        call(arrays, axis), call(arrays, axis=axis - arrays[0].ndim), call(arrays, None)
    )


def stack(d: Draw) -> Call:
    shape = d.shape(0, 2, shortest=0)
    arrays = [d.reals(shape) for _ in range(d.integer(1, 3))]
    return call(arrays, **d.options(axis=range(-len(shape) - 1, len(shape) + 1)))


def joined(axis: int, ndim: int = 0) -> Domain:
    """Draw for vstack and its siblings: arrays that differ along one axis."""

    def draw(d: Draw) -> Call:
        shape = d.shape(max(ndim, 0), 3)
        along = min(axis, len(shape) - 1) if axis < len(shape) or len(shape) == 1 else None
        shapes = [shape] * d.integer(1, 3)
        if along is not None and (axis == 1 or len(shape) > 1):
            shapes = [(*shape[:along], d.integer(1, 3), *shape[along + 1 :]) for _ in shapes]
        return call([d.reals(s) for s in shapes])

    return Domain(draw)


def column_stack(d: Draw) -> Call:
    rows = d.integer(1, 3)
    return call([d.reals(d.choice((rows,), (rows, 2))) for _ in range(d.integer(1, 3))])


def append(d: Draw) -> Call:
    arrays, axis = several(d)
    two = (arrays * 2)[:2]
    return d.choice(call(*two, axis), call(*two))


def reshape(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    shape = d.choice(a.shape[::-1], (a.size,), (1, a.size, 1), a.size, (*a.shape, 1))
    given = d.choice(shape, -1) if a.size else shape
    return call(a, given, **d.options(order=["C", "F"]))


def transpose(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    axes = d.random.permutation(a.ndim)
    return d.choice(call(a), call(a, None), call(a, tuple((axes - a.ndim).tolist())))


def transposed_by(d: Draw) -> Call:
    a = d.reals(d.shape(shortest=0))
    return call(a, axes=tuple(d.random.permutation(a.ndim).tolist()))


def windows(d: Draw) -> Call:
    x = d.reals(d.shape(1))
    axis = d.choice(None, d.axis(x), (0, 0) if x.shape[0] > 1 else (0,))
    axes = (axis,) if isinstance(axis, int) else range(x.ndim) if axis is None else axis
    window = [d.integer(1, max(1, x.shape[a] - 1)) for a in axes]
    return call(x, window[0] if isinstance(axis, int) else tuple(window), axis)


def unslid(d: Draw) -> Call:
    shape, window = d.shape(1), d.integer(1, 2)
    return call(d.reals((*shape, window)), shape=(shape[0] + window - 1, *shape[1:]), axes=(0,))


def broadcast_to(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(d.reals(d.part_of(shape)), shape=shape)


def squeeze(d: Draw) -> Call:
    a = d.reals(tuple(d.choice(1, 2) for _ in range(d.integer(0, 3))))
    ones = [i for i, n in enumerate(a.shape) if n == 1]
    return call(a, **d.options(axis=[None, tuple(ones), *ones]))


def arrays(low: int = 1, high: int = 3) -> Domain:
    """Draw several arrays, each an argument."""
    return Domain(lambda d: call(*(d.reals(d.shape()) for _ in range(d.integer(low, high)))))


def broadcast_arrays(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(*(d.reals(d.part_of(shape)) for _ in range(d.integer(1, 3))))


def split(axis: int | None = None, unequal: bool = True, ndim: int = 1) -> Domain:
    def draw(d: Draw) -> Call:
        a = d.reals((6, 6, 2)[: d.integer(ndim, 3)])
        parts = d.choice(2, 3, [1, 4], [2], *([4] if unequal else []))
        return call(a, parts) if axis is not None else call(a, parts, axis=d.choice(0, -a.ndim))

    return Domain(draw)


def flip(d: Draw, a: Any) -> Call:
    return call(a, **d.options(axis=[d.axes(a)]))


def rot90(d: Draw, a: Any) -> Call:
    axes = tuple(d.random.permutation(a.ndim)[:2].tolist())
    return call(a, **d.options(k=range(-2, 5), axes=[axes]))


def moveaxis(d: Draw, a: Any) -> Call:
    two = d.random.permutation(a.ndim)[:2].tolist(), d.random.permutation(a.ndim)[:2].tolist()
    return d.choice(call(a, d.axis(a), d.axis(a)), call(a, *two))


def index_of(d: Draw, shape: tuple[int, ...]) -> Any:
    """Draw an index of an array: numbers, slices, masks, positions, new axes, an ellipsis."""
    some: list[Any] = []
    for n in shape[: d.choice(*range(len(shape) + 1))]:
        positions = d.random.integers(-n, n, d.choice((2,), (2, 2)))
        some.append(
            d.choice(
                d.integer(-n, n - 1),
                d.choice(slice(None), slice(None, None, -1), slice(1, None, 2)),
                positions,
                positions.tolist(),
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


def read(d: Draw, a: Any) -> Call:
    return call(a, index_of(d, a.shape))


def getitem(d: Draw, a: Any) -> Call:
    index = index_of(d, a.shape)
    return call(a, index=index)


def write(d: Draw, a: Any) -> Call:
    index = index_of(d, a.shape)
    target = a[index].shape
    return call(a, d.choice(d.reals(d.part_of(target)), 2.0), index)


def setitem(d: Draw, a: Any) -> Call:
    x, value, index = write(d, a).args
    return call(x, value, index=index)


def recorded(x: Any) -> Any:
    kind = {"shape": np.shape(x), "dtype": x.dtype.name}
    return as_recorded.apply((x,), {**kind, "name": "f", "place": "here"})


def started(x: Any) -> Any:
    return argument.apply((x,), {"name": "x", "running": Running()})


@ad.primitive
def sine_and_square(x: Any) -> tuple[Any, Any]:
    return np.sin(x), np.square(x)


ad.derivative(sine_and_square, x=lambda g, z, x: g[0] * np.cos(x) + g[1] * 2 * x)


def part(d: Draw) -> Call:
    """Use one result of a function that has two, or both."""
    number = d.integer(0, 1)
    one = Call((d.reals(d.shape()),), {}, lambda x: sine_and_square(x)[number])
    return d.choice(one, Call(one.args, {}, lambda x: np.multiply(*sine_and_square(x))))


def scatter(d: Draw) -> Call:
    shape = d.shape(1)
    x = np.zeros(shape)
    indices = [index_of(d, shape) for _ in range(d.integer(1, 3))]
    parts = [d.reals(x[index].shape) for index in indices]
    options = {"indices": indices, "shape": shape}
    return Call(tuple(parts), {}, lambda *values: scatter_itself.apply(values, options))


def written_last(a: Any) -> Any:
    positions = np.argsort(a, axis=None) // 2
    return last_writes.apply((np.ravel(a), positions), {"shape": (a.size,), "index": GAP})


def chosen(a: Any) -> Any:
    count = a.size // 2
    return chosen_places.apply((np.argsort(a, axis=None) < count,), {"count": count})


def take(d: Draw, a: Any) -> Call:
    axis = d.choice(None, d.axis(a))
    n = a.size if axis is None else a.shape[axis]
    indices = d.choice(d.integer(-n, n - 1), d.random.integers(-n, n, d.shape(1, 2)), [0, -1, 0])
    return call(a, indices, axis)


def take_along_axis(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    shape = list(a.shape)
    shape[axis] = d.integer(1, 3)
    n = a.shape[axis]
    along = call(a, d.random.integers(-n, n, shape), axis)
    return d.choice(along, call(a, d.random.integers(-a.size, a.size, 3), None))


def sort(d: Draw) -> Call:
    a = d.distinct(d.shape(1))
    return call(a, **d.options(axis=[None, d.axis(a)], kind=["stable", "quicksort"]))


def diff(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    shape = list(a.shape)
    shape[axis] = d.integer(1, 2)
    ends = d.options(prepend=[0, d.reals(tuple(shape))], append=[1.5, d.reals(tuple(shape))])
    return d.choice(call(a, d.integer(1, 2), axis, **ends), call(a, 0, axis))


def pad(d: Draw) -> Call:
    a = d.reals(d.shape(1, 2, shortest=2))
    width = d.choice(1, (0, 2), [(1, 0)] * a.ndim, [(i, 1) for i in range(a.ndim)])
    fill = d.options(constant_values=[2.5, (1, 2)])
    modes = [call(a, width, m) for m in ("edge", "reflect", "symmetric", "wrap", "constant")]
    return d.choice(call(a, width), call(a, width, "constant", **fill), *modes)


def repeat(d: Draw, a: Any) -> Call:
    axis = d.choice(None, d.axis(a))
    n = a.size if axis is None else a.shape[axis]
    return call(a, d.choice(d.integer(0, 3), d.random.integers(0, 3, n)), axis)


def tile(d: Draw) -> Call:
    return call(d.reals(d.shape()), d.choice(2, (2,), (1, 2), (2, 1, 3), 0))


def roll(d: Draw, a: Any) -> Call:
    several = call(a, tuple(range(a.ndim)), tuple(range(a.ndim)))
    return d.choice(call(a, d.integer(-4, 4)), call(a, 1, d.axis(a)), several)


def delete(d: Draw, a: Any) -> Call:
    return d.choice(call(a, 0), call(a, [0, -1], d.axis(a)), call(a, slice(1), 0))


def matmul(d: Draw) -> Call:
    i, j, k = d.integer(0, 3), d.integer(0, 3), d.integer(0, 3)
    stack = d.shape(0, 1)
    left, right = d.part_of(stack), d.part_of(stack)
    x = d.choice((j,), (*left, i, j))
    y = d.choice((j,), (*right, j, k))
    return call(d.reals(x), d.reals(y))


def dot(d: Draw) -> Call:
    n = d.integer(1, 3)
    x = d.choice((), (n,), (2, n), (2, 1, n))
    y = d.choice((), (n,), (n, 2), (2, n, 2))
    return call(d.reals(x), d.reals(y))


def inner(d: Draw) -> Call:
    n = d.integer(1, 3)
    return call(*(d.reals(d.choice((), (n,), (2, n), (2, 1, n))) for _ in range(2)))


def same_size(d: Draw) -> Call:
    shape = d.shape(0, 2)
    return call(d.reals(shape), d.reals(shape))


def tensordot(d: Draw) -> Call:
    a, b = d.reals((2, 3, 2)), d.reals((3, 2, 2))
    axes = d.choice(0, ([0, 1], [1, 0]), (1, 0), (-1, -1), [[0, 2], [1, 2]])
    return d.choice(call(a, b, axes), call(a, d.reals((3, 2))), call(a, d.reals((2,)), 1))


def argmax(d: Draw, a: Any) -> Call:
    return call(distinct(d, a.shape), d.choice(None, d.axis(a)))


def diagonal(d: Draw) -> Call:
    a = d.reals(d.shape(2))
    axes = d.random.permutation(a.ndim)[:2].tolist()
    return call(a, d.integer(-1, 1), *d.choice((), axes))


EINSUMS = (
    "ij,jk->ik", "ij,jk", "ij->ji", "ij->", "ii->i", "ii", "i,i->", "i,j->ij", "ij,ij->i",
    "bij,bjk->bik", "...i,...i->...", "i...->...", "ij,jk,kl->il", "iij->j", "i,i,i->i", "ij,k->jk",
)  # fmt: skip
SIDES = {"b": 2, "i": 3, "j": 3, "k": 2, "l": 1}


def einsum(d: Draw) -> Call:
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


def einsum_primitive(d: Draw) -> Call:
    subscripts = d.choice("ij,jk->ik", "ii->i", "i,j->", "ij,j,j->i")
    terms = subscripts.split("->")[0].split(",")
    arrays = [d.reals(tuple(SIDES[c] for c in term)) for term in terms]
    options = {"subscripts": subscripts}
    return Call(tuple(arrays), {}, lambda *operands: einsum_itself.apply(operands, options))


def on(function: Any, domain: Domain) -> Domain:
    """Draw for a function of several steps, around the one of the line."""

    def draw(d: Draw) -> Call:
        drawn = domain.draw(d)
        return Call(drawn.args, drawn.options, function)

    return Domain(draw, domain.holomorphic, domain.takes_complex)


def whole(function: Any) -> Any:
    """Pass the nearest integers to a function of integers."""
    return lambda *xs: function(*(np.floor(x).astype(int) for x in xs))


def flat_positions(function: Any) -> Any:
    """Pass positions in an image to np.ravel_multi_index, or else to np.unravel_index."""

    def positions(x: Any) -> Any:
        counted = np.floor(x).astype(int) % 400
        if function is np.ravel_multi_index:
            return function((counted // 20, counted % 20), (20, 20))
        return np.unravel_index(counted, (20, 20))

    return positions


def positive(function: Any) -> Any:
    """Pass x > 0 to a function of bools."""
    return lambda *xs: function(*(x > 0 for x in xs))


def lifted(x: Any) -> Any:
    """Put the entries of x, in another order, into an array of objects."""
    objects = np.empty(len(x), object)
    for i in range(len(x)):
        objects[-1 - i] = x[i]
    return lift(objects) * 1  # in the native byte order


def full_like(d: Draw) -> Call:
    shape = d.shape(shortest=0)
    return call(d.reals(shape), d.reals(d.part_of(shape)))


def select(d: Draw) -> Call:
    shape = d.shape()
    conditions = [d.random.random(shape) < 0.5 for _ in range(2)]
    choices = [d.reals(d.part_of(shape)) for _ in range(2)]
    return call(conditions, choices, *d.choice((), (0.5,)))


def average(d: Draw, a: Any) -> Call:
    several = tuple(d.random.permutation(a.ndim)[: d.integer(1, a.ndim)].tolist())
    axis = d.choice(d.axis(a), several)
    along = a.shape[axis] if isinstance(axis, int) else tuple(a.shape[i] for i in axis)
    weights = d.choice(away(d, a.shape) ** 2, away(d, along) ** 2, None)
    return call(a, axis, weights, **d.options(keepdims=[True]))


def with_nan() -> Any:
    def draw(d: Draw) -> Call:
        a = d.reals((2, 3))
        a[d.integer(0, 1), d.integer(0, 2)] = np.nan
        return call(a, **d.options(axis=[None, 0 if d.coin() else 1], keepdims=[True]))

    return draw


def meshgrid(d: Draw) -> Call:
    vectors = [d.reals(d.shape(1, 1)) for _ in range(d.integer(1, 3))]
    return call(*vectors, **d.options(indexing=["xy", "ij"], sparse=[True, False]))


def cross(d: Draw) -> Call:
    axis = d.choice({}, {"axis": 0}, {"axisc": 0})
    return call(d.reals(d.choice((3,), (3, 3))), d.reals((3, 3)), **axis)


def norm(d: Draw) -> Call:
    x = distinct(d, d.shape(1))
    if x.ndim == 1:
        return call(x, **d.options(ord=[1, 2, 3, 0.5, np.inf, -np.inf], axis=[0, None]))
    uneven = x * (1 + 0.05 * np.sqrt(np.arange(x.size).reshape(x.shape)))  # sums differ, too
    matrix = call(uneven, d.choice(None, "fro", 1, -1, np.inf, -np.inf), (0, 1))
    vectors = call(x, d.choice(None, 1, 2, 3, np.inf), d.axis(x), **d.options(keepdims=[True]))
    return d.choice(matrix, vectors, call(x), call(x, keepdims=True))


def interp(d: Draw) -> Call:
    xp, fp = np.arange(4.0), d.reals((4,))
    return call(beside(0.25)(d, d.shape()), xp, fp, **d.options(left=[-1.0], right=[2.0]))


def trapezoid(d: Draw, a: Any) -> Call:
    axis = d.axis(a)
    x = d.reals((a.shape[axis],))
    return d.choice(call(a, axis=axis), call(a, dx=0.5, axis=axis), call(a, x, axis=axis))


def convolve(d: Draw) -> Call:
    a, v = d.reals((d.integer(1, 4),)), d.reals((d.integer(1, 4),))
    return call(a, v, **d.options(mode=["full", "same", "valid"]))
