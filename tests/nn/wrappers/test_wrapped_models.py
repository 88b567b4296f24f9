"""How a wrapped model is made, and what its ``fit`` gets."""

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning

import nn
from nn.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

X = np.linspace(-1, 1, 80).reshape(40, 2)
Y = X @ [1.0, -2.0]


@nn.saving.register_keras_serializable("tests")
class Seen(nn.Sequential):
    """Keeps what its ``fit`` is called with."""

    def fit(self, x, y, **options):
        self.seen = (np.array(x), np.array(y), options)
        return super().fit(x, y, **options)


def compiled(units=1, loss="mse", kind=Seen):
    model = kind([nn.layers.Dense(units, kernel_initializer="ones")])
    model.compile(nn.optimizers.SGD(0.1), loss, run_eagerly=True)
    return model


def made(X, y, units=1):  # noqa: ARG001 - scikit-learn's name
    return compiled(units)


def seen(estimator, *data, **options):
    return estimator.fit(*data, **options).model_.seen


def test_options_of_fit_take_precedence():
    x, y, options = seen(SKLearnRegressor(made), X, Y)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_allclose(y, Y, rtol=1e-6)
    assert options == {"verbose": 0, "sample_weight": None}
    wrapped = SKLearnRegressor(made, fit_kwargs={"epochs": 2, "batch_size": 8, "verbose": 2})
    options = seen(wrapped, X, Y, epochs=3, verbose=0)[2]
    assert options == {"verbose": 0, "sample_weight": None, "epochs": 3, "batch_size": 8}
    assert wrapped.n_iter_ == 3
    assert wrapped.loss_curve_ == wrapped.history_.history["loss"]
    assert wrapped.partial_fit(X, Y).n_iter_ == 1
    assert wrapped.partial_fit(X, Y, epochs=7).n_iter_ == 1


def test_weights_are_scaled_to_a_mean_of_1():
    weights = np.repeat([0.0, 2.0, 3.0, 5.0], 10)
    x, _, options = seen(SKLearnRegressor(made), X, Y, weights)
    np.testing.assert_array_equal(x, X[10:])
    np.testing.assert_allclose(options["sample_weight"], weights[10:] * 0.3)
    twice = np.r_[X[:2], X[:1]], np.r_[Y[:2], Y[:1]]
    x, _, options = seen(SKLearnRegressor(made), *twice)
    assert len(x) == 2
    np.testing.assert_allclose(sorted(options["sample_weight"]), [2 / 3, 4 / 3])
    assert len(seen(SKLearnRegressor(made), *twice, batch_size=1)[0]) == 3  # not one batch
    many = np.repeat(X[:33], 2, axis=0), np.repeat(Y[:33], 2)
    assert len(seen(SKLearnRegressor(made), *many)[0]) == 66  # of 33, which are no batch
    assert len(seen(SKLearnRegressor(made), *many, batch_size=33)[0]) == 33


def test_a_model_is_cloned_unless_it_goes_on():
    model = compiled(kind=nn.Sequential)
    first = SKLearnRegressor(model).fit(X, Y)
    assert first.model_ is not model
    before = first.model_
    assert first.fit(X, Y).model_ is not before
    warm = SKLearnRegressor(model, warm_start=True).fit(X, Y)
    assert warm.model_ is model
    assert warm.fit(X, Y).model_ is model
    own = first.partial_fit(X, Y).model_
    assert first.partial_fit(X, Y).model_ is own
    assert not hasattr(clone(warm), "_metadata_request")
    with sklearn.config_context(enable_metadata_routing=True):
        copied = clone(warm.set_fit_request(sample_weight=True))
        assert copied.get_metadata_routing().fit.requests["sample_weight"] is True
        copied.set_fit_request(sample_weight=False)
        assert warm.get_metadata_routing().fit.requests["sample_weight"] is True
    assert copied.warm_start
    assert copied.model is not model
    assert not hasattr(copied, "model_")


def test_functions_get_the_data_and_their_own_arguments():
    def function(X, y, units):
        shapes.append((X.shape, y.shape))
        return compiled(units)

    shapes = []
    wrapped = SKLearnRegressor(function, model_kwargs={"units": 2})
    wrapped.fit(X, np.c_[Y, Y])
    assert shapes == [((40, 2), (40, 2))]
    assert wrapped.predict(X).shape == (40, 2)
    assert SKLearnRegressor(made).fit(X, Y).predict(X).shape == (40,)
    with pytest.warns(DataConversionWarning):
        assert SKLearnRegressor(made).fit(X, Y[:, np.newaxis]).predict(X).shape == (40,)


@pytest.mark.slow
def test_random_numbers_are_those_of_the_state():
    def function(X, y):  # noqa: ARG001 - scikit-learn's name
        model = nn.Sequential([nn.layers.Dense(3), nn.layers.Dropout(0.5), nn.layers.Dense(1)])
        model.compile("sgd", "mse", run_eagerly=True)
        return model

    def curve(state):
        return SKLearnRegressor(function, random_state=state).fit(X, Y, epochs=2).loss_curve_

    assert curve(1) == curve(1) != curve(2)
    assert curve(None) != curve(None)
    curves = []
    for _ in range(2):
        nn.utils.set_random_seed(3)
        curves.append(curve(None))
    assert curves[0] == curves[1]


@pytest.mark.slow
def test_a_transformer_reproduces_its_inputs_without_targets():
    model = nn.Sequential([nn.layers.Dense(2)])
    model.compile("sgd", "mse")
    wrapped = SKLearnTransformer(model).fit(X)
    assert wrapped.transform(X).shape == (40, 2)
    np.testing.assert_allclose(wrapped.transform(X), wrapped.model_.predict(X, verbose=0))
    wrapped = SKLearnTransformer(made, model_kwargs={"units": 2}).fit(X)
    np.testing.assert_allclose(wrapped.model_.seen[1], X, rtol=1e-6)
    names = ["sklearntransformer0", "sklearntransformer1"]
    assert list(wrapped.get_feature_names_out()) == names
    wrapped = SKLearnTransformer(made, model_kwargs={"units": 3}).fit(X, np.c_[Y, Y, Y])
    assert wrapped.transform(X).shape == (40, 3)
    assert len(wrapped.get_feature_names_out()) == 3


@pytest.mark.parametrize(
    ("units", "loss", "labels", "expected"),
    [
        (1, "binary_crossentropy", "ab", [[0], [1]]),
        (2, "categorical_crossentropy", "ab", [[1, 0], [0, 1]]),
        (2, "sparse_categorical_crossentropy", "ab", [0, 1]),
        (3, "mse", "abc", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (1, "mse", "abc", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    ],
)
def test_targets_of_classes_are_those_of_the_loss(units, loss, labels, expected):
    wrapped = SKLearnClassifier(compiled(units, loss))
    y = np.resize(list(labels), 40)
    encoded = wrapped._encoded(y, is_first=True)
    wrapped.model_ = wrapped._made(X, encoded)
    assert wrapped._for_model(encoded)[: len(labels)].tolist() == expected
    assert wrapped.classes_.tolist() == list(labels)


@pytest.mark.slow
def test_labels_of_a_classifier():
    model = compiled(1, nn.losses.BinaryCrossentropy(from_logits=True), nn.Sequential)
    y = np.where(Y > 0, "up", "down")
    wrapped = SKLearnClassifier(model).fit(X, y, epochs=60, shuffle=False)
    p = wrapped.predict_proba(X)
    scores = wrapped.model_.predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(p[:, 1], 1 / (1 + np.exp(-scores)), rtol=1e-5)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-6)
    assert (wrapped.predict(X) == np.where(scores > 0, "up", "down")).all()
    with pytest.raises(ValueError, match=r"in `self.classes_`, .* got \{.*left"):
        wrapped.partial_fit(X, np.where(Y > 0, "left", y))
    partial = SKLearnClassifier(model).partial_fit(X[:5], y[:5], classes=["up", "down", "up"])
    assert partial.classes_.tolist() == ["down", "up"]
    partial.partial_fit(X[:5], y[:5], classes=["down", "up"])
    other = np.where(Y > 0, "left", "right")
    assert partial.fit(X, other).classes_.tolist() == ["left", "right"]
