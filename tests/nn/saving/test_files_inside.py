"""The paths in files, the parts of an archive, and weights that are skipped."""

import json
import re
import zipfile

import numpy as np
import pytest

import nn
from nn.layers import LSTM, Dense, Dropout
from nn.saving import load_model
from nn.saving.paths import layers_by_path


class Parts(nn.Layer):
    def __init__(self):
        super().__init__()
        self._hidden = Dense(1)
        self.towers = [Dense(1), [Dense(2), Dense(3)], LSTM(1), {"b": Dense(4)}]
        self.pair = (Dropout(0.5), Dropout(0.5))
        self.first = Dense(5)
        self.again = self.first
        self.name_of_it = "text"

    def call(self, inputs):
        return inputs


def test_paths_are_names_of_attributes_and_counted_classes():
    model = Parts()
    found = layers_by_path(model)
    assert list(found) == [
        "", "again", "pair/dropout", "pair/dropout_1", "towers/dense", "towers/container/dense",
        "towers/container/dense_1", "towers/lstm", "towers/lstm/cell", "towers/container_1/dense",
        "_hidden",
    ]  # fmt: skip
    assert found[""] is model
    assert found["again"] is model.first  # each once
    assert found["towers/container/dense_1"] is model.towers[1][1]


def test_layers_of_a_graph_come_before_attributes():
    x = nn.Input((2,))
    inner = nn.Sequential([nn.Input((2,)), Dense(2), Dense(2)])
    model = nn.Model(x, Dense(1)(inner(Dense(2)(x))))
    assert list(layers_by_path(model)) == [
        "", "layers/input_layer", "layers/dense", "layers/sequential",
        "layers/sequential/layers/dense", "layers/sequential/layers/dense_1", "layers/dense_1",
    ]  # fmt: skip


def test_an_archive_has_a_config_weights_and_a_date(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "model.keras"
    model = nn.Sequential([nn.Input((2,)), Dense(3, name="mine")])
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        metadata = json.loads(archive.read("metadata.json"))
        config = json.loads(archive.read("config.json"))
        archive.extract("model.weights.h5", tmp_path)
    assert metadata["keras_version"] == "3.15.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d", metadata["date_saved"])
    assert config["class_name"] == "Sequential"
    with h5py.File(tmp_path / "model.weights.h5") as file:
        group = file["layers/dense/vars"]
        assert group.attrs["name"] == "mine"
        assert sorted(group) == ["0", "1"]
        assert group["0"].shape == (2, 3)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("metadata.json", None),  # which may be missing
        ("metadata.json", {"keras_version": "3.0.0"}),
        ("metadata.json", {}),
        ("config.json", None),
        ("model.weights.h5", None),
    ],
)
def test_parts_of_an_archive_that_are_missing(name, data, tmp_path):
    pytest.importorskip("h5py")
    path, other = tmp_path / "model.keras", tmp_path / "other.keras"
    model = nn.Sequential([nn.Input((2,)), Dense(3)])
    model.save(path)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as changed:
        for member in archive.namelist():
            if member != name:
                changed.writestr(member, archive.read(member))
        if data is not None:
            changed.writestr(name, json.dumps(data))
    if name == "metadata.json":
        np.testing.assert_array_equal(load_model(other).get_weights()[0], model.get_weights()[0])
    else:
        with pytest.raises(ValueError, match=f"expected an archive with '{name}' in it"):
            load_model(other)


@pytest.mark.parametrize("ending", [".weights.h5", ".keras", ".h5", ".npz"])
def test_a_model_that_is_not_compiled_takes_the_weights_alone(ending, tmp_path):
    pytest.importorskip("h5py")
    path = tmp_path / f"model{ending}"
    model, other = (nn.Sequential([nn.Input((2,)), Dense(3)]) for _ in range(2))
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_weights)
    (model.save_weights if ending == ".weights.h5" else model.save)(path)
    other.load_weights(path)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    if ending != ".weights.h5":
        assert load_model(path).optimizer is not None
        assert load_model(path, compile=False).optimizer is None


def test_weights_are_in_the_order_of_their_numbers(tmp_path):
    path, other = tmp_path / "weights.npz", tmp_path / "other.npz"
    model = nn.Sequential([nn.Input((2,)), *[Dense(2) for _ in range(6)]])
    model.save_weights(path)
    before = model.get_weights()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as shuffled:
        for member in archive.namelist()[::-1]:
            shuffled.writestr(member, archive.read(member))
    model.set_weights([np.zeros_like(weight) for weight in before])
    model.load_weights(other)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_weights_of_other_models_are_skipped_one_by_one(tmp_path):
    path = tmp_path / "weights.npz"
    saved = nn.Sequential([nn.Input((3,)), Dense(4), Dense(2, use_bias=False)])
    model = nn.Sequential([nn.Input((3,)), Dense(4), Dense(3), Dense(1)])
    saved.save_weights(path)
    before = model.get_weights()
    with pytest.warns(UserWarning, match="^4 weights are left as they were"):
        model.load_weights(path, skip_mismatch=True)
    for place, (old, new) in enumerate(zip(before, model.get_weights(), strict=True)):
        expected = saved.get_weights()[place] if place < 2 else old
        np.testing.assert_array_equal(new, expected)
    shorter = nn.Sequential([nn.Input((3,)), Dense(4)])
    shorter.load_weights(path, skip_mismatch=True)  # all of its own are there
    np.testing.assert_array_equal(shorter.get_weights()[0], saved.get_weights()[0])
    with pytest.raises(ValueError, match="expected 2 arrays, one for each weight"):
        shorter.load_weights(path)
