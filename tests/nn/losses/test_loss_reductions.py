"""Reductions and sample weights: from one loss per row to one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nn.losses import Loss, MeanSquaredError, SparseCategoricalCrossentropy, get
from nn.losses.reduction import reduce_losses

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


@pytest.mark.parametrize("reduction", ["mean", "sum", "mean_with_sample_weight"])
@pytest.mark.parametrize("weight", [None, WEIGHT[:0]])
def test_the_loss_of_no_rows_is_zero(reduction, weight):
    assert MeanSquaredError(reduction=reduction)(Y[:0], P[:0], weight) == 0


@pytest.mark.parametrize("reduction", ["none", None])
def test_no_reduction(reduction):
    loss = MeanSquaredError(reduction=reduction)
    assert loss(Y, P).tolist() == [1.0, 4.0, 9.0]
    assert loss(Y, P, sample_weight=WEIGHT).tolist() == [1.0, 0.0, 27.0]
    # A column of weights makes a column of losses, as in Keras.
    assert loss(Y, P, sample_weight=WEIGHT[:, None]).tolist() == [[1.0], [0.0], [27.0]]
    ignoring = SparseCategoricalCrossentropy(from_logits=True, ignore_class=0, reduction=reduction)
    flat, column = (ignoring([1, 0, 1], np.eye(3), w) for w in (WEIGHT, WEIGHT[:, None]))
    assert column.tolist() == flat[:, None].tolist()


@given(arrays(np.float32, 3, elements=st.floats(0, 10, width=32)))
def test_weights_of_shape_n_and_n_by_1_mean_the_same(weight):
    loss = MeanSquaredError()
    assert loss(Y, P, weight) == loss(Y, P, weight[:, np.newaxis])


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5))
def test_an_integer_weight_equals_repeated_rows(a, b, c):
    counts = np.array([a, b, c])
    weighted = MeanSquaredError(reduction="sum")(Y, P, counts)
    repeated = MeanSquaredError(reduction="sum")(np.repeat(Y, counts, 0), np.repeat(P, counts, 0))
    assert weighted == repeated


def test_weights_per_row_apply_to_every_step_of_a_sequence():
    y, p = np.zeros((2, 3, 1)), np.ones((2, 3, 1))
    assert MeanSquaredError(reduction="sum")(y, p, [1.0, 10.0]) == 33.0


REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"]
TWO_AXES = np.zeros((2, 3, 1)), np.sqrt(np.arange(6.0)).reshape(2, 3, 1)  # losses 0, 1, 2; 3, 4, 5


@pytest.mark.parametrize(
    ("reduction", "reduced"),
    [
        ("sum_over_batch_size", 51 / 6),
        ("mean", 51 / 6),
        ("sum", 51),
        ("mean_with_sample_weight", 3.4),
    ],
)
def test_one_weight_per_row_of_losses_with_two_axes_by_hand(reduction, reduced):
    loss = MeanSquaredError(reduction=reduction)  # 51 = 0 + 1 + 2 + 4 · (3 + 4 + 5)
    for weight in ([1.0, 4.0], [[1.0], [4.0]]):
        assert loss(*TWO_AXES, weight) == pytest.approx(reduced)


@given(
    arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.floats(0, 9)),
    st.sampled_from(REDUCTIONS), st.integers(0, 2**32 - 1), st.data(),
)  # fmt: skip
def test_a_weight_per_row_applies_to_each_of_its_losses(losses, reduction, seed, data):
    axes = data.draw(st.integers(1, losses.ndim))
    weight = np.random.default_rng(seed).uniform(0.1, 2, losses.shape[:axes])
    spread = np.broadcast_to(
        weight.reshape(weight.shape + (1,) * (losses.ndim - axes)), losses.shape
    )
    expected = {
        "sum": np.sum(spread * losses),
        "mean_with_sample_weight": np.average(losses, weights=spread),
    }.get(reduction, np.sum(spread * losses) / losses.size)
    assert reduce_losses(losses, weight, reduction) == pytest.approx(expected)
    assert reduce_losses(losses, spread, reduction) == pytest.approx(expected)


@given(st.floats(0.1, 9))
def test_equal_weights_do_not_change_the_mean_of_all_losses(weight):
    loss = MeanSquaredError(reduction="mean_with_sample_weight")
    assert loss(*TWO_AXES, [weight, weight]) == pytest.approx(loss(*TWO_AXES))


def test_weights_do_not_widen_float32():
    assert MeanSquaredError()(Y, P.astype(np.float32), WEIGHT).dtype == np.float32


def test_weights_that_add_up_to_zero():
    assert MeanSquaredError(reduction="mean_with_sample_weight")(Y, P, np.zeros(3)) == 0.0


def test_ignored_rows_are_not_part_of_the_mean():
    loss = SparseCategoricalCrossentropy(ignore_class=-1)
    p = np.array([[0.5, 0.5], [0.9, 0.1], [0.25, 0.75]])
    assert loss([0, -1, 1], p) == pytest.approx((np.log(2) - np.log(0.75)) / 2)
    assert loss([[0], [-1], [1]], p, [1.0, 1.0, 3.0]) == pytest.approx(
        (np.log(2) - 3 * np.log(0.75)) / 2
    )


def test_a_function_may_return_one_number_for_the_batch():
    loss = get(lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2))
    assert loss(Y, P) == pytest.approx(14 / 3)
    assert loss(Y, P, WEIGHT) == pytest.approx(14 / 3 * WEIGHT.mean())


def test_a_wrong_number_of_weights_is_refused():
    with pytest.raises(ValueError, match=r"one weight per row, got shape \(2,\).*shape \(3,\)"):
        MeanSquaredError()(Y, P, [1.0, 2.0])


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match=r"expected reduction to be .* or None, got"):
        MeanSquaredError(reduction="average")


def test_a_loss_without_call_is_an_error():
    with pytest.raises(NotImplementedError, match=r"Loss to define call\(self, y_true, y_pred\)"):
        Loss()(Y, P)


@pytest.mark.parametrize("sample_weight", [None, [1.0, 2.0]])
def test_a_batch_whose_rows_are_all_ignored_has_loss_zero(sample_weight):
    loss = SparseCategoricalCrossentropy(ignore_class=-1)
    assert loss(np.array([-1, -1]), np.full((2, 3), 1 / 3), sample_weight) == 0


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "none"])
@pytest.mark.parametrize("weight", [None, [1.0, 2.0, 0.5, 4.0]], ids=["plain", "weighted"])
def test_rows_that_are_ignored_count_as_if_they_were_not_there(reduction, weight):
    labels = np.array([0, -1, 1, 2])
    p = np.array([[0.5, 0.3, 0.2], [0.9, 0.1, 0.0], [0.25, 0.7, 0.05], [0.1, 0.3, 0.6]])
    ignoring = SparseCategoricalCrossentropy(ignore_class=-1, reduction=reduction)
    kept = labels >= 0
    rest = None if weight is None else np.array(weight)[kept]
    plain = SparseCategoricalCrossentropy(reduction=reduction)(labels[kept], p[kept], rest)
    found = ignoring(labels, p, weight)
    if reduction == "none":
        assert found[1] == 0
        found = found[kept]
    np.testing.assert_allclose(found, plain)
