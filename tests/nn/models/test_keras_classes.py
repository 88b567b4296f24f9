"""Operations of functional models in files: as Keras's classes where it has them."""

import importlib
import inspect

import numpy as np
import pytest

import nn
from nn import ops
from nn.models.keras_classes import _MODULES, _is_array, class_of, module_of, operation_of

NAMES = sorted(name for names in _MODULES.values() for name in names.split())
DATA = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(np.float32)


def attention(keras):
    """Return a model with operations of all kinds: positional, named and nested arguments."""
    layers, ops = keras.layers, keras.ops
    x = keras.Input((6, 4))
    h = layers.Dense(5)(x)
    scores = ops.matmul(h, ops.transpose(h, (0, 2, 1))) / ops.sqrt(5.0)
    y = ops.mean(ops.matmul(ops.softmax(scores, axis=-1), h), axis=1)
    pooled = [y, ops.max(h, axis=1), ops.sum(ops.relu(x), axis=(1,))]
    z = ops.concatenate(pooled, axis=-1)
    z = ops.where(z > 0, z, 0.1 * z)
    z = ops.rms_normalization(ops.reshape(z, (-1, 7, 2)), epsilon=1e-3)
    z = ops.squeeze(ops.expand_dims(ops.logsumexp(z, axis=-1), 1), 1)
    return keras.Model(x, layers.Dense(1)(ops.split(z, [3], axis=1)[0]))


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_found_again(name):
    function = getattr(ops, name)
    assert operation_of(class_of(function)) is function
    assert class_of(getattr(np, name, np.sin)) is None


@pytest.mark.parametrize("name", NAMES)
def test_classes_have_the_options_and_the_arrays_of_keras(keras, name):  # noqa: ARG001
    function = getattr(ops, name)
    theirs = getattr(importlib.import_module(module_of(name)), class_of(function))
    options = [*inspect.signature(theirs.__init__).parameters][1:]
    arrays = [*inspect.signature(theirs.call).parameters][1:]
    own = inspect.signature(function).parameters
    # What a class calls an option may also be an array: trapezoid's x, the average's weights.
    assert {p for p in own if _is_array(function, p)} == set(arrays)
    assert {p for p in own if not _is_array(function, p)} == set(options) - {"name"}


@pytest.mark.slow
def test_models_with_operations_are_read_again():
    model = attention(nn)
    copy = nn.models.model_from_json(model.to_json())
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy.predict(DATA, verbose=0), model.predict(DATA, verbose=0))


@pytest.mark.parametrize("direction", ["to Keras", "from Keras"])
def test_files_are_those_of_keras(keras, tmp_path, direction):
    writer, reader = (nn, keras) if direction == "to Keras" else (keras, nn)
    model = attention(writer)
    model.save(tmp_path / "model.keras")
    read = reader.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        read.predict(DATA, verbose=0), model.predict(DATA, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_operations_without_a_class_are_written_by_their_names():
    x = nn.Input((4,))
    model = nn.Model(x, ops.psnr(x, 2 * x, 1.0))
    copy = nn.Model.from_config(model.get_config())
    values = np.ones((2, 4), np.float32)
    assert copy(values) == model(values)


@pytest.mark.parametrize("direction", ["to Keras", "from Keras"])
def test_masks_in_files_are_those_of_keras(keras, tmp_path, direction):
    writer, reader = (nn, keras) if direction == "to Keras" else (keras, nn)
    layers = writer.layers
    x = writer.Input((5,), dtype="int32")
    h = layers.Embedding(7, 4, mask_zero=True)(x)
    h = layers.GlobalAveragePooling1D()(layers.Attention()([h, h]))
    model = writer.Model(x, layers.Dense(2)(h))
    model.save(tmp_path / "model.keras")
    read = reader.models.load_model(tmp_path / "model.keras")
    data = np.array([[1, 2, 0, 0, 3], [4, 5, 6, 0, 0]], np.int32)
    np.testing.assert_allclose(
        read.predict(data, verbose=0), model.predict(data, verbose=0), rtol=1e-5, atol=1e-6
    )
