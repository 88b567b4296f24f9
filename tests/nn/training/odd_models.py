"""Data and training runs for the tests of user-defined models."""

import numpy as np

from nn.layers import Dense, Input
from nn.models import Sequential
from nn.utils import set_random_seed

generator = np.random.default_rng(2)
X = generator.normal(size=(20, 4)).astype(np.float32)
Y = generator.normal(size=(20, 2)).astype(np.float32)


def around(*layers, **options):
    model = Sequential([Input(shape=(4,)), *layers, Dense(2)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def trained(make, is_eager, actions=None):
    """Return the public results of training and then using a model."""
    set_random_seed(4)
    np.random.seed(4)  # noqa: NPY002 - as users do
    model = make()
    model.compile("sgd", model.loss or "mse", metrics=["mae"], run_eagerly=is_eager)
    found = []
    for _ in range(2):
        found += [np.hstack(list(model.fit(X, Y, batch_size=8, verbose=0).history.values()))]
        found += [model.evaluate(X, Y, verbose=0), model.predict(X, batch_size=6, verbose=0)]
        if actions is not None:
            actions(model)
    return [np.ravel(x) for x in (*found, *model.get_weights())]


def agree(make, actions=None):
    recorded, eager = (trained(make, is_eager, actions) for is_eager in (False, True))
    for a, b in zip(recorded, eager, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
