"""Sixty mistakes planted in rules: check_grads finds each one, at the order where it shows."""

import math

import numpy as np
import pytest

import autodiff as ad


def planted(function, *rules):
    """Return a primitive of one or two arguments with these rules; None is the right one."""
    made = ad.primitive(function)
    ad.derivative(made, **dict(zip("xy", rules, strict=False)))
    return made


def softmax(x):
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)


X, Y = np.array([0.4, -0.7, 1.3]), np.array([1.5, 0.6, -0.8])
A = np.array([[2.0, 0.3, -0.1], [0.5, 1.5, 0.4], [-0.2, 0.1, 1.1]])
S = A @ A.T
STOP = ad.stop_gradient

# fmt: off
ELEMENTWISE = {  # wrong rules of functions of one array
    "sign of cos": (np.cos, lambda g, z, x: g * np.sin(x)),
    "exp of the output": (np.exp, lambda g, z, x: g * np.exp(z)),
    "g forgotten": (np.sin, lambda g, z, x: np.cos(x)),
    "g twice": (np.sin, lambda g, z, x: g * g * np.cos(x)),
    "size of g": (np.sin, lambda g, z, x: np.abs(g) * np.cos(x)),
    "g rounded": (np.sin, lambda g, z, x: np.round(g, 1) * np.cos(x)),
    "g and a constant": (np.sin, lambda g, z, x: g * np.cos(x) + 1e-6),
    "half of square": (np.square, lambda g, z, x: g * x),
    "power too high": (lambda x: x ** 3, lambda g, z, x: 3 * g * x ** 3),
    "tanh without square": (np.tanh, lambda g, z, x: g * (1 - z)),
    "tanh of the input": (np.tanh, lambda g, z, x: g * (1 - x * x)),
    "sigmoid without 1 -": (lambda x: 1 / (1 + np.exp(-x)), lambda g, z, x: g * z * z),
    "log base": (lambda x: np.log2(x + 2), lambda g, z, x: g / (x + 2)),
    "sqrt without 2": (lambda x: np.sqrt(x + 2), lambda g, z, x: g / z),
    "degrees for radians": (lambda x: np.sin(np.radians(x)), lambda g, z, x: g * np.cos(x)),
    "arctan without 1": (np.arctan, lambda g, z, x: g / (x * x)),
    "arctan sign": (np.arctan, lambda g, z, x: g / (1 - x * x)),
    "shifted": (np.sin, lambda g, z, x: g * np.cos(x + 1e-7)),
    "narrow inside": (np.sin, lambda g, z, x: g * np.cos(x.astype(np.float32)).astype(float)),
    "pi by hand": (lambda x: x * math.pi, lambda g, z, x: g * 3.14159265),
    "one entry": (np.exp, lambda g, z, x: g * z * np.array([1, 1, 1 + 1e-5])),
    "reversed": (np.exp, lambda g, z, x: (g * z)[::-1]),
    "rolled": (np.sin, lambda g, z, x: np.roll(g, 1) * np.cos(x)),
    "branch": (np.sin, lambda g, z, x: g * np.cos(x) * np.where(x < 0, 0.5, 1)),
    "abs for identity": (lambda x: x * np.abs(x), lambda g, z, x: 2 * g * x),
    "clipped": (np.exp, lambda g, z, x: g * np.minimum(z, 2.0)),
    "detached": (np.exp, lambda g, z, x: STOP(g * z)),
    "output detached": (np.exp, lambda g, z, x: g * STOP(z)),
    "input detached": (lambda x: x ** 3, lambda g, z, x: 3 * g * x * STOP(x)),
    "tanh's output detached": (np.tanh, lambda g, z, x: g * (1 - STOP(z) * z)),
    "zero": (np.sinh, lambda g, z, x: g * 0),
    "nan": (np.sinh, lambda g, z, x: g * np.nan),
    "infinite": (np.sinh, lambda g, z, x: g * np.inf),
    "a slope for floor": (lambda x: np.floor(x * 2), lambda g, z, x: 2 * g),
    "derivative of softplus": (lambda x: np.log1p(np.exp(x)), lambda g, z, x: g * np.exp(x)),
    "gelu's second term": (lambda x: x * np.tanh(x), lambda g, z, x: g * np.tanh(x)),
}
REDUCING = {  # of functions of one array that return a number
    "scalar without g": (lambda x: np.sum(x * x), lambda g, z, x: 2 * x),
    "scalar of g squared": (lambda x: np.sum(np.sin(x)), lambda g, z, x: g * g * np.cos(x)),
    "scalar with 1 for g": (np.mean, lambda g, z, x: np.ones(x.shape) / x.size),
    "scalar, sign of g": (np.sum, lambda g, z, x: np.abs(g) * np.ones(x.shape)),
    "mean as sum": (np.mean, lambda g, z, x: g * np.ones(x.shape)),
    "sum as mean": (np.sum, lambda g, z, x: g * np.ones(x.shape) / x.size),
    "norm without division": (np.linalg.norm, lambda g, z, x: g * x),
    "norm by square": (np.linalg.norm, lambda g, z, x: g * x / (z * z)),
    "var without mean": (np.var, lambda g, z, x: g * 2 * x / x.size),
    "var by n - 1": (np.var, lambda g, z, x: g * 2 * (x - np.mean(x)) / (x.size - 1)),
    "logsumexp unnormalized": (lambda x: np.log(np.sum(np.exp(x))), lambda g, z, x: g * np.exp(x)),
    "prod without division": (np.prod, lambda g, z, x: g * z),
    "max to all": (np.max, lambda g, z, x: g * np.ones(x.shape)),
    "max to the first": (np.max, lambda g, z, x: g * (np.arange(x.size) == 0)),
}
MATRICES = {  # of one matrix
    "transpose forgotten": (lambda x: x.T @ A, lambda g, z, x: A @ g),
    "inverse without transpose": (np.linalg.inv, lambda g, z, x: -z @ g @ z),
    "inverse's sign": (np.linalg.inv, lambda g, z, x: z.T @ g @ z.T),
    "determinant without transpose": (np.linalg.det, lambda g, z, x: g * z * np.linalg.inv(x)),
    "trace as sum": (np.trace, lambda g, z, x: g * np.ones(x.shape)),
    "softmax as diagonal": (softmax, lambda g, z, x: g * z * (1 - z)),
    "cumsum not reversed": (lambda x: np.cumsum(x, axis=0), lambda g, z, x: np.cumsum(g, axis=0)),
    "wrong axis": (lambda x: np.sum(x * x, axis=0), lambda g, z, x: 2 * x * g[:, None]),
}
PAIRS = {  # of two arrays
    "product of itself": (lambda x, y: x * y, lambda g, z, x, y: g * x, lambda g, z, x, y: g * y),
    "quotient's sign": (lambda x, y: x / y, lambda g, z, x, y: g / y, lambda g, z, x, y: g * z / y),
    "subtraction's sign": (lambda x, y: x - y, lambda g, z, x, y: g, lambda g, z, x, y: g),
    "one of two is lost": (lambda x, y: x * y, lambda g, z, x, y: g * y, lambda g, z, x, y: g * 0),
}
# fmt: on

WRONG = {
    **{name: (planted(f, rule), (X,)) for name, (f, rule) in ELEMENTWISE.items()},
    **{name: (planted(f, rule), (X,)) for name, (f, rule) in REDUCING.items()},
    **{name: (planted(f, rule), (S + A,)) for name, (f, rule) in MATRICES.items()},
    **{name: (planted(f, *rules), (X, Y)) for name, (f, *rules) in PAIRS.items()},
}


def test_sixty_mistakes_are_tested():
    assert len(WRONG) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_planted_mistake_is_found(name):
    f, args = WRONG[name]
    with pytest.raises(AssertionError):
        ad.check_grads(f, *args)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, (f, _) in WRONG.items() if name in REDUCING])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_planted_mistake_is_found_in_a_large_array(name):
    f, _ = WRONG[name]
    with pytest.raises(AssertionError):
        ad.check_grads(f, np.random.default_rng(0).uniform(0.9, 1.1, 150))


def test_a_rule_without_its_cotangent_is_named():
    with pytest.raises(
        AssertionError, match=r"isn't linear in the cotangent: .* without its factor"
    ):
        ad.check_grads(WRONG["scalar without g"][0], X)


@pytest.mark.parametrize("f", [lambda x: np.sum(0 * x), lambda x: np.max(0 * x) + 5, np.floor])
@pytest.mark.parametrize("order", [1, 2])
def test_a_slope_of_what_does_not_change_is_found(f, order):
    wrong = ad.primitive(lambda x: f(x))
    ad.derivative(wrong, x=lambda g, z, x: 0.03 * g + 0 * x)
    with pytest.raises(AssertionError, match="should be zero"):
        ad.check_grads(wrong, np.array([0.2, 2.8]), order=order)
