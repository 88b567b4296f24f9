"""The network of an `MLPClassifier` or `MLPRegressor`, and how it is trained.

The parameters are scikit-learn's, and so is their meaning: the penalty is ``alpha / 2 · Σw²``
divided by the weight of a batch, the initial weights and biases are drawn by Glorot and Bengio
2010, and training stops when the loss, or the score of rows that are held out, no longer improves.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import initializers, optimizers, regularizers
from nn.callbacks import Callback
from nn.layers import Dense, Input
from nn.models import Sequential
from nn.training.step import TrainStep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from nn.callbacks.callback import Logs

__all__ = ["Progress", "compiled", "forward", "minimized", "network"]

_ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}
_SLOWEST = 1e-6  # the rate below which 'adaptive' stops


def network(
    inputs: int, hidden: Sequence[int], outputs: int, activation: str, last: str, penalty: float
) -> Sequential:
    """Return a network of dense layers.

    Args:
        inputs: the number of features.
        hidden: the units of each hidden layer.
        outputs: the units of the last layer.
        activation: that of the hidden layers, as scikit-learn calls it.
        last: that of the last layer.
        penalty: the factor of the sum of squares of the kernels.
    """
    layers: list[Any] = [Input((inputs,))]
    widths, factor = [inputs, *hidden, outputs], 2 if activation == "logistic" else 6
    for place, (before, units) in enumerate(pairwise(widths)):
        bound = math.sqrt(factor / (before + units))
        is_last = place == len(hidden)
        layer = Dense(
            units,
            last if is_last else _ACTIVATIONS[activation],
            kernel_initializer=initializers.RandomUniform(-bound, bound),
            bias_initializer=initializers.RandomUniform(-bound, bound),
            kernel_regularizer=regularizers.L2(penalty) if penalty else None,
        )
        layers.append(layer)
    return Sequential(layers)


def compiled(model: Sequential, estimator: Any, loss: Any, factor: float) -> Sequential:
    """Compile the network for the parameters of an estimator.

    Args:
        model: the network.
        estimator: has them as attributes.
        loss: the loss.
        factor: of the loss.
    """
    rate = estimator.learning_rate_init
    if estimator.solver == "sgd":
        momentum = estimator.momentum
        optimizer: Any = optimizers.SGD(
            rate, momentum=momentum, nesterov=estimator.nesterovs_momentum and momentum > 0
        )
    else:
        betas = {"beta_1": estimator.beta_1, "beta_2": estimator.beta_2}
        optimizer = optimizers.Adam(rate, epsilon=estimator.epsilon, **betas)
    model.compile(optimizer, loss, loss_weights=factor)
    return model


def forward(model: Sequential, x: NDArray[Any]) -> NDArray[Any]:
    """Return the outputs for ``x``, in its dtype: float64 for the checks of scikit-learn."""
    for layer in model.layers:
        activation: Any = vars(layer)["activation"]
        kernel, bias = (np.asarray(w.value).astype(x.dtype) for w in layer.weights)
        x = activation(x @ kernel + bias)
    return x


class Progress(Callback):
    """Follow the loss of an estimator, and stop its training when it no longer improves.

    Args:
        estimator: gets ``loss_curve_`` and what else scikit-learn's have.
        score: returns the score of the rows that are held out, with ``early_stopping``.
    """

    def __init__(self, estimator: Any, score: Callable[[], float] | None = None) -> None:
        self.estimator, self.score = estimator, score
        self.best_weights: list[NDArray[Any]] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Record the loss, change the rate, and stop."""
        found = self.estimator
        found.n_iter_ = epoch + 1
        found.t_ += found._n_rows
        found.loss_ = float((logs or {})["loss"])
        found.loss_curve_.append(found.loss_)
        if not math.isfinite(found.loss_):
            raise ValueError(
                f"expected a finite loss, got {found.loss_} in epoch {epoch + 1}. Scale the inputs "
                "(StandardScaler), or pass a smaller learning_rate_init."
            )
        if found.verbose:
            print(f"Iteration {found.n_iter_}, loss = {found.loss_:.8f}")
        improves = self._improves_score() if self.score else self._improves_loss()
        found._no_improvement_count = 0 if improves else found._no_improvement_count + 1
        if found.solver == "sgd" and found.learning_rate == "invscaling":
            self.model.optimizer.learning_rate = (
                found.learning_rate_init / (found.t_ + 1) ** found.power_t
            )
        if found._no_improvement_count > found.n_iter_no_change:
            self._slow_down_or_stop()

    def _improves_loss(self) -> bool:
        found = self.estimator
        improves: bool = found.loss_ <= found.best_loss_ - found.tol
        found.best_loss_ = min(found.loss_, found.best_loss_)
        return improves

    def _improves_score(self) -> bool:
        found, value = self.estimator, self.score() if self.score else math.nan
        found.validation_scores_.append(value)
        if found.verbose:
            print(f"Validation score: {value:f}")
        improves: bool = value >= found.best_validation_score_ + found.tol
        if value > found.best_validation_score_:
            found.best_validation_score_ = value
            self.best_weights = self.model.get_weights()
        return improves

    def _slow_down_or_stop(self) -> None:
        found, optimizer = self.estimator, self.model.optimizer
        found._no_improvement_count = 0
        adapts = found.solver == "sgd" and found.learning_rate == "adaptive"
        if adapts and float(optimizer.learning_rate) > _SLOWEST:
            optimizer.learning_rate = float(optimizer.learning_rate) / 5
        else:
            self.model.stop_training = True


def minimized(
    model: Sequential,
    data: Any,
    *,
    max_iter: int,
    max_fun: int,
    tol: float,
) -> Any:
    """Minimize the loss on all rows by L-BFGS (Liu and Nocedal 1989), and return SciPy's result.

    Args:
        model: compiled.
        data: the rows, a ``nn.training.dataset.Dataset``.
        max_iter: the most iterations.
        max_fun: the most evaluations of the loss.
        tol: the largest slope at the end.
    """
    from scipy.optimize import minimize  # which scikit-learn needs too

    step: Any = model.step(TrainStep)
    store = model.store

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        store.parameters[:] = parameters
        value = step.without_update(data, slice(0, len(data))).loss
        return value, store.gradients.astype(np.float64)

    options = {"maxiter": max_iter, "maxfun": max_fun, "gtol": tol}
    with np.errstate(all="ignore"):
        found = minimize(
            loss,
            store.parameters.astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            options=options,
        )
    store.parameters[:] = found.x
    return found
