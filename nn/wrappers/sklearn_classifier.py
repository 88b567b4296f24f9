"""`SKLearnClassifier`: a model as a classifier of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import column_or_1d

from nn.activations import sigmoid, softmax
from nn.losses import SparseCategoricalCrossentropy
from nn.wrappers.sklearn_base import SKLBase

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SKLearnClassifier"]


class SKLearnClassifier(ClassifierMixin, SKLBase):
    """A classifier around a model, with Keras's arguments; see `SKLBase` for them.

    A function that makes the model gets ``y`` as a matrix of 0 and 1 with a column for each class.
    The loss decides what the model is trained on: this matrix; the numbers of the classes, for a
    sparse loss; or, where the model has one unit, 0 and 1 for two classes.

    Attributes:
        classes_: the labels, sorted.

    >>> from sklearn.datasets import load_iris
    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> def network(X, y, units):
    ...     layers = [Dense(units, "relu"), Dense(y.shape[1], "softmax")]
    ...     model = Sequential(layers)
    ...     model.compile("adam", "categorical_crossentropy")
    ...     return model
    >>> x, y = load_iris(return_X_y=True)
    >>> wrapped = SKLearnClassifier(network, model_kwargs={"units": 20}, random_state=1)
    >>> wrapped.fit(x, y, epochs=60).score(x, y) > 0.8
    True
    """

    def partial_fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, classes: Any = None, **kwargs: Any
    ) -> Self:
        """Train for one epoch on these rows, going on from the last call.

        Args:
            X: the inputs.
            y: the labels.
            sample_weight: one number per row.
            classes: all labels that will occur; needed in the first call.
            kwargs: passed to the model's ``fit``.

        Raises:
            ValueError: ``classes`` is missing, or differs from that of the first call.
        """
        if not hasattr(self, "classes_"):
            if classes is None:
                raise ValueError(
                    "expected classes= in the first call of partial_fit, got None. Pass all labels "
                    "that will occur: classes=np.unique(y)."
                )
            self.classes_ = unique_labels(classes)
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}. Pass the same, or leave it out."
            )
        self._are_given = True
        try:
            return super().partial_fit(X, y, sample_weight, **kwargs)
        finally:
            self._are_given = False

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable label of each row."""
        found = self._probabilities(X)
        return np.asarray(self.classes_[np.argmax(found, axis=1)])

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return the probability of each label, in the order of ``classes_``."""
        return self._probabilities(X)

    # --- what the base class asks for

    _are_given = False  # the classes, by `partial_fit`

    def _encoded(self, y: NDArray[Any], is_first: bool) -> NDArray[Any]:
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        if is_first and not self._are_given:
            self.classes_ = unique_labels(y)
        elif unknown := set(unique_labels(y)) - set(self.classes_):
            raise ValueError(
                f"expected `y` to have classes in `self.classes_`, {self.classes_}, got {unknown} "
                "too. Pass all classes to the first call, or warm_start=False."
            )
        if len(self.classes_) < 2:
            raise ValueError(
                f"expected at least two classes, got one class, {self.classes_[0]!r}: the "
                "classifier can't train when only one class is present. Pass rows of others."
            )
        return np.asarray(y[:, np.newaxis] == self.classes_, np.float32)

    def _for_model(self, encoded: NDArray[Any]) -> NDArray[Any]:
        units = self.model_(np.zeros((1, *self._row_shape()), np.float32)).shape[-1]
        if units == 1 and len(self.classes_) == 2:
            return encoded[:, 1:]
        if isinstance(self.model_.loss_function, SparseCategoricalCrossentropy):
            return np.argmax(encoded, axis=1)
        return encoded

    def _probabilities(self, X: Any) -> NDArray[Any]:
        found = self._outputs(X)
        is_single = found.shape[1] == 1
        if getattr(self.model_.loss_function, "from_logits", False):
            found = sigmoid(found) if is_single else softmax(found)
        return np.hstack([1 - found, found]) if is_single else found
