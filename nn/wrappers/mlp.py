"""`MLPClassifier` and `MLPRegressor`: scikit-learn's estimators of these names, trained by `nn`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import column_or_1d

from autodiff import Array
from nn import losses
from nn.losses.base import FunctionLoss
from nn.wrappers.mlp_base import BasePerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MLPClassifier", "MLPRegressor"]

_WEIGHTED = "mean_with_sample_weight"


class MLPClassifier(ClassifierMixin, BasePerceptron):
    """A multi-layer perceptron for classes, with the parameters of scikit-learn's.

    It computes in float32, and trains by recorded steps. The targets may be labels of any kind, or
    a matrix of 0 and 1 with a column for each of several labels.

    Args:
        hidden_layer_sizes: the units of each hidden layer.
        activation: ``'identity'``, ``'logistic'``, ``'tanh'`` or ``'relu'``, of these layers.
        solver: ``'adam'``, ``'sgd'`` or ``'lbfgs'``.
        alpha: the factor of the penalty, ``alpha / 2 · Σw²`` over the weight of a batch.
        batch_size: rows for each update; ``'auto'`` is 200, or all rows where there are fewer.
        learning_rate: ``'constant'``, ``'invscaling'`` or ``'adaptive'``, of ``'sgd'``.
        learning_rate_init: the first rate.
        power_t: the exponent of ``'invscaling'``.
        max_iter: the most epochs; for ``'lbfgs'`` the most iterations.
        shuffle: whether to draw a new order of the rows for each epoch.
        random_state: makes the initial weights, the orders and what is held out repeatable.
        tol: what the loss, or the score, must improve by.
        verbose: whether to print the loss of each epoch.
        warm_start: whether ``fit`` goes on from the weights of the last one.
        momentum: of ``'sgd'``.
        nesterovs_momentum: whether it is Nesterov's.
        early_stopping: whether rows are held out, whose score decides when to stop, and which
            weights to keep.
        validation_fraction: the part of these rows.
        beta_1: of ``'adam'``: the decay of its mean slope.
        beta_2: of ``'adam'``: the decay of its mean square.
        epsilon: of ``'adam'``: added to the denominator.
        n_iter_no_change: the epochs without improvement after which training stops.
        max_fun: the most evaluations of the loss, of ``'lbfgs'``.

    Attributes:
        classes_: the labels, sorted.
        model_: the network, a `nn.Sequential`.
        coefs_: its kernels.
        intercepts_: its biases.
        loss_: the loss of the last epoch, with the penalty.
        loss_curve_: that of each epoch.
        n_iter_: the number of epochs.

    >>> from sklearn.datasets import load_iris
    >>> x, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier([20], solver="lbfgs", random_state=1).fit(x, y)
    >>> model.score(x, y) > 0.9
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
    ) -> None:
        self.set_parameters(locals())

    def partial_fit(
        self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None
    ) -> Self:  # fmt: skip
        """Train for one epoch on these rows, going on from the last call.

        Args:
            X: the inputs.
            y: the labels.
            sample_weight: one number per row.
            classes: all labels that will occur; needed in the first call.

        Raises:
            AttributeError: the solver is ``'lbfgs'``.
            ValueError: ``classes`` is missing, or a label isn't one of them.
        """
        if not hasattr(self, "classes_"):
            if classes is None:
                raise ValueError(
                    "expected classes= in the first call of partial_fit, got None. Pass all labels "
                    "that will occur: classes=np.unique(y)."
                )
            self._fit_labels(y if type_of_target(y).startswith("multilabel") else classes)
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}. Pass the same, or leave it out."
            )
        return self._train(X, y, sample_weight, is_partial=True)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable label of each row."""
        return self._labels(self._outputs(X))

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """Return the probability of each label, in the order of ``classes_``."""
        found = self._outputs(X)
        if len(self.classes_) == 1 and not self._is_multilabel:
            return np.ones_like(found)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def predict_log_proba(self, X: Any) -> NDArray[Any]:
        """Return the logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    # --- what the base class asks for

    def _fit_labels(self, y: Any) -> None:
        self._binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._binarizer.classes_
        self._is_multilabel = self._binarizer.y_type_.startswith("multilabel")

    def _targets(self, y: NDArray[Any], is_first: bool, is_partial: bool) -> NDArray[Any]:
        """Return numbers of classes, or 0 and 1 for two classes or several labels."""
        check_classification_targets(y)
        if is_first and not is_partial:
            self._fit_labels(y)
        elif unknown := set(unique_labels(y)) - set(self.classes_):
            raise ValueError(
                f"expected `y` to have classes in `self.classes_`, {self.classes_}, got {unknown} "
                "too. Pass all classes to the first call, or warm_start=False."
            )
        if self._is_multilabel:
            return np.asarray(self._binarizer.transform(y), np.float32)
        numbers = np.searchsorted(self.classes_, column_or_1d(y))
        return numbers if len(self.classes_) > 2 else numbers.astype(np.float32)

    def _last_layer(self, targets: NDArray[Any]) -> tuple[int, str, Any, float]:
        if self._is_multilabel:
            labels = targets.shape[1]
            return labels, "logistic", losses.BinaryCrossentropy(reduction=_WEIGHTED), labels
        if len(self.classes_) > 2:
            loss: Any = losses.SparseCategoricalCrossentropy(reduction=_WEIGHTED)
            return len(self.classes_), "softmax", loss, 1
        return 1, "logistic", losses.BinaryCrossentropy(reduction=_WEIGHTED), 1

    def _labels(self, outputs: NDArray[Any]) -> NDArray[Any]:
        if self._is_multilabel:
            return np.asarray(self._binarizer.inverse_transform(outputs))
        if outputs.shape[1] == 1:
            places = (outputs[:, 0] > 0.5).astype(int) if len(self.classes_) > 1 else 0
            return np.asarray(self.classes_[places + np.zeros(len(outputs), int)])
        return np.asarray(self.classes_[np.argmax(outputs, axis=1)])

    def _stratified(self, y: NDArray[Any]) -> NDArray[Any] | None:
        return None if self._is_multilabel else y

    def _held_out_score(self, y: Any, outputs: Any, sample_weight: Any) -> float:
        return float(accuracy_score(y, self._labels(outputs), sample_weight=sample_weight))


class MLPRegressor(RegressorMixin, BasePerceptron):
    """A multi-layer perceptron for numbers, with the parameters of scikit-learn's.

    The parameters and attributes are those of `MLPClassifier`, and one more. The targets may have
    several columns.

    Args:
        loss: ``'squared_error'``, which is half of it, or ``'poisson'``, half the deviance of
            counts, with an exponential last layer.
        options: see `MLPClassifier`.

    >>> x = np.linspace(-1, 1, 100).reshape(-1, 1)
    >>> options = {"activation": "tanh", "solver": "lbfgs", "max_iter": 500, "random_state": 1}
    >>> model = MLPRegressor(hidden_layer_sizes=[30], **options)
    >>> model.fit(x, np.sin(3 * x.ravel())).score(x, np.sin(3 * x.ravel())) > 0.99
    True
    """

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
    ) -> None:
        self.set_parameters(locals())

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train for one epoch on these rows, going on from the last call."""
        return self._train(X, y, sample_weight, is_partial=True)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the number, or numbers, of each row."""
        found = self._outputs(X)
        return found[:, 0] if self._is_single else found

    # --- what the base class asks for

    def _targets(
        self, y: NDArray[Any], is_first: bool, is_partial: bool  # noqa: ARG002
    ) -> NDArray[Any]:  # fmt: skip
        self._is_single = y.ndim == 1 or y.shape[1] == 1
        if self.loss == "poisson" and (y < 0).any():
            raise ValueError(
                f"expected targets of at least 0 for loss='poisson', got {y.min()}. Pass counts."
            )
        return np.asarray(y, np.float32)

    def _last_layer(self, targets: NDArray[Any]) -> tuple[int, str, Any, float]:
        units = 1 if targets.ndim == 1 else targets.shape[1]
        if self.loss == "poisson":
            return units, "exponential", FunctionLoss(half_poisson_deviance, _WEIGHTED), 1
        return units, "identity", losses.MeanSquaredError(reduction=_WEIGHTED), 0.5

    def _stratified(self, y: NDArray[Any]) -> None:  # noqa: ARG002 - for classes
        return None

    def _held_out_score(self, y: Any, outputs: Any, sample_weight: Any) -> float:
        from sklearn.metrics import r2_score

        predicted = outputs[:, 0] if self._is_single else outputs
        return float(r2_score(y, predicted, sample_weight=sample_weight))


def half_poisson_deviance(y_true: Array, y_pred: Array) -> Array:
    """Return half the deviance of Poisson distributions, for each row.

    >>> half_poisson_deviance(np.array([[2.0]]), np.array([[2.0]]))
    array([0.])
    """
    ratio = np.where(y_true > 0, y_true / y_pred, 1.0)
    return np.mean(y_true * np.log(ratio) - y_true + y_pred, axis=-1)
