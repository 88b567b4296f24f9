"""All of scikit-learn's own checks of estimators."""

import warnings

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

import nn
from nn.wrappers import (
    MLPClassifier,
    MLPRegressor,
    SKLearnClassifier,
    SKLearnRegressor,
    SKLearnTransformer,
)


def network(X, y, loss, last="linear", layers=(10,)):
    """Return a network like the one in Keras's examples."""
    hidden = [nn.layers.Dense(units, "relu") for units in layers]
    outputs = y.shape[1] if y.ndim > 1 else 1
    model = nn.Sequential([nn.Input((X.shape[1],)), *hidden, nn.layers.Dense(outputs, last)])
    model.compile(nn.optimizers.Adam(0.01), loss)
    return model


OF_CLASSES = {"loss": "categorical_crossentropy", "last": "softmax"}
ESTIMATORS = [
    MLPClassifier(),
    MLPRegressor(max_iter=100),
    SKLearnClassifier(network, model_kwargs=OF_CLASSES, fit_kwargs={"epochs": 30}),
    SKLearnRegressor(network, model_kwargs={"loss": "mse"}, fit_kwargs={"epochs": 100}),
    SKLearnTransformer(network, model_kwargs={"loss": "mse"}),
]


PAIRS = [pair for estimator in ESTIMATORS for pair in estimator_checks_generator(estimator)]
IDS = [  # without addresses of functions
    f"{type(estimator).__name__}-{check.func.__name__}-{number}"
    for number, (estimator, check) in enumerate(PAIRS)
]


@pytest.mark.slow
@pytest.mark.parametrize(("estimator", "check"), PAIRS, ids=IDS)
def test_estimators_are_compatible_with_scikit_learn(estimator, check):
    with warnings.catch_warnings(action="ignore"):  # scikit-learn's own warnings, in its checks
        try:
            check(estimator)
        except ImportError as error:
            pytest.skip(str(error))  # a package that this check compares with isn't installed
