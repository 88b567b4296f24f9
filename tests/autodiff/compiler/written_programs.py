"""Small programs whose generated source is compared line by line with files in ``sources/``."""

import re
from pathlib import Path
from unittest.mock import patch

import numpy as np

import autodiff as ad
from autodiff.compiler.native import row_loops, row_sections
from tests.autodiff.compiler.native.interpreted import native_module

FOLDER = Path(__file__).with_name("sources")


def network(weights, x, labels):
    """Return the loss of a network with two layers."""
    hidden = np.maximum(x @ weights["hidden"] + weights["bias"], 0)
    scores = hidden @ weights["output"]
    scores = scores - scores.max(1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return -np.mean(logs[np.arange(len(x)), labels])


WEIGHTS = {"hidden": np.ones((3, 4)), "bias": np.ones(4), "output": np.ones((4, 2))}


def step(weights, x, y):
    """Edit weights in place, as an optimizer does."""
    error, slope = ad.value_and_grad(lambda w: ((x @ w - y) ** 2).mean())(weights)
    weights -= 0.1 * slope
    return error


def standardized(x):
    """Subtract means and divide by deviations, along both axes."""
    centered = x - x.mean(axis=0)
    scaled = centered / np.sqrt(np.var(x, axis=0) + 1e-3)
    return scaled * (scaled > 0) + x.min(axis=1, keepdims=True), scaled.sum(), np.tanh(x).max()


def moved(x):
    """Move entries: views, slices, stacks and edits."""
    y = x * 2
    y[1:, 0] = x[:-1, 1]
    turned = y.T.reshape(2, -1)
    both = np.concatenate([turned, turned[::-1]], axis=1)
    return both, y, x[0], np.stack([x[0], y[1]]), np.sort(both)[:, 1:] + 1


def masked(x, y):
    """Choose by conditions; powers and mixed dtypes."""
    where = np.where(x > y, x**2, np.abs(y) ** -0.5)
    return np.clip(where, 0, 1), np.exp(-where) * 3, (x > 0).sum(), x.astype(np.float32) * 0.5


def recurrent(xs):
    """Run a step again and again."""

    def once(state, x):
        state = np.tanh(state * 0.5 + x)
        return state, state[1:]

    last, outputs = ad.scan(once, np.zeros(3), xs)
    return (last * last).sum() + outputs.sum()


def backwards(xs, w):
    """Run a step of several carries over sequences from the end, with weights from outside."""

    def once(carry, entry):
        x, scale = entry
        h = np.maximum(carry["h"] @ w + x, 0) * scale
        return {"h": h, "count": carry["count"] + scale}, (h.sum(axis=1), x * 2, w[0] + h[0])

    start = {"h": np.zeros((2, 3)), "count": 0.0}
    last, (sums, doubled, rows) = ad.scan(once, start, (xs, np.arange(4.0)), reverse=True)
    return (last["h"] * last["h"]).sum() + last["count"] * sums.sum() + doubled.mean() + rows.sum()


def repeated(x):
    """Run a step a number of times, without sequences, and without outputs."""
    last, _ = ad.scan(lambda h, _: (h - 0.1 * np.sin(h) * h.sum(), None), x, length=5)
    again, every = ad.scan(lambda h, k: (h * 0.5 + k, h.max()), last, np.arange(3.0)[:, None] + x)
    return again, every


def slopes_of_repeated(x):
    """Return the slopes of the above."""
    return ad.grad(lambda x: sum((part * part).sum() for part in repeated(x)))(x)


def draws(x):
    """Draw numbers anew in each call."""
    mask = ad.sample(GENERATOR.random, x.shape) < 0.5
    return x * mask / 0.5 + ad.sample(GENERATOR.normal, size=3)


GENERATOR = np.random.default_rng(0)


def spectrum(x):
    """Complex numbers, products of many axes, and functions without ``out``."""
    z = np.fft.fft(x) * 2j
    return (z * z.conj()).real, np.einsum("ij,kj->ik", x, x), np.linalg.inv(x @ x.T + np.eye(3))


def identities(x, y):
    """What is computed in a simpler form, and what looks alike and isn't."""
    powers = x**2 + x**-1 + x**0.5 + x**3 + x**1 + x**0 + 2.0**x
    factors = 2 * (3 * x) - (x * 2) / 4 + x / 1 * 1 + (x + 0) - (-x) + (y * 0.5) * (x * 4)
    views = x.T.T.reshape(-1).reshape(x.shape) + x.astype(float) + x[...] + x[:, ::-1][:, ::-1]
    sums = np.ones(3) @ x + x.sum(0) * 2 + np.mean(x * 3, axis=0) + (x / 5).sum(axis=0)
    masks = np.where(x > 0, x, 0) + x * (y > 0) + np.maximum(x, 0) * 2 + np.abs(np.abs(x))
    return powers, factors, views, sums, masks, np.exp(np.log(x)), x - x, (x + 1) + 2, x @ y.T @ x


def entropies(scores, labels):
    """Cross-entropies of classes and of single units."""
    largest = scores.max(axis=1, keepdims=True)
    logs = scores - largest - np.log(np.exp(scores - largest).sum(axis=1, keepdims=True))
    chances = 1 / (1 + np.exp(-scores))
    units = -(labels * np.log(chances) + (1 - labels) * np.log(1 - chances)).mean()
    return -(labels * logs).sum(axis=1).mean() + units


def reduced(x):
    """Reductions over all axes, the first and the last, with and without axes of length 1."""
    first, last = x.sum(axis=0), x.mean(axis=1, keepdims=True)
    return (
        (x - last) * first, x.max(axis=0), x.min(), (x * first).sum(axis=(0, 1)), x.prod(axis=1),
        np.cumsum(x, axis=1), (x > last).any(axis=0), x.argmax(axis=1), x.var(), first @ first,
    )  # fmt: skip


def narrow(x, w, rate):
    """Compute in float32 beside numbers of Python and of NumPy."""
    hidden = np.tanh(x @ w) * rate + 0.5
    return hidden * np.float32(2), hidden.astype(np.float64).sum(), np.exp(hidden) / (1 + hidden**2)


def counted(x):
    """Read and write arrays that aren't arguments."""
    ad.assign(COUNTS, ad.live(COUNTS) * 0.9 + x.mean(axis=0) * 0.1)
    return (x - ad.live(COUNTS)) / np.sqrt(SCALE)


COUNTS, SCALE = np.zeros(2), np.array([2.0, 3.0])


def kept(x, box):
    """Edit arguments and containers, and return views and arguments."""
    box["sum"] = x.sum()
    box["x"] = x * 2
    x[0] += 1
    return x, x[1:], [x.T, 3, None], {"a": box["x"][0]}


def patterns(x, t):
    """Orders of axes, copies, counts and extremes of two."""
    turned = np.transpose(t, (0, 2, 1)) @ x, t.reshape((4, 3), order="F"), np.swapaxes(t, 0, 1)
    copies = x.copy() + 1, x.copy("F") * 2, t[..., 0, None] - t[:, :1], x[np.argsort(x[:, 0])]
    sums = (x > 0).astype(float).sum(), x.sum(0).sum(), (x * x).sum(), (x * x[::-1]).sum()
    axes = (t * t).sum(axis=(1, 2)), t.mean(axis=(0, 1)), t.sum(axis=1, keepdims=True) / t
    pairs = x.max(1), x.min(axis=-1, keepdims=True), x[:, 0] * x[:, 1], np.maximum(x[0], x[1])
    sums = *sums, x[:, :1].sum(0), (x * 2).sum(1), t.sum(0), t.reshape(6, 2).sum(axis=0)
    mixed = np.concatenate([x, x * 2]), np.repeat(x, 2, axis=0), np.broadcast_to(x[0], (2, 2)) + 1
    several = np.divmod(x, 2), np.modf(x), np.argmax(x), np.argmin(x, 1), x.argmax(0, keepdims=True)
    return (
        several,
        turned,
        copies,
        sums,
        axes,
        pairs,
        mixed,
        np.outer(x[0], x[1]),
        x @ np.ones(2) - x[:, 0],
    )


def by_rows(x, y, w, v):
    """What is computed row by row, from all rows, and from rows that are turned."""
    hidden = np.maximum(x @ w.T + v, 0) * (y > 0)
    centered = hidden - hidden.max(1, keepdims=True)
    pairs = hidden.reshape(-1, 2, 2).sum(1).reshape(12, 2) @ w[:2]
    return hidden.T @ centered, pairs.sum(0), (hidden * y).sum(), centered, pairs - pairs.mean(0)


def slopes_by_rows(x, y, w, v):
    """Return the slopes of the above."""

    def total(x, w, v):
        return sum((part * part).sum() for part in by_rows(x, y, w, v))

    return ad.grad(total, argnums=(0, 1, 2))(x, w, v)


def lookalikes(x, n, mask, z):
    """What looks like a simpler form, of integers, bools, complex and narrow numbers."""
    f = x.astype(np.float32)
    powers = mask**2, n**2, n**1, n**0.5, z**2, z**0.5, z**1, f**0.5, f**1, f**2, 2**x, x[0] ** x
    ones = z * 1, 1 * z, z / 1, n * 1, n / 1, n * 1.0, 1 * f, f / 1, mask * 1, 1 / x, x - 0, 0 + n
    signs = (
        n + -n,
        n - -n,
        -n * 3,
        3 * -n,
        -z * 2,
        z - -z,
        f + -f,
        x + -n,
        x - -x,
        np.negative(-n),
        -(z * 2),
    )
    turned = 2 * -x, -x * 2, -x / 2, 2 / -x, -(x * 3), -(x / 3), -(3 / x), -x + 1, 1 - -x, -(x * z)
    factors = 2 * (3 * n), 2.0 * (3 * n), (z * 2) * 3, (f * 2) / 3, x / 3 * 2, x / 3 / 2, x * 2 / 3
    limits = x * 1e-200 * 1e-200, x * 1e-310 * 2, x * 2 * 0, x * np.inf * 0.5, f * 1e-30 * 1e-30
    types = (
        mask.astype(int).astype(float),
        n.astype(float).astype("f4"),
        f.astype(float).astype("f4"),
    )
    same = x.astype(float), mask.astype("f4").astype("f8"), n.astype("i8"), np.abs(n), x.copy()
    return powers, ones, signs, turned, factors, limits, types, same


def lookalike_sums(x, n, h, t):
    """Sums, means and extremes that BLAS or a simpler form doesn't do, beside some that it does."""
    wide, tall, empty = np.tile(t[0], (1, 33)), np.repeat(x, 3, axis=0), x[:0]
    columns = wide.sum(1), wide.sum(0), tall.sum(0), tall.sum(1), tall[:, :1].sum(0), x.sum(-1)
    kinds = (
        n.sum(0),
        n.sum(),
        h.sum(0),
        h.sum(),
        (n > 1).sum(),
        empty.sum(0),
        empty.sum(),
        x[0].sum(),
    )
    kept = (
        x.sum(0, keepdims=True),
        x.sum((0, 1), keepdims=True),
        t.sum((0, 1)),
        t.sum((0, 2)),
        t.sum(2),
    )
    means = n.mean(), (n > 1).mean(), h.mean(), x.mean(0), t.mean((0, 1)), x[0].mean()
    casts = (
        (n > 1).astype(float).sum(),
        (n > 1).astype("f4").sum(),
        n.astype(float).sum(),
        n.astype(float).sum(0),
    )
    signs = (-x).sum(), (-x).sum(0), (-n).sum(), np.outer(-x[0], x[1]), -x[0] * x, (-x[:1]).mean()
    pairs = (
        tall.max(1),
        t.max(1),
        t.min(2),
        n.max(1),
        n.min(axis=1, keepdims=True),
        wide.max(0),
        x.T.max(1),
    )
    sums = (
        x.sum(1).sum(),
        t.sum(1).sum(),
        x.reshape(-1).sum(),
        (x * x[0]).sum(),
        (n * n).sum(),
        (x * 2).sum(),
    )
    dots = (
        (x[0] * x[1]).sum(),
        (t * t).sum(),
        (x.astype("f4") * x).sum(),
        (x @ np.ones(2)).sum(),
        (np.ones(3) @ x).sum(),
    )
    matrix = (
        (x @ x[0][..., None])[..., 0],
        (x @ t[0, 0][..., None])[..., 0],
        (t @ x[0][..., None])[..., 0],
    )
    others = (x @ x.T)[..., 0], (x @ x[0][..., None])[..., None], (x @ x[0][:, None])[:, 0]
    return columns, kinds, kept, means, casts, signs, pairs, sums, dots, matrix, others


def slopes_of_slices(x):
    """Return the slopes of sums of slices, each on its own."""
    cuts = [
        lambda y: (y[:1] ** 2).sum() + (y[1:] ** 3).sum(),
        lambda y: (y[2:] ** 2).sum() + (y[:2] ** 3).sum(),
        lambda y: (y[:1] ** 2).sum() + (y[2:] ** 3).sum(),
        lambda y: (y[:2] ** 2).sum() + (y[1:] ** 3).sum(),
        lambda y: (y[:, :1] ** 2).sum() + (y[:, 1:] ** 3).sum(),
        lambda y: (y[:1] ** 2).sum() + (y[:, 1:] ** 3).sum(),
        lambda y: y[:1].sum() * 3 + y[1:].sum(),
        lambda y: (y[::2] ** 2).sum() + (y[1::2] ** 3).sum(),
        lambda y: (y[0] ** 2).sum() + (y[1:] ** 3).sum(),
        lambda y: (y[:2] ** 2).sum() * 2,
    ]
    return [ad.grad(lambda x, cut=cut: cut(np.sin(x)))(x) for cut in cuts]


def scoped(w, x):
    """Compute in blocks with names, one inside another."""
    with ad.scope("dense_1", label="Dense 2 tanh"):
        hidden = np.tanh(x @ w)
        with ad.scope("scale"):
            scaled = hidden * np.sum(w * w)
    with ad.scope("loss", label="loss"):
        error = inlined(scaled - 1.0, w)
    return error + (hidden * 2).sum()


@ad.primitive(inline=True)
def inlined(x, w):
    """Return a number by operations that are written out."""
    return np.mean(x * x) * 0.5 + shortened(np.sum(w) * np.ones(2).sum())


@ad.primitive(inline=True)
def shortened(x):
    """Return what is written out inside another such operation."""
    return np.tanh(x) * 2


ad.derivative(inlined, x=lambda g, z, x, w: g * x / x.size, w=lambda g, z, x, w: g * 0 * w)
ad.derivative(shortened, x=lambda g, z, x: g * (2 - x))


def assigned(x, n):
    """Assign plain values, other dtypes and shapes, twice, and to what overlaps."""
    ad.assign(FIRST, 1.0)
    ad.assign(FIRST, x[0])
    ad.assign(COUNTERS, ad.live(COUNTERS) + 1)
    ad.assign(ROWS, x.sum())
    ad.assign(ROWS[0], x[0] * 2)
    ad.assign(SINGLE, x)
    ad.assign(DOUBLE, np.exp(x) * 2)
    ad.assign(TURNED, x.T)
    return (
        ad.live(FIRST) * 2,
        ad.live(ROWS),
        ad.live(COUNTERS),
        n + ad.live(COUNTERS)[0],
        ad.live(LEVEL),
    )


FIRST, COUNTERS, ROWS, LEVEL = np.zeros(2), np.zeros(2, int), np.zeros((3, 2)), np.array(2.0)
SINGLE, DOUBLE, TURNED = np.zeros((3, 2), "f4"), np.zeros((3, 2)), np.zeros((2, 3))


def extremes(x, y):
    """Take extremes of two arrays, of a number and an array, and what is alike."""
    pairs = (
        np.maximum(x, y),
        np.minimum(y, x),
        np.maximum(x, 0.5),
        np.minimum(0.5, x),
        np.fmax(x, y),
    )
    others = np.maximum(x[0], y), np.where(x == y, 0.5 * x, x) * (x == y), np.maximum(x, x)
    return *pairs, *others


def summed_steps(xs, w, v):
    """Run a step whose weights get sums of products as their slopes."""

    def once(carry, x):
        hidden = np.tanh(x @ w + carry)
        narrow = (x.astype(np.float32) @ v).astype(float)
        return hidden, (hidden, narrow.sum(), x, hidden[0] * w[0, 0], np.tanh(x) * 2)

    last, outputs = ad.scan(once, np.zeros((2, 3)), xs)
    return (last * last).sum() + sum((part * part).sum() for part in outputs)


def slopes_of(function, count=None):
    """Return the slopes of the sum of what a function returns, squared."""

    def total(x):
        return sum((y**2).sum() for y in function(x)[:count])

    return ad.grad(total)


def slopes_of_extremes(x, y):
    """Return the slopes of the extremes in both arrays."""
    return ad.grad(lambda x, y: sum((z * z).sum() for z in extremes(x, y)), (0, 1))(x, y)


def slopes_of_narrow(w, x):
    """Return slopes in float32 of a sum in float64."""
    return ad.grad(lambda w: narrow(x, w, 0.1)[1])(w)


X = np.ones((3, 2))
BY_ROWS = (np.ones((12, 4)), np.ones((12, 4)), np.ones((4, 4)), np.ones(4))
PROGRAMS = {
    "network": (ad.value_and_grad(network), (WEIGHTS, np.ones((5, 3)), np.array([0, 1, 1, 0, 1]))),
    "step": (step, (np.ones(3), np.ones((4, 3)), np.ones(4))),
    "standardized": (standardized, (X,)),
    "slopes_of_standardized": (slopes_of(standardized), (X,)),
    "moved": (moved, (X,)),
    "slopes_of_moved": (slopes_of(moved), (X,)),
    "masked": (masked, (X, X)),
    "recurrent": (ad.value_and_grad(recurrent), (np.ones((4, 3)),)),
    "backwards": (backwards, (np.ones((4, 2, 3)), np.ones((3, 3)))),
    "slopes_of_backwards": (ad.grad(backwards, (0, 1)), (np.ones((4, 2, 3)), np.ones((3, 3)))),
    "repeated": (repeated, (np.ones(3),)),
    "slopes_of_repeated": (slopes_of_repeated, (np.ones(3),)),
    "draws": (draws, (np.ones((2, 3)),)),
    "spectrum": (spectrum, (X,)),
    "identities": (identities, (X, X)),
    "entropies": (ad.value_and_grad(entropies), (np.ones((4, 3)), np.eye(4, 3))),
    "reduced": (reduced, (X,)),
    "slopes_of_reduced": (slopes_of(reduced, 5), (X,)),
    "narrow": (narrow, (X.astype("f4"), np.ones((2, 4), "f4"), 0.1)),
    "slopes_of_narrow": (slopes_of_narrow, (np.ones((2, 4), "f4"), X.astype("f4"))),
    "counted": (counted, (X,)),
    "kept": (kept, (X.copy(), {"n": 1.0})),
    "fortran": (standardized, (np.asfortranarray(X),)),
    "patterns": (patterns, (X, np.ones((2, 3, 2)))),
    "by_rows": (by_rows, BY_ROWS),
    "slopes_by_rows": (slopes_by_rows, BY_ROWS),
    "lookalikes": (lookalikes, (X, np.array([1, 2]), X > 0, X * 1j)),
    "lookalike_sums": (
        lookalike_sums, (X, np.ones((3, 2), int), np.ones((3, 2), "f2"), np.ones((2, 3, 2))),
    ),
    "slopes_of_slices": (slopes_of_slices, (X,)),
    "scoped": (ad.value_and_grad(scoped, (0, 1)), (np.ones((2, 2)), X)),
    "assigned": (assigned, (X, np.array([1, 2]))),
    "extremes": (extremes, (X, X)),
    "slopes_of_extremes": (slopes_of_extremes, (X, X)),
    "slopes_of_summed_steps": (
        ad.grad(summed_steps, (0, 1, 2)),
        (np.ones((4, 2, 3)), np.ones((3, 3)), np.ones((3, 3), "f4")),
    ),
    "in_blocks": (ad.value_and_grad(network), (WEIGHTS, np.ones((12, 3)), np.arange(12) % 2)),
}  # fmt: skip


def written(name):
    """Return the NumPy source of a program, and that of its loops."""
    if name not in ("in_blocks", "by_rows", "slopes_by_rows"):
        return _written(name)
    with (
        patch.multiple(row_sections, LARGE=64, BLOCK=128),
        patch.object(row_loops, "cores", lambda: 2),
    ):
        return _written(name)


def _written(name):
    function, args = PROGRAMS[name]
    source = ad.jit(function).source(*args)
    module, _ = native_module(function, *args)
    _, mark, pieces = module.pieces.partition("@njit")  # without imports and functions for vectors
    parts = [source, module.main.text, mark + pieces]
    return "\n\n".join(_from_first_line(part.strip()) for part in parts) + "\n"


def _from_first_line(text):
    """Count the lines of this file from where the functions begin, so that they may be moved."""
    codes = [getattr(f, "__code__", None) for f in globals().values()]
    firsts = [code.co_firstlineno for code in codes if code and code.co_filename == __file__]

    def counted(found):
        line = int(found[0])
        return f"+{line - max(first for first in firsts if first <= line)}"

    return re.sub(r"(?<=written_programs\.py:)\d+", counted, text)


if __name__ == "__main__":
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(written(name), encoding="utf-8")
