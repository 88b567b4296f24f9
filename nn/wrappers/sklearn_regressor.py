"""`SKLearnRegressor`: a model as a regressor of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import column_or_1d

from nn.wrappers.sklearn_base import SKLBase

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SKLearnRegressor"]


class SKLearnRegressor(RegressorMixin, SKLBase):
    """A regressor around a model, with Keras's arguments; see `SKLBase` for them.

    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> model = Sequential([Dense(20, "tanh"), Dense(1)])
    >>> model.compile("adam", "mse")
    >>> x = np.linspace(-1, 1, 100).reshape(-1, 1)
    >>> wrapped = SKLearnRegressor(model, fit_kwargs={"epochs": 100}, random_state=1)
    >>> wrapped.fit(x, 2 * x.ravel()).score(x, 2 * x.ravel()) > 0.9
    True
    """

    def predict(self, X: Any) -> NDArray[np.float32]:
        """Return the number, or numbers, of each row."""
        found = self._outputs(X)
        return found.reshape(len(found)) if self._is_single else found

    def _encoded(self, y: NDArray[Any], is_first: bool) -> NDArray[Any]:  # noqa: ARG002
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        self._is_single = y.ndim == 1
        return np.asarray(y, np.float32)
