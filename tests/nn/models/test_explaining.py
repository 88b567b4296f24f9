"""A model's derivation for one observation: its slopes are those of training."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import Dense
from nn.models import Sequential

ROW, TARGET = np.array([1.0, 2.0, -1.0]), np.array([2.0])


def small_model(**options):
    nn.utils.set_random_seed(3)
    layers = [
        Dense(2, activation="relu", input_shape=(3,), name="hidden", **options),
        Dense(1, name="out"),
    ]
    model = Sequential(layers)
    model.compile(optimizer="sgd", loss="mean_squared_error")
    return model


def slopes_of(model, x, y):
    def loss(parameters):
        with model.bound(parameters):
            return np.mean((model(x[np.newaxis]) - y) ** 2)

    return ad.grad(loss)(model.get_weights())


def test_the_slopes_are_those_of_the_loss():
    model = small_model()
    found = [slope.value for slope in model.explain(ROW, TARGET).derivation.slopes]
    for ours, expected in zip(found, slopes_of(model, ROW, TARGET), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5)


def test_weights_are_named_by_paths_and_layers_by_names():
    printed = str(small_model().explain(ROW, TARGET))
    assert "out = hidden @ (out/kernel) + out/bias" in printed
    assert "∂loss/∂(out/kernel) = 2 · hiddenᵀ @ (out − y)" in printed


def test_one_weight_alone():
    printed = str(small_model().explain(ROW, TARGET, of="out/bias"))
    assert "∂loss/∂(out/bias)" in printed
    assert "∂loss/∂hidden" not in printed


@pytest.mark.slow
def test_closed_layers_hide_what_is_in_them():
    opened, closed = (str(small_model().explain(ROW, TARGET, depth=d)) for d in (2, 1))
    assert "x @ (hidden/kernel) = " in opened
    assert "x @ (hidden/kernel) = " not in closed
    assert "∂loss/∂hidden" in closed


def test_penalties_are_part_of_the_loss():
    model = small_model(kernel_regularizer="l2")
    assert "(hidden/kernel)²" in str(model.explain(ROW, TARGET, depth=1))


def test_the_slope_of_a_cross_entropy_is_p_minus_y():
    model = Sequential([Dense(3, activation="softmax", input_shape=(3,), name="last")])
    model.compile(loss="categorical_crossentropy")
    explained = model.explain(ROW, [0.0, 1.0, 0.0])
    assert explained.formulas["last/bias"] == "Σ(softmax(scores, axis=-1) − y, axis 0)"


def test_without_a_target_the_prediction_is_explained():
    assert "∂prediction/∂(out/bias)" in str(small_model().explain(ROW))


def test_several_rows_raise_an_error():
    rows = np.stack([ROW, ROW])
    with pytest.raises(ValueError, match=r"expects one row, of shape \(3,\), got shape \(2, 3\)"):
        small_model().explain(rows, TARGET)


@pytest.mark.parametrize("target", [TARGET, np.asarray(TARGET)[np.newaxis]])
def test_a_row_may_have_an_axis_for_the_batch(target):
    model = small_model()
    expected = str(model.explain(ROW, TARGET))
    assert str(model.explain(np.asarray(ROW)[np.newaxis], target)) == expected


def test_an_unknown_weight():
    with pytest.raises(ValueError, match=r"got 'third/kernel'\. Choose from .*hidden/kernel"):
        small_model().explain(ROW, TARGET, of="third/kernel")


def test_a_row_of_a_model_that_says_nothing_of_its_inputs():
    class Own(nn.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1, kernel_initializer="ones", name="d")

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model.compile("sgd", "mse")
    found = model.explain([3.0, 4.0], 2.0)
    assert found.slopes["d/kernel"].ravel().tolist() == [30, 40]
    assert model.explain([3.0, 4.0]).slopes["d/kernel"].ravel().tolist() == [3, 4]
