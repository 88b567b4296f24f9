"""Operations of one step: together they have every way in which a step and its rule are written."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.display.mathematics.formula import leaf
from autodiff.display.mathematics.operation import operation
from autodiff.display.mathematics.reading import constant, read_step
from autodiff.display.mathematics.symbols import local_slopes
from autodiff.display.mathematics.writing import enclosed, label_text, latex, text

__all__ = ["OPERATIONS", "written"]


# fmt: off
def arithmetic(x: Any, y: Any, z: Any) -> list[Any]:
    return [
        x + y, x - y, x * y, x / y, -x, x**2, x**-1, x**-2, x**0.5, x**y, 2**x, x + 0, x * 1,
        x - -2, 1 - x, 2 / x, x * -1, x * 1e-9, x * 1e12, x * 0.125, x / 3, np.square(x), 10 * x,
        np.reciprocal(x), np.positive(x), np.float_power(x, 3), x * (1 + 2j), x + 2j, z * z, z / x,
        np.abs(z), np.conj(z), np.real(z), np.exp(z), x * np.float32(0.1), x * 1234567,
        x * 12345.678,
        x + np.inf, x * np.pi,
    ]


def functions(x: Any, y: Any, v: Any) -> list[Any]:
    return [
        np.exp(x), np.log(v + 9), np.tanh(x), np.sqrt(x), np.abs(x), np.sign(x), np.maximum(x, 0),
        np.minimum(1, x), np.maximum(x, y), np.maximum(0, v), np.fmin(x, y), np.hypot(x, y),
        np.arctan2(x, y), np.logaddexp(x, y), np.clip(v, 0, 1), np.where(v > 0, v, 0.0),
        np.where(v > 0, 1.0, v), np.where(x > 0, x, y), x > 1, v <= 0, v == 1, v != 1,
        (v > 0) & (v < 2), (v > 0) | (v < -2), ~(v > 0), v.astype(np.float32), np.float32(1) * v,
    ]


def arrays(x: Any, y: Any, m: Any, v: Any) -> list[Any]:
    return [
        m @ v, v @ m.T, m @ m.T, v @ v, np.outer(v, v), v[:, None] * v, v * v[:, None], m.T,
        np.transpose(np.stack([m, m]), (0, 2, 1)), np.swapaxes(np.stack([m, m]), 0, 2), m.sum(),
        m.sum(axis=0), m.sum(axis=(0, 1)), m.sum(axis=1, keepdims=True), m.mean(), m.mean(axis=1),
        np.prod(v), np.cumsum(v), m.max(), m.max(axis=0), m.min(axis=1), np.var(v), np.std(m,
        axis=0),
        m.reshape(3, 2), v.reshape(3, 1), v.reshape(1, 3), x.reshape(1, 1), m.ravel(), v[0], v[-1],
        v[1:], v[::2], v[::-1], m[0], m[:, 1], m[..., 0], m[0, 1], m[:, None], v[None, :], v[:,
        None],
        v[[0, 2]], v[np.array([0, 2, 2])], m[[0, 1], [1, 2]], v[np.array([True, False, True])],
        v[np.argmax(v)], m[np.argsort(v)[:1] % 2], np.stack([x, y, x]), np.stack([v, v], axis=1),
        np.concatenate([v, v]), np.broadcast_to(x, (2, 3)), np.broadcast_to(v, (2, 3)),
        np.tile(v, 2), np.repeat(v, 2), np.sort(v), np.take(v, [0, 1]), np.where(m > 0, m, v),
        m + v, m * v, m * x, v * np.ones(9)[:3], m * m, np.tril(m), np.diag(v), np.trace(m @ m.T),
        np.einsum("ij,j->i", m, v), np.linalg.norm(v), np.linalg.inv(m @ m.T), np.dot(m, v),
        np.stack([x] * 10), v[(None,) * 3], np.linspace(0, 1, 9) * x, np.zeros((4, 5)) + x,
        np.arange(12.0).reshape(3, 4) * x, v * np.array([1.5, -2.0, 1e-7]), np.kron(v, v),
        np.median(v),
        np.stack([x] * 30), m[..., None], m[None, ..., 0],
        np.average(v, weights=np.arange(3.0) + 1),
        np.average(m, axis=0), np.pad(v, (1, 2)), np.roll(v, 1), np.flip(m, axis=1), np.diff(v),
        np.linalg.svd(m)[1], np.linalg.eigh(m @ m.T)[0], np.interp(x, [0.0, 5.0], [1.0, 2.0]),
        np.clip(v, np.zeros(3), 2.0), np.where(m > 0, x, m), np.linalg.solve(m @ m.T, v[:2]),
        v * np.arange(3), v * (v > 0), np.array([1.5, 2.5, 3.5]) - v, m @ np.ones((3, 2)),
        np.sum(m, axis=(0,)), np.squeeze(v[:, None]), np.expand_dims(v, 0), np.ravel(v),
        np.sort(m, 0),
    ]
# fmt: on


OPERATIONS = {function.__name__: function for function in (arithmetic, functions, arrays)}


def written(operations: Callable[..., list[Any]]) -> str:
    """Write each operation: the box, the formula, the LaTeX, and the same of its local slopes."""
    known = {
        "x": 2.0, "y": 3.0, "z": 1.0 - 2.0j, "v": np.array([1.0, -1.5, 2.0]),
        "m": np.array([[1.0, -2.0, 0.5], [3.0, 0.25, 1.0]]),
    }  # fmt: skip
    with np.errstate(all="ignore"):
        results = operations(
            **{name: ad.tensor(known[name]) for name in inspect.signature(operations).parameters}
        )
    return "\n".join(f"{i}. {_line(result.node)}" for i, result in enumerate(results))


def _line(node: Node) -> str:
    operands = [
        leaf("abcd"[i % 4], x.value) if isinstance(x, Node) else constant(x)
        for i, x in enumerate(node.inputs)
    ]
    letters = {i: "abcd"[i % 4] for i, x in enumerate(node.inputs) if isinstance(x, Node)}
    formulas = [read_step(node, operands), read_step(node, operands, as_written=True)]
    lines = [_joined(operation(node, {}), operation(node, letters))]
    lines += [
        _joined(*(write(x) for write in (text, enclosed, label_text, latex))) for x in formulas
    ]
    for i, slope in local_slopes(node, letters).items():
        note = "" if slope.is_plain else ", passed back"
        lines.append(f"{i}{note}: {_joined(slope.text, slope.latex)}")
    return "\n    ".join(dict.fromkeys(lines))


def _joined(*texts: str) -> str:
    return " | ".join(dict.fromkeys(texts))
