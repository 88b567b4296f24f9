"""Expressions of NumPy that combine options, casts and in-place edits: NumPy is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: F401 - for the expressions

TEXTS = """
np.cov(x, fweights=[True] * x.shape[-1], dtype="f4")   np.linspace(0, y, 1, retstep=True)
np.clip(y, 0, None, max=1)   np.interp(y, [0.0, 1.0], [2, 3], left=1j)
np.sum(x, initial=True)   np.prod(x, axis=0, initial=None)   np.max(x, axis=-1, initial=None)
np.max(x, initial=True, where=x > 1)   np.sum(x, initial=None, where=x > 1)   np.add.outer(y, 2.5)
np.any(x, axis=-1, where=x < 1)   np.all(x, where=x < 1)   np.isclose(x, 1, rtol=np.abs(x))
np.nan_to_num(x, nan=2.5, posinf=7, neginf=0)
np.nan_to_num(x, nan=x.size / 2, posinf=7, neginf=-7)
np.searchsorted(x.ravel(), 2, sorter=np.argsort(x.ravel()))   np.isclose(x, y, atol=abs(y).sum())
np.take(x, [0, 7], mode="clip")   np.take(x, [[0, -7]], axis=-1, mode="wrap")   np.compress(True, x)
np.compress(x > 0, x)   np.compress([True], x, axis=-1)   np.pad(x, 1, constant_values=np.max(x))
np.pad(x, (1, 2), constant_values=(x.sum(), 3))   np.pad(x, {0: 1})   np.clip(x, -1, y)
np.clip(y, np.array([*y]), 300)   np.clip(x, y, None)   np.dot(x, 2.0)   np.dot(3, x)
np.inner(x, 2j)
x.dot(2)   np.inner(2.5, x)   np.sum(x, initial=np.float32(1.5))   np.max(x, initial=np.float64(7))
np.prod(x, initial=2j)   np.sum(x, initial=np.sum(0.5 * x))
np.max(x, initial=1.5, where=x < 1)   np.interp(x, [0, 1, 2], [1, 2, 1], period=3)
np.interp(y, np.nan_to_num(x).ravel(), x.ravel(), period=-2.5)
np.interp(x, np.array([False, True]), [1.0, 2])
np.interp([0.5], [0, 1], [1, 2], period=y.sum())   np.logspace(0, 1, 3, base=np.abs(x) + 1)
np.logspace(y, 1, 2, base=np.abs(x) + 2, axis=-1)   np.trapezoid(y, x)   np.trapezoid(x, x, axis=0)
np.trapezoid(x[None], x)   np.trapezoid(y, x[None])   np.linalg.cond(x @ x.T)
np.linalg.cond(x - x, -2)   np.linalg.cond(x - x, 1)   np.add.reduceat(x, [0, 1], axis=None)
np.hypot.reduceat(x, [0], axis=None)   np.polydiv(x, y)
np.piecewise(x > 9, [x > 9], [lambda t: -t])   np.piecewise(x, [x > 9], [1])
x.astype(np.float32, order="F").ravel("K")   x.astype(np.int64, casting="safe")
x.astype(complex, copy=False, order="F").ravel("K")
x.astype(y.dtype, "C", "same_kind", True, False)   np.argwhere(x)   np.flatnonzero(y) * 2
np.bincount(np.abs(np.real(x).astype(np.int8)).ravel())
np.quantile(np.append(y, np.inf), True)   np.nanquantile(x, [0, 1], axis=0)
np.linalg.multi_dot([x, y])
np.linalg.multi_dot([y.sum(), x])   np.arccos(np.nan_to_num(np.conj(x)))   np.put(x.sum(), 0, 3)
edited(x, lambda x: setattr(x, "real", 2j))   np.nan_to_num(x.sum(), copy=False)
edited(x, lambda x: x.sum().flat.__setitem__(0, 2))   x.sum().put(0, 2)
np.logical_or.reduce(x, axis=None, initial=0.5, where=x < 1)
np.einsum(x, [30, 2])   np.einsum(x, [1, 0])   np.einsum(x, [..., 30], x, [2, ...])
np.union1d(x, 3)   np.union1d(2.5, x)   np.union1d(x, 1j)   np.setxor1d(x, 1)   np.append(x, 3)
np.concatenate((x, 3), axis=None)   np.setdiff1d(np.round(x), np.ogrid[:20], True)   np.isin(x, 3)
np.vander(y, -1)   edited(x > 1, lambda m: np.choose(np.zeros(m.shape, int), m, m))
np.nan_to_num(x > 1, nan=y.sum())   edited(x, lambda x: np.floor(x, where=x > 0, out=x))
np.logical_and.reduce(x, initial=True, keepdims=True, where=x > 1)
edited(x, lambda x: x.flat.__setitem__([0, 1], np.nan))   np.hsplit(x, -1)
edited(x, lambda x: x.flat.__setitem__(slice(2), np.float64(4e4)))   np.cov(x[None])
np.split(x, 0)
edited(x, lambda x: np.copyto(x, y, casting="unsafe"))   edited(x, lambda x: np.copyto(x, 3))
edited(x, lambda x: np.copyto(x, y, casting="safe"))   edited(x, lambda x: np.copyto(x, 2.5))
edited(x, lambda x: np.copyto(x, x, where=[True] * 7))
edited(x, lambda x: np.putmask(x, x > 0, 1 + 2j))   edited(x, lambda x: np.put(x, [0], [1 + 2j]))
edited(x, lambda x: np.place(x, x > 0, y))   edited(x, lambda x: np.place(x, x > 0, [1 + 2j]))
edited(x, lambda x: np.fill_diagonal(x, 2j))   edited(x, lambda x: np.fill_diagonal(x, y[:0]))
edited(x, lambda x: np.put(x, [0, 9], y, mode="clip"))   edited(x, lambda x: setattr(x, "flat", 2j))
edited(x, lambda x: setattr(x, "real", 5))   edited(x, lambda x: setattr(x, "imag", 5))
edited(x, lambda x: np.nan_to_num(x, False, 1, 2, 3))
edited(x, lambda x: x.put([0, 8], x.ravel(), "wrap"))   changed(x, lambda m: m[m])
changed(x, lambda m: m[m, ...])   changed(x, lambda m: m[m[0]])
edited(x, lambda x: x[np.argmax(y), :].fill(3))   edited(x, lambda x: x.fill(y))
np.divmod(np.atleast_2d(x), y, order="F", out=(np.atleast_2d(x // y), None))
np.divmod(np.broadcast_to(y, (3, 3)), 2, out=(np.broadcast_to(y // 2, (3, 3)).copy("F"), None))
np.var(x, (), where=x[..., :1] == x[..., :1])   np.mean(np.array([y.sum().astype("f4")] * 2))
np.ones(3, "f4").std(mean=y.astype("f4"))   np.ones((2, 3)).var(0, "f4", mean=y)
np.piecewise(x, True, [2, 1])   edited(x, lambda x: np.add.at(x, 0, None))
np.cumulative_prod(np.atleast_1d(y) * 99, out=np.atleast_1d(y) * 1.0)
np.amax(np.atleast_2d(x), 0, out=np.atleast_1d(y) * 1.0)
np.add.reduceat(np.stack([x, -x], 2), [0, 1], axis=1)   np.clip(x, 0, y, dtype=None, where=True)
edited(x + 0 * y.sum(), lambda x: x[..., np.argmin(y)].sort())
edited(x + 0 * y.sum(), lambda x: x[np.argmax(y)].T[:1].fill(3))
np.clip(x > 0, -1, y)   np.clip(x, 2, y > 9)
np.clip(x, y + complex(-3, np.nan), complex(3, np.nan) + y)
np.broadcast_arrays(np.ones((3, 3)), x)[0]   edited(x, lambda x: np.putmask(x, x > 0, x.max()))
edited(x, lambda x: np.place(x, x > 0, np.sum(y)))   np.vander(x)
edited(x, lambda x: np.put_along_axis(x, np.argmax(x, keepdims=True), 2, None))
np.insert(x, 1, 1 + 2j)   np.insert(x, 1, y)
np.insert(np.ones((4, 3)).T[::-1], 1, y.sum() * 0.5, 1)
np.nan_to_num(x, nan=y.sum())   np.nan_to_num(x, posinf=2j)
np.ravel(np.argwhere(x > 0) * 1, "K")   np.unique(x, axis=1).ravel("K")
np.cov(x.ravel(), x.reshape(1, -1), rowvar=False)   np.cov(x, x[:1].T, rowvar=False)
edited(x > 0, lambda m: np.subtract.at(m, [0], np.exp(x[0])))
edited(np.sign(x).astype(int), lambda n: np.add.at(n, [0], y))
edited((x > 0).astype(np.int8), lambda n: n.__setitem__(0, np.array(1e3)))
np.negative(x, order="C").ravel("K")   np.add(x, x, order="F").ravel("K")
np.floor(x.copy("F"), order="A").ravel("K")
(np.zeros_like(x.copy("F"), order="C") + x.copy()).ravel("K")   np.signbit(x, order="C").ravel("K")
(x > 0).copy().ravel("K")   x.reshape(-1, copy=True)   x.T.reshape(x.T.shape, copy=False)
x.compress([True], 0, x[:1].copy())   x.trace(0, 0, 1, None)
x.compress(condition=[True], axis=0, out=x[:1].copy())   np.compress([True], x, 0, x[:1].copy())
edited(x, lambda x: x.put(indices=[0], values=2, mode="wrap"))
edited(x, lambda x: x.partition(0, -1, "introselect", None))[..., 0]
np.sum(x.reshape(1, -1), 0, None, x.reshape(1, -1) * 1, True)
edited(x, lambda x: x.sort(0, "stable", None))   np.full_like(x, y, order="F").ravel("K")
edited(x, lambda x: x.sort(order=None, stable=True))   np.full_like(x.copy("F"), y).ravel("K")
np.std(x.reshape(2, -1), 0, None, x.reshape(2, -1)[0] * 1, 1)
np.max(x.reshape(1, -1), 0, x.ravel() * 1, False, 3)   x.reshape(1, -1).sum(0, None, x.ravel() * 1)
np.clip(x.ravel(), 0, 1, x.ravel() * 1)   np.cumsum(x.ravel(), 0, None, x.ravel() * 1)
np.median(x.reshape(1, -1), 0, x.ravel() * 1)
np.quantile(x.reshape(1, -1), 0.5, 0, x.ravel() * 1, False, "lower")
np.ptp(x.reshape(1, -1), 0, x.ravel() * 1)   np.round(x.ravel(), 1, x.ravel() * 1)   x == None
np.not_equal(None, x)   np.take(x, [0], 0, x[:1].copy(), "clip")
np.dot(x.reshape(1, -1), 2.5, np.dot(x.reshape(1, -1), 2.5))   np.fix(x.ravel(), x.ravel() * 1)
x.copy(None).ravel("k")   x.ravel(order="f")   x.flatten(None)   x.copy("F").reshape(-1, order="a")
np.copy(x.copy("F"), None).ravel("K")   x.ravel().astype(">f8")
np.roll(x.ravel().astype(">i4"), 1).copy()   x.ravel().astype(">c8", order="f")
np.logical_or.reduceat(x, [])   np.left_shift.reduceat(x > 9, [], axis=0, dtype=int)
np.fmax(np.broadcast_to(x.copy("F"), (2, 3, 3)), 1, dtype=complex).ravel("K")
np.meshgrid(y, y, copy=False, sparse=True)   edited(x, lambda x: np.place(x, x > 0, [y.size, 2.5]))
np.where(y > 0, (y, np.ones(3, np.int8)), y)   np.add(y, [y, np.ones(3, np.float32), y])
np.var(x > 0, axis=0, ddof=6, where=x > 0, mean=0 * y.sum())
np.geomspace(9e307 + 0.0 * np.argsort(y), 2e-308, 5)   np.resize(x.ravel().astype(">f8"), (2, 4))
np.sum((x > 0).astype(np.uint8), dtype=np.uint8, initial=np.exp(0 * y.sum()))
np.fmin.reduce(x > 0, axis=None, dtype=np.uint8, initial=np.exp(0 * y.sum()))
np.setxor1d(x.ravel(), y.ravel(), True)   np.setxor1d(x[:0].ravel(), y[:0].ravel(), True)
np.median(x, [0]) + 0 * np.average(x, [0])   np.median(x[:0], [0])
np.apply_along_axis(lambda r, n=[]: (n.append(0), 1 if len(n) == 1 else r.sum() / 4)[1], 0, x)
np.apply_along_axis(lambda r: r, 0, x.astype(">f4"))
np.clip(x.ravel(), 0, 1, x.ravel() * 1, where=False)   np.append(y, [y, np.ones(3, "f")])
np.clip(y, None, [y, y * 2])   np.linspace(y, [y, 2 * y], 3)   np.cross(y, [y, np.ones(3, "f")])
np.inner(y, [y, np.ones(3, "f")])   np.allclose(y, (y, y))   np.vecdot(y, [y, np.ones(3, "f")])
np.nanvar(x.astype(">f8"), 0, ddof=99)   np.nanstd(x, axis=0, correction=np.longdouble(3))
np.cov(x, aweights=[-1] * x.shape[-1])   np.cov(x, bias=None)
np.gradient(np.resize(x, 4) * [1, np.inf, 1, 1], np.arange(4), edge_order=2)
np.interp(y, [0, 1], [np.sum(0 * y), 2])   np.where(y > 1, [y, y], (y, 2 * y))
[1, 2] * np.argmax(y)   np.argmin(y) * (y, [y])   np.geomspace(np.nan + 0.0 * np.argsort(y), 2, 3)
np.nanquantile(np.array([np.nan, 0, 1]) * y, [0.1, 0.5], axis=0)
np.nanquantile((x.ravel()[:4].reshape(2, 2) + [np.nan, 0]).astype("f"), [0.1, 0.5], axis=0)
np.nan_to_num(x.ravel().astype(">f8"))   np.nan_to_num(x.ravel().astype(">c8"), nan=2.0)
np.ediff1d(x.ravel().astype(">f8"), to_end=3)   np.ediff1d(x.ravel().astype(">f8"))
np.linalg.matrix_power(np.asfortranarray(np.ones((3, 3))) * x, 0).ravel("K")
np.linalg.matrix_power(x.astype(">f8"), 0)   np.trace(x[:0, :0, None], dtype=">f8")
np.einsum("ij,kj->ik", x, x, optimize=True).ravel("K")
np.einsum("ij,jk,lk->li", x, *np.ones((2, 3, 3), bool)).ravel("K")   np.take(x[:0], [9], axis=1)
np.einsum("ij,ik,il->jkl", x[:2], np.ones((2, 4)), x[:2, :2], optimize=True).ravel("K")
np.unique(x, sorted=False)   np.median(np.stack([x, x]).T, 0)   np.median(x[:0].T[:, None], 2)
np.dot(np.stack([[x, x]]).T, x[:1])   np.nanmedian(np.stack([x, x]).T, [1])
np.mean(x, 0, where=np.float16(0.5))
np.apply_along_axis(lambda r: (r * 1.0, np.ones(r.shape, int)), 0, x)[1, 0]
np.apply_along_axis(lambda r: np.stack([r, r]).T, 0, x).ravel("K")
np.geomspace(y, 2, 3, dtype=complex)   np.geomspace(0.0 * np.argsort(y) - 1, 2, 3, dtype="F")
np.geomspace(1.5 + 0.0 * np.argsort(y), np.full((3, 3), 2).T + 0.0 * np.argsort(y), 5).ravel("K")
np.select([y > 9, y > 0], [(y, y), y], 1j)   np.select([y > 0], [np.array([*y])], y[0])
np.piecewise(np.array([*y]) * 1, [y > 0], [1, 2.5])
np.pad(y, 1, constant_values=np.array([*y[:2]]))   np.vecdot(np.array([*y]), y)
np.may_share_memory(np.array([*y]), y)   np.nanvar(np.broadcast_to(x[:, None], (3, 2, 3)), 0)
np.nanmedian(np.broadcast_to(x[:, None], (3, 2, 3)).T, 2)
np.dot(np.broadcast_to(x.T, (2, 3, 3)), np.float64(3))
np.vecdot(np.broadcast_to(x.T[:, None], (3, 2, 3)).T, x.T[:, None].T)
np.rollaxis(x, 0, np.ones(1))   np.nanmin(x.sum(), initial=np.nan)
np.nanmax(x + complex(0, np.nan))
np.select([y > 0, [True] * 3], [y, (1, 2, y[0])], [2] * 3)
np.choose([0, 1, 0], [(y[0], 2.5, 1), y])   np.choose([0, 1, 0], ([np.array([*y]), y], y > 1))
"""


def edited(x: Any, edit: Callable[[Any], object]) -> Any:
    """Return a copy after an edit in place, of an array with entries."""
    x = x.copy()
    if not x.ndim or not x.size:
        raise ValueError("there are no entries")
    edit(x)
    return x


def changed(x: Any, read: Callable[[Any], Any]) -> Any:
    """Return what is read from a mask, after a later write to it."""
    mask = x > 9
    found = read(mask)
    mask[...] = True
    return found


def _compiled(text: str) -> Callable[[Any, Any], Any]:
    code = compile(f"lambda x, y: {text}", "expressions.py", "eval")
    function: Callable[[Any, Any], Any] = eval(code, {**globals()})
    return function


EXPRESSIONS = {
    text.strip(): _compiled(text.strip())
    for line in TEXTS.strip().splitlines()
    for text in line.split("   ")
}
"""Functions of a matrix x and a vector y."""
