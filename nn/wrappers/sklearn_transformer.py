"""`SKLearnTransformer`: the outputs of a model as features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import validate_data

from nn.wrappers.sklearn_base import SKLBase

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SKLearnTransformer"]


class SKLearnTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, SKLBase):
    """A transformer around a model, with Keras's arguments; see `SKLBase` for them.

    Without ``y`` the model is trained to reproduce its inputs: an autoencoder.

    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> model = Sequential([Dense(2, "tanh"), Dense(5)])
    >>> model.compile("adam", "mse")
    >>> SKLearnTransformer(model).fit_transform(np.eye(5)).shape
    (5, 5)
    """

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Return the outputs of the model for each row."""
        return self._outputs(X)

    @property
    def _n_features_out(self) -> int:
        return int(np.shape(self.model_(np.zeros((1, *self._row_shape()), np.float32)))[-1])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _checked(self, X: Any, y: Any, is_first: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        if y is not None:
            return super()._checked(X, y, is_first)
        x = validate_data(self, X, allow_nd=True, dtype="numeric", reset=is_first)
        return x, np.asarray(x, np.float32)
