"""Layers are found in attributes at any depth of nesting."""

from collections import OrderedDict, deque
from typing import Any, NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from nn.layers import Dense, Layer
from nn.models import Model


class Pair(NamedTuple):
    left: Any
    right: Any


nests = st.recursive(
    st.sampled_from(["layer", "number", "text"]),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.lists(inside, max_size=3).map(tuple),
        st.lists(inside, max_size=3).map(deque),
        st.dictionaries(st.text(max_size=3), inside, max_size=3),
        st.lists(inside, max_size=2).map(lambda items: OrderedDict(enumerate(items))),
        st.tuples(inside, inside).map(lambda both: Pair(*both)),
    ),
    max_leaves=8,
)


def with_layers(nest, layers):
    """Replace each string 'layer' by a new layer."""
    if nest == "layer":
        layers.append(Dense(1))
        return layers[-1]
    if isinstance(nest, dict):
        return type(nest)((key, with_layers(item, layers)) for key, item in nest.items())
    if isinstance(nest, Pair):
        return Pair(*(with_layers(item, layers) for item in nest))
    if isinstance(nest, list | tuple | deque):
        return type(nest)(with_layers(item, layers) for item in nest)
    return nest


@given(nests)
def test_layers_are_found_in_order_at_any_depth(nest):
    outer, layers = Layer(), []
    outer.parts = with_layers(nest, layers)
    assert outer.sublayers() == layers
    assert outer.flat_layers() == [outer, *layers]


def test_a_list_that_contains_itself():
    outer = Layer()
    outer.parts = [Dense(1)]
    outer.parts.append(outer.parts)
    assert len(outer.sublayers()) == 1


def test_layers_in_sets_are_ordered_by_name():
    outer = Layer()
    outer.parts = {Dense(1, name=name) for name in "dacb"} | {3, "text"}
    assert [layer.name for layer in outer.sublayers()] == list("abcd")


class Grid(Model):
    """Layers in a list of lists, a dictionary of lists, and a tuple in a list."""

    def __init__(self):
        super().__init__()
        self.rows = [[Dense(3, "tanh"), Dense(3, "tanh")], [Dense(3, "tanh")]]
        self.heads = {"out": [Dense(2), (Dense(1),)]}

    def call(self, inputs):
        for row in self.rows:
            for layer in row:
                inputs = layer(inputs)
        first, (last,) = self.heads["out"]
        return last(first(inputs))


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_all_layers_in_nests_are_trained(run_eagerly):
    x, y = np.random.default_rng(0).normal(size=(2, 12, 3))
    model = Grid()
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    assert len(model.layers) == 5
    model.evaluate(x, y[:, :1], verbose=0)
    before = model.get_weights()
    model.fit(x, y[:, :1], verbose=0)
    assert len(before) == 10
    assert not any(map(np.array_equal, before, model.get_weights()))


@pytest.mark.slow
def test_layers_appended_later_are_trained_too():
    x, y = np.random.default_rng(0).normal(size=(2, 12, 3))
    model = Grid()
    model.rows[1].append(Dense(3, "tanh"))
    model.compile("sgd", "mse")
    model.fit(x, y[:, :1], verbose=0)
    model.rows.append([Dense(3)])
    model.compile("sgd", "mse")
    model.evaluate(x, y[:, :1], verbose=0)
    before = model.get_weights()
    model.fit(x, y[:, :1], verbose=0)
    assert len(before) == 14
    assert not any(map(np.array_equal, before, model.get_weights()))
