"""A fixed batch size is carried through every layer, and shown by models."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import layers, tree
from tests.laws.table import examples
from tests.nn.configs.classes import CASES, arguments
from tests.nn.configs.layers import inputs_for, rows_for

NAMES = [name for module, name in CASES if module == "layers" and name != "InputLayer"]


def inputs_of(name, batch):
    x = inputs_for(
        name, np.linspace(-1, 1, 5 * np.prod(rows_for(name))).reshape(5, *rows_for(name))
    )
    x = [x, x] if "Attention" in name else x
    kinds = {"i": "int64", "U": "string"}
    return tree.map_leaves(
        lambda a: nn.Input(a.shape[1:], batch, dtype=kinds.get(a.dtype.kind, "float32")), x
    )


@pytest.mark.parametrize("name", NAMES)
@examples(5)
@given(data=st.data())
def test_every_layer_keeps_the_batch_size(name, data):
    if "Hash" in name:
        pytest.importorskip("farmhash")
    layer = getattr(layers, name)(**data.draw(arguments(getattr(layers, name), "layers", name)))
    if name.endswith(("Cell", "Cells")):
        layer, name = layers.RNN(layer), "RNN"
    found = {}
    for batch in (None, 5):
        x = inputs_of(name, batch)
        takes_two = name in ("MultiHeadAttention", "GroupQueryAttention")
        found[batch] = tree.leaves(layer(*x) if takes_two else layer(x))
    for free, fixed in zip(found[None], found[5], strict=True):
        assert free.shape[0] is None
        assert fixed.shape == (5, *free.shape[1:])


def test_models_show_it():
    x, y = nn.Input((3,), batch_size=4), nn.Input((3,))
    hidden = layers.Dense(2)
    model = nn.Model([x, y], [hidden(x), layers.Reshape((1, 2))(layers.Dense(2)(y))])
    assert model.input_shape == [(4, 3), (None, 3)]
    assert model.output_shape == [(4, 2), (None, 1, 2)]
    assert hidden.output.shape == (4, 2)
    stack = nn.Sequential([nn.Input(batch_shape=(4, 6, 3)), layers.LSTM(2, return_state=False)])
    assert (stack.input_shape, stack.output_shape) == ((4, 6, 3), (4, 2))
    assert stack.compute_output_shape((7, 6, 3)) == (7, 2)
    assert stack(np.zeros((5, 6, 3))).shape == (5, 2)  # as in Keras, it isn't checked


def test_build_takes_it():
    model = nn.Sequential([layers.Dense(2)])
    model.build((4, 3))
    assert (model.input_shape, model.output_shape) == ((4, 3), (4, 2))


def test_an_input_of_any_batch_takes_that_of_the_other():
    x, y = nn.Input((3,), batch_size=4), nn.Input((3,))
    assert layers.add([y, x]).shape == layers.add([x, y]).shape == (4, 3)
    assert layers.concatenate([y, x]).shape == (4, 6)
    assert layers.dot([y, x], axes=1).shape == (4, 1)


def test_a_function_with_a_known_shape_keeps_it():
    x = nn.Input((3,), batch_size=4)
    assert layers.Lambda(lambda z: z[:, :1], output_shape=(1,))(x).shape == (4, 1)
    pair = layers.Lambda(lambda z: z[0] + z[1], output_shape=(3,))
    assert pair([x, nn.Input((3,))]).shape == (4, 3)


def test_the_error_of_a_missing_shape_names_where_it_is():
    layer = layers.Dense(2)
    with pytest.raises(AttributeError, match=r"no output_shape.* Use layer\.input\.shape and"):
        layer.output_shape  # noqa: B018
