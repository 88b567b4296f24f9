"""A Keras-like neural network library over `autodiff`.

>>> import nn
>>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
>>> model.compile(optimizer="adam", loss="mean_squared_error")
>>> history = model.fit([[0, 1], [2, 3]], [1, 5], epochs=2, verbose=0)
>>> list(history.history)
['loss']
"""

from importlib import import_module
from pathlib import Path
from sys import modules
from typing import TYPE_CHECKING, Any

from autodiff import __version__, register_library
from nn import (
    absent,
    activations,
    backend,
    callbacks,
    config,
    constraints,
    datasets,
    distribution,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    pictures,
    plotting,
    preprocessing,
    random,
    regularizers,
    saving,
    tree,
    utils,
)
from nn.configs.dtype_policy import DTypePolicy
from nn.initializers import Initializer
from nn.layers import Input, InputSpec, Layer
from nn.layers.symbol import Symbol as KerasTensor
from nn.losses import Loss
from nn.metrics import Metric
from nn.models import Model, Sequential
from nn.optimizers import Optimizer
from nn.regularizers import Regularizer

if TYPE_CHECKING:
    from nn import ops, wrappers

__all__ = [
    "DTypePolicy", "Initializer", "Input", "InputSpec", "KerasTensor", "Layer", "Loss",
    "Metric", "Model", "Optimizer", "Regularizer", "Sequential", "__version__", "activations",
    "backend", "callbacks", "config", "constraints", "datasets", "distribution", "initializers",
    "layers", "losses", "metrics", "models", "ops", "optimizers", "pictures", "plotting",
    "preprocessing", "random", "regularizers", "saving", "tree", "utils", "wrappers",
]  # fmt: skip

# Pictures and derivations show the lines of the user; weight.py computes what the layers write.
register_library(Path(__file__).parent, hidden=[layers.weight.__file__])
for _module in (
    activations, backend, callbacks, config, constraints, datasets, distribution, initializers,
    layers, losses, metrics, models, optimizers, preprocessing, random, regularizers, saving,
    tree, utils,
):  # fmt: skip
    absent.explain(_module)
del Path, register_library, _module


def __getattr__(name: str) -> Any:
    """Import `nn.ops` or `nn.wrappers` at first use; raise for what doesn't exist."""
    if name in ("ops", "wrappers"):
        return import_module(f"nn.{name}")
    return absent.missing(modules[__name__], name)


def __dir__() -> list[str]:
    """Return all public names, also those that aren't imported yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
