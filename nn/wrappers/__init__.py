"""Estimators of scikit-learn: networks in pipelines, searches and cross-validations.

`MLPClassifier` and `MLPRegressor` take scikit-learn's parameters; changing the import is enough.
`SKLearnClassifier`, `SKLearnRegressor` and `SKLearnTransformer` wrap any model, as in Keras.

>>> import numpy as np
>>> x = np.arange(40.0).reshape(-1, 1) / 40
>>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=1)
>>> model.fit(x, 2 * x.ravel() + 1).predict([[0.5]]).round(2)
array([2.])
"""

try:
    import sklearn  # noqa: F401 - the classes below need it
except ImportError as error:
    raise ImportError(
        "expected scikit-learn, whose estimators nn.wrappers has, got none. Install it: "
        "pip install 'slopes[sklearn]'."
    ) from error

from nn.wrappers.mlp import MLPClassifier, MLPRegressor
from nn.wrappers.sklearn_classifier import SKLearnClassifier
from nn.wrappers.sklearn_regressor import SKLearnRegressor
from nn.wrappers.sklearn_transformer import SKLearnTransformer

__all__ = [
    "MLPClassifier", "MLPRegressor", "SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"
]  # fmt: skip
