"""A recorded step is reused exactly if nothing that its code can reach has changed."""

# ruff: noqa: ARG002 # a call takes inputs, used or not

import sys
import types

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import nn
from nn.layers import (
    Activation,
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    Layer,
)
from nn.models import Model, Sequential
from nn.training import snapshots, step
from nn.training.guards import Guards
from nn.utils import set_random_seed
from tests.laws.table import examples

X = np.random.default_rng(1).normal(size=(12, 4)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=(12, 2)).astype(np.float32)


def around(*layers, **options):
    model = Sequential([Input(shape=(4,)), *layers, Dense(2)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


@pytest.fixture
def recordings(monkeypatch):
    """Return a list of the numbers of rows for which steps are recorded."""
    made, real = [], step.BatchProgram

    def noting(step, data, rows):
        recorded = real(step, data, rows)
        made.append(len(recorded.batch))
        return recorded

    monkeypatch.setattr(step, "BatchProgram", noting)
    return made


# --- what is reached is noticed, whatever its size and kind


settings_module = types.ModuleType("settings_of_a_user")
settings_module.factor = 1.0
sys.modules["settings_of_a_user"] = settings_module
a_global = [1.0]


class Slotted:
    __slots__ = ("factor", "unset")

    def __init__(self):
        self.factor = 1.0


class Helper:
    unit = 1.0

    def __init__(self):
        self.deep = {"inside": [(1.0, [1.0])]}

    def factor(self):
        return self.deep["inside"][0][1][0] * type(self).unit


class Base(Layer):
    unit = 1.0

    def scaled(self, inputs):
        return inputs * self.unit


class Reads(Base):
    """Reads numbers in many ways."""

    def __init__(self):
        super().__init__()
        self.long = [1.0] * 3000
        self.arrays = [np.ones(2, np.float32) for _ in range(50)]
        self.large = np.ones((2048, 1024), np.float32)
        self.slotted, self.helper, self.space = Slotted(), Helper(), types.SimpleNamespace(by=1.0)
        self.function = lambda x: x * self.arrays[0][0]
        self.w3 = 1.0

    def scaled(self, inputs):
        return super().scaled(inputs) * self.long[2999] * self.large[2047, 1023]

    @property
    def product(self):
        return self.slotted.factor * self.helper.factor() * self.space.by

    def call(self, inputs, training=False):
        import settings_of_a_user

        def inner(x):
            return x * a_global[0] * settings_module.factor * settings_of_a_user.factor

        outputs = inner(self.function(self.scaled(inputs))) * self.product
        return outputs * sum(array[1] for array in self.arrays) * getattr(self, f"w{3}")


def put(target, key):
    return lambda model, value: target(model).__setitem__(key, value)


def assign(target, name):
    return lambda model, value: setattr(target(model), name, value)


def layer(model):
    return model.layers[0]


CHANGES = {
    "the end of a long list": put(lambda m: layer(m).long, 2999),
    "an array in a list": put(lambda m: layer(m).arrays[49], 1),
    "an array in a closure": put(lambda m: layer(m).arrays[0], 0),
    "a large array": put(lambda m: layer(m).large, (2047, 1023)),
    "a slot": assign(lambda m: layer(m).slotted, "factor"),
    "an attribute deep inside": put(lambda m: layer(m).helper.deep["inside"][0][1], 0),
    "a class of an object": assign(lambda _: Helper, "unit"),
    "a parent class": assign(lambda _: Base, "unit"),
    "a class": assign(lambda _: Reads, "unit"),
    "an attribute over that of the class": assign(layer, "unit"),
    "a namespace": assign(lambda m: layer(m).space, "by"),
    "a global": put(lambda _: a_global, 0),
    "a module": assign(lambda _: settings_module, "factor"),
    "a name that is put together": assign(layer, "w3"),
}


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    for kind in (Helper, Base):
        monkeypatch.setattr(kind, "unit", 1.0)
    monkeypatch.setattr(settings_module, "factor", 1.0)
    a_global[0] = 1.0
    yield
    if "unit" in vars(Reads):
        del Reads.unit


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_detected(name):
    model = around(Reads())
    model.predict(X, verbose=0)
    for value in (0.5, 2.0):
        CHANGES[name](model, np.float32(value))
        np.testing.assert_allclose(model.predict(X, verbose=0), model(X), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@examples(8)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from([0.5, 1.5])), max_size=4)
)
def test_changes_in_any_order(changes):
    model = around(Reads())
    try:
        for name, value in changes:
            CHANGES[name](model, value)
            np.testing.assert_allclose(model.predict(X, verbose=0), model(X), rtol=1e-4, atol=1e-5)
    finally:
        for change in ("a class of an object", "a parent class", "a global", "a module"):
            CHANGES[change](model, 1.0)
        if "unit" in vars(Reads):
            del Reads.unit


def test_a_changed_rate_of_dropout():
    model = around(Dropout(0.0))
    frozen = model.layers[1]
    frozen.trainable = False
    model.compile("sgd", "mse")
    zero = model.train_on_batch(X, model(X))
    assert zero == pytest.approx(0, abs=1e-9)
    model.layers[0].rate = 0.9
    assert model.train_on_batch(X, model(X)) > 1e-3


@pytest.mark.slow
def test_a_change_in_any_of_many_layers():
    model = Sequential([Input((4,)), *(Activation("linear") for _ in range(1500)), Dense(2)])
    for place in (0, 700, 1499):
        model.predict(X, verbose=0)
        model.layers[place].activation = np.tanh
        np.testing.assert_allclose(model.predict(X, verbose=0), model(X), rtol=1e-4, atol=1e-5)
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert not any(map(np.array_equal, before, model.get_weights()))


@pytest.mark.slow
def test_a_loss_that_reads_a_list_of_arrays():
    arrays = [np.full(1, 1.0, np.float32) for _ in range(2500)]

    def loss(y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2, axis=-1) * arrays[2400][0]

    model = around(loss=loss)
    before, weights = model.evaluate(X, Y, verbose=0), model.get_weights()
    model.fit(X, Y, verbose=0)
    model.set_weights(weights)
    arrays[2400][0] = 3.0
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(3 * before)


@pytest.mark.slow
def test_weights_of_a_model_inside_a_loss():
    features = Sequential([Dense(3, input_shape=(2,))])

    def loss(y_true, y_pred):
        return np.mean((features(y_true) - features(y_pred)) ** 2, axis=-1)

    model = around(loss=loss)
    before = model.evaluate(X, Y, verbose=0)
    features.set_weights([2 * weight for weight in features.get_weights()])
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(4 * before, rel=1e-4)


@pytest.mark.slow
def test_an_abandoned_search_is_never_current(monkeypatch):
    monkeypatch.setattr(snapshots, "_MOST", 20)
    model = around(Reads())
    assert not Guards(model).is_current()
    model.predict(X, verbose=0)
    layer(model).w3 = 3.0
    np.testing.assert_allclose(model.predict(X, verbose=0), model(X), rtol=1e-4, atol=1e-5)


class Plain(Layer):
    """Returns its inputs; it drops their mask until it supports masks."""

    def call(self, inputs):
        return inputs * 1.0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*drops the mask")
def test_a_layer_that_supports_masks_from_now_on():
    results = []
    words = np.array([[1, 2, 0, 0], [1, 0, 0, 0]])
    for run_eagerly in (False, True):
        set_random_seed(3)
        layers = [Embedding(3, 2, mask_zero=True), Plain(), GlobalAveragePooling1D()]
        model = Sequential([Input((4,)), *layers])
        model.compile("sgd", "mse", run_eagerly=run_eagerly)
        before = model.predict(words, verbose=0)
        layers[1].supports_masking = True
        results.append(model.predict(words, verbose=0))
        assert not np.allclose(before, results[-1])
    np.testing.assert_allclose(*results, rtol=1e-6)


class InTraining(Model):
    """A layer that is called only in training is built before the first step is recorded."""

    def __init__(self):
        super().__init__()
        self.extra, self.out = Dense(4), Dense(2)

    def call(self, inputs, training=False):
        return self.out(self.extra(inputs) if training else inputs)


@pytest.mark.slow
def test_a_layer_called_only_in_training_is_trained_from_the_first_step():
    results = []
    for run_eagerly in (False, True):
        set_random_seed(3)
        model = InTraining()
        model.compile("sgd", "mse", run_eagerly=run_eagerly)
        model.fit(X, Y, shuffle=False, verbose=0)
        assert len(model.trainable_weights) == 4
        results.append(model.get_weights())
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


# --- what isn't reached doesn't count


price = 1.0


class Names(Layer):
    """Its code names attributes that are also names of globals."""

    def __init__(self):
        super().__init__()
        self.option = types.SimpleNamespace(price=2.0)
        self.seen = []

    def call(self, inputs):
        return inputs * self.option.price

    def note(self, loss):
        self.seen.append(loss)


@pytest.mark.slow
def test_unrelated_values_are_ignored(recordings, monkeypatch):
    model = around(Names())
    model.log, unrelated = [], model.layers[0]
    for number in range(5):
        loss = model.train_on_batch(X, Y)
        model.log.append(loss)
        unrelated.note(loss)
        model.layers[0].notes = [loss]
        monkeypatch.setitem(globals(), "price", number)
    assert recordings == [12]
    unrelated.option.price = 3.0
    model.train_on_batch(X, Y)
    assert recordings == [12, 12]


@pytest.mark.slow
def test_names_in_the_code_of_base_classes_do_not_count(recordings):
    """The code of `StepMethods` names an attribute ``tracker``, but of other objects."""
    model = around(Names())
    for number in range(3):
        model.tracker = model.layers[0].tracker = [number]
        model.train_on_batch(X, Y)
    assert recordings == [12]


@pytest.mark.slow
def test_many_numbers_of_rows_in_rotation(recordings):
    model = around()
    for _ in range(3):
        for rows in range(1, 13):
            model.train_on_batch(X[:rows], Y[:rows])
    assert sorted(recordings) == list(range(1, 13))


def adversaries(run_eagerly):
    """The two models of a GAN: the second one trains its generator through the first, frozen."""
    set_random_seed(5)
    judge = Sequential([Dense(6, "tanh", input_shape=(4,)), Dense(1, "sigmoid")])
    maker = Sequential([Dense(5, "tanh", input_shape=(3,)), Dense(4)])
    both = Sequential([maker, judge])
    for model in (judge, both):
        model.compile(nn.optimizers.Adam(0.01), "binary_crossentropy", run_eagerly=run_eagerly)
    return maker, judge, both


def compete(run_eagerly):
    maker, judge, both = adversaries(run_eagerly)
    noise, ones = X[:, :3], np.ones((12, 1))
    found = []
    for _ in range(6):
        judge.trainable = True
        found += [judge.train_on_batch(X, ones), judge.train_on_batch(maker(noise), 0 * ones)]
        judge.trainable = False
        found += [both.train_on_batch(noise, ones)]
    return [found, *both.get_weights()]


@pytest.mark.slow
def test_two_models_of_a_gan(recordings):
    recorded = compete(run_eagerly=False)
    assert len(recordings) == 2
    for a, b in zip(recorded, compete(run_eagerly=True), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_two_models_that_train_the_same_layer(recordings, optimizer):
    results = []
    for run_eagerly in (False, True):
        set_random_seed(5)
        encoder = Dense(3, "tanh", input_shape=(4,), kernel_constraint=nn.constraints.MaxNorm(0.7))
        models = [Sequential([encoder, Dense(size)]) for size in (4, 2)]
        for model in models:
            model.compile(optimizer, "mse", run_eagerly=run_eagerly)
        for _ in range(5):
            models[0].train_on_batch(X, X)
            models[1].train_on_batch(X, Y)
            models[1].fit(X, Y, batch_size=12, verbose=0)
        results.append([*models[0].get_weights(), *models[1].get_weights()])
    assert len(recordings) == 2
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
