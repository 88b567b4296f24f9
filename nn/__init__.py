"""A Keras-like neural network library over `autodiff`.

>>> import nn
>>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
>>> model.compile(optimizer="adam", loss="mean_squared_error")
>>> history = model.fit([[0, 1], [2, 3]], [1, 5], epochs=2, verbose=0)
>>> list(history.history)
['loss']
"""

from nn import (
    activations,
    callbacks,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    plotting,
    regularizers,
    utils,
)
from nn.layers import Input, Layer
from nn.models import Model, Sequential

__all__ = [
    "Input",
    "Layer",
    "Model",
    "Sequential",
    "activations",
    "callbacks",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "plotting",
    "regularizers",
    "utils",
]
