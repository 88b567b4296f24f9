"""Slopes of the losses: by hand, by finite differences, and at very large predictions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
from nn import losses
from nn.activations import sigmoid, softmax
from nn.losses import LOSSES, get

rows = arrays(np.float64, (4, 3), elements=st.floats(-4, 4))
ONE_HOT = np.eye(3)[[0, 2, 1, 1]]
GENERALIZED = "categorical_generalized_cross_entropy"


ROWWISE = [name for name in LOSSES if name != "ctc"]  # which test_ctc.py has, of sequences


def targets_for(name):
    by_label = name.startswith("sparse") or name in ("circle", GENERALIZED)
    return np.array([0, 2, 1, 1]) if by_label else ONE_HOT


@pytest.mark.parametrize("name", ROWWISE)
@given(scores=rows, seed=st.integers(0, 9))
def test_slopes_are_those_of_finite_differences(name, scores, seed):
    y = targets_for(name)
    of_probabilities = ("kl_divergence", "poisson", "dice", "tversky", GENERALIZED)
    probabilities = name.endswith("crossentropy") or name in of_probabilities
    away_from_kinks = np.round(scores, 2) + np.array([0.0031, 0.0042, 0.0057])
    p = softmax(scores / 2) if probabilities else away_from_kinks
    weight = np.random.default_rng(seed).uniform(0, 2, 4)
    loss = get(name)
    slope = ad.grad(lambda p: loss(y, p, weight))(p)
    for index in np.ndindex(p.shape):
        step = np.zeros_like(p)
        step[index] = 1e-6
        up, down = loss(y, p + step, weight), loss(y, p - step, weight)
        scale = max(1.0, abs(up))
        assert slope[index] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-6 * scale)


@given(rows)
def test_slope_of_softmax_with_crossentropy_is_prediction_minus_target(scores):
    expected = (softmax(scores) - ONE_HOT) / len(scores)
    loss = LOSSES["categorical_crossentropy"](from_logits=True)
    np.testing.assert_allclose(ad.grad(lambda s: loss(ONE_HOT, s))(scores), expected, atol=1e-12)
    through = ad.grad(lambda s: get("categorical_crossentropy")(ONE_HOT, softmax(s)))(scores)
    np.testing.assert_allclose(through, expected, atol=1e-12)


@given(rows)
def test_slope_of_sigmoid_with_crossentropy_is_prediction_minus_target(scores):
    expected = (sigmoid(scores) - ONE_HOT) / scores.size
    loss = LOSSES["binary_crossentropy"](from_logits=True)
    np.testing.assert_allclose(ad.grad(lambda s: loss(ONE_HOT, s))(scores), expected, atol=1e-12)


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize(
    "several", [["shares"], ["mixed"], ["one-hot"], ["one-hot", "shares", "one-hot"]]
)
def test_crossentropy_of_logits_is_that_after_a_softmax_for_all_targets(several, axis):
    random = np.random.default_rng(3)
    scores = random.normal(size=(4, 3, 3))
    one_hot = np.moveaxis(np.eye(3)[random.integers(0, 3, (4, 3))], -1, axis)
    targets = {"one-hot": one_hot, "shares": random.random((4, 3, 3))}
    targets["mixed"] = np.concatenate([one_hot[:2], targets["shares"][2:]])
    loss = LOSSES["categorical_crossentropy"](axis=axis)
    for name in several:
        loss.validate(targets[name], (None, 3, 3))
    assert loss.adds_up == (several == ["one-hot"])
    on_logits = loss.on_logits("softmax", axis)
    for name in several:
        y = targets[name]
        slope = ad.grad(lambda s, y=y: on_logits(y, s))(scores)
        through = ad.grad(lambda s, y=y: loss(y, softmax(s, axis=axis)))(scores)
        np.testing.assert_allclose(slope, through, atol=1e-9)


def test_slope_of_mean_squared_error_is_twice_the_error_over_the_number():
    y, p = np.array([[1.0], [2.0]]), np.array([[3.0], [0.0]])
    assert ad.grad(lambda p: get("mse")(y, p))(p).tolist() == [[2.0], [-2.0]]


@pytest.mark.parametrize("name", ROWWISE)
@pytest.mark.parametrize("huge", [88.0, 1e4])
def test_very_large_predictions_have_finite_values_and_slopes_in_float32(name, huge):
    p = np.array([[huge, -huge, 0], [-huge, huge, 1], [0, 0, huge], [1, 2, -huge]], np.float32)
    options = {}
    if "crossentropy" in name:
        options = {"from_logits": True}
    elif name in ("poisson", "dice", "tversky", GENERALIZED):
        p = np.abs(p)
    value, slope = ad.value_and_grad(lambda p: LOSSES[name](**options)(targets_for(name), p))(p)
    assert slope.dtype == np.float32
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", [name for name in LOSSES if "crossentropy" in name])
def test_certain_predictions_have_finite_values_and_slopes(name):
    p = np.eye(3, dtype=np.float32)[[1, 2, 1, 0]]
    value, slope = ad.value_and_grad(lambda p: get(name)(targets_for(name), p))(p)
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


class OfProbabilities(losses.CategoricalCrossentropy):
    """Depends on what the model returns, which isn't the logits."""

    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) + np.sum(y_pred, axis=-1)


def test_only_a_loss_of_the_last_activation_is_computed_from_its_inputs():
    assert losses.CategoricalCrossentropy().on_logits("softmax", -1) is not None
    assert losses.CategoricalCrossentropy(axis=1).on_logits("softmax", 1) is not None
    assert losses.CategoricalCrossentropy(axis=1).on_logits("softmax", -1) is None
    assert losses.CategoricalCrossentropy().on_logits("sigmoid", -1) is None
    assert losses.CategoricalCrossentropy(from_logits=True).on_logits("softmax", -1) is None
    assert OfProbabilities().on_logits("softmax", -1) is None


def test_the_whole_slope_passes_at_the_ends_of_the_range_of_probabilities():
    certain = np.eye(3, dtype=np.float32)[:2]
    slope = ad.grad(lambda p: losses.KLDivergence()(certain, p))(certain)
    np.testing.assert_allclose(slope, -certain / 2)
    p = np.full((2, 1), 1 - 2.0**-23, np.float32)  # the last number below 1, where clipping ends
    slope = ad.grad(lambda p: losses.BinaryCrossentropy()(np.array([[0.0], [1.0]]), p))(p)
    np.testing.assert_allclose(slope, [[2.0**22], [-0.5]], rtol=1e-6)


def test_a_row_of_zeros_of_an_ignored_class_has_slope_0():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=0)
    p = np.array([[0.0, 0.0, 0.0], [0.2, 0.3, 0.5]])
    slope = ad.grad(lambda p: loss(np.array([0, 1]), p))(p)
    assert slope[0].tolist() == [0.0, 0.0, 0.0]
    assert np.all(np.isfinite(slope))
