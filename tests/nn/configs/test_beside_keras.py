"""Every layer, loss, metric, penalty, constraint and schedule computes what Keras's does.

Arguments are drawn, so that each option is met; the weights are the same.
"""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.saving import serialize_keras_object
from tests.laws.table import examples
from tests.nn.configs.classes import CASES, arguments, module_of
from tests.nn.configs.layers import NEEDS_TENSORFLOW, inputs_for, rows_for
from tests.nn.configs.test_every_class import BEHAVIOR

RANDOM = np.random.default_rng(5)
FAMILIES = ("layers", "losses", "metrics", "regularizers", "constraints", "optimizers.schedules")
SKIPPED = {
    "Discretization": "Keras reads no config of it",
    "SpatialDropout1D": "Keras reads no config of it",
    "SpatialDropout2D": "Keras reads no config of it",
    "SpatialDropout3D": "Keras reads no config of it",
}
NAMES = [
    case for case in CASES
    if case[0] in FAMILIES and case[1] not in (*NEEDS_TENSORFLOW, *SKIPPED)
]  # fmt: skip


def plain(value):
    return value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)


def as_list(value):
    return [*value] if isinstance(value, list | tuple) else [value]


def outputs_of(library, layer, name, x):
    """Return the shapes of the weights, the outputs, the penalties and the constrained weights."""
    if name.endswith(("Cell", "Cells")):
        layer, x = library.layers.RNN(layer), x[:, np.newaxis]
    inputs = (x,)
    if "Attention" in name:
        inputs = ([x, x],) if name in ("Attention", "AdditiveAttention") else (x, x)
    layer(*inputs)
    shapes = [w.shape for w in layer.weights]
    sizes = [int(np.prod(shape)) for shape in shapes]
    layer.set_weights([
        (0.6 + 0.4 * np.cos(i + np.arange(n))).reshape(shape).astype("f")
        for i, (n, shape) in enumerate(zip(sizes, shapes, strict=True))
    ])  # fmt: skip
    outputs = as_list(layer(*inputs, training=False) if takes_training(name) else layer(*inputs))
    penalties = sum(float(plain(loss)) for loss in layer.losses)
    constrained = [w.constraint(w.value) for w in layer.weights if w.constraint]
    names = [w.name for w in layer.weights]
    return names, shapes, [*map(plain, outputs), penalties, *map(plain, constrained)]


def takes_training(name):
    return "Dropout" in name or "Noise" in name or "BatchNormalization" in name


def twin_of(keras, one):
    """Return Keras's object of the same config; skip the test where it has no such class."""
    described = json.loads(json.dumps(serialize_keras_object(one)))
    if not hasattr(keras, described["module"].removeprefix("keras.").split(".")[0]):
        pytest.skip("Keras has no such class")
    return keras.saving.deserialize_keras_object(described)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for module, name in NAMES if module == "layers"])
@examples(12)
@given(data=st.data())
def test_layers(keras, name, data):
    cls = getattr(nn.layers, name)
    one = cls(**data.draw(arguments(cls, "layers", name)))
    other = twin_of(keras, one)
    x = inputs_for(name, RANDOM.normal(size=(3, *rows_for(name))).astype("f"))
    names, shapes, found = outputs_of(nn, one, name, x)
    their_names, their_shapes, expected = outputs_of(keras, other, name, x)
    assert names == their_names
    assert shapes == their_shapes
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)
    if not isinstance(x, list):
        assert tuple(one.compute_output_shape((None, *x.shape[1:]))) == tuple(
            other.compute_output_shape((None, *x.shape[1:]))
        )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("module", "name"), [case for case in NAMES if case[0] != "layers"])
@examples(12)
@given(data=st.data())
def test_other_classes(keras, module, name, data):
    cls = getattr(module_of(nn, module), name)
    one = cls(**data.draw(arguments(cls, module, name)))
    other = twin_of(keras, one)
    with np.errstate(all="ignore"):
        found, expected = BEHAVIOR[module](one), BEHAVIOR[module](other)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, plain(b), rtol=2e-4, atol=2e-5)
