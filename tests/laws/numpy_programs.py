"""Random compositions of a few operations, with intermediate changes of dtypes and shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

Step = Callable[[Any, Any], Any]

STEPS: dict[str, Step] = {
    "mask": lambda a, b: a > 0,
    "inverted": lambda a, b: ~(a > 1),
    "compared": lambda a, b: a <= b,
    "order": lambda a, b: np.argsort(a, axis=-1),
    "best": lambda a, b: np.argmax(a),
    "byte": lambda a, b: np.real(a).astype(np.int8),
    "narrow": lambda a, b: np.real(a).astype(np.float32),
    "truth": lambda a, b: a.astype(bool),
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "number": lambda a, b: 2 * a + 1,
    "half": lambda a, b: a * 0.5,
    "divide": lambda a, b: a / (1 + abs(b)),
    "square": lambda a, b: a**2,
    "whole": lambda a, b: a // 2,
    "rest": lambda a, b: a % 3,
    "sum": lambda a, b: np.sum(a, axis=-1, keepdims=True),
    "mean": lambda a, b: a.mean(),
    "std": lambda a, b: np.std(a, axis=0),
    "median": lambda a, b: np.median(a, axis=-1),
    "quantile": lambda a, b: np.quantile(a, 0.3),
    "greatest": lambda a, b: np.max(a, axis=0, keepdims=True),
    "running": lambda a, b: np.cumsum(a, axis=-1),
    "tril": lambda a, b: np.tril(np.atleast_2d(a)),
    "triu": lambda a, b: np.triu(a),
    "diff": lambda a, b: np.diff(a, axis=-1),
    "where": lambda a, b: np.where(a > 0, a, b),
    "zeroed": lambda a, b: np.where(b > 0, a, 0),
    "clip": lambda a, b: np.clip(a, 0, 2),
    "limited": lambda a, b: np.maximum(a, b),
    "sorted": lambda a, b: np.sort(a, axis=-1),
    "turned": lambda a, b: a.T,
    "reversed": lambda a, b: a[..., ::-1],
    "first": lambda a, b: a[0],
    "picked": lambda a, b: a[a > 0],
    "taken": lambda a, b: np.take(a, [0, 0], axis=-1),
    "flat": lambda a, b: a.reshape(-1),
    "joined": lambda a, b: np.concatenate([np.ravel(a), np.ravel(b)]),
    "stacked": lambda a, b: np.stack([a, a]),
    "listed": lambda a, b: np.array([np.sum(a), np.sum(b), 1]) * np.sum(a),
    "padded": lambda a, b: np.pad(np.atleast_1d(a), 1),
    "rolled": lambda a, b: np.roll(a, 1),
    "repeated": lambda a, b: np.repeat(a, 2, axis=0),
    "product": lambda a, b: np.dot(a, np.ravel(b)[:1]) if np.ndim(a) == 0 else a @ a.T,
    "outer": lambda a, b: np.outer(a, b),
    "norm": lambda a, b: np.linalg.norm(a, axis=-1),
    "average": lambda a, b: np.average(a, axis=0),
    "gradient": lambda a, b: np.gradient(np.ravel(a)),
    "count": lambda a, b: np.count_nonzero(a, axis=-1),
    "any": lambda a, b: np.any(a, axis=0),
    "abs": lambda a, b: abs(a),
    "sign": lambda a, b: np.sign(a),
    "floor": lambda a, b: np.floor(a),
    "round": lambda a, b: np.round(a),
    "exp": lambda a, b: np.exp(-abs(a)),
    "sqrt": lambda a, b: np.sqrt(abs(a)),
    "full": lambda a, b: np.full_like(a, 2),
    "zeros": lambda a, b: np.zeros_like(a, dtype=np.int16) + a,
}
"""One operation each, of the value before and of another one."""


def programs() -> Any:
    """Draw the names of two to four steps."""
    return st.lists(st.sampled_from(list(STEPS)), min_size=2, max_size=4)


def run(program: list[str], a: Any, b: Any) -> Any:
    """Apply the steps one after another."""
    for name in program:
        a = STEPS[name](a, b)
    return a
