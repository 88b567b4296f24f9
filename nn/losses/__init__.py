"""Losses: functions that measure the error of predictions, which training minimizes.

A loss is specified by a name (``'mse'``), an object (``MeanSquaredError()``) or a function of the
targets and the predictions; `get` returns a `Loss` for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.configs.tables import publish
from nn.losses.base import FunctionLoss, Loss
from nn.losses.circle import Circle, circle
from nn.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    sparse_categorical_crossentropy,
)
from nn.losses.crossentropy_losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy,
)
from nn.losses.ctc import CTC, ctc
from nn.losses.divergence import KLDivergence, Poisson, kl_divergence, poisson
from nn.losses.generalized import (
    CategoricalGeneralizedCrossEntropy,
    categorical_generalized_cross_entropy,
)
from nn.losses.margin import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from nn.losses.overlap import Dice, Tversky, dice, tversky
from nn.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from nn.naming import lookup

if TYPE_CHECKING:
    from collections.abc import Callable

LOSSES: dict[str, type[Any]] = {
    "mean_squared_error": MeanSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_absolute_percentage_error": MeanAbsolutePercentageError,
    "mean_squared_logarithmic_error": MeanSquaredLogarithmicError,
    "huber": Huber,
    "log_cosh": LogCosh,
    "cosine_similarity": CosineSimilarity,
    "binary_crossentropy": BinaryCrossentropy,
    "binary_focal_crossentropy": BinaryFocalCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "categorical_focal_crossentropy": CategoricalFocalCrossentropy,
    "categorical_generalized_cross_entropy": CategoricalGeneralizedCrossEntropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "hinge": Hinge,
    "squared_hinge": SquaredHinge,
    "categorical_hinge": CategoricalHinge,
    "kl_divergence": KLDivergence,
    "poisson": Poisson,
    "dice": Dice,
    "tversky": Tversky,
    "circle": Circle,
    "ctc": CTC,
}
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity",
}
NAMES = LOSSES | {alias: LOSSES[name] for alias, name in ALIASES.items()}
CLASSES = {loss.rowwise: loss for loss in LOSSES.values()}
_FAMILY: ClassFamily[Any] = ClassFamily("loss", "losses", Loss, NAMES, functions=True)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize
publish("losses", FunctionLoss, library="nn")
publish("losses", names={name: loss.rowwise for name, loss in NAMES.items()})

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh


def get(identifier: str | Loss | type[Loss] | Callable[[Array, Array], Array]) -> Loss:
    """Return the loss that ``identifier`` stands for.

    Args:
        identifier: a name, a `Loss`, its config, a class of losses, or a function of the targets
            and the predictions that returns one loss per row (or one number).

    Raises:
        TypeError: it is none of these.
        ValueError: no loss has this name; the message lists the nearest ones.

    >>> get("mse")([[1.0]], [[3.0]])
    np.float64(4.0)
    >>> get("categorical_crossentorpy")
    Traceback (most recent call last):
    ...
    ValueError: ... Did you mean 'categorical_crossentropy', ...
    """
    identifier = _FAMILY.resolve(identifier)
    if isinstance(identifier, str):
        loss: Loss = lookup("loss", identifier, NAMES)(name=identifier)
        return loss
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, type) or not callable(identifier):
        raise TypeError(
            f"expected a loss as a name, a Loss or a function, got {identifier!r}. "
            f"Write a name such as 'mse', or a function of the targets and the predictions."
        )
    return _of_function(identifier)


def _of_function(function: Callable[[Array, Array], Array]) -> Loss:
    """Return the built-in loss of a function, or a `FunctionLoss` of any other function."""
    if function in CLASSES:
        loss: Loss = CLASSES[function](name=getattr(function, "__name__", None))
        return loss
    return FunctionLoss(function)


__all__ = [
    "BCE",
    "CTC",
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "bce",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "kld",
    "kullback_leibler_divergence",
    "log_cosh",
    "logcosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]
