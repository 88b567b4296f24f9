"""check_slope: right slopes are right; the usual mistakes are named."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad

W = np.array([[1.0, 2.0], [3.0, 4.0]])
FACTORS = np.array([3.0, 0.7, -1.1])
X = np.array([[1.0, 2.0], [0.0, 1.0], [2.0, 2.0]])


def loss(w):
    return np.mean((X @ w.T) ** 2)


def slope(w):
    return 2 * (X @ w.T).T @ X / 6


@given(arrays(np.float64, (2, 2), elements=st.floats(-10, 10)))
def test_the_right_slope_is_right(w):
    check = ad.check_slope(loss, slope, w)
    assert check.ok, check
    check.raise_if_wrong()


def test_a_mistake_is_named_where_the_slope_nearby_has_another_shape():
    check = ad.check_slope(loss, lambda w: (slope(w) / 2)[: 2 if (w == W).all() else 1], W)
    assert "multiply it by 2 and" in check.verdict


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda s: -s, "the sign is flipped"),
        (lambda s: s / 2, "multiply it by 2 and"),
        (lambda s: s * 6, r"divide it by 6 and it is right \(a mean over 6 entries\?\)"),
        (lambda s: s * 1.5, "multiply it by 2/3"),
        (lambda s: s / 1.23456, "multiply it by 1.23456"),
        (lambda s: s / -3, "multiply it by -3"),
        (lambda s: s.T, r"wrong in 2 of 4 entries: transpose x"),
        (lambda s: s + np.eye(2), "wrong in 2 of 4 entries$"),
        (
            lambda s: np.stack([s, 0 * s]),
            "expected .2, 2., the shape of x, got .2, 2, 2.: sum it over axis 0",
        ),
        (lambda s: s.ravel(), "reshape it"),
        (lambda s: s[0], r"wrong shape: expected \(2, 2\), the shape of x, got \(2,\)$"),
        (lambda s: s * np.nan, "wrong in 4 of 4"),
    ],
)
def test_usual_mistakes_are_named(change, verdict):
    check = ad.check_slope(loss, lambda w: change(slope(w)), W)
    assert not check
    with pytest.raises(AssertionError):
        check.raise_if_wrong()
    assert re.search(verdict, check.verdict), check.verdict


def test_a_transpose_of_another_shape():
    v = np.array([[1.0, 2.0]])
    check = ad.check_slope(lambda v: np.sum((X @ v.T) ** 2), lambda v: 2 * X.T @ (X @ v.T), v)
    assert "got (2, 1): transpose it (.T)" in check.verdict


def test_a_mistake_in_one_array_of_many():
    def f(p):
        return np.sum((X @ p["w"] + p["b"]) ** 2)

    p = {"w": np.array([1.0, 2.0]), "b": 0.5}
    error = X @ p["w"] + p["b"]
    right = {"w": 2 * X.T @ error, "b": 2 * np.sum(error)}
    assert ad.check_slope(f, right, p).ok
    check = ad.check_slope(f, {**right, "w": X.T @ error}, p)
    assert (
        check.verdict == "wrong in 2 of 3 entries, all in x['w']: multiply it by 2 and it is right"
    )
    with pytest.raises(ValueError, match="Pass one slope for each"):
        ad.check_slope(f, {"w": right["w"]}, p)


def test_integers_lists_and_booleans_are_slopes_too():
    assert ad.check_slope(lambda x: sum(x), [1, 1, 1], [0, 2, 4]).ok
    assert ad.check_slope(
        lambda x: np.sum(np.maximum(0, x)), lambda x: x > 0, np.array([-1.0, 2.0])
    ).ok


def test_no_verdict_where_autodiff_and_measurement_disagree():
    check = ad.check_slope(lambda x: x * ad.stop_gradient(x), 6.0, 3.0)
    assert "no verdict" in check.verdict
    assert not check.ok


def test_the_report_shows_three_slopes():
    assert repr(ad.check_slope(lambda x: x * x, 3.0, 3.0)) == (
        "wrong in 1 of 1 entries: multiply it by 2 and it is right\n"
        "  entry  by hand  autodiff  numeric\n"
        "  x            3         6        6"
    )


INPUTS, TARGETS = X[:, :1] * X[:, 1:] + X, np.array([[0.5], [-1.0], [2.0]])
NETWORK = {"hidden": np.array([[0.3, -0.2, 0.5], [0.1, 0.4, -0.3]]), "output": W[:1].T[[0, 1, 0]]}


def network_loss(p):
    return np.mean((np.tanh(INPUTS @ p["hidden"]) @ p["output"] - TARGETS) ** 2)


def network_slope(p, *, error=None, activation=None, sign=1):
    """Return the slope by hand, with an optional slip."""
    h = np.tanh(INPUTS @ p["hidden"])
    e = 2 * (h @ p["output"] - TARGETS if error is None else error) / len(INPUTS)
    dh = e @ p["output"].T * (1 - h**2 if activation is None else activation)
    return {"hidden": sign * INPUTS.T @ dh, "output": h.T @ e}


@pytest.mark.parametrize(
    ("slip", "verdict"),
    [
        ({"activation": 1}, r"all in x\['hidden'\]: the chain rule's factor for tanh is missing"),
        ({"error": TARGETS}, r"the second input of subtract .*\(error and target swapped\?\)"),
        ({"sign": -1}, r"all in x\['hidden'\]: the sign is flipped \(the error is the prediction"),
    ],
)
def test_mistakes_in_a_network_are_named(slip, verdict):
    assert ad.check_slope(network_loss, network_slope, NETWORK).ok
    check = ad.check_slope(network_loss, lambda p: network_slope(p, **slip), NETWORK)
    assert re.search(verdict, check.verdict), check.verdict


V = np.array([1.3, 0.2, -0.7])


@pytest.mark.parametrize(
    ("f", "by_hand", "verdict"),
    [
        (np.sin, lambda x: np.sin(x), None),
        (lambda x: np.sin(x**2), lambda x: np.cos(x**2), "the chain rule's factor for power"),
        (lambda x: np.sin(x * x), lambda x: np.cos(x * x), "the chain rule's factor for multiply"),
        (lambda x: np.sin(x) * np.exp(x), lambda x: np.cos(x) * np.exp(x), "a term is missing"),
        (lambda x: x**3, lambda x: 3 * x**3, "there is a factor too many, x"),
        (lambda x: np.exp(x) - x**3, lambda x: np.exp(x) + 3 * x**2, "the sign of the term thr"),
        (lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (1 + np.exp(-x)), "1 minus the value of"),
        (np.square, lambda x: 2 * x[::-1], "reverse the entries of x"),
    ],
)
def test_slips_in_elementwise_functions_are_named(f, by_hand, verdict):
    check = ad.check_slope(lambda x: np.sum(f(x)), by_hand, V)
    assert not check.ok
    assert re.search(verdict or "wrong in 3 of 3 entries$", check.verdict), check.verdict


def test_a_slip_must_explain_the_slope_nearby_as_well():
    check = ad.check_slope(lambda x: x**3, lambda x: 3 * x, 2.0)  # 2 here is x, and not a factor
    assert check.verdict == "wrong in 1 of 1 entries: a factor is missing, x"
    assert "multiply it by 2" in ad.check_slope(lambda x: x**3, 6.0, 2.0).verdict


def test_a_conjugate():
    check = ad.check_slope(lambda z: np.abs(z) ** 2, lambda z: 2 * np.conj(z), 1 + 2j)
    assert "conjugate x" in check.verdict


def test_any_slope_between_those_of_a_kink_is_right():
    def relu(x):
        return np.sum(np.maximum(0, x))

    x = np.array([0.0, 1.0, -2.0])
    check = ad.check_slope(relu, lambda x: x > 0, x)
    assert check.ok
    assert check.verdict == (
        "right in all 3 entries; x[0] is at a kink: 0 from the left, 1 from the right; yours, 0, "
        "lies between"
    )
    check = ad.check_slope(relu, np.array([2, 1, 0]), x)
    assert not check.ok
    assert "yours, 2, doesn't lie between" in check.verdict
    assert check.rows[0].place == "x[0]"


def test_noise_gives_no_verdict():
    random = np.random.default_rng(0)
    check = ad.check_slope(lambda x: np.sum(x * random.random(2)), lambda x: x, np.ones(2))
    assert "no verdict" in check.verdict
    assert "not deterministic" in check.verdict


@pytest.mark.slow
def test_one_wrong_entry_of_a_large_slope():
    x = np.random.default_rng(0).normal(size=(60, 50))
    right = 3 * x**2
    assert ad.check_slope(lambda x: np.sum(x**3), right, x).ok
    wrong = right.copy()
    wrong[7, 9] += 1e-6
    check = ad.check_slope(lambda x: np.sum(x**3), wrong, x)
    assert check.verdict == "wrong in 1 of 3000 entries"
    assert check.rows[0].place == "x[7, 9]"


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (lambda w: w, "x"),
        (lambda w: np.tanh(w), "the value of tanh"),
        (lambda w: 1 - np.tanh(w), "1 minus the value of tanh"),
        (lambda w: 1 - np.tanh(w) ** 2, "1 minus the square of the value of tanh"),
        (lambda w: FACTORS, "the other input of multiply"),
    ],
)
def test_values_of_the_computation_are_named_as_factors(factor, name):
    w = np.array([0.5, -1.2, 0.8])
    slope = FACTORS * (1 - np.tanh(w) ** 2)

    def verdict(slope):
        return ad.check_slope(lambda w: np.sum(FACTORS * np.tanh(w)), slope, w).verdict

    assert verdict(slope * factor(w)).endswith(f": there is a factor too many, {name}")
    without = verdict(slope / factor(w))
    of_a_step = ("factor for tanh is missing", "factor for multiply is missing")
    assert without.endswith((f": a factor is missing, {name}", *of_a_step))


@pytest.mark.parametrize(
    "function",
    [
        lambda w: np.linalg.eigvalsh(w @ w.T).sum(),
        lambda w: (np.linalg.eigh(w @ w.T)[0] * [1, 2]).sum(),
        lambda w: np.linalg.svd(w, compute_uv=False)[0],
        lambda w: np.linalg.qr(w)[1][0, 1],
        lambda w: np.linalg.lstsq(w, FACTORS[:2])[0][1],
        lambda w: np.linalg.slogdet(w)[1],
    ],
)
def test_a_mistake_behind_an_operation_with_several_results_is_named(function):
    right = ad.grad(function)(W)
    assert ad.check_slope(function, right, W).ok
    assert "multiply it by 2 and" in str(ad.check_slope(function, right / 2, W))


@pytest.mark.parametrize(
    "error",
    [
        TypeError, ValueError, RuntimeError, UserWarning, np.exceptions.ComplexWarning, SystemError,
    ],
)  # fmt: skip
def test_functions_that_refuse_complex_numbers_are_measured_without(error):
    def f(x):
        if np.iscomplexobj(x):
            raise error
        return (x**2).sum()

    ad.check_slope(f, lambda x: 2 * x, np.array([1.0, 2.0])).raise_if_wrong()
