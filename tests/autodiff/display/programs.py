"""Small programs that together have every part of a display: of a text, a picture, a page.

What is displayed of each is approved as a whole, in the folder ``approved``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

import autodiff as ad

__all__ = ["PROGRAMS", "Program"]


class Program(NamedTuple):
    """A function, its arguments, what is passed to ``ad.draw``, and which forms are approved."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    forms: str
    argnums: Any = None
    depth: int | None = None
    fold: bool | None = None
    images: Mapping[str, Any] | None = None
    of: str | None = None


def course(weights: Any, x: Any, target: Any) -> Any:
    error = (weights * x).sum() - target
    return error**2


def regression(w: Any, b: Any, x: Any, y: Any) -> Any:
    scores = x @ w + b
    largest = scores.max(axis=1, keepdims=True)
    shares = np.exp(scores - largest)
    logs = scores - largest - np.log(shares.sum(axis=1, keepdims=True))
    return -np.mean(logs[np.arange(len(y)), y]) + 0.1 * (w**2).sum()


def choosing(x: float, y: Any, limit: float) -> Any:
    hidden = max(0, x * 3)
    if hidden > limit:
        hidden = hidden - limit
    clipped = np.where(y > 1, y, 0.5 * y) * np.maximum(y, 2.0)
    dead = np.maximum(-hidden, 0)
    return hidden * clipped.sum() + dead * np.minimum(x, 5.0) + abs(x)


def dense(x: Any, weights: Mapping[str, Any], name: str) -> Any:
    with ad.scope(name, label="Dense tanh"):
        return np.tanh(x @ weights["kernel"] + weights["bias"])


def network(weights: Any, x: Any) -> Any:
    with ad.scope("net"):
        hidden = dense(x, weights[0], "first")
        hidden = dense(hidden, weights[1], "second")
        with ad.scope("gate", folded=True):
            hidden = hidden * np.exp(-(hidden**2))
    return hidden.sum()


def chain(w: float, x: float) -> Any:
    first = np.tanh(w * x)
    second = np.tanh(w * first)
    return (second * x).sum()


def looped(x: Any) -> Any:
    for _ in range(4):
        x = np.sin(x) * 1.01
    return x.sum()


def several(x: float, y: float) -> Any:
    squares = [x * i for i in range(1, 4)]
    return squares[0] * y, squares[1] / y, squares[2] - y, x**-2


def structures(weights: Mapping[str, Any], rows: Any) -> Any:
    table = weights["a<b&c"] * np.ones((2, 3))
    table[1, 1:] = np.stack([weights["first_%"], 2.0])
    cut = np.concatenate([table[rows].ravel(), table.T[1]])
    return np.cumsum(cut)[::2].mean() * np.prod(table[0] + 1) + np.outer(cut, cut).sum()


def not_finite(x: Any) -> Any:
    rooted = np.sqrt(x - 2)
    return (np.log(x) * rooted).sum() / x[1]


def kinds(narrow: Any, flags: Any, z: Any, many: Any) -> Any:
    whole = np.arange(2)
    mixed = narrow * whole + (flags & (narrow > 1)) * 2
    size = np.abs(z * (1 + 2j)) ** 2 + np.real(np.conj(z))
    return mixed.sum() + size + (many * many).mean()


def mixed(pair: Any, wide: Any) -> Any:
    return (pair * wide[0]).mean() * wide.sum()


def noise(x: float) -> Any:
    big = 1e8 + np.sin(x)
    left = big - 1e8
    return (x * 0.1 + x * 0.2 - x * 0.3) * 2 + left - np.sin(x)


def polynomial(a: float, b: float) -> Any:
    return (2 * a - b) ** 2 * a + 3 * a * b - a / b + np.sqrt(a) ** 3 - (a - b) / (a + b)


@ad.primitive
def cube(x: Any) -> Any:
    return float(x) ** 3


ad.derivative(cube, x=lambda g, z, x: g * 3 * float(x) ** 2)


@ad.primitive
def rectified(x: Any) -> Any:
    return np.maximum(x, 0)


ad.derivative(rectified, x=lambda g, z, x: g * (x > 0))


def of_plain_data(w: float, x: float) -> Any:
    return w * cube(x), w > x


def traced(x: float) -> Any:
    return rectified(x * 2) + 1


def untraced(x: float) -> Any:
    return cube(x) * 2


@ad.primitive
def sine(x: Any) -> Any:
    return math.sin(x)


ad.derivative(sine, x=lambda g, z, x: g * np.cos(x))


def plain_inside(x: float) -> Any:
    return sine(x) ** 2


def several_results(matrix: Any) -> Any:
    sign, log = np.linalg.slogdet(matrix)
    return sign * log + np.linalg.inv(matrix)[0, 1]


def inside(x: float) -> Any:
    return ad.grad(lambda y: y * x * np.exp(y))(x)


def unused(x: float, y: Any) -> Any:  # noqa: ARG001
    return 5.0 if x > 1 else x


def compared(x: Any) -> Any:
    return x > np.array([1.0, 2.0])


def pictured(image: Any, weight: float) -> Any:
    product = image * weight
    return product.sum()


def many_choices(x: float, y: float) -> Any:
    total = 0 * x
    for i in range(6):
        total = total + (x * i if x > i - 9 else y)
    for i in range(4):
        total = total + max(y * i, x)
    return total * y


def long(x: Any) -> Any:
    for _ in range(220):
        x = np.sin(x) * 1.01
    return x.sum()


def sized(many: Any, few: Any, empty: Any, cube: Any, waves: Any) -> Any:
    top = np.where(np.isnan(many), 0.0, many).max() * np.sqrt(few).sum()
    return top + empty.sum() + (cube**2).sum() + np.abs(waves).sum()


def of_data(weights: Any, rows: Any, flag: bool, index: int) -> Any:
    picked = rows[index] if flag else rows[0]
    return (weights * picked).sum() ** 2 + rows.mean()


def signs(a: Any, b: Any) -> Any:
    left, right = a[:, None] * b, np.outer(b, a)
    turned = (left @ right).T + np.eye(2)
    return (turned[0] * a / (1 + np.exp(-b))).sum() - (a @ b) ** -1.5


def folds(x: Any, m: Any) -> Any:
    flags, low = m > 1, m < 2.5
    logic = (flags & low).sum() + (flags | low).sum() + (flags ^ low).sum() + (~flags).sum()
    both = np.logical_and(flags, low).mean() + np.logical_or(flags, low)[0, 1]
    chosen = np.any(flags, axis=0) * x + np.all(low, axis=0) * x**2
    found = x[np.argmax(x)] * x[np.argmin(x)] + m[np.argmax(m, axis=0), np.arange(2)].sum()
    ends = m.max(axis=1) @ m.min(axis=1) + np.prod(m, axis=0).sum() + np.cumprod(x)[-1]
    spread = np.var(m, axis=0, ddof=1).sum() + np.std(m) + np.cumsum(m, axis=1).mean()
    masked = np.any(flags, axis=0, where=np.array([[True, False], [False, True]])) @ x
    return chosen.sum() + found + ends + spread + (logic + both) * x[0] + masked


def moves(x: Any, m: Any) -> Any:
    wide = np.concatenate([m, np.stack([x, x])], axis=1).reshape(2, 4).T[::-1]
    spread = np.broadcast_to(x, (3, 2)) * np.array([1, 2])
    own = ad.name(wide.copy(), "own")
    own[1] = spread[0]
    own[0, 1] += 2.0
    left = np.positive(own).astype(np.float32).sum() + np.real(own).conjugate()[2, 0]
    return left + ad.stop_gradient(x).sum() + np.zeros_like(x).sum() + np.ones_like(m).sum()


def inner(x: Any, name: str) -> Any:
    with ad.scope(name, label="Inner"):
        return np.tanh(x * np.array([1.0, 2.0]))


def anonymous(x: Any, table: Any) -> Any:
    return (inner(x, "first") * inner(2 * x, "second") * table).sum()


def outputs(x: Any, options: Mapping[str, Any]) -> Any:
    with ad.scope("block"):
        scaled = np.exp(-x) * options["scale"]
        total = (scaled ** options["power"]).sum()
    return (scaled * total).sum() + total


def branches(a: Any, b: Any) -> Any:
    with ad.scope("branches"):
        left, right = np.sin(a) * 2, np.cos(b) / 3
        joined = left - right
    return joined**2


def far(x: Any, early: Any, held: Any) -> Any:
    h = x * early * held
    for _ in range(8):
        h = np.sin(h) + 0.5
    return (h * early * np.array([1.0, 3.0]) + held).sum()


def flat(x: Any, many: Any) -> Any:
    return (np.sign(x) * 2).sum() + many.sum() * 0 + np.einsum("i,i->", x, x) * 0


def both(x: Any) -> Any:
    doubled = x * 2
    return doubled, (doubled * 3).sum()


def complement(p: Any, y: Any, none: Any) -> Any:
    whole = (np.ones(3) * p).sum() + (none * p**2).sum()
    return whole - (y * np.log(p) + (1 - y) * np.log(1 - p)).sum() * 2


def one(value: Any) -> Any:
    return value[np.newaxis] if value.ndim == 2 else None


def layers(k: int) -> list[dict[str, Any]]:
    return [
        {"kernel": (np.arange(4.0).reshape(2, 2) - i) / 4, "bias": np.array([0.5, -0.25])}
        for i in range(k)
    ]


def deep(weights: Any, x: Any) -> Any:
    for w in weights:
        with ad.scope("dense", label="Dense"):
            x = np.tanh(x * w)
    return x * weights[0]


W, X = np.array([0, 2, 1]), np.array([1, 2, 3])
V = np.array([1.0, -2.0])
ROWS = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]])
MATRIX = np.array([[2.0, 1.0], [0.5, 3.0]])
TABLE = {"a<b&c": np.array([1.0, 2.0, 0.5]), "first_%": 3.0}
PAIR = np.linspace(-1, 2, 14).reshape(2, 7)
KINDS = (np.array([0.5, 1.5], np.float32), np.array([True, False]), 3 - 4j, PAIR)
PROGRAMS = {
    "course": Program(
        course, (W, X, 0), "text dot explained markdown latex content page mistakes slides tikz"
    ),
    "regression": Program(
        regression,
        (np.array([[0.5, -1.0, 2.0], [1.0, 0.25, -0.5]]), np.zeros(3), ROWS, np.array([0, 2, 1])),
        "text dot explained content page",
    ),
    "choosing": Program(
        choosing, (2.0, np.array([0.5, 3.0]), 1.5), "text dot explained content page"
    ),
    "network": Program(network, (layers(2), ROWS[0]), "text dot explained content page"),
    "closed": Program(network, (layers(2), ROWS[0]), "text dot content slides tikz", depth=0),
    "half": Program(network, (layers(2), ROWS[0]), "text dot page", argnums=0, depth=1),
    "chain": Program(chain, (0.5, np.array([0.1234, 3.125, -0.0625])), "text dot page slides tikz"),
    "looped": Program(looped, (np.array([0.5, 1.0]),), "text dot content", fold=True),
    "several": Program(several, (2.0, 4.0), "mistakes text dot explained latex content"),
    "structures": Program(structures, (TABLE, [1, 0]), "text dot explained content"),
    "not_finite": Program(
        not_finite, (np.array([3.0, 0.0]),), "text dot explained content slides tikz mistakes"
    ),
    "kinds": Program(kinds, KINDS, "text dot content slides", argnums=(0, 2, 3)),
    "mixed": Program(mixed, (PAIR, np.ones(2, np.longdouble)), "dot slides mistakes"),
    "noise": Program(noise, (0.7,), "text dot explained latex content"),
    "polynomial": Program(polynomial, (2.0, 3.0), "text explained"),
    "traced": Program(traced, (2.0,), "text explained content"),
    "untraced": Program(untraced, (2.0,), "text dot content"),
    "plain_inside": Program(plain_inside, (2.0,), "content"),
    "several_results": Program(several_results, (MATRIX,), "text dot explained content"),
    "inside": Program(inside, (0.5,), "text explained latex"),
    "unused": Program(unused, (2.0, [3.0, 4.0]), "text dot explained content page"),
    "compared": Program(compared, (np.array([3.0, 1.0]),), "text dot content slides"),
    "pictured": Program(
        pictured, (np.arange(4.0).reshape(2, 2), 2.0), "dot", images={"image": one, "product": one}
    ),
    "many_choices": Program(many_choices, (3.0, 2.0), "text explained latex"),
    "long": Program(long, (np.array([0.5, 1.0]),), "text dot content"),
    "sized": Program(
        sized,
        (
            np.array([*np.arange(9.0), np.nan]),
            np.array([4.0, -1.0]),
            np.zeros((0, 2)),
            np.arange(12.0).reshape(2, 2, 3),
            (3 + 4j) * np.arange(1, 9),
        ),
        "text dot content slides",
    ),
    "of_data": Program(of_data, (W * 1.0, ROWS.repeat(2, 1)[:, :3], True, 1), "data"),
    "of_plain_data": Program(of_plain_data, (2.0, 3), "data slides"),
    "of_one": Program(course, (W, X, 0), "explained", of="error"),
    "of_part": Program(structures, (TABLE, [1, 0]), "explained", of="weights['first_%']"),
    "signs": Program(signs, (np.array([1.0, 2.0]), np.array([0.5, 1.5])), "text explained latex"),
    "result": Program(polynomial, (2.0, 3.0), "tensor"),
    "folds": Program(folds, (np.array([0.5, 2.0]), MATRIX), "content text"),
    "moves": Program(moves, (np.array([0.5, 2.0]), MATRIX), "content text"),
    "anonymous": Program(anonymous, (V, V + 3), "text dot content", depth=0),
    "both": Program(both, (V,), "explained"),
    "complement": Program(
        complement,
        (np.array([0.25, 0.5, 0.75]), np.array([0, 1, 0]), np.zeros(3)),
        "text explained",
        argnums=0,
    ),
    "outputs": Program(outputs, (V, {"scale": 1.5, "power": 2}), "text dot", depth=0),
    "branches": Program(branches, (0.5, 1.5), "text dot page"),
    "far": Program(far, (V, V * 2, V + 5), "text dot slides tikz", argnums=(0, 1)),
    "flat": Program(flat, (V, np.ones(70, np.longdouble)), "text dot content"),
    "deep": Program(deep, ([np.ones(2) * i for i in range(13)], 1.0), "text dot"),
}
