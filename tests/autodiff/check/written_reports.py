"""Reports of `check_slope` and `check_grads`, to compare with ``reports.txt``."""

import re
import warnings
from pathlib import Path

import numpy as np

import autodiff as ad
from tests.autodiff.check.test_planted import WRONG, half_of_squares

FILE = Path(__file__).with_name("reports.txt")
V = np.array([1.3, 0.2, -0.7])
LONG = np.linspace(-2, 2, 12)
WIDE = np.linspace(-2, 2, 150).reshape(10, 15)
PARTS = {"w": np.array([[1.0, 2.0], [3.0, -1.0]]), "b": V, "c": 0.5}
MATRIX = PARTS["w"]
ROWS, CUBE = np.array([[2.0], [5.0]]), np.arange(8.0).reshape(2, 2, 2)
Z = np.array([1 + 2j, 0.5 - 1j])


def squares(parts):
    return sum(np.sum(np.asarray(part) ** 2) for part in parts.values())


def doubled(parts, **factors):
    return {name: factors.get(name, 1) * 2 * part for name, part in parts.items()}


def relu(x):
    return np.sum(np.maximum(0, x))


def of_three(x):
    return np.sum(np.concatenate([np.sin(x), x**2, np.exp(x), 3 * x]) * np.arange(12.0))


def of_three_by_hand(x, signs):
    parts = [np.cos(x), 2 * x, np.exp(x), 3 + 0 * x]
    weights = np.arange(12.0).reshape(4, 3)
    return sum(s * w * part for s, w, part in zip(signs, weights, parts, strict=True))


def hard_zeros(count):
    return np.concatenate([np.zeros(count), [1.0, -2.0]])


@ad.primitive
def jump(x):
    return np.where(x > 0.5, 2.0, 1.0) * x


ad.derivative(jump, x=lambda g, z, x: g * np.where(x > 0.5, 2.0, 1.0))


@ad.primitive
def scaled(x, y):
    return x * y


ad.derivative(scaled, x=lambda g, z, x, y: y * g, y=lambda g, z, x, y: x * abs(g))

SLOPES = {
    "right in one number": (lambda x: x * x, 6.0, 3.0),
    "right in a matrix": (lambda w: (w**2).sum(), 2 * MATRIX, MATRIX),
    "right in a large array": (lambda w: (w**3).sum(), 3 * WIDE**2, WIDE),
    "right in float32": (lambda w: (w**3).sum(), 3 * V.astype("f4") ** 2, V.astype("f4")),
    "right in complex numbers": (lambda z: (np.abs(z) ** 2).sum(), 2 * Z, Z),
    "right at four kinks": (relu, hard_zeros(4) > 0, hard_zeros(4)),
    "right at many kinks": (relu, hard_zeros(25) > 0, hard_zeros(25)),
    "wrong at a kink": (relu, np.array([2, 0.5, -1, 1, 0]), hard_zeros(3)),
    "wrong beside a kink": (relu, np.array([0.5, 2, 0]), np.array([0.0, 1, -2])),
    "wrong without a pattern": (lambda x: (x**3).sum(), 3 * LONG**2 + np.sin(9 * LONG), LONG),
    "wrong in a large array": (lambda w: (w**3).sum(), 3 * WIDE**2 + (WIDE > 1.9) * 0.5, WIDE),
    "wrong and not a number": (lambda x: (x**3).sum(), np.array([1.0, np.nan, 2]), V),
    "two arrays of three": (squares, doubled(PARTS, w=3, b=3), PARTS),
    "one number of three": (squares, doubled(PARTS, c=-1), PARTS),
    "two transposed arrays": (
        lambda p: np.sum(p["a"] * np.arange(4.0).reshape(2, 2) + p["b"] * [[5, 6], [7, 9]]),
        {"a": np.arange(4.0).reshape(2, 2).T, "b": np.array([[5, 7], [6, 9]])},
        {"a": MATRIX, "b": MATRIX},
    ),
    "shapes": (
        lambda p: np.sum(p["a"] ** 2) + np.sum(p["b"] ** 2) + p["c"] ** 2,
        {
            "a": np.stack([V, V, V, V]).T * 2,
            "b": np.stack([MATRIX * 2] * 3, 1),
            "c": np.ones(3) / 3,
        },
        {"a": V, "b": MATRIX, "c": 0.5},
    ),
    "conjugate": (lambda z: (np.abs(z) ** 2).sum(), 2 * np.conj(Z), Z),
    "factor of complex numbers": (lambda z: (np.abs(z) ** 2).sum(), Z, Z),
    "term of the first input": (of_three, lambda x: of_three_by_hand(x, (0, 1, 1, 1)), V),
    "sign of the second input": (of_three, lambda x: of_three_by_hand(x, (1, -1, 1, 1)), V),
    "term of the third input": (of_three, lambda x: of_three_by_hand(x, (1, 1, 0, 1)), V),
    "sign of the fourth input": (of_three, lambda x: of_three_by_hand(x, (1, 1, 1, -1)), V),
    "factor of rows": (lambda w: np.sum(w**2 * ROWS), 2 * MATRIX, MATRIX),
    "factor of columns": (lambda w: np.sum(w**2 * ROWS.T), lambda w: 2 * w, MATRIX),
    "factor of more axes": (lambda w: np.sum(w * CUBE), np.ones((2, 2)), MATRIX),
    "factor too many": (lambda w: np.sum(w**2 * ROWS), lambda w: 2 * w * ROWS**2, MATRIX),
    "minuend": (lambda x: ((3 * x - x**2) ** 2).sum(), lambda x: 6 * x * (3 - 2 * x), V),
    "no verdict: stopped": (lambda x: np.sum(x * ad.stop_gradient(x)), 2 * V, V),
    "no verdict: infinite": (lambda x: np.sum(1 / x), np.ones(2), np.array([1.0, 0.0])),
    "no verdict: a jump": (lambda x: np.sum(jump(x)), np.ones(2), np.array([0.5, 2])),
    "no verdict: a root": (lambda x: np.sqrt(np.abs(x)).sum(), np.ones(2), np.array([0.0, 2])),
    "no verdict: a kink of the imaginary part": (
        lambda z: np.sum(z.real**2 + np.sqrt(np.abs(z.imag))),
        np.ones(1) + 1j,
        np.ones(1) + 0j,
    ),
    "no verdict: one side": (lambda x: np.sum(x * np.sqrt(x)), np.ones(2), np.array([0.0, 1])),
    "no verdict: noise": (lambda x: np.sum((x + 1e12) - 1e12), np.ones(2) * 3, np.ones(2)),
}


def report(check, *args, **options):
    """Return what a check says: its result, warnings, or the message of its error."""
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            found = check(*args, **options)
        except AssertionError as error:
            found = error
    text = "\n".join([*(str(warning.message) for warning in caught), str(found)])
    text = re.sub(r"(?<=\.py):\d+", "", text)
    return re.sub(r"[-+]?\d(\.\d+)?e[-+]\d\d", "#", text)  # of errors, which differ


TRIPLE = half_of_squares(lambda x: 3 * x)
ODD = half_of_squares(lambda x: x + np.sin(9 * x))
SOME = half_of_squares(lambda x: x + (x > 1.7) * 0.5)
GRADS = {
    "right": (lambda x, y: x * np.sin(y), (V, 0.3), {"order": 3}),
    "structure": (lambda p: TRIPLE(p["w"]) + np.sum(p["b"] ** 3) * p["c"], (PARTS,), {}),
    "second argument": (lambda x, y: np.sum(x) * TRIPLE(y), (V, MATRIX), {"argnums": (0, -1)}),
    "many entries": (lambda x: ODD(x), (LONG,), {"order": 1}),
    "a large array": (lambda x: SOME(x), (WIDE,), {"order": 1, "seed": 3}),
    "fourth order": (
        lambda x: ad.grad(ad.grad(ad.grad(lambda x: TRIPLE(x) ** 4)))(x), (0.5,), {"order": 1},
    ),
    "kinks": (np.abs, (hard_zeros(5),), {"order": 1}),
    "jump": (np.floor, (np.array([1.0, 2.5]),), {}),
    "infinite": (np.log, (np.array([0.0, 2.5]),), {}),
    "infinite itself": (lambda x: 1 / x, (np.array([np.inf, 2.5]),), {}),
    "root": (np.sqrt, (np.array([0.0, 2.5]),), {}),
    "noise": (lambda x: np.sum((x + 1e12) - 1e12), (np.ones(2),), {}),
    "float32": (lambda x: ODD(x), (V.astype("f4"),), {"order": 1}),
    "not linear in one of two": (lambda x, y: scaled(x, y), (0.7, 1.5), {"order": 1}),
    "not linear in an entry": (
        lambda x: np.stack([scaled(1.0, x[0]), x[1]]), (np.array([0.7, 1.5]),), {"order": 1},
    ),
    "wrong along a direction of a large array": (
        lambda p: SOME(p["w"]) + TRIPLE(p["b"]), ({"w": WIDE, "b": V},), {"order": 1, "seed": 5},
    ),
    "complex": (lambda z: np.abs(z) ** 2 * ad.stop_gradient(np.abs(z)), (Z,), {"order": 1}),
}  # fmt: skip


CASES = {
    **{f"check_slope, {name}": (ad.check_slope, case, {}) for name, case in SLOPES.items()},
    **{f"check_grads, {name}": (ad.check_grads, (f, x), {}) for name, (f, x, _) in WRONG.items()},
    **{f"check_grads, {name}": (ad.check_grads, (f, *x), options)
       for name, (f, x, options) in GRADS.items()},
}  # fmt: skip


def written(name):
    """Return the report of a case below its name."""
    check, args, options = CASES[name]
    return f"# {name}\n{report(check, *args, **options)}\n"


def known():
    """Return the reports in the file, by the names of their cases."""
    parts = re.split("^# ", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: f"# {part}" for part in parts}


if __name__ == "__main__":
    FILE.write_text("\n".join(map(written, CASES)), encoding="utf-8")
