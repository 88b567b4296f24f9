"""Functions whose slopes end in a short formula: what algebra makes of what rules compute."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad

__all__ = ["FORMULAS", "explained", "slopes_of"]

X = np.array([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]])
V, W = np.array([1.0, -2.0, 3.0]), np.array([0.1, 0.2, 0.4])


def named(value: Any, name: str = "p") -> Any:
    return ad.name(value, name)


def used(x: Any, f: Callable[[Any], Any]) -> Any:
    return f(x)


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max())
    return named(e / e.sum())


def sigmoid(z: Any) -> Any:
    return named(1 / (1 + np.exp(-z)))


# fmt: off
FORMULAS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "sum of squares": (lambda w, x: ((x @ w) ** 2).sum(), (W, X)),
    "mean of squares": (lambda w, x, y: ((x @ w - y) ** 2).mean(), (W, X, np.array([1.0, 2.0]))),
    "half of them": (lambda w, x, y: ((x @ w - y) ** 2).sum() / 2, (W, X, np.array([1.0, 2.0]))),
    "ridge": (lambda w, x: ((x @ w) ** 2).sum() + 0.5 * (w @ w), (W, X)),
    "sigmoid": (sigmoid, (0.3,)),
    "log of sigmoid": (lambda z: np.log(sigmoid(z)), (0.3,)),
    "log of the rest": (lambda z: np.log(1 - sigmoid(z)), (0.3,)),
    "softplus": (lambda z: np.log(1 + np.exp(z)), (0.3,)),
    "swish": (lambda z: z * sigmoid(z), (0.3,)),
    "logit": (lambda p: np.log(p / (1 - p)), (0.3,)),
    "entropy": (lambda p: -(p * np.log(p)).sum(), (W,)),
    "odds": (lambda p: p / (1 - p), (0.3,)),
    "softmax": (lambda z: softmax(z)[0], (V,)),
    "log of softmax": (lambda z: np.log(softmax(z))[1], (V,)),
    "cross-entropy": (lambda z, y: -(y * np.log(softmax(z))).sum(), (V, np.array([0.0, 1, 0]))),
    "log of a sum": (lambda z: np.log(np.exp(z).sum()), (V,)),
    "gauss": (lambda x, m, s: np.exp(-((x - m) ** 2) / (2 * s**2)), (0.5, 1.0, 2.0)),
    "log of gauss": (lambda x, m: -((x - m) ** 2) / 2 - np.log(2.0), (0.5, 1.0)),
    "tanh": (lambda z: named(np.tanh(z), "a") ** 2, (0.3,)),
    "cosh": (lambda z: np.log(np.cosh(z)), (0.3,)),
    "norm": (lambda v: np.sqrt((v * v).sum()), (V,)),
    "unit": (lambda v: (v / np.sqrt(v @ v))[0], (V,)),
    "distance": (lambda v, w: 1 / np.sqrt(((v - w) ** 2).sum()), (V, W)),
    "cosine": (lambda v, w: (v @ w) / np.sqrt((v @ v) * (w @ w)), (V, W)),
    "variance": (lambda v: ((v - v.mean()) ** 2).mean(), (V,)),
    "harmonic": (lambda a, b: 2 * a * b / (a + b), (2.0, 3.0)),
    "quotients": (lambda a, b: a / b + b / a, (2.0, 3.0)),
    "telescoped": (lambda a, b: (a + b) ** 2 - (a - b) ** 2, (2.0, 3.0)),
    "cancelled": (lambda a, b: (a * b + b) / (a + 1), (2.0, 3.0)),
    "powers": (lambda a: a**3 * a**-2 + a**0.5 * a**0.5, (2.0,)),
    "of powers": (lambda a: ((a**2) ** 3) ** 0.5, (2.0,)),
    "repeated": (lambda a: a * a * a + a * a * a, (2.0,)),
    "decimals": (lambda a: 0.1 * a + 0.2 * a + a / 3, (2.0,)),
    "exponents": (lambda a, b: np.exp(a) * np.exp(b) / np.exp(a - b), (2.0, 3.0)),
    "rectifier": (lambda v: np.maximum(v, 0) @ np.maximum(v, 0), (V,)),
    "leaky": (lambda v: np.where(v > 0, v, 0.1 * v).sum(), (V,)),
    "huber": (lambda v: np.where(np.abs(v) < 1, v**2 / 2, np.abs(v) - 0.5).sum(), (V,)),
    "clipped": (lambda v: np.clip(v, -1, 1).sum(), (V,)),
    "matrix": (lambda a, x: (a @ x @ a.T).sum(), (X, np.eye(3))),
    "quadratic": (lambda v, a: v @ a @ v, (V, np.eye(3) + 0.1)),
    "outer": (lambda v, w: np.outer(v, w).sum(), (V, W)),
    "rows": (lambda x, w: (x * w).sum(axis=1) @ np.array([1.0, 2.0]), (X, W)),
    "two layers": (lambda w, x: np.tanh(x @ w).sum() + np.sin(x @ w).sum(), (W, X)),
    "one of them": (lambda v: v[0] * v[1] - v[2], (V,)),
    "stacked": (lambda a, b: np.stack([a, b, a * b]).sum(), (2.0, 3.0)),
    "zero": (lambda a, b: 0 * a + b - b, (2.0, 3.0)),
    "inverse": (lambda a: 1 / (1 / a), (2.0,)),
    "half cancelled": (lambda a, b: (a * b + b) / (a + 1) ** 2, (2.0, 3.0)),
    "divided twice": (lambda a, b: (a * a - b * b) / (a + b) ** 3, (2.0, 3.0)),
    "grown": (lambda z: named(np.exp(z) / (1 + np.exp(z))) ** 2, (0.3,)),
    "grown, divided": (lambda z: named(np.exp(z) / (1 + np.exp(z))) / (1 + np.exp(z)), (0.3,)),
    "grown, and its log": (
        lambda z: named(np.exp(z) / (1 + np.exp(z))) * np.log(1 + np.exp(z)), (0.3,)
    ),
    "twice divided": (lambda z: sigmoid(z) / (1 + np.exp(-z)) ** 2, (0.3,)),
    "softmax of two": (lambda a, b: named(np.exp(a) / (np.exp(a) + np.exp(b))) ** 2, (0.3, 1.0)),
    "complements": (lambda z: sigmoid(z) * (1 - 1 / (1 + np.exp(-z))), (0.3,)),
    "focal": (lambda z: -((1 - sigmoid(z)) ** 2) * np.log(1 / (1 + np.exp(-z))), (0.3,)),
    "tanh of a sum": (
        lambda z: named((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)), "t") ** 2, (0.3,)
    ),
    "normal equations": (lambda w, x, y: ((y - x @ w) ** 2).mean() / 2 + (w * w).sum(),
                         (W, X, np.array([1.0, 2.0]))),
    "layer": (lambda w, b, x: np.tanh(x @ w + b).sum(), (X.T, np.ones(2), X)),
    "normalized": (lambda v: ((v - v.mean()) / np.sqrt(((v - v.mean()) ** 2).mean()))[0], (V,)),
    "logits": (lambda z, y: (np.log(np.exp(z).sum(axis=1)) - (z * y).sum(axis=1)).mean(),
               (X, np.eye(3)[[0, 2]])),
    "power of a sum": (lambda a, b: 1 / (a + b) ** 2 - (a + b) ** -2 + (a - b) ** 3, (2.0, 3.0)),
    "with a rest": (lambda z: named(np.exp(z) / (1 + np.exp(z).sum()))[0], (V,)),
    "log with a rest": (lambda z: np.log(named(np.exp(z) / (1 + np.exp(z).sum())))[1], (V,)),
    "squares with a rest": (lambda z: (named(np.exp(z) / (1 + np.exp(z).sum())) ** 2).sum(), (V,)),
    "of a rest": (lambda z: 1 - named(np.exp(z) / (2 + np.exp(z).sum())).sum(), (V,)),
    "sech": (lambda z: named(np.exp(z) / (1 + np.exp(z) ** 2)) ** 2, (0.3,)),
    "log of sech": (lambda z: np.log(named(np.exp(z) / (1 + np.exp(z) ** 2))), (0.3,)),
    "sech, divided": (lambda z: named(np.exp(z) / (1 + np.exp(z) ** 2)) / (1 + np.exp(z) ** 2),
                      (V,)),
    "row of a product": (lambda x, v: (np.exp(x) * v)[0].sum(), (X, V)),
    "row of products": (lambda x, y, v: (np.exp(x) * y * v)[1] @ v, (X, X + 1, V)),
    "entry of a quotient": (lambda x, y: (x / y)[0, 1], (X, X + 5)),
    "entries of a softmax": (
        lambda x: np.log(named(np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)))[[0, 1], [2, 0]]
        .sum(), (X,)
    ),
    "columns": (lambda x, w: (x[:, :2] * w[:2]).sum() + (x[:, 0] ** 2).sum(), (X, W)),
    "power of nothing": (lambda v: (v**0 * v).sum(), (V,)),
    "matrix of zeros": (lambda x, w: (0 * x @ w).sum() + (x @ (0 * w)).sum() + w.sum(), (X, W)),
    "outer of zeros": (lambda v, w: np.outer(0 * v, w).sum() + w[0], (V, W)),
    "same on both sides": (lambda v: np.where(v > 0, v * 2, v * 2).sum(), (V,)),
    "one choice": (lambda v: np.where(v > -9, v * v, v).sum() + np.where(v > 9, v, 3 * v).sum(),
                   (V,)),
    "times infinity": (lambda a: a * np.inf * 0.5 + a, (2.0,)),
    "a path": (lambda w: named(2 * w, "dense/kernel") ** 2 / named(3 * w, "dense/bias"), (3.0,)),
    "a number": (lambda a: 0 * a + 3.0, (2.0,)),
    "square of a quotient": (lambda a, b: (a / b) ** 2 - a**2 / b**2 + a * b**-3, (2.0, 3.0)),
    "roots": (lambda a, b: (np.sqrt(a) + np.sqrt(b)) * (np.sqrt(a) - np.sqrt(b)), (2.0, 3.0)),
    "difference of sums": (lambda a, b: (a + b) - (a - b) - (2 * b - a), (2.0, 3.0)),
    "negative power": (lambda a, b: (-a * b) ** -2 + (-(a**3)) ** 3, (2.0, 3.0)),
    "transposed twice": (lambda x, w: ((x.T).T @ w).sum() * (2 * x.T)[0, 0], (X, W)),
    "columns of one": (lambda v: (v[:, None] @ np.ones((1, 2)))[:, 0].sum(), (V,)),
    "stack of rows": (lambda v, w: np.stack([v, w, v + w])[2] @ np.stack([v, w])[0], (V, W)),
    "nested": (lambda a: np.log(np.sqrt(np.exp(a) * a**3)), (2.0,)),
    "negated": (lambda a, b: -(-a - b) * -2, (2.0, 3.0)),
    "root of a product": (lambda a, b: (a * b) ** 1.5, (-2.0, -3.0)),
    "negative vector": (
        lambda v, w: used(-v, lambda m: (m @ w) ** 2 + np.outer(m, w).sum()), (V, W)
    ),
    "negative matrix": (
        lambda x, w: used(-x, lambda m: (m @ w).sum() * (m.T @ np.ones(2)) @ w), (X, W)
    ),
    "reciprocal": (lambda v: (np.reciprocal(v) * np.positive(v) ** 3).sum(), (V,)),
    "square of a negative": (lambda v: used(-v, lambda m: np.sum(m**2 * np.exp(m))), (V,)),
}
# fmt: on


@functools.cache
def explained(name: str) -> Any:
    """Explain one of the functions."""
    f, args = FORMULAS[name]
    return ad.explain(f)(*args)


def slopes_of(name: str) -> str:
    """Write the formula of each slope, and the facts that it used."""
    found = explained(name)
    facts = [line.strip() for line in str(found).split("\n") if line.strip().startswith("since ")]
    return "\n".join([*(f"{of}: {x}" for of, x in found.formulas.items()), *facts])
