"""Small models with reproducible first weights, and data for them."""

import math

import numpy as np

import nn
from nn.layers import Dense, Input
from nn.optimizers import SGD


def numbers(*shape, scale=1.0):
    """Return reproducible numbers that look random."""
    values = np.sin(np.arange(1, math.prod(shape) + 1) * 1.7)
    return (scale * values).reshape(shape).astype(np.float32)


def start(*layers, input_shape=(3,)):
    model = nn.Sequential([Input(shape=input_shape), *layers])
    model.set_weights([numbers(*weight.shape, scale=0.7) for weight in model.weights])
    return model


def make(**options):
    model = start(Dense(4, "tanh"), Dense(1))
    model.compile(SGD(0.05), "mse", **options)
    return model


X = numbers(20, 3)
Y = X.sum(axis=1)
