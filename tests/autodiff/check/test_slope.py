"""check_slope: right slopes are right; the usual mistakes are told apart."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad

W = np.array([[1.0, 2.0], [3.0, 4.0]])
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
        (lambda s: np.stack([s, 0 * s]), "has its shape .2, 2., got .2, 2, 2.: sum it over axis 0"),
        (lambda s: s.ravel(), "reshape it"),
        (lambda s: s[0], r"wrong shape: the slope of x has its shape \(2, 2\), got \(2,\)$"),
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
    with pytest.raises(ValueError, match="Give one slope for each"):
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


def test_the_report_shows_three_answers():
    assert repr(ad.check_slope(lambda x: x * x, 3.0, 3.0)) == (
        "wrong in 1 of 1 entries: multiply it by 2 and it is right\n"
        "  entry  by hand  autodiff  numeric\n"
        "  x            3         6        6"
    )
