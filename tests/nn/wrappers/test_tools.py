"""Estimators in the tools of scikit-learn."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - publishes the search
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nn
from nn.wrappers import MLPClassifier, SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
LABELS = np.array(["setosa", "versicolor", "virginica"])[Y]


def network(X, y, units=8, loss="categorical_crossentropy"):  # noqa: ARG001 - scikit-learn's name
    model = nn.Sequential([nn.layers.Dense(units, "tanh"), nn.layers.Dense(y.shape[1], "softmax")])
    model.compile(nn.optimizers.Adam(0.05), loss)
    return model


def perceptron(**options):
    return MLPClassifier((8,), solver="lbfgs", random_state=0, max_iter=50, tol=1e-2, **options)


def wrapped(**options):
    return SKLearnClassifier(network, fit_kwargs={"epochs": 8}, random_state=0, **options)


EACH = pytest.mark.parametrize("make", [perceptron, wrapped])


@EACH
@pytest.mark.slow
def test_a_pipeline_is_searched_in_two_processes(make):
    name = make().__class__.__name__.lower()
    values = (
        {"alpha": [1e-4, 1.0]} if make is perceptron else {"model_kwargs": [{"units": 3}, None]}
    )
    grid = {f"{name}__{key}": value for key, value in values.items()}
    search = GridSearchCV(make_pipeline(StandardScaler(), make()), grid, cv=2, n_jobs=2)
    search.fit(X, LABELS)
    assert search.best_score_ > 0.8
    assert set(search.predict(X)) == set(LABELS)


@pytest.mark.slow
def test_a_halving_search_and_calibration():
    grid = {"alpha": np.logspace(-4, 0, 20).tolist()}
    search = HalvingRandomSearchCV(perceptron(), grid, random_state=0, min_resources=50, cv=2)
    assert search.fit(X, Y).best_score_ > 0.8
    weights = np.linspace(0.5, 2, len(X))
    calibrated = CalibratedClassifierCV(perceptron(), cv=2).fit(X, Y, sample_weight=weights)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1, rtol=1e-6)


@EACH
@pytest.mark.slow
def test_scores_importance_and_copies(make, tmp_path):
    assert cross_val_score(make(), X, LABELS, cv=2).min() > 0.8
    fitted = make().fit(X, LABELS)
    importance = permutation_importance(fitted, X, LABELS, n_repeats=2, random_state=0)
    assert importance.importances_mean[2:].min() > importance.importances_mean[:2].max()
    joblib.dump(fitted, tmp_path / "fitted")
    for copied in (pickle.loads(pickle.dumps(fitted)), joblib.load(tmp_path / "fitted")):
        np.testing.assert_array_equal(copied.predict_proba(X), fitted.predict_proba(X))
        assert copied.loss_curve_ == fitted.loss_curve_ if make is wrapped else True
    assert "<" in fitted._repr_html_()


@pytest.mark.slow
def test_frames_go_in_and_come_out():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    model = nn.Sequential([nn.layers.Dense(4)])
    model.compile("sgd", "mse")
    found = SKLearnTransformer(model).set_output(transform="pandas").fit_transform(frame)
    assert list(found.columns) == [f"sklearntransformer{place}" for place in range(4)]
    assert list(found.index) == list(frame.index)
    fitted = perceptron().fit(frame, pandas.Series(LABELS))
    assert list(fitted.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame[["b", "a", "c", "d"]])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outputs", "last", "loss", "labels"),
    [
        (3, "softmax", "sparse_categorical_crossentropy", LABELS),
        (1, "sigmoid", "binary_crossentropy", LABELS == "setosa"),
        (1, "linear", nn.losses.BinaryCrossentropy(from_logits=True), LABELS == "setosa"),
        (3, "linear", nn.losses.CategoricalCrossentropy(from_logits=True), LABELS),
        (2, "softmax", "categorical_crossentropy", LABELS == "setosa"),
    ],
)
def test_a_wrapped_model_may_have_any_loss_of_classes(outputs, last, loss, labels):
    model = nn.Sequential([nn.layers.Dense(outputs, last)])
    model.compile(nn.optimizers.Adam(0.1), loss)
    fitted = SKLearnClassifier(model, random_state=0).fit(X, labels, epochs=10)
    assert fitted.score(X, labels) > 0.8
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (len(X), len(set(labels)))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 10
    assert not model.built  # it was cloned


@pytest.mark.slow
def test_a_wrapped_model_continues_where_it_was():
    fitted = wrapped(warm_start=True).fit(X, Y)
    before, model = fitted.loss_curve_, fitted.model_
    fitted.fit(X, Y)
    assert fitted.model_ is model
    assert fitted.loss_curve_[0] < before[-1]
    partial = wrapped()
    with pytest.raises(ValueError, match="classes= in the first call"):
        partial.partial_fit(X[:50], Y[:50])
    for _ in range(60):
        for rows in (Y == 0, Y == 1, Y == 2):
            partial.partial_fit(X[rows], Y[rows], classes=[0, 1, 2])
    assert partial.score(X, Y) > 0.6
    with pytest.raises(ValueError, match="not the same as on last call"):
        partial.partial_fit(X, Y, classes=[0, 1])


def test_what_can_not_be_wrapped_is_refused():
    with pytest.raises(TypeError, match="expects model= to be a model"):
        SKLearnRegressor(lambda X, y: None).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="compiled model with a loss"):
        SKLearnRegressor(nn.Sequential([nn.layers.Dense(1)])).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="only one class"):
        wrapped().fit(X, np.zeros(len(X)))
