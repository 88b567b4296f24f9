"""Overridden steps are called, and compute the same numbers as Keras."""

# ruff: noqa: ARG002 # arguments have the names that Keras gives them, used or not

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import Dense, Dropout, Layer
from nn.models import Model, Sequential
from nn.training.step import TrainStep
from nn.utils import pack_x_y_sample_weight, set_random_seed, unpack_x_y_sample_weight
from tests.nn.training.lines import FIT, Line, X, Y, compiled, plain


class ByHand(Line):
    """The step of Keras, written out."""

    def train_step(self, data):
        x, y, sample_weight = unpack_x_y_sample_weight(data)

        def loss():
            y_pred = self(x, training=True)
            return self.compute_loss(x, y, y_pred, sample_weight), y_pred

        (value, y_pred), gradients = self.loss_and_gradients(loss)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.metrics[0].update_state(np.full(len(x), value))
        return self.compute_metrics(x, y, y_pred, sample_weight)


class ByGrad(Line):
    """The same by `ad.value_and_grad`, with all weights bound."""

    def train_step(self, data):
        x, y, *weights = data

        def loss(parameters):
            with self.bound(parameters):
                return self.compute_loss(y=y, y_pred=self(x), sample_weight=(*weights, None)[0])

        value, gradients = ad.value_and_grad(loss)(self.get_weights())
        self.optimizer.apply(gradients, self.weights)
        self.metrics[0].update_state(np.full(len(x), value))
        self.compute_metrics(x, y, self(x))
        return self.get_metrics_result()


class ThroughSuper(Line):
    def train_step(self, data):
        self.called = getattr(self, "called", 0) + 1
        return super().train_step(data)

    def test_step(self, data):
        return super().test_step(data)

    def predict_step(self, data):
        return super().predict_step(data)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, y, y_pred, sample_weight)


def numbers_of(model, **fit):
    history = model.fit(X, Y, **{**FIT, **fit}).history
    return [
        *history.values(), model.evaluate(X, Y, verbose=0), *model.get_weights(),
        model.predict(X, verbose=0), np.ravel(model.test_on_batch(X, Y)),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ByHand, ThroughSuper])
@pytest.mark.parametrize("run_eagerly", [False, True])
@pytest.mark.parametrize("metrics", [[], ["mae", nn.metrics.R2Score]])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("fit", [{}, {"sample_weight": np.linspace(0.5, 2, 12)}])
def test_steps_written_out_give_the_same_numbers(kind, run_eagerly, metrics, optimizer, fit):
    found = []
    for made in (kind, Line):
        options = {"metrics": [m() if isinstance(m, type) else m for m in metrics]}
        model = compiled(made, run_eagerly=run_eagerly, optimizer=optimizer, **options)
        found.append(numbers_of(model, **fit))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_engine_can_be_used_inside():
    found = [numbers_of(compiled(kind)) for kind in (ByGrad, Line)]
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_steps_through_super_are_recorded():
    model = compiled(ThroughSuper)
    model.fit(X, Y, **FIT)
    assert model.called == 9
    assert not model.refused
    assert len(model._training.recorded_step(model, TrainStep)._programs) == 2
    with pytest.raises(RuntimeError, match="user-defined train_step"):
        model.train_source()


def test_data_is_packed_as_in_keras():
    seen = []

    class Looks(Line):
        def train_step(self, data):
            seen.append(data)
            return {}

        def test_step(self, data):
            seen.append(data)
            return {"a": 5.0, "more": {"b": 2.0}}

        def predict_step(self, data):
            seen.append(data)
            return np.zeros((len(data), 4))

    model = compiled(Looks, loss=None)
    assert model.fit(X, Y, batch_size=12, verbose=0).history == {}
    assert [part.shape for part in seen.pop()] == [(12, 3), (12,)]
    model.fit(X, batch_size=12, verbose=0)
    assert seen.pop().shape == (12, 3)
    model.fit(X, Y, sample_weight=np.ones(12), batch_size=12, verbose=0)
    assert len(seen.pop()) == 3
    assert model.evaluate(X, verbose=0) == [5.0, 2.0]
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"a": 5.0, "b": 2.0}
    history = model.fit(X, Y, validation_data=(X, Y), verbose=0).history
    assert history == {"val_a": [5.0], "val_b": [2.0]}
    assert model.predict(X, batch_size=5, verbose=0).shape == (12, 4)
    assert model.predict_on_batch(X).shape == (12, 4)
    assert model.test_on_batch(X, Y, return_dict=True) == {"a": 5.0, "b": 2.0}
    assert pack_x_y_sample_weight(1, 2, 3) == (1, 2, 3)
    with pytest.raises(ValueError, match="got 4 parts"):
        unpack_x_y_sample_weight((1, 2, 3, 4))


@pytest.mark.slow
def test_before_compile_there_are_the_metrics_of_layers_alone():
    class Watched(Line):
        def __init__(self):
            super().__init__()
            self.size = nn.metrics.Mean("size")

    model = Watched()
    assert not model.compiled
    assert model.metrics == [model.size]
    for step in (model.train_step, model.test_step):
        with pytest.raises(RuntimeError, match="expects compile before a step"):
            step((X, Y))
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.compiled
    assert [metric.name for metric in model.metrics] == ["loss", "compile_metrics", "size"]
    model.evaluate(X, Y, verbose=0)
    before = model.get_metrics_result()
    assert model.compute_metrics(X, None, model(X)) == before  # without targets there is no more


def test_scores_come_by_name():
    class Number(Line):
        def train_step(self, data):
            return 3.0

    with pytest.raises(TypeError, match=r"train_step to return its scores by name, got 3.0"):
        compiled(Number).fit(X, Y, verbose=0)


class GAN(Model):
    """Two optimizers and no ``call``, as in Keras's guides."""

    def __init__(self, judge, maker):
        super().__init__()
        self.judge, self.maker = judge, maker

    def compile(self, judge_optimizer, maker_optimizer, loss_fn, **options):
        super().compile(**options)
        self.judge_optimizer, self.maker_optimizer = judge_optimizer, maker_optimizer
        self.loss_fn = loss_fn
        self.judge_loss = nn.metrics.Mean(name="judge_loss")
        self.maker_loss = nn.metrics.Mean(name="maker_loss")

    @property
    def metrics(self):
        return [self.judge_loss, self.maker_loss]

    def train_step(self, real):
        noise = real[:, :2]
        both = np.concatenate([self.maker(noise), real])
        labels = np.concatenate([np.ones((len(real), 1)), np.zeros((len(real), 1))])
        loss, slopes = self.loss_and_gradients(
            lambda: self.loss_fn(labels, self.judge(both)), self.judge.trainable_weights
        )
        self.judge_optimizer.apply(slopes, self.judge.trainable_weights)
        fooled, slopes = self.loss_and_gradients(
            lambda: self.loss_fn(labels[len(real) :], self.judge(self.maker(noise))),
            self.maker.trainable_weights,
        )
        self.maker_optimizer.apply(slopes, self.maker.trainable_weights)
        self.judge_loss.update_state(loss)
        self.maker_loss.update_state(fooled)
        return {"judge_loss": self.judge_loss.result(), "maker_loss": self.maker_loss.result()}


@pytest.mark.slow
def test_two_optimizers():
    set_random_seed(3)
    judge = Sequential([Dense(6, "tanh", input_shape=(3,)), Dense(1)])
    maker = Sequential([Dense(5, "tanh", input_shape=(2,)), Dense(3)])
    model = GAN(judge, maker)
    loss = nn.losses.BinaryCrossentropy(from_logits=True)
    model.compile(nn.optimizers.Adam(0.02), nn.optimizers.Adam(0.02), loss)
    before = model.get_weights()
    history = model.fit(X, epochs=20, batch_size=6, verbose=0).history
    assert set(history) == {"judge_loss", "maker_loss"}
    assert history["judge_loss"][-1] < history["judge_loss"][0]
    assert not any(map(np.array_equal, before, model.get_weights()))
    assert model.judge_optimizer.iterations == model.maker_optimizer.iterations == 40


def test_layers_built_by_the_first_step_are_trained_by_it():
    class Late(Line):
        def train_step(self, data):
            x, y = data
            loss, gradients = self.loss_and_gradients(
                lambda: np.mean((self.dense(x)[:, 0] - y) ** 2)
            )
            self.optimizer.apply(gradients, self.trainable_weights)
            return {"loss": loss}

    Late.call = Layer.call
    model = compiled(Late, loss=None)
    losses = model.fit(X, Y - 1, **FIT).history["loss"]
    assert losses[-1] < losses[0]


def test_gradients_are_checked():
    model = plain()
    model(X)
    weights = model.trainable_weights
    with pytest.raises(ValueError, match="got 1 for 2 weights"):
        model.optimizer.apply([np.zeros((3, 1))], weights)
    with pytest.raises(ValueError, match=r"shape \(1,\) for 'dense.*/bias', got None"):
        model.optimizer.apply([np.zeros((3, 1)), None], weights)
    traced = [ad.tensor(weight.astype(float)) for weight in model.get_weights()]
    with model.bound(traced), pytest.raises(TypeError, match="while bound to a traced value"):
        model.optimizer.apply([np.zeros((3, 1)), np.zeros(1)], weights)
    model.trainable = False
    with pytest.raises(ValueError, match="expects weights to differentiate by, got none"):
        model.loss_and_gradients(lambda: np.mean(model(X)))


@pytest.mark.slow
def test_evaluation_in_a_callback_does_not_change_the_scores_of_the_epoch():
    class Evaluates(nn.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(X, Y, verbose=0)

    histories = [
        compiled(ThroughSuper, metrics=["mae"]).fit(X, Y, **FIT, callbacks=callbacks).history
        for callbacks in ([], [Evaluates()])
    ]
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], rtol=1e-6)


def test_random_layers_act_inside():
    class Random(Sequential):
        def train_step(self, data):
            x, y = data
            loss, gradients = self.loss_and_gradients(
                lambda: self.compute_loss(y=y, y_pred=self(x, training=True))
            )
            self.optimizer.apply(gradients, self.trainable_weights)
            return {"loss": loss}

    model = Random([Dropout(0.5), Dense(1)])
    model.compile(nn.optimizers.SGD(0.0), "mse")
    losses = model.fit(X, Y, epochs=3, batch_size=12, shuffle=False, verbose=0).history["loss"]
    assert len(set(losses)) == 3


class Listing(Line):
    """As generative models are written: the property lists all metrics that there are."""

    def __init__(self, **options):
        super().__init__(**options)
        self.part = nn.metrics.Mean(name="part")

    @property
    def metrics(self):
        return [self.part]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = np.mean((y - y_pred) ** 2)
        self.part.update_state(loss)
        return loss


@pytest.mark.slow
def test_a_property_of_metrics_lists_all_scores():
    model = Listing()
    model.compile("sgd")
    history = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y)).history
    assert sorted(history) == ["part", "val_part"]
    assert history["part"][1] < history["part"][0]


class Fades(Layer):
    """Assigns to a trained weight in each call."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        self.scale.assign(self.scale * 0.5)
        return inputs * self.scale


class FadingLine(Line):
    def __init__(self):
        super().__init__()
        self.fades = Fades()

    def call(self, inputs):
        return self.dense(self.fades(inputs))


class FadingByHand(FadingLine):
    train_step = ByHand.train_step


@pytest.mark.slow
def test_what_layers_assign_to_weights_is_stored_by_an_own_step_too():
    found = []
    for kind in (FadingLine, FadingByHand):
        model = compiled(kind)
        model.fit(X, Y, **FIT)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
