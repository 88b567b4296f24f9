"""Small programs whose generated source is compared line by line with files in ``sources/``."""

import re
from pathlib import Path
from unittest.mock import patch

import numpy as np

import autodiff as ad
from autodiff.compiler.native import row_loops, row_sections
from tests.autodiff.compiler import similar_programs
from tests.autodiff.compiler.native.interpreted import native_module
from tests.autodiff.compiler.similar_programs import SIMILAR

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


def slopes_of(function, count=None):
    """Return the slopes of the sum of what a function returns, squared."""

    def total(x):
        return sum((y**2).sum() for y in function(x)[:count])

    return ad.grad(total)


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
    **SIMILAR,
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
    """Count the lines of the programs from where they begin, so that they may be moved."""
    firsts = {"written": _first_lines(globals()), "similar": _first_lines(vars(similar_programs))}

    def counted(found):
        line = int(found[2])
        return (
            f"{found[0][: -len(found[2])]}+{line - max(n for n in firsts[found[1]] if n <= line)}"
        )

    return re.sub(r"(written|similar)_programs\.py:(\d+)", counted, text)


def _first_lines(names):
    codes = [getattr(f, "__code__", None) for f in names.values()]
    return [code.co_firstlineno for code in codes if code and code.co_filename == names["__file__"]]


if __name__ == "__main__":
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(written(name), encoding="utf-8")
