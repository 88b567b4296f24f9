"""The base of the estimators that wrap a model: how it is made, and how it is fitted."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from nn.models import Model, clone_model
from nn.random.seeds import seeded
from nn.wrappers.merged_rows import weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from nn.callbacks import History

__all__ = ["SKLBase"]

_BATCH = 32  # rows in a batch of `fit`, by default


class SKLBase(BaseEstimator):
    """The base class of `SKLearnClassifier`, `SKLearnRegressor` and `SKLearnTransformer`.

    Args:
        model: a compiled model, which is cloned for each ``fit``; or a function that returns one,
            called with the data, ``X`` and ``y``, and ``model_kwargs``.
        warm_start: whether ``fit`` goes on with the weights of the last one; a model, instead of
            a function, isn't cloned then.
        model_kwargs: passed to the function.
        fit_kwargs: passed to the model's ``fit``, such as ``{"epochs": 5}``.
        random_state: makes initial weights, shuffles and dropout repeatable; None leaves them to
            `nn.utils.set_random_seed`.

    Attributes:
        model_: the fitted model.
        history_: what its ``fit`` returned.
    """

    def __init__(
        self,
        model: Model | Callable[..., Model],
        warm_start: bool = False,
        model_kwargs: Mapping[str, Any] | None = None,
        fit_kwargs: Mapping[str, Any] | None = None,
        *,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, **kwargs: Any) -> Self:
        """Fit a new model, or the last one with ``warm_start``.

        Args:
            X: the inputs, an array with a row for each example.
            y: the targets.
            sample_weight: one number per row; the loss is their weighted mean.
            kwargs: passed to the model's ``fit``; they take precedence over ``fit_kwargs``.

        Raises:
            TypeError: ``model`` is neither a model nor a function that returns one.
            ValueError: the model isn't compiled, or the data isn't valid.
        """
        return self._train(X, y, sample_weight, kwargs)

    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None, **kwargs: Any) -> Self:
        """Train for one epoch on these rows, going on from the last call.

        The arguments are those of `fit`.
        """
        return self._train(X, y, sample_weight, {**kwargs, "epochs": 1}, is_partial=True)

    @property
    def n_iter_(self) -> int:
        """The number of epochs of the last ``fit``."""
        return len(self.history_.epoch)

    @property
    def loss_curve_(self) -> list[float]:
        """The loss of each of these epochs."""
        return list(self.history_.history["loss"])

    def __sklearn_clone__(self) -> Self:
        """Copy the estimator; a model is deep-copied, so that the original is never trained."""
        arguments = self.get_params(deep=False)
        if isinstance(self.model, Model):
            arguments["model"] = copy.deepcopy(self.model)
        copied = type(self)(**{name: copy.copy(value) for name, value in arguments.items()})
        if hasattr(self, "_metadata_request"):
            copied._metadata_request = copy.deepcopy(self._metadata_request)
        return copied

    model_: Model

    # --- for subclasses

    def _encoded(self, y: NDArray[Any], is_first: bool) -> NDArray[Any]:  # noqa: ARG002
        """Return the targets as the function that makes a model gets them."""
        return y

    def _for_model(self, encoded: NDArray[Any]) -> NDArray[Any]:
        """Return the targets as the loss of the model takes them."""
        return encoded

    # --- training

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        kwargs: Mapping[str, Any],
        is_partial: bool = False,
    ) -> Self:
        is_first = not hasattr(self, "model_") or not (self.warm_start or is_partial)
        x, y = self._checked(X, y, is_first)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, x)
        targets = self._encoded(y, is_first)
        options = {"verbose": 0, **(self.fit_kwargs or {}), **kwargs}
        if x.ndim == 2 and targets.ndim <= 2:
            rows = options.get("batch_size") or _BATCH
            x, targets, sample_weight = weighted(x, targets, sample_weight, rows)
        if sample_weight is not None:
            sample_weight = sample_weight * (len(x) / sample_weight.sum())
        if self.random_state is None:
            self._fit_model(x, targets, sample_weight, options, is_first)
        else:
            with seeded(int(check_random_state(self.random_state).randint(2**31 - 1))):
                self._fit_model(x, targets, sample_weight, options, is_first)
        return self

    def _fit_model(
        self, x: Any, targets: Any, sample_weight: Any, options: Mapping[str, Any], is_first: bool
    ) -> None:
        if is_first:
            self.model_ = self._made(x, targets)
        self.history_: History = self.model_.fit(
            x, self._for_model(targets), sample_weight=sample_weight, **options
        )

    def _made(self, x: NDArray[Any], y: NDArray[Any]) -> Model:
        """Return a new model, compiled and built for these inputs."""
        found: Any = self.model
        if isinstance(found, Model):
            found = found if self.warm_start else _cloned(found)
        elif callable(found):
            found = found(X=x, y=y, **(self.model_kwargs or {}))
        if not isinstance(found, Model):
            raise TypeError(
                f"{type(self).__name__} expects model= to be a model, or a function of X and y "
                f"that returns one, got {found!r}. Return the model that you have compiled."
            )
        if found.optimizer is None or not found.loss:
            raise ValueError(
                f"{type(self).__name__} expects a compiled model with a loss, got {found.name!r}, "
                "which isn't. Call model.compile(optimizer='adam', loss=...) before."
            )
        self._shape_of_row = x.shape[1:]
        found(np.zeros((1, *self._row_shape()), np.float32))  # builds it
        return found

    def _row_shape(self) -> tuple[int, ...]:
        """Return the shape of one example."""
        return self._shape_of_row

    # --- rows

    def _checked(self, X: Any, y: Any, is_first: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        x, y = validate_data(
            self, X, y, multi_output=True, allow_nd=True, dtype="numeric", reset=is_first
        )
        return x, y

    def _outputs(self, X: Any) -> NDArray[np.float32]:
        """Return the outputs of the model."""
        check_is_fitted(self)
        x = validate_data(self, X, allow_nd=True, dtype="numeric", reset=False)
        found: NDArray[np.float32] = self.model_.predict(x, verbose=0)
        return found


def _cloned(model: Model) -> Model:
    """Return a model of the same layers with new weights, compiled likewise."""
    new = clone_model(model)
    new.compile_from_config(model.get_compile_config())
    return new
