"""Aliasing: calls whose results may share memory, array layouts, and the effects of writes.

NumPy is the oracle. The same program of writes runs on a plain array and on a Tensor: a write into
the argument, then one into each result. After each write, all of them must show the same entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autodiff as ad

SHAPES = [(), (1,), (3,), (0,), (2, 3), (3, 3), (1, 3), (3, 1), (1, 1), (0, 2), (2, 2, 3),
          (1, 2, 1)]  # fmt: skip


def entries(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return distinct numbers other than 0."""
    size = int(np.prod(shape))
    values = (np.arange(size) * 0.37 % 1 + 0.25).reshape(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * values[::-1] if shape else values + 0.5j
    return (values * 8 if np.dtype(dtype).kind in "iu" else values).astype(dtype)[()]


def layouts(shape: tuple[int, ...], dtype: Any = float) -> dict[str, Any]:
    """Return arrays of the same entries in different layouts; for (), a scalar."""
    base = entries(shape, dtype)
    if not shape:
        return {"scalar": base}
    axes = range(len(shape))
    found = {"C": base.copy()}
    apart = np.zeros(tuple(2 * n for n in shape), dtype)[tuple(slice(None, None, 2) for _ in axes)]
    apart[...] = base
    found["strided"] = apart
    turned = tuple(slice(None, None, -1) for _ in axes)
    found["reversed"] = base[turned].copy()[turned]
    if len(shape) > 1:
        found["F"] = np.asfortranarray(base)
        wide = np.zeros((*shape[:-1], shape[-1] + 1), dtype)[..., :-1]
        wide[...] = base
        found["sliced"] = wide
        found["swapped"] = np.swapaxes(np.swapaxes(base, 0, -2).copy(), 0, -2)
    return found


def cases(dtype: Any = float) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Return every layout of every shape by name, as functions that make new arrays."""
    for shape in SHAPES:
        for name in layouts(shape, dtype):
            yield f"{name} {shape}", lambda shape=shape, name=name: layouts(shape, dtype)[name]


def is_array(value: Any) -> bool:
    """Return whether a value is an array or a Tensor with at least one axis."""
    return isinstance(value, (np.ndarray, ad.Tensor)) and value.ndim > 0


def parts_of(out: Any) -> list[Any]:
    return list(out) if isinstance(out, (list, tuple)) else [out]


def marks(like: Any, number: int) -> Any:
    """Return numbers that occur nowhere else, in the shape and dtype of an array."""
    return (np.arange(like.size).reshape(like.shape) + 100 * number).astype(like.dtype)


def can_be_written(result: Any, value: Any) -> bool:
    """Write if it is allowed, and return whether it is."""
    try:
        result[...] = value
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        return False
    return True


def written(function: Callable[[Any], Any], x: Any) -> tuple[list[Any], list[Any]]:
    """Call a function, write into its argument and results; return all values after each write.

    Returns:
        Copies of what was seen, in order; and for each result, whether it could be written to.
    """
    results = parts_of(function(x))
    seen = [result.copy() for result in results]
    could_write = []
    if is_array(x):
        x[...] = marks(x, 1)
        seen += [result.copy() for result in results]
    for number, result in enumerate(results, 2):
        if not is_array(result):
            continue
        could_write.append(can_be_written(result, marks(result, number)))
        seen += [part.copy() for part in (x, *results)]
    return seen, could_write


def lies(value: Any) -> Any:
    """Return the strides of an array along axes longer than 1."""
    value = value.node.value if isinstance(value, ad.Tensor) else value
    if not isinstance(value, np.ndarray) or not value.size:
        return []
    return [step for n, step in zip(value.shape, value.strides, strict=True) if n > 1]


def table(text: str) -> dict[str, Callable[[Any], Any]]:
    """Return functions of x for expressions, one or several per line."""
    names = [name.strip() for line in text.splitlines() for name in line.split("   ")]
    return {name: eval(f"lambda x: {name}", {"np": np, "ad": ad}) for name in names if name}


FORMS = table("""
x   x[:]   x[...]   x[()]   x[0]   x[0, ...]   x[::-1]   x[::2]   x[1:]   x[:0]   x[None]
x[..., None]   x[[0]]   x[...,0]   x[np.int64(0)]   x[:1]   x[np.array(0)]   x[True]
x[np.array([0, 0])]   x[:, 0]   x[:, [0]]   x[0, 0]   x[:, None]   x[x == x]   x.T   x.mT
np.transpose(x)   x.transpose()   x.transpose(0, 2, 1)   np.permute_dims(x)
np.matrix_transpose(x)   np.linalg.matrix_transpose(x)   np.swapaxes(x, 0, -1)   x.swapaxes(0, -1)
np.moveaxis(x, 0, -1)   np.rollaxis(x, -1)   np.rollaxis(x, 0)   np.ravel(x)   np.ravel(x, "F")
np.ravel(x, "A")   np.ravel(x, "K")   x.ravel()   x.ravel("F")   x.ravel("A")   x.ravel("K")
x.flatten()   x.flatten("F")   x.flatten("A")   x.flatten("K")   x.copy()   x.copy("F")
x.copy("A")   x.copy("K")   np.copy(x)   np.copy(x, "C")   np.copy(x, "F")   np.reshape(x, -1)
np.reshape(x, -1, order="F")   np.reshape(x, -1, order="A")   x.reshape(x.size)
x.reshape((-1, 1), order="F")   x.reshape(-1, 1)   x.reshape((-1, 1), order="A")   x.reshape(1, -1)
x.reshape(x.shape[::-1])   x.reshape(x.shape[::-1], order="F")
x.reshape(x.shape[::-1], order="A")   np.reshape(x, -1, copy=True)
np.reshape(x, -1, order="A", copy=True)   x.reshape(x.shape)   x.reshape(-1)[1:].reshape(-1, 1)
x.T.reshape(-1)   x.T.ravel()   x.T.ravel("K")   x.T.reshape(x.shape)   x.T.flatten("A")
x[::-1].ravel("K")   x[..., ::-1].T.ravel("A")   x.T.copy("A").ravel("K")   np.flip(x)
np.flip(x, 0)   np.flipud(x)   np.fliplr(x)   np.rot90(x)   np.rot90(x, 2)   np.rot90(x, 4)
np.squeeze(x)   x.squeeze()   np.squeeze(x, 0)   np.squeeze(x)[()]   np.expand_dims(x, (0, 2))
np.atleast_1d(x)   np.atleast_2d(x)   np.atleast_3d(x)   np.atleast_1d(x, x)
np.broadcast_to(x, (2, *x.shape))   np.broadcast_to(x, x.shape)   np.broadcast_to(x, x.shape)[...]
np.broadcast_to(x, (2, *x.shape))[0].T   np.broadcast_to(x, x.shape).reshape(-1)
np.broadcast_to(x, x.shape).ravel("K")   np.broadcast_to(x, (2, *x.shape)).copy()
np.broadcast_arrays(x, x)   np.broadcast_arrays(x)   np.atleast_2d(np.broadcast_to(x, x.shape))
np.split(x, 1)   np.array_split(x, 2)   np.array_split(x, [1])   np.hsplit(x, 1)   np.vsplit(x, 1)
np.dsplit(x, 1)   np.diagonal(x)   x.diagonal()   np.diagonal(x, 1)   np.diagonal(x, 0, 1, 0)
np.diag(x)   np.diag(x, 1)   np.diagflat(x)   np.linalg.diagonal(x)   x.diagonal().reshape(-1)
np.real(x)   np.imag(x)   x.real   x.imag   np.conj(x)   x.conj()   x.conjugate()
np.real_if_close(x)   np.nan_to_num(x)   np.take(x, 0)   np.take(x, 0, axis=0)   np.take(x, [0])
np.take(x, [0], axis=0)   x.take([0, 1], axis=-1)   x.take(0)   np.take(x, [[0], [0]], axis=0)
x.take(-1, axis=-1)   np.take_along_axis(x, np.zeros_like(x, dtype=int), 0)   np.extract(x == x, x)
np.compress([True], x, axis=0)   x.compress([True])   x.compress([True], 0)   np.meshgrid(x, x)
np.meshgrid(x)   np.meshgrid(x, x, sparse=True)   np.meshgrid(x, x, indexing="ij")
np.meshgrid(x, x, sparse=True, copy=False)   x.flat[:]   x.flat[1:]   x.flat[[0]]   x.flat[0]
np.clip(x, None, None)   np.clip(x, 0, 1)   x.clip()   x.clip(None, 2)   np.clip(x, 0, None)   +x
-x   abs(x)   np.positive(x)   np.abs(x)   x.round()   np.round(x)   np.round(x, 2)   np.fix(x)
x * 1   x + x.T   np.exp(x)   np.exp(x.T)   x[..., ::-1] * 1   np.where(True, x, x)
np.where(x == x, x, 0)   x.astype(float)   x.astype(float, copy=False)   np.astype(x, float)
np.astype(x, float, copy=False)   x.astype(np.float32, copy=False)   x.astype(complex)
x.astype(complex, copy=False)   np.diff(x, 0)   np.diff(x)   np.trim_zeros(x)   np.sort(x)
np.sort(x, 0)   np.sort(x, None)   np.partition(x, 0)   np.roll(x, 0)   np.roll(x, 1)
np.repeat(x, 1)   x.repeat(2)   np.repeat(x, 2, axis=0)   np.tile(x, 1)   np.tile(x, 2)
np.tile(x, (2, 1))   np.delete(x, [])   np.delete(x, 0)   np.resize(x, x.shape)
np.insert(x, 0, 1)   np.append(x, [])   np.concatenate([x])   np.concatenate([x, x])
np.concatenate([x], axis=None)   np.stack([x])   np.vstack([x])   np.hstack([x])   np.dstack([x])
np.block(x)   np.block([x])   np.block([[x]])   np.pad(x, 0)   np.pad(x, 1)
np.pad(x, 0, mode="edge")   np.select([x == x], [x])   np.choose(0, [x])
np.piecewise(x, [x == x], [lambda t: t])   np.apply_along_axis(lambda r: r, 0, x)
np.apply_along_axis(lambda r: r[::-1], -1, x)   np.apply_over_axes(np.sum, x, 0)
np.apply_over_axes(np.sum, x, [])   np.sum(x, axis=())   x.sum(axis=())   np.max(x, axis=())
x.max(0)   np.mean(x, axis=())   x.mean(0)   x.prod(0)   x.min(0)   x.var(0)   x.std(0)
np.cumsum(x)   x.cumsum(0)   x.cumprod(0)   x.dot(1.0)   np.dot(1.0, x)   x.dot(x)   x @ x
x @ x.T   x.T @ x   np.inner(x, x)   np.tril(x)   np.triu(x)   np.unique(x)   np.angle(x)
np.einsum("...->...", x)   np.einsum("ij->ji", x)   np.einsum("ij", x)   np.einsum("i...->...i", x)
np.einsum("ii->i", x[: min(x.shape), : min(x.shape)])   np.einsum("ij->i", x)   x.trace()
np.linalg.matrix_power(x, 1)   np.outer(x, [1.0])   np.full_like(x, 2)   np.zeros_like(x)
np.ones_like(x)   np.frexp(x)   np.modf(x)   np.unwrap(x)   np.gradient(x)   np.sort_complex(x)
np.ediff1d(x)   np.kron(x, [1.0])   np.fft.fftshift(x)   np.fft.ifftshift(x)   np.nancumsum(x)
np.union1d(x, x)   np.polyder(x, 0)   np.cross(x, x)   np.argsort(x, axis=0)   x.argsort()
x.__copy__()   x.__deepcopy__({})   x[..., ::2].__copy__()
x > 0.5   np.argwhere(x > 0)   np.isnan(x)   x.nonzero()   x.all(0)   x.any(0)   x.argmax(0)
x.argmin(0)   x.argpartition(0)   x.searchsorted(0)   x.choose([x, x])   ad.name(x, "x")
""")
"""Calls that may give a view of x, or x itself, and some that might be thought to."""
