"""Reductions and sample weights: from one loss per row to one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn.losses import Loss, MeanSquaredError, SparseCategoricalCrossentropy, get

Y, P = np.zeros((3, 1)), np.array([[1.0], [2.0], [3.0]])  # losses 1, 4, 9
WEIGHT = np.array([1.0, 0.0, 3.0])


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum_over_batch_size", 14 / 3, 28 / 3),
        ("mean", 14 / 3, 28 / 3),
        ("sum", 14.0, 28.0),
        ("mean_with_sample_weight", 14 / 3, 28 / 4),
    ],
)
def test_reductions_by_hand(reduction, plain, weighted):
    loss = MeanSquaredError(reduction=reduction)
    assert loss(Y, P) == pytest.approx(plain)
    assert loss(Y, P, sample_weight=WEIGHT) == pytest.approx(weighted)


@pytest.mark.parametrize("reduction", ["none", None])
def test_no_reduction(reduction):
    loss = MeanSquaredError(reduction=reduction)
    assert loss(Y, P).tolist() == [1.0, 4.0, 9.0]
    assert loss(Y, P, sample_weight=WEIGHT).tolist() == [1.0, 0.0, 27.0]


@given(arrays(np.float32, 3, elements=st.floats(0, 10, width=32)))
def test_weights_of_shape_n_and_n_by_1_mean_the_same(weight):
    loss = MeanSquaredError()
    assert loss(Y, P, weight) == loss(Y, P, weight[:, np.newaxis])


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5))
def test_a_whole_weight_is_a_repeated_row(a, b, c):
    counts = np.array([a, b, c])
    weighted = MeanSquaredError(reduction="sum")(Y, P, counts)
    repeated = MeanSquaredError(reduction="sum")(np.repeat(Y, counts, 0), np.repeat(P, counts, 0))
    assert weighted == repeated


def test_weights_per_row_reach_every_step_of_a_sequence():
    y, p = np.zeros((2, 3, 1)), np.ones((2, 3, 1))
    assert MeanSquaredError(reduction="sum")(y, p, [1.0, 10.0]) == 33.0


def test_weights_do_not_widen_float32():
    assert MeanSquaredError()(Y, P.astype(np.float32), WEIGHT).dtype == np.float32


def test_weights_that_add_up_to_nothing():
    assert MeanSquaredError(reduction="mean_with_sample_weight")(Y, P, np.zeros(3)) == 0.0


def test_ignored_rows_do_not_count():
    loss = SparseCategoricalCrossentropy(ignore_class=-1)
    p = np.array([[0.5, 0.5], [0.9, 0.1], [0.25, 0.75]])
    assert loss([0, -1, 1], p) == pytest.approx((np.log(2) - np.log(0.75)) / 2)
    assert loss([[0], [-1], [1]], p, [1.0, 1.0, 3.0]) == pytest.approx(
        (np.log(2) - 3 * np.log(0.75)) / 2
    )


def test_a_function_may_answer_one_number_for_the_batch():
    loss = get(lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2))
    assert loss(Y, P) == pytest.approx(14 / 3)
    assert loss(Y, P, WEIGHT) == pytest.approx(14 / 3 * WEIGHT.mean())


def test_a_wrong_number_of_weights_is_refused():
    with pytest.raises(ValueError, match=r"one weight per row, got shape \(2,\).*shape \(3,\)"):
        MeanSquaredError()(Y, P, [1.0, 2.0])


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="expected a reduction among"):
        MeanSquaredError(reduction="average")


def test_a_loss_without_call_says_so():
    with pytest.raises(NotImplementedError, match=r"call\(y_true, y_pred\)"):
        Loss()(Y, P)
