"""The base of `MLPClassifier` and `MLPRegressor`: the checks of rows, and the solvers."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from nn.numbers import whole
from nn.random.seeds import seeded
from nn.training.dataset import Dataset
from nn.wrappers.merged_rows import weighted
from nn.wrappers.perceptron import Progress, compiled, forward, minimized, network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


__all__ = ["BasePerceptron"]

_CHOICES = {
    "activation": ("identity", "logistic", "tanh", "relu"),
    "solver": ("lbfgs", "sgd", "adam"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
    "loss": ("squared_error", "poisson"),
}
_MOST_ROWS = 200  # of a batch, by default


class BasePerceptron(BaseEstimator):
    """What classifiers and regressors have in common; see `nn.wrappers.MLPClassifier`."""

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: Any
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    warm_start: bool
    early_stopping: bool
    validation_fraction: float
    max_fun: int

    def set_parameters(self, arguments: Mapping[str, Any]) -> None:
        """Store the arguments of the constructor as attributes, unchecked, as scikit-learn asks."""
        for name in self._get_param_names():
            setattr(self, name, arguments[name])

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network, from new weights unless ``warm_start`` is set.

        Args:
            X: the inputs, shape (rows, features), dense or sparse.
            y: the targets.
            sample_weight: one number per row.

        Raises:
            ValueError: a parameter or the data isn't valid, or the weights didn't stay finite.
        """
        return self._train(X, y, sample_weight)

    @property
    def coefs_(self) -> list[NDArray[np.float32]]:
        """The kernel of each layer."""
        return [layer.weights[0].numpy() for layer in self.model_.layers]

    @property
    def intercepts_(self) -> list[NDArray[np.float32]]:
        """The bias of each layer."""
        return [layer.weights[1].numpy() for layer in self.model_.layers]

    @property
    def n_layers_(self) -> int:
        """The number of layers, with the inputs."""
        return len(self.model_.layers) + 1

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # --- for subclasses to define

    @abstractmethod
    def _targets(self, y: NDArray[Any], is_first: bool, is_partial: bool) -> NDArray[Any]:
        """Return the targets of the network."""

    @abstractmethod
    def _last_layer(self, targets: NDArray[Any]) -> tuple[int, str, Any, float]:
        """Return the units of the last layer, its activation, the loss and the loss's factor."""

    @abstractmethod
    def _stratified(self, y: NDArray[Any]) -> NDArray[Any] | None:
        """Return the labels whose proportions rows that are held out must have; or None."""

    @abstractmethod
    def _held_out_score(self, y: Any, outputs: Any, sample_weight: Any) -> float:
        """Return the score of rows that are held out."""

    # --- training

    def _train(self, X: Any, y: Any, sample_weight: Any, is_partial: bool = False) -> Self:
        self._check_parameters(is_partial)
        is_first = not hasattr(self, "model_") or not (self.warm_start or is_partial)
        x, y = self._checked(X, y, is_first)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, x)
        targets = self._targets(y, is_first, is_partial)
        random = check_random_state(self.random_state)
        held_out = None
        if self.early_stopping and self.solver != "lbfgs":
            x, targets, y, sample_weight, held_out = self._split(
                x, targets, y, sample_weight, random
            )
        rows = self._rows(len(x))
        self._n_rows = len(x)
        x, targets, sample_weight = weighted(x, targets, sample_weight, rows)
        with seeded(int(random.randint(2**31 - 1))):
            self._prepare(x, targets, sample_weight, rows, is_first, is_partial)
            data = Dataset(
                *(None if a is None else _single(a) for a in (x, targets, sample_weight))
            )
            if self.solver == "lbfgs":
                self._minimize(data)
            else:
                self._descend(data, rows, held_out, 1 if is_partial else self.max_iter)
        if not all(np.isfinite(weight).all() for weight in self.model_.get_weights()):
            raise ValueError(
                "Solver produced non-finite parameter weights. Expected finite weights after "
                "training; scale the inputs (StandardScaler), or pass a smaller learning_rate_init."
            )
        return self

    def _prepare(
        self, x: Any, targets: Any, sample_weight: Any, rows: int, is_first: bool, is_partial: bool
    ) -> None:
        """Make the network, or give it a new optimizer."""
        units, last, loss, factor = self._last_layer(targets)
        if is_first:
            share = 1.0 if sample_weight is None else float(np.mean(sample_weight))
            penalty = self.alpha / (2 * share * min(rows, len(x)))
            hidden = self.hidden_layer_sizes
            sizes = [int(n) for n in (hidden if hasattr(hidden, "__iter__") else [hidden])]
            activation = {"logistic": "sigmoid", "identity": "linear"}.get(last, last)
            self.n_outputs_, self.out_activation_ = units, last
            self.model_ = network(x.shape[1], sizes, units, self.activation, activation, penalty)
            self.loss_curve_: list[float] = []
            self.n_iter_ = self.t_ = self._no_improvement_count = 0
            self.best_loss_: Any = math.inf
            if self.early_stopping:
                self.validation_scores_: list[float] = []
                self.best_validation_score_: Any = -math.inf
                self.best_loss_ = None
        if is_first or not is_partial:
            compiled(self.model_, self, loss, factor)

    def _descend(self, data: Dataset, rows: int, held_out: Any, epochs: int) -> None:
        def score() -> float:
            x, y, sample_weight = held_out
            return self._held_out_score(y, forward(self.model_, x), sample_weight)

        progress = Progress(self, score if held_out else None)
        model = self.model_
        model.fit(
            data.x,
            data.y,
            batch_size=rows,
            epochs=epochs,
            shuffle=bool(self.shuffle),
            sample_weight=data.sample_weight,
            verbose=0,
            callbacks=progress,
        )
        if progress.best_weights is not None:
            model.set_weights(progress.best_weights)
        if epochs > 1 and self.n_iter_ == epochs and not model.stop_training:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({epochs}) reached and the optimization "
                "hasn't converged yet. Pass a larger max_iter.",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _minimize(self, data: Dataset) -> None:
        model = self.model_
        built = model._build_and_align(data)
        found = minimized(model, built, max_iter=self.max_iter, max_fun=self.max_fun, tol=self.tol)
        self.n_iter_, self.loss_ = int(found.nit), float(found.fun)
        if found.status == 1:
            warnings.warn(
                f"lbfgs failed to converge after {found.nit} iterations: {found.message}. Pass a "
                "larger max_iter, or scale the data.",
                ConvergenceWarning,
                stacklevel=4,
            )

    # --- rows

    def _checked(self, X: Any, y: Any, is_first: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        x, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            y_numeric=not hasattr(self, "predict_proba"),
            dtype=(np.float64, np.float32),
            reset=is_first,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return (x.toarray() if hasattr(x, "toarray") else x), y

    def _outputs(self, X: Any) -> NDArray[Any]:
        """Return the outputs of the network."""
        check_is_fitted(self)
        x = validate_data(self, X, accept_sparse="csr", dtype=(np.float64, np.float32), reset=False)
        return forward(self.model_, x.toarray() if hasattr(x, "toarray") else x)

    def _rows(self, count: int) -> int:
        """Return the number of rows in a batch."""
        if self.batch_size == "auto":
            return min(_MOST_ROWS, count)
        if whole("batch_size", self.batch_size) > count:
            warnings.warn(
                f"expected a batch_size of at most {count}, the number of rows, got "
                f"{self.batch_size}. All rows make one batch.",
                stacklevel=5,
            )
        return min(int(self.batch_size), count)

    def _split(
        self, x: Any, targets: Any, y: Any, sample_weight: Any, random: np.random.RandomState
    ) -> tuple[Any, Any, Any, Any, Any]:
        """Return the rows to train on, and those that are held out."""
        places = np.arange(len(x))
        train, rest = train_test_split(
            places,
            random_state=random,
            test_size=self.validation_fraction,
            stratify=self._stratified(y),
        )
        if len(rest) < 2:
            raise ValueError(
                f"expected at least 2 rows to hold out, got {len(rest)}. The validation set is too "
                "small. Increase 'validation_fraction' or the size of your dataset."
            )
        weights = (None, None)
        if sample_weight is not None:
            weights = sample_weight[train], sample_weight[rest]
        held_out = x[rest], y[rest], weights[1]
        return x[train], targets[train], y[train], weights[0], held_out

    def _check_parameters(self, is_partial: bool) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name, choices[0])
            if value not in choices:
                raise ValueError(
                    f"expected {name} to be one of {', '.join(map(repr, choices))}, got {value!r}. "
                    "Choose one."
                )
        sizes = np.atleast_1d(np.asarray(self.hidden_layer_sizes, float))
        if (sizes < 1).any():
            raise ValueError(
                f"hidden_layer_sizes must be > 0, got {self.hidden_layer_sizes}. Pass the units of "
                "each hidden layer, such as (100,)."
            )
        if is_partial and self.solver == "lbfgs":
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers. lbfgs is not stochastic: "
                "pass solver='adam'."
            )
        if is_partial and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True, which needs several epochs. "
                "Leave it out."
            )


def _single(array: NDArray[Any]) -> NDArray[Any]:
    """Return floats as float32; numbers of classes stay whole."""
    return array.astype(np.float32) if array.dtype.kind == "f" else array
