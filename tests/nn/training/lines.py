"""A model of one line with known first weights, and data that it can fit."""

import numpy as np

import nn
from nn.layers import Dense
from nn.models import Model

generator = np.random.default_rng(0)
X = generator.normal(size=(12, 3)).astype(np.float32)
Y = 2 * X.sum(axis=1) + 1


class Line(Model):
    """A model whose weights start at ones."""

    def __init__(self):
        super().__init__()
        self.dense = Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        return self.dense(inputs)


def compiled(kind, *args, **options):
    model = kind(*args)
    model.compile(**{"optimizer": nn.optimizers.SGD(0.1), "loss": "mse", **options})
    return model


def plain(run_eagerly=False, **options):
    return compiled(Line, run_eagerly=run_eagerly, **options)


FIT = {"epochs": 3, "batch_size": 5, "shuffle": False, "verbose": 0}
