"""What a resumed training reads besides arrays and a Sequential: streams, users' classes, a GAN."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import Dense, Dropout
from nn.training.progress import ProgressLines

from .interrupted import Interrupted, X, Y, assert_ends_alike, network, run

BATCHES = 5  # in an epoch


class Shuffled(nn.utils.PyDataset):
    """Shuffles after each epoch, and adds noise: from NumPy's generator, and from its own."""

    def __init__(self):
        super().__init__()
        self.places, self.own, self.seen = np.arange(len(X)), np.random.default_rng(4), 0

    def __len__(self):
        return BATCHES

    def __getitem__(self, index):
        rows = self.places[index * 8 : (index + 1) * 8]
        self.seen += 1
        noise = self.own.normal(size=(len(rows), 3)) + np.random.rand()  # noqa: NPY002
        return X[rows] + noise, Y[rows] / self.seen

    def on_epoch_end(self):
        np.random.shuffle(self.places)  # noqa: NPY002 - what users write


class Iterable:
    """Batches in an order that is drawn when the iteration begins."""

    def __init__(self):
        self.own = np.random.default_rng(5)

    def __iter__(self):
        for rows in self.own.permutation(len(X)).reshape(BATCHES, -1):
            yield X[rows], Y[rows]


def endless():
    own = np.random.default_rng(6)
    while True:
        for rows in own.permutation(len(X)).reshape(BATCHES, -1):
            yield X[rows], Y[rows]


SOURCES = {
    "generator": lambda: {"x": endless(), "steps_per_epoch": BATCHES},
    "dataset": lambda: {"x": Shuffled()},
    "in order": lambda: {"x": Shuffled(), "shuffle": False},
    "iterable": lambda: {"x": Iterable()},
    "validation": lambda: {
        "x": X, "y": Y, "validation_data": endless(), "validation_steps": 3, "validation_freq": 2,
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(("save_freq", "moments"), [("epoch", [20]), (1, [14, 6])])
def test_batches_go_on_where_they_were(name, save_freq, moments, tmp_path):
    assert_ends_alike(tmp_path, moments, data=SOURCES[name], save_freq=save_freq)


@pytest.mark.slow
def test_a_generator_that_ends(tmp_path):
    """It has batches for 3 epochs; the training is interrupted when they are used up."""

    def data():
        batches = ((X[:8] * i, Y[:8]) for i in range(3 * BATCHES))
        return {"x": batches, "steps_per_epoch": BATCHES}

    with pytest.warns(UserWarning, match="training ends after epoch 3 of 6"):
        assert_ends_alike(tmp_path, [1 + 3 * 8 + 1], data=data)


class Largest(nn.metrics.Metric):
    """A metric with a variable, another metric, and a list."""

    def __init__(self):
        super().__init__(name="largest")
        self.largest, self.mean = self.add_weight(name="largest"), nn.metrics.Mean()
        self.shapes = []

    def update_state(self, y_true, y_pred, sample_weight=None):  # noqa: ARG002
        self.largest.assign(np.maximum(self.largest, np.max(np.abs(y_pred - y_true))))
        self.mean.update_state(self.largest.numpy())
        self.shapes.append(len(self.shapes))

    def result(self):
        return self.largest.numpy() + self.mean.result() + len(self.shapes)

    def reset_state(self):
        self.largest.assign(0.0)
        self.mean.reset_state()
        self.shapes = []


def measured():
    model = network()
    model.compile(
        nn.optimizers.Lion(0.01), "mse", metrics=[Largest(), "mae", nn.metrics.R2Score()],
        run_eagerly=True,
    )  # fmt: skip
    return model


class Adversaries(nn.Model):
    """A GAN: two optimizers, a loss that is tracked, and an attribute that counts the batches."""

    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential([nn.Input((3,)), Dense(4, "relu"), Dropout(0.2), Dense(1)])
        self.maker = nn.Sequential([nn.Input((2,)), Dense(4, "relu"), Dense(3)])
        self.tracker, self.count = nn.metrics.Mean(name="critic_loss"), 0

    def compile(self, optimizers):
        super().compile()
        self.optimizers = optimizers

    def call(self, inputs):
        return self.critic(inputs)

    def loss_of(self, model, loss):
        weights = model.trainable_weights

        def of(values):
            with model.bound(values):
                return loss()

        value, slopes = ad.value_and_grad(of)([weight.numpy() for weight in weights])
        return value, slopes, weights

    def train_step(self, data):
        x, _, _ = nn.utils.unpack_x_y_sample_weight(data)
        noise = nn.random.normal((len(x), 2))
        self.count += 1
        value, slopes, weights = self.loss_of(
            self.critic,
            lambda: np.mean(
                (self.critic(x, training=True) - 1) ** 2 + self.critic(self.maker(noise)) ** 2
            ),
        )
        self.optimizers["critic"].apply(slopes, weights)
        self.tracker.update_state(value)
        if self.count % 3 == 0:
            _, slopes, weights = self.loss_of(
                self.maker, lambda: np.mean((self.critic(self.maker(noise)) - 1) ** 2)
            )
            self.optimizers["maker"].apply(slopes, weights)
        return {"critic_loss": self.tracker.result(), "count": self.count}

    def test_step(self, data):
        return {"loss": np.mean(self.critic(data[0])) + self.count}


def adversaries():
    model = Adversaries()
    model.compile({"critic": nn.optimizers.Adam(0.01), "maker": nn.optimizers.RMSprop(0.01)})
    return model


class Partly(nn.Sequential):
    """Trains its last layer only, though the others aren't frozen."""

    def train_step(self, data):
        x, y = data[:2]
        value, slopes = self.loss_and_gradients(
            lambda: self.compute_loss(x, y, self(x, training=True))
        )
        weights = self.layers[-1].weights
        self.optimizer.apply(slopes[-len(weights) :], weights)
        return {"loss": value}


def partly():
    model = Partly(network().layers)
    model.compile(nn.optimizers.Adam(0.01), "mse")
    return model


@pytest.mark.slow
@pytest.mark.parametrize("make", [measured, adversaries, partly])
@pytest.mark.parametrize(("save_freq", "moments"), [("epoch", [20]), (1, [5, 14, 6])])
def test_models_of_users_go_on_where_they_were(make, save_freq, moments, tmp_path):
    assert_ends_alike(tmp_path, moments, make=make, save_freq=save_freq)


@pytest.mark.slow
def test_an_optimizer_of_other_weights_is_named_once(tmp_path):
    def make():
        model, other = network(), nn.Sequential([Dense(1, input_shape=(2,))])
        model.second = nn.optimizers.Adagrad(name="second")
        model.second.apply([np.ones(w.shape) for w in other.weights], other.weights)
        return model

    with pytest.warns(UserWarning, match="leaves out the state of .*Adagrad") as caught:
        run(tmp_path, make=make, save_freq=1)
    assert len(caught) == 1


@pytest.mark.slow
def test_the_progress_of_an_epoch_that_is_resumed_has_its_title(tmp_path, capsys):
    with pytest.raises(Interrupted):
        run(tmp_path, 5, save_freq=1)
    run(tmp_path, save_freq=1, others=[ProgressLines()])
    assert capsys.readouterr().out.startswith("Epoch 1/6")
