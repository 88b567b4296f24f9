"""The option ``loss_scale_factor``: the loss is multiplied by it, and the gradients are divided."""

import numpy as np
import pytest

import nn
from nn import layers
from nn.layers import Weight
from nn.optimizers import SGD, Adam

X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


class Scaled(nn.Model):
    """Trains as Keras's guides have it, with a scaled loss."""

    def train_step(self, data):
        x, y = data

        def forward():
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            return self.optimizer.scale_loss(loss), loss

        (_, loss), slopes = self.loss_and_gradients(forward)
        self.optimizer.apply(slopes, self.trainable_weights)
        return {"loss": loss}


class Recording(Adam):
    """Records the gradients that it is passed."""

    def apply(self, gradients, trainable_variables=None):
        self.largest = max(np.abs(x).max() for x in gradients)
        super().apply(gradients, trainable_variables)


def trained(kind, optimizer):
    inputs = nn.Input((3,))
    model = kind(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile(optimizer, "mse")
    model.fit(X, Y - 2, epochs=2, batch_size=4, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("factor", [None, 0.5, 8.0])
def test_apply_divides_gradients(factor):
    weight, optimizer = Weight([1.0, 2.0], name="w"), SGD(0.5, loss_scale_factor=factor)
    assert optimizer.scale_loss(3.0) == 3.0 * (factor or 1)
    optimizer.apply([np.array([2.0, -4.0])], [weight])
    np.testing.assert_array_equal(weight.numpy(), [1 - 1 / (factor or 1), 2 + 2 / (factor or 1)])


@pytest.mark.parametrize("clip", [{}, {"clipnorm": 0.1}, {"gradient_accumulation_steps": 2}])
@pytest.mark.parametrize("kind", [nn.Model, Scaled])
def test_models_train_as_without_a_factor(kind, clip):
    expected = trained(nn.Model, Adam(0.1, **clip))
    found = trained(kind, Adam(0.1, loss_scale_factor=1024.0, **clip))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_an_apply_of_a_subclass_gets_scaled_gradients():
    plain, scaled = Recording(0.1), Recording(0.1, loss_scale_factor=1024.0)
    weights = [trained(nn.Model, optimizer) for optimizer in (plain, scaled)]
    np.testing.assert_allclose(weights[0][0], weights[1][0], rtol=1e-5)
    assert scaled.largest == pytest.approx(1024 * plain.largest, rel=1e-4)


@pytest.mark.parametrize("factor", [0.0, -1.0, np.inf])
def test_a_factor_is_positive(factor):
    with pytest.raises(ValueError, match="loss_scale_factor to be a finite number above 0"):
        SGD(loss_scale_factor=factor)


@pytest.mark.parametrize("ema", [False, True])
def test_a_factor_is_in_the_config(ema):
    config = SGD(loss_scale_factor=4.0, use_ema=ema).get_config()
    assert config["loss_scale_factor"] == 4.0
    assert SGD.from_config(config).get_config() == config
