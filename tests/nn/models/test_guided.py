"""What Keras's guides do with models: activations on Symbols, masks, fixed rows, names."""

import json

import numpy as np
import pytest

import nn
from nn import layers


def test_an_activation_on_a_symbol_is_part_of_the_model(tmp_path):
    x = nn.Input((2,))
    model = nn.Model(x, nn.activations.sigmoid(x) * 5)
    np.testing.assert_allclose(model.predict(np.zeros((1, 2)), verbose=0), [[2.5, 2.5]])
    model.save(tmp_path / "model.npz")
    found = nn.models.load_model(tmp_path / "model.npz")
    np.testing.assert_allclose(found.predict(np.zeros((1, 2)), verbose=0), [[2.5, 2.5]])


@pytest.mark.slow
def test_a_layer_gets_its_mask_when_the_model_is_built():
    class Counting(layers.Layer):
        def call(self, inputs, mask=None):
            if mask is None:
                raise ValueError("no mask")
            return np.sum(mask.astype(np.float32), axis=1, keepdims=True) + 0 * inputs[:, :1, 0]

    x = nn.Input((None,), dtype="int32")
    embedded = layers.Dropout(0.5)(layers.Embedding(5, 2, mask_zero=True)(x))
    model = nn.Model(x, Counting()(embedded))
    assert model.predict(np.array([[1, 2, 0], [3, 0, 0]]), verbose=0).ravel().tolist() == [2, 1]
    with pytest.raises(ValueError, match="no mask"):
        Counting()(layers.Embedding(5, 2)(x))
    with pytest.raises(ValueError, match="no mask"):
        Counting()(layers.GlobalAveragePooling1D(keepdims=True)(embedded))


def test_an_input_of_a_fixed_number_of_rows():
    x = nn.Input(batch_shape=(4, 3))
    model = nn.Model(x, layers.Dense(1)(x))
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 3)), np.ones((8, 1)), batch_size=4, verbose=0)
    with pytest.raises(ValueError, match=r"in shape \(4, 3\), got \(2, 3\)"):
        model.predict(np.ones((6, 3)), batch_size=4, verbose=0)


@pytest.mark.slow
def test_states_are_neither_weights_nor_in_files(tmp_path):
    x = nn.Input(batch_shape=(2, 3, 1))
    model = nn.Model(x, layers.GRU(2, stateful=True)(x))
    ones = np.ones((2, 3, 1))
    first, second = (model.predict(ones, batch_size=2, verbose=0) for _ in range(2))
    assert not np.allclose(first, second)
    assert len(model.get_weights()) == 3
    model.save_weights(tmp_path / "w.npz")
    model.load_weights(tmp_path / "w.npz")
    model.layers[1].reset_state()
    np.testing.assert_array_equal(model.predict(ones, batch_size=2, verbose=0), first)


def test_weights_without_a_name_are_variables():
    nn.utils.clear_session()
    layer = layers.Layer()
    assert [layer.add_weight((2,)).name for _ in range(2)] == ["variable", "variable_1"]


def test_json_holds_functions_of_the_user():
    def squared(x):
        return x**2

    model = nn.Sequential([nn.Input((2,)), layers.Dense(1, activation=squared)])
    text = model.to_json()
    assert "squared" in json.dumps(json.loads(text))
    found = nn.models.model_from_json(text, custom_objects={"squared": squared})
    assert found.layers[0].activation is squared


def test_assets_are_refused(tmp_path):
    pytest.importorskip("h5py")

    class WithFile(layers.Layer):
        def call(self, inputs):
            return inputs

        def save_assets(self, folder):
            raise AssertionError(folder)

    model = nn.Sequential([nn.Input((2,)), WithFile()])
    with pytest.raises(NotImplementedError, match="expected layers without save_assets"):
        model.save(tmp_path / "model.keras")
