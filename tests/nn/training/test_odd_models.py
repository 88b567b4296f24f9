"""Models, layers and losses of the user's own: recorded where that is right, else run eagerly."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

import copy
import gc
import pickle
import threading
import time
import weakref

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.callbacks import Callback
from nn.layers import Dense, Dropout, Input, Layer
from nn.models import Model, Sequential
from nn.training import loop
from nn.training.recorded import as_it_was
from nn.training.step import Step, TrainStep
from nn.utils import set_random_seed

generator = np.random.default_rng(2)
X = generator.normal(size=(20, 4)).astype(np.float32)
Y = generator.normal(size=(20, 2)).astype(np.float32)


def around(*layers, **options):
    model = Sequential([Input(shape=(4,)), *layers, Dense(2)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def trained(make, is_eager, actions=None):
    """What users see of a model that is trained, and then used."""
    set_random_seed(4)
    np.random.seed(4)  # noqa: NPY002 - as users do
    model = make()
    model.compile("sgd", model.loss or "mse", metrics=["mae"], run_eagerly=is_eager)
    found = []
    for _ in range(2):
        found += [np.hstack(list(model.fit(X, Y, batch_size=8, verbose=0).history.values()))]
        found += [model.evaluate(X, Y, verbose=0), model.predict(X, batch_size=6, verbose=0)]
        if actions is not None:
            actions(model)
    return [np.ravel(x) for x in (*found, *model.get_weights())]


def agree(make, actions=None):
    recorded, eager = (trained(make, is_eager, actions) for is_eager in (False, True))
    for a, b in zip(recorded, eager, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


# --- models with ways of their own


class Odd(Model):
    """Loops, a layer used twice, layers in dictionaries and lists, a choice by shape."""

    def __init__(self):
        super().__init__()
        self.parts = {"first": Dense(4, "tanh"), "rest": [Dense(3, "relu"), Dense(2)]}
        self.unused = Dense(1)

    def call(self, inputs, training=False):
        values = inputs
        for _ in range(3):
            values = self.parts["first"](values)
        if training or inputs.shape[1] > 3:
            values = np.concatenate([values, inputs], axis=1)
        for layer in self.parts["rest"]:
            values = layer(values)
        return [values][0]


def test_a_model_of_ones_own():
    agree(Odd)


class Means(Layer):
    """Running means of what it sees."""

    def build(self, input_shape):
        self.means = self.add_weight((input_shape[-1],), "zeros", trainable=False)
        self.seen = self.add_weight((), "zeros", trainable=False)

    def call(self, inputs, training=False):
        self.seen.assign(self.seen + 1)
        if training:
            self.means.assign(0.9 * self.means + 0.1 * np.mean(inputs, axis=0))
        return inputs - self.means


class Edits(Layer):
    """The same by an edit in place."""

    def build(self, input_shape):
        self.means = self.add_weight((input_shape[-1],), "zeros", trainable=False)

    def call(self, inputs):
        self.means.value[...] = 0.9 * self.means + 0.1 * np.mean(inputs, axis=0)
        return inputs - self.means


def test_running_statistics_advance_in_training_and_beside_it():
    agree(lambda: around(Dense(3), Means()))
    agree(lambda: around(Edits()))
    model = around(Means())
    seen = model.layers[0].seen
    before = int(seen.numpy())
    model.predict(X, batch_size=10, verbose=0)
    assert int(seen.numpy()) == before + 2


def test_a_layer_that_is_built_by_the_first_prediction():
    model = Odd()
    outputs = model.predict(X, verbose=0)
    np.testing.assert_allclose(outputs, model(X), rtol=1e-4, atol=1e-6)


# --- what can't be recorded is run eagerly, after one warning


class Global(Layer):
    def call(self, inputs, training=False):
        noise = np.random.normal(size=inputs.shape)  # noqa: NPY002 - as users do
        return inputs + noise.astype(np.float32) if training else inputs


class Own(Layer):
    def __init__(self):
        super().__init__()
        self.generator = np.random.default_rng(1)

    def call(self, inputs, training=False):
        return inputs * self.generator.random(inputs.shape, np.float32) if training else inputs


class Counts(Layer):
    def __init__(self, name):
        super().__init__(name=name)
        self.count = 0

    def call(self, inputs):
        self.count += 1
        return inputs * self.count


class Remembers(Layer):
    def call(self, inputs):
        self.latest = inputs
        return inputs


class Decides(Layer):
    def call(self, inputs):
        return inputs * 2 if np.sum(inputs) > 0 else inputs


def masked(y_true, y_pred):
    return np.mean((y_true - y_pred)[y_true > 0] ** 2)


def by_number(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2) * float(np.max(y_true))


def by_selected(y_true, y_pred):
    selected = y_true > 0
    return np.sum(np.where(selected, (y_true - y_pred) ** 2, 0)) / len(y_true[selected])


calls = []


def noting(y_true, y_pred):
    calls.append(1)
    return np.mean((y_true - y_pred) ** 2, axis=-1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: around(Global()), "draws random numbers"),
        (lambda: around(Own()), "draws random numbers"),
        (lambda: around(Counts(name="counts")), "'counts' changes something"),
        (lambda: around(Remembers(name="memory")), "'memory' changes something"),
        (lambda: around(Decides()), "a decision"),
        (lambda: around(loss=masked), "how many entries are picked"),
        (lambda: around(loss=by_selected), "how many entries are picked by a mask"),
        (lambda: around(loss=by_number), r"float\(\) at"),
        (lambda: around(loss=noting), "'noting' changes something"),
    ],
)
def test_one_warning_names_the_reason(make, reason):
    with pytest.warns(RuntimeWarning, match=f"run operation by operation.*{reason}") as warnings:
        agree(make)
    assert len(warnings) == 1


def test_attempts_to_record_leave_no_trace():
    counts, memory = Counts("counts"), Remembers()
    model = around(counts, memory)
    before = counts.count
    with pytest.warns(RuntimeWarning, match="changes something"):
        model.train_on_batch(X, Y)
    assert counts.count == before + 2  # a look at one row, and the batch
    del memory.latest
    with as_it_was([memory]):
        memory(X)
    assert not hasattr(memory, "latest")


class Fresh(Layer):
    def call(self, inputs, training=False):
        noise = np.random.default_rng().normal(size=inputs.shape)
        return inputs + noise.astype(np.float32) if training else inputs


class Timed(Layer):
    def call(self, inputs, training=False):
        return inputs * time.perf_counter() if training else inputs


@pytest.mark.parametrize("kind", [Fresh, Timed])
def test_what_differs_each_time_is_noticed(kind):
    model = around(kind())
    with pytest.warns(RuntimeWarning, match="something that changes unseen"):
        model.fit(X, Y, verbose=0)
    assert model.refused == {TrainStep}


def test_the_warning_comes_again_after_compile():
    model = around(Decides())
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="a decision"):
            model.fit(X, Y, verbose=0)
        model.fit(X, Y, verbose=0)
        model.compile("sgd", "mse")


def test_mistakes_are_the_users_own_and_leave_the_model_usable():
    class Fails(Layer):
        is_broken = True

        def call(self, inputs, training=False):
            if training and self.is_broken:
                raise KeyError("the user's mistake")
            return inputs

    model = around(Fails())
    with pytest.raises(KeyError, match="the user's mistake") as found:
        model.fit(X, Y, verbose=0)
    assert found.value.__context__ is None
    assert all(type(weight.value) is np.ndarray for weight in model.weights)
    Fails.is_broken = False
    model.fit(X, Y, verbose=0)
    assert not model.refused


def test_an_interrupt_while_recording_leaves_the_model_usable():
    class Interrupted(Layer):
        interrupts = True

        def call(self, inputs, training=False):
            if training and self.interrupts:
                raise KeyboardInterrupt
            return inputs

    model = around(Interrupted())
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, verbose=0)
    Interrupted.interrupts = False
    model.fit(X, Y, verbose=0)
    assert not model.refused


# --- what is changed between calls is noticed


class Scales(Layer):
    unit = 1.0

    def __init__(self):
        super().__init__()
        self.by, self.options = np.ones(4, np.float32), {"more": [1.0]}

    def call(self, inputs):
        return inputs * self.by * self.options["more"][0] * self.unit


def scale_in_place(model):
    model.layers[0].by[:] = 0.5


def scale_in_a_list(model):
    model.layers[0].options["more"][0] = 0.5


def scale_by_class(_):
    Scales.unit *= 0.5


def set_weights(model):
    model.set_weights([weight * 0.5 for weight in model.get_weights()])


def assign(model):
    model.layers[-1].kernel.assign(np.ones((4, 2)))


def penalize(model):
    model.layers[-1].kernel.regularizer = nn.regularizers.L2(0.5)


def compile_again(model):
    model.compile("adam", "mae", metrics=["mse"], run_eagerly=model.run_eagerly)


def add_a_layer(model):
    model.add(Dense(2))
    compile_again(model)


def freeze(model):
    model.layers[-1].trainable = False
    compile_again(model)


def take_away(model):
    model.pop()
    model.add(Dense(2, "tanh"))
    compile_again(model)


@pytest.mark.parametrize(
    "change",
    [
        scale_in_place, scale_in_a_list, scale_by_class, set_weights, assign, penalize,
        compile_again, add_a_layer, freeze, take_away,
    ],
)  # fmt: skip
def test_changes_between_calls(change, monkeypatch):
    def make():
        monkeypatch.setattr(Scales, "unit", 1.0)
        return around(Scales())

    agree(make, change)


factor = 1.0


def by_a_global(y_true, y_pred):
    return factor * np.mean((y_true - y_pred) ** 2, axis=-1)


def test_globals_that_a_loss_refers_to(monkeypatch):
    model = around(loss=by_a_global)
    before = model.evaluate(X, Y, verbose=0)
    monkeypatch.setitem(globals(), "factor", 3.0)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(3 * before)


def test_options_of_a_penalty():
    model = around(Dense(3, kernel_regularizer=nn.regularizers.L2(0.0)))
    before = model.evaluate(X, Y, verbose=0)
    model.layers[0].kernel.regularizer.l2 = 1.0
    penalty = np.sum(model.layers[0].kernel.numpy() ** 2)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(before + penalty, rel=1e-5)


def test_targets_that_add_up_after_others_that_do_not():
    shares = np.abs(Y)
    exact = np.eye(2)[np.arange(20) % 2]
    losses = []
    for validation in (None, (X, exact)):
        set_random_seed(1)
        model = Sequential([Dense(2, "softmax", input_shape=(4,))])
        model.compile("sgd", "categorical_crossentropy")
        fitted = model.fit(X, shares, epochs=3, verbose=0, validation_data=validation)
        losses.append(fitted.history["loss"])
    assert losses[0] == losses[1]


# --- callbacks


class Calls(Callback):
    """Calls a function after each batch or each epoch."""

    def __init__(self, function, when="epoch"):
        self.function, self.when = function, when

    def on_train_batch_end(self, batch, logs=None):
        if self.when == "batch":
            self.function(self.model)

    def on_epoch_end(self, epoch, logs=None):
        if self.when == "epoch":
            self.function(self.model)


def halve(model):
    model.layers[0].by = model.layers[0].by / 2


@pytest.mark.parametrize("when", ["batch", "epoch"])
@pytest.mark.parametrize("change", [halve, set_weights, scale_in_a_list])
def test_callbacks_that_change_the_model(change, when):
    histories = []
    for is_eager in (False, True):
        set_random_seed(2)
        model = around(Scales(), run_eagerly=is_eager)
        fitted = model.fit(X, Y, 8, epochs=3, verbose=0, callbacks=[Calls(change, when)])
        histories.append(fitted.history["loss"])
    assert histories[0] == pytest.approx(histories[1], rel=1e-4)


@pytest.mark.parametrize("when", ["batch", "epoch"])
def test_evaluation_in_a_callback_leaves_the_scores_of_the_epoch_alone(when):
    histories, inside = [], []
    for function in (
        lambda model: None,
        lambda model: inside.append(model.evaluate(X, Y, verbose=0)),
        lambda model: inside.append(model.test_on_batch(X, Y)),
    ):
        set_random_seed(2)
        model = around(Dense(3), metrics=["mae", nn.metrics.R2Score()])
        fitted = model.fit(X, Y, 8, epochs=2, verbose=0, callbacks=[Calls(function, when)])
        histories.append(fitted.history)
    assert histories[0] == histories[1] == histories[2]
    assert inside


def test_a_fit_in_a_callback_has_a_history_of_its_own():
    model = around()
    inner = []

    def fit_once(model):
        if not inner:
            inner.append(None)
            inner[0] = model.fit(X, Y, verbose=0)

    outer = model.fit(X, Y, epochs=3, verbose=0, callbacks=[Calls(fit_once)])
    assert (outer.epoch, inner[0].epoch) == ([0, 1, 2], [0])
    assert model.history is outer


def test_models_that_share_a_layer_train_it_in_turns():
    results = []
    for is_eager in (False, True):
        set_random_seed(6)
        shared = Dense(3, "tanh")
        one, other = (around(shared, run_eagerly=is_eager) for _ in range(2))
        train_other = Calls(lambda _, other=other: other.fit(X, Y, shuffle=False, verbose=0))
        one.fit(X, Y, epochs=2, shuffle=False, verbose=0, callbacks=[train_other])
        for _ in range(2):
            one.train_on_batch(X, Y)
            other.train_on_batch(X, Y)
        results.append([*one.get_weights(), *other.get_weights()])
        assert results[-1][0].tolist() == other.get_weights()[0].tolist()
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


# --- copies, threads, memory


@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_of_a_trained_model_go_their_own_way(again):
    model = around(Dense(4, "relu"), Dropout(0.2, seed=3), optimizer="adam")
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    other = again(model)
    other.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


def test_predictions_in_several_threads():
    model = around(Dense(30, "relu"))
    inputs = [generator.normal(size=(16, 4)).astype(np.float32) for _ in range(4)]
    expected = [model(x) for x in inputs]
    wrong = []

    def predict(x, outputs):
        found = [model.predict(x, verbose=0) for _ in range(30)]
        wrong.extend(x for x in found if not np.allclose(x, outputs, atol=1e-5))

    threads = [
        threading.Thread(target=predict, args=pair) for pair in zip(inputs, expected, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_programs_for_few_numbers_of_rows_are_kept():
    model = around()
    for rows in range(1, 21):
        assert model.predict_on_batch(X[:rows]).shape == (rows, 2)
    assert [rows for rows, _ in model.step(Step)._programs] == list(range(13, 21))


def test_large_buffers_make_room(monkeypatch):
    monkeypatch.setattr(nn.training.step, "_MOST_BYTES", 300)
    model = around()
    for rows, kept in [(2, [2]), (3, [2, 3]), (20, [20]), (2, [2])]:
        model.predict_on_batch(X[:rows])
        assert [count for count, _ in model.step(Step)._programs] == kept


def test_neither_data_nor_graph_is_kept(monkeypatch):
    kept = []
    fit = loop.fit

    def spy(model, train, *rest):
        kept.append(weakref.ref(train))
        fit(model, train, *rest)

    monkeypatch.setattr(loop, "fit", spy)
    model = around()
    model.fit(X, Y, verbose=0)
    gc.collect()
    assert kept[0]() is None
    assert model.step(TrainStep)._outputs is None


# --- numbers


def test_a_prediction_with_bound_weights():
    model = around(Dense(3, "tanh"))
    before = model.predict(X, verbose=0)
    values = [weight.astype(float) for weight in model.get_weights()]
    with model.bound(values):
        outputs = model.predict(X, verbose=0)
    assert outputs.dtype == float
    np.testing.assert_allclose(outputs, before, rtol=1e-4, atol=1e-6)

    def total(values):
        with model.bound(values):
            return np.sum(model.predict(X, verbose=0))

    assert [slope.shape for slope in ad.grad(total)(values)] == [v.shape for v in values]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_weights_that_are_no_numbers(number):
    def spoil(model):
        model.layers[0].bias.assign(np.full(2, number))

    found = []
    for is_eager in (False, True):
        set_random_seed(1)
        model = around(run_eagerly=is_eager, metrics=["mae"])
        spoil(model)
        found.append([model.evaluate(X, Y, verbose=0), model.predict(X, verbose=0)])
    assert str(found[0]) == str(found[1])
