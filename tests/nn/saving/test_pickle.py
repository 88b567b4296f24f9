"""Pickles and deep copies of models, layers and optimizers."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from tests.laws.table import examples
from tests.nn.configs.layers import MORE_LAYERS

from .kinds import KINDS, train

OPTIMIZERS = [
    name
    for name, found in vars(nn.optimizers).items()
    if isinstance(found, type)
    and issubclass(found, nn.optimizers.Optimizer)
    and name != "Optimizer"
]


def pickled(item):
    return pickle.loads(pickle.dumps(item))


@pytest.mark.slow
@pytest.mark.parametrize("duplicate", [pickled, copy.deepcopy])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_copy_of_a_model_trains_on_alike(kind, duplicate):
    model = kind(nn)
    model.compile(nn.optimizers.Adam(0.01), "mse")
    train(model, kind)
    other = duplicate(model)
    assert not set(map(id, model.weights)) & set(map(id, other.weights))
    for trained in (model, other):
        train(trained, kind)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


@pytest.mark.parametrize("duplicate", [pickled, copy.deepcopy])
def test_a_copy_of_a_layer(duplicate):
    layer = nn.layers.LSTM(3, return_sequences=True)
    x = np.ones((2, 4, 5))
    expected = layer(x)
    assert np.array_equal(duplicate(layer)(x), expected)


@pytest.mark.parametrize("name", sorted(MORE_LAYERS))
def test_every_layer_can_be_copied(name):
    @examples(1)
    @given(st.fixed_dictionaries(MORE_LAYERS[name]))
    def check(arguments):
        layer = getattr(nn.layers, name)(**arguments)
        for duplicate in (pickled, copy.deepcopy):
            assert duplicate(layer).get_config() == layer.get_config()

    check()


@pytest.mark.parametrize("duplicate", [pickled, copy.deepcopy])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_copy_of_an_optimizer_continues_alike(name, duplicate):
    optimizer = getattr(nn.optimizers, name)(0.1)
    values, gradients = np.ones(3, np.float32), np.arange(3, dtype=np.float32)
    optimizer.build_slots(3, [slice(0, 3)])
    optimizer.step(values, gradients.copy())
    other, others = duplicate(optimizer), values.copy()
    optimizer.step(values, gradients.copy())
    other.step(others, gradients.copy())
    assert np.array_equal(values, others)
