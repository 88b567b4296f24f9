"""Files that go both ways between ``nn`` and Keras: predictions, and one more epoch of training."""

import warnings
from functools import cache

import numpy as np
import pytest

import nn

from .kinds import KINDS, data, nested, predict, several, stacked, train, words

pytest.importorskip("h5py")


def compiled(library, kind, optimizer):
    model = kind(library)
    model.compile(optimizer, "mse")
    train(model, kind)
    return model


def sgd(library):
    return library.optimizers.SGD(0.05, momentum=0.9)


def adam(library):
    return library.optimizers.Adam(0.01, epsilon=1e-3)  # else rounding decides where slopes are 0


def assert_same_predictions(model, other, kind):
    for mine, theirs in zip(predict(model, kind), predict(other, kind), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=5e-6)


def assert_trains_alike(model, other, kind, tolerance=2e-5):
    for trained in (model, other):
        train(trained, kind)
    for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_model_of_keras_trains_on_here(keras, kind, tmp_path):
    model = compiled(keras, kind, sgd(keras))
    model.save(tmp_path / "model.keras")
    other = nn.models.load_model(tmp_path / "model.keras")
    assert_same_predictions(model, other, kind)
    assert_trains_alike(model, other, kind)
    other.save(tmp_path / "model.keras")
    assert_same_predictions(model, keras.models.load_model(tmp_path / "model.keras"), kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_model_from_here_trains_on_in_keras(keras, kind, tmp_path):
    model = compiled(nn, kind, sgd(nn))
    model.save(tmp_path / "model.keras")
    other = keras.models.load_model(tmp_path / "model.keras")
    assert_same_predictions(model, other, kind)
    assert_trains_alike(model, other, kind)


@pytest.mark.parametrize("kind", [stacked, several], ids=lambda kind: kind.__name__)
def test_the_state_of_adam_goes_both_ways(keras, kind, tmp_path):
    for here, there in ((nn, keras), (keras, nn)):
        model = compiled(here, kind, adam(here))
        model.save(tmp_path / "model.keras")
        other = there.models.load_model(tmp_path / "model.keras")
        assert_trains_alike(model, other, kind, tolerance=5e-4)


@cache
def trained(library, kind):
    """Return a trained model of a library, which tests leave as it is, and its predictions."""
    model = kind(library)
    model.compile(sgd(library), "mean_squared_error")  # Keras doesn't read "mse" from an .h5 file
    train(model, kind)
    return model, predict(model, kind)


@pytest.mark.parametrize("to_keras", [True, False], ids=["to Keras", "from Keras"])
@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_goes_both_ways_in_every_format(keras, kind, ending, to_keras, tmp_path):
    here, there = (nn, keras) if to_keras else (keras, nn)
    (model, expected), path = trained(here, kind), tmp_path / f"model{ending}"
    if ending == ".weights.h5":
        other = kind(there)
        model.save_weights(path)
        other.load_weights(path)
    else:
        model.save(path)
        other = there.models.load_model(path)
    for mine, theirs in zip(expected, predict(other, kind), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=5e-6)


@pytest.mark.parametrize("kind", [several, nested, words], ids=lambda kind: kind.__name__)
def test_a_model_of_keras_in_the_older_format_trains_on_here(keras, kind, tmp_path):
    model = compiled(keras, kind, sgd(keras))
    model.save(tmp_path / "model.h5")
    assert_trains_alike(model, nn.models.load_model(tmp_path / "model.h5"), kind)


OPTIONS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.5, "nesterov": True, "use_ema": True}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "use_ema": True}),
    ("Adam", {"amsgrad": True, "gradient_accumulation_steps": 2}),
    ("AdamW", {}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Adagrad", {}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adafactor", {"learning_rate": 0.1}),
    ("Ftrl", {"learning_rate": 0.1}),
    ("Lion", {}),
    ("Lamb", {}),
    ("Muon", {}),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_the_state_of_each_optimizer_is_that_of_keras(keras, name, options, tmp_path):
    path = tmp_path / "model.keras"
    model = compiled(keras, stacked, getattr(keras.optimizers, name)(**options))
    model.save(path)
    here = nn.models.load_model(path)
    assert here.optimizer.iterations == int(model.optimizer.iterations)
    here.save(path)
    back = keras.models.load_model(path)
    for before, after in zip(model.optimizer.variables, back.optimizer.variables, strict=True):
        np.testing.assert_allclose(before.numpy(), after.numpy(), rtol=1e-6)
    if name != "Lion":  # whose steps are signs
        assert_trains_alike(model, here, stacked, tolerance=1e-4)


def test_a_subclass_has_the_same_paths(keras, tmp_path):
    def make(k):
        class Model(k.Model):
            def __init__(self):
                super().__init__()
                self.last = k.layers.Dense(2)
                self.first = k.layers.Dense(3)
                self.others = [k.layers.Dense(3), {"key": k.layers.Dense(3)}]

            def call(self, inputs):
                hidden = self.others[1]["key"](self.others[0](self.first(inputs)))
                return self.last(hidden)

        model = Model()
        model(data(stacked)[0])
        return model

    mine, theirs = make(nn), make(keras)
    for here, there in ((mine, theirs), (theirs, mine)):
        values = np.random.default_rng(1)
        here.set_weights([values.normal(size=weight.shape) for weight in here.weights])
        here.save_weights(tmp_path / "model.weights.h5")
        there.load_weights(tmp_path / "model.weights.h5")
        assert_same_predictions(here, there, stacked)


def test_functions_of_numpy_are_operations_of_keras(keras, tmp_path):
    x = nn.Input((2, 3))
    y = np.concatenate([np.mean(x, axis=1, keepdims=True), x], axis=1)
    y = np.clip(np.reshape(y, (-1, 9)), -0.5, a_max=0.5)
    y = np.sum(np.expand_dims(np.squeeze(np.stack([y, y], axis=1)), 3), axis=(1, 3))
    model = nn.Model(x, np.transpose(np.transpose(y, (1, 0))) * 2)
    model.save(tmp_path / "model.keras")
    there = keras.models.load_model(tmp_path / "model.keras")
    rows = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32)
    np.testing.assert_allclose(model.predict(rows), there.predict(rows, verbose=0), atol=1e-6)
    there.save(tmp_path / "model.keras")
    back = nn.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(model.predict(rows), back.predict(rows), atol=1e-6)


def test_the_code_of_a_lambda_is_run_where_it_is_allowed(keras, tmp_path):
    path, x = tmp_path / "model.keras", np.ones((1, 2), np.float32)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x * 3 + 1)])
    with warnings.catch_warnings(action="ignore"):
        model.save(path)
    with pytest.raises(ValueError, match="code of a lambda"):
        nn.models.load_model(path)
    loaded = nn.models.load_model(path, safe_mode=False)
    assert loaded.predict(x, verbose=0).tolist() == [[4, 4]]


def test_json_of_keras_describes_a_model(keras):
    text = nested(keras).to_json()
    assert nn.models.model_from_json(text).count_params() == nested(keras).count_params()
    keras.models.model_from_json(nested(nn).to_json())
