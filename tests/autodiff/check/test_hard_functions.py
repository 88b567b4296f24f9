"""Sixty functions whose slopes are right and hard to measure: none is reported as wrong.

Steep, flat, noisy, nearly singular, beside a pole, a kink or the border of their domain. Where the
function's values have too few accurate digits, check_grads warns.
"""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.check import UnmeasurableWarning
from tests.laws.table import examples


def hilbert(n):
    i = np.arange(n)
    return 1.0 / (i[:, None] + i + 1)


def nearly_singular(gap):
    return np.array([[1.0, 1 - gap], [1 - gap, 1.0]])


def softmax(x):
    exp = np.exp(x - np.max(x))
    return exp / np.sum(exp)


def log_softmax(x):
    return x - np.max(x) - np.log(np.sum(np.exp(x - np.max(x))))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def pythons_root(x):
    """Raise, as math.sqrt does, outside of its domain."""
    if not isinstance(x, float):
        return np.sqrt(x)
    return math.sqrt(x)


def asserted(x):
    assert not (np.real(x) > 1).any()
    return x * x


def looked_up(x):
    """Raise where two entries are above 1."""
    return x * np.array([1.0, 2.0])[np.sum(x > 1)]


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 1e6 * (x[1] - x[0] ** 2) ** 2


def newton(x):
    """Solve y³ + y = x by Newton's method."""
    y = x
    for _ in range(30):
        y = y - (y**3 + y - x) / (3 * y**2 + 1)
    return y


# fmt: off
MEASURABLE = {
    "saturated tanh": (np.tanh, np.array([20.0, -25.0, 40.0])),
    "tanh, partly saturated": (np.tanh, np.array([18.0, 0.5, 19.1])),
    "saturated sigmoid": (sigmoid, np.array([40.0, -40.0, 0.1])),
    "saturated softmax": (softmax, np.array([50.0, 0.0, -30.0])),
    "log of softmax": (log_softmax, np.array([50.0, 0.0, -30.0])),
    "logaddexp far apart": (lambda x: np.logaddexp(x, -50.0), 30.0),
    "softplus far out": (lambda x: np.log1p(np.exp(x)), np.array([-35.0, 35.0])),
    "log near 0": (np.log, 1e-12),
    "log very near 0": (np.log, np.array([1e-30, 1e-6])),
    "log1p near its pole": (np.log1p, -1 + 1e-9),
    "reciprocal near 0": (np.reciprocal, 1e-9),
    "sqrt near 0": (np.sqrt, 1e-10),
    "cbrt near 0": (np.cbrt, 1e-9),
    "power below 1 near 0": (lambda x: x ** 0.3, 1e-8),
    "abs beside its kink": (np.abs, 1e-6),
    "abs right beside its kink": (np.abs, -1e-10),
    "relu beside its kink": (lambda x: np.maximum(x, 0), np.array([1e-8, -1e-8, 2.0])),
    "clip beside its end": (lambda x: np.clip(x, 0, 1), np.array([1 - 1e-7, 1e-7])),
    "floor beside a jump": (lambda x: x * np.floor(x), 3 + 1e-9),
    "remainder beside a jump": (lambda x: np.remainder(x, 0.7) * x, 2.1 + 1e-7),
    "where beside a jump": (lambda x: np.where(x > 1, x * x, -x), 1 + 1e-6),
    "arcsin near 1": (np.arcsin, 0.9999999),
    "arccos near -1": (np.arccos, -0.999999),
    "arctanh near 1": (np.arctanh, 0.9999999),
    "arccosh near 1": (np.arccosh, 1 + 1e-7),
    "tan near its pole": (np.tan, 1.57079),
    "exp far out": (np.exp, np.array([300.0, -300.0])),
    "sinh far out": (np.sinh, np.array([100.0, -0.1])),
    "exp of exp": (lambda x: np.exp(np.exp(x)), 3.0),
    "quick waves": (lambda x: np.sin(1e4 * x), 0.3),
    "quicker waves": (lambda x: np.sin(1e6 * x), 0.3),
    "a wave far out": (np.sin, 1e6),
    "a narrow bell": (lambda x: np.exp(-((x - 1) / 1e-5) ** 2), 1 + 0.5e-5),
    "a narrow step": (lambda x: np.tanh((x - 1) / 1e-6), 1 + 0.7e-6),
    "a resonance": (lambda x: 1 / (1 + (x / 1e-4) ** 2), 0.3e-4),
    "large and small together": (lambda x: np.array([1e8, 1e-8]) * np.sin(x), np.array([0.3, 0.7])),
    "huge results": (lambda x: 1e200 * x * x, 3.0),
    "tiny results": (lambda x: 1e-200 * np.sin(x), 3.0),
    "huge argument": (lambda x: np.log(x) * 2, 1e100),
    "tiny argument": (lambda x: np.sqrt(x) * 2, 1e-100),
    "cholesky at its border": (np.linalg.cholesky, nearly_singular(1e-7)),
    "cholesky closer to its border": (np.linalg.cholesky, np.diag([1.0, 1e-9])),
    "Python's math at its border": (pythons_root, 1e-9),
    "an assertion near its border": (asserted, np.array([1 - 1e-7, 0.5])),
    "an index near the end of an array": (looked_up, np.array([1 - 1e-6, 1.5, 1 - 1e-3])),
    "inverse of a Hilbert matrix": (np.linalg.inv, hilbert(4)),
    "slogdet of a Hilbert matrix": (lambda a: np.linalg.slogdet(a)[1], hilbert(6)),
    "det of a Hilbert matrix": (np.linalg.det, hilbert(5)),
    "solve with a Hilbert matrix": (lambda a: np.linalg.solve(a, np.arange(1.0, 5)), hilbert(4)),
    "inverse of nearly singular": (np.linalg.inv, nearly_singular(1e-4)),
    "eigenvalues close together": (np.linalg.eigvalsh, np.diag([1.0, 1 + 1e-3])),
    "singular values far apart": (np.linalg.svdvals, np.diag([1e3, 1.0, 1e-3])),
    "norm near 0": (np.linalg.norm, np.array([1e-6, -2e-6])),
    "std of nearly equal": (np.std, np.array([1.0, 1.0 + 1e-5, 1.0 - 2e-5])),
    "hypot near 0": (lambda x: np.hypot(x, 1e-7), 1e-7),
    "arctan2 near 0": (lambda x: np.arctan2(x[0], x[1]), np.array([1e-6, -2e-6])),
    "sinc near 0": (np.sinc, np.array([1e-6, 1e-9, 0.0])),
    "a long product": (np.prod, np.linspace(0.5, 2, 30)),
    "an iteration": (newton, np.array([0.3, 5.0])),
    "a logistic map": (lambda x: 3.9 * (y := 3.9 * x * (1 - x)) * (1 - y), 0.3),
    "Rosenbrock's valley": (rosenbrock, np.array([1.0, 1.0])),
    "variance by two means": (lambda x: np.mean(x * x) - np.mean(x) ** 2, 100 + np.arange(3.0)),
    "one pixel of many": (lambda x: np.tanh(x).sum() * 1e3, np.linspace(-30, 30, 150)),
    "slopes that cancel": (lambda x: np.sin(x) - np.tanh(x), np.array([0.0, 1e-4])),
    "slopes that cancel at 0": (lambda x: 1e5 * (np.sin(x) - np.arctan(x)), 0.0),
    "slopes that cancel with alike rounding": (lambda x: np.sinh(x) - np.sin(x), 0.0),
    "kinks on both sides": (lambda x: np.sort(np.square(x)), np.array([1e-5, -1e-4, 1.0])),
    "float32, saturated": (np.tanh, np.array([5.0, 0.1], np.float32)),
}
NOISY = {
    "terms that cancel": (lambda x: (1e8 + np.sin(x)) - 1e8, 0.7),
    "terms that cancel more": (lambda x: (1e12 + np.sin(x)) - 1e12, 0.7),
    "1 - cos": (lambda x: (1 - np.cos(x)) / x**2, 1e-3),
    "exp - 1": (lambda x: (np.exp(x) - 1) / x, 1e-5),
    "a large constant": (lambda x: np.sin(x) + 1e10, 0.7),
    "narrow on the way": (lambda x: np.sin(x).astype(np.float32).astype(np.float64), 0.7),
    "a Hilbert matrix of size 10": (lambda a: np.linalg.slogdet(a)[1], hilbert(10)),
}
CANCELLING = {
    "exp": lambda x: np.exp(x) - 1 - x,
    "exp of -x": lambda x: np.exp(-x) - 1 + x,
    "exp to the second order": lambda x: np.exp(x) - 1 - x - x * x / 2,
    "sin": lambda x: np.sin(x) - x + x**3 / 6,
    "cos": lambda x: np.cos(x) - 1 + x * x / 2,
    "tan": lambda x: np.tan(x) - x,
    "sinh": lambda x: np.sinh(x) - x,
    "arctan": lambda x: np.arctan(x) - x + x**3 / 3,
    "log1p": lambda x: np.log1p(x) - x,
    "log of exp": lambda x: np.log(np.exp(x)) - x,
    "root": lambda x: np.sqrt(2 + x) - math.sqrt(2) - x / (2 * math.sqrt(2)),
    "reciprocal": lambda x: 1 / (2 + x) - 0.5 + x / 4,
    "softplus": lambda x: np.logaddexp(0, x) - math.log(2) - x / 2,
    "sigmoid": lambda x: sigmoid(x) - 0.5 - x / 4,
    "polynomial": lambda x: (1 + x) ** 3 - 1 - 3 * x - 3 * x * x,
}
"""Terms that cancel near 0, each rounded to a grid that is coarser than what is left of them."""
# fmt: on


def test_sixty_functions_are_tested():
    assert len(MEASURABLE) + len(NOISY) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURABLE)
def test_a_hard_function_passes(name):
    f, x = MEASURABLE[name]
    ad.check_grads(f, x)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if "of size 10" in n else ()) for n in NOISY]
)
@pytest.mark.filterwarnings("ignore::autodiff.check.UnmeasurableWarning")
def test_a_noisy_function_is_not_reported_as_wrong(name):
    f, x = NOISY[name]
    ad.check_grads(f, x)


@pytest.mark.slow
@given(st.sampled_from(sorted(CANCELLING)), st.floats(-9, -0.5), st.floats(-6, 6))
@example("exp", -8.0, 0.0)
@example("sin", -8.0, 0.0)
@example("arctan", -7.2, 0.0)
@example("sinh", -5.0, 5.0)
@examples(25)
@pytest.mark.filterwarnings("ignore::autodiff.check.UnmeasurableWarning")
def test_terms_that_cancel_are_not_reported_as_wrong(name, exponent, scale):
    f, x, factor = CANCELLING[name], 10.0**exponent, 10.0**scale
    ad.check_grads(lambda x: factor * f(x), np.array([x, -0.7 * x]))


@pytest.mark.slow
@given(st.sampled_from(sorted(CANCELLING)), st.floats(0.2, 2), st.floats(1.001, 2))
@examples(20)
def test_a_wrong_slope_of_terms_that_cancel_elsewhere_is_found(name, x, factor):
    f = CANCELLING[name]
    wrong = ad.primitive(f)
    ad.derivative(wrong, x=lambda g, z, x: g * ad.grad(f)(x) * factor)
    if abs(ad.grad(f)(x)) > 1e-6:
        with pytest.raises(AssertionError, match="the slope disagrees with the measured one"):
            ad.check_grads(wrong, x, order=1)


def test_unmeasurable_slopes_warn():
    f, x = NOISY["terms that cancel more"]
    with pytest.warns(
        UnmeasurableWarning, match=r"the slope can't be measured in 1 of 1(.|\n)*x "
    ) as seen:
        ad.check_grads(f, x, order=1)
    assert seen[0].filename == __file__


def test_a_wrong_slope_that_huge_cotangents_hide_warns():
    cube = ad.primitive(lambda x: x**3)
    ad.derivative(cube, x=lambda g, z, x: -3 * g * x * x)
    with pytest.warns(UnmeasurableWarning, match=r"can't be measured in 1 of 1"):
        ad.check_grads(lambda x: np.cbrt(cube(x)), 1e-8, order=1)  # g is 3e15


def test_measurable_entries_are_checked_besides_unmeasurable_ones():
    wrong = ad.primitive(lambda x: (1e12 + np.sin(x[0])) - 1e12 + x[1] ** 2)
    ad.derivative(wrong, x=lambda g, z, x: g * np.stack([np.cos(x[0]), x[1]]))
    with pytest.raises(AssertionError, match=r"in 1 of 2 entries(.|\n)* x +\[1\] "):
        ad.check_grads(wrong, np.array([0.7, 1e6]), order=1)


@pytest.mark.slow
def test_a_function_without_an_attribute_of_complex_numbers_is_checked():
    ad.check_grads(lambda x: x.missing if np.iscomplexobj(x) else np.sin(x), 0.5, order=1)


@pytest.mark.slow
def test_compiled_code_that_continues_after_an_error_is_checked():
    stats = pytest.importorskip("autodiff.scipy").stats
    ad.check_grads(stats.vonmises.ppf, np.array([0.3, 0.6]), 1.3, order=1)  # SciPy calls brentq


@pytest.mark.slow
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    ("f", "size"),
    [
        (lambda x: np.std(np.logaddexp(x, -x)), 0.02),  # of values that are nearly equal
        (lambda x: np.mean(np.sqrt(1 + ((1e5 + x) - 1e5) ** 2)), 1.0),
    ],
)
def test_what_narrow_floats_round_off_is_no_mistake(f, size, order):
    for seed in range(3):
        x = size * np.random.default_rng(seed).uniform(0.5, 2, (2, 3))
        ad.check_grads(f, x.astype(np.float32), order=order)
