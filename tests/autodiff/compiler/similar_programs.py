"""Programs with what looks like a simpler form and isn't, beside what has one."""

import numpy as np

import autodiff as ad


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
        (x[0, 0] * x[1, 1]).sum(),
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
        lambda y: (y[:1] ** 2).sum() + y[1:].sum() ** 2,
        lambda y: (y[:1] ** 2).sum() + (y[1:].astype("f4") ** 2).sum(),
    ]
    return [ad.grad(lambda x, cut=cut: cut(np.sin(x)))(x) for cut in cuts]


def scoped(w, x):
    """Compute in blocks with names, one inside another."""
    with ad.scope("dense_1", label="Dense 2 tanh"):
        hidden = np.tanh(x @ w)
        with ad.scope("scale"):
            scaled = hidden * np.sum(w * w)
    with ad.scope("loss", label="loss"):
        error = inlined(scaled - 1.0, w) + inlined(scaled, np.ones(2))
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
    ad.assign(ROWS, x.sum(), name="all rows")
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


def slopes_of_extremes(x, y):
    """Return the slopes of the extremes in both arrays."""
    return ad.grad(lambda x, y: sum((z * z).sum() for z in extremes(x, y)), (0, 1))(x, y)


def repeated_outputs(xs):
    """Run a step that returns a value twice, its carry, an entry and a number."""

    def once(carry, x):
        hidden = np.tanh(carry + x)
        return (hidden, carry[0]), (hidden * 2, hidden * 2, hidden, x, 1.5, carry, hidden.sum())

    def pair(carry, x):
        return once(carry[0], x)

    last, outputs = ad.scan(pair, (np.zeros(3), 0.0), xs)
    return (last[0] * last[1]).sum() + sum((part * part).sum() for part in outputs)


def in_loops(x, f, rate, mask):
    """Use numbers of other dtypes, masks, limits, slices and products of views in loops."""
    narrow = (f * rate).astype("f4"), (f + x).astype("f4"), (rate - f).astype("f4")
    scalars = (f * np.float64(0.3)).astype("f4"), (f / np.longdouble(3)).astype("f4"), f * rate
    others = np.sqrt(f * rate).astype("f4"), (x * rate).astype("f4"), (f * mask * rate).astype("f4")
    limits = x * -np.inf, np.where(mask, np.nan, -x), np.minimum(x, 2**70), x + True, x + np.inf
    masks = mask * x, mask * mask, mask + mask, np.exp(mask), x.astype(bool), -x * mask, mask < x
    chosen = np.where(x, x, 0), np.where(mask, mask, x), np.where(mask, 1, f), np.maximum(mask, f)
    slices = x[1:] * x[:-1], x[1:, ::-1] + x[:-1], x[:, 1] * 2, x[1:2] * x, x[1:][:1] + 1, x[1] + x
    products = (
        x.T @ x,
        x[:, :1].T @ x,
        x[::2].T @ x[::2],
        x @ x.T * 2,
        x[0] @ x.T,
        x.T.copy().T @ x.T,
    )
    rows = x.sum(1) * 2, f.sum(0), (x * 2).max(1), (f + f).mean(0), x[:0].sum(0), (x * rate).min()
    return narrow, scalars, others, limits, masks, chosen, slices, products, rows


def overwriting(x, f):
    """Use values for the last time where their memory could be used, and where it couldn't."""
    a, b, c, d, e, g = (np.exp(x * k) for k in range(1, 7))
    h, k = np.exp(f), np.exp(f + f)
    mirrored, by_row, by_column = a - a[::-1], b * b[0], c + c[:, :1]
    kept, turned, summed = d * d, e.T * 2 + 1, g - g.sum(0)
    return mirrored, by_row, by_column, kept, turned, summed, h.astype(float) * 2, k * (x > 2), k


X = np.ones((3, 2))
SIMILAR = {
    "repeated_outputs": (ad.value_and_grad(repeated_outputs), (np.ones((4, 3)),)),
    "in_loops": (in_loops, (X, X.astype("f4"), np.float64(0.1), X > 0)),
    "overwriting": (overwriting, (X, X.astype("f4"))),
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
}  # fmt: skip
