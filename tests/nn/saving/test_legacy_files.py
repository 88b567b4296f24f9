"""What an ``.h5`` file of a whole model has in it, and long lists of names."""

import json
from contextlib import nullcontext

import numpy as np
import pytest

import nn
from nn.layers import Dense, weight_limit
from nn.saving import legacy_h5, load_model, reading
from nn.saving.whole_model import Loading, model_from

h5py = pytest.importorskip("h5py")


def compiled(loss, **options):
    x = nn.Input((2,))
    model = nn.Model(x, {"a": Dense(1, name="a")(x), "b": Dense(1, name="b")(x)})
    model.compile("sgd", loss, **options)
    return model


@pytest.mark.parametrize(
    ("loss", "written"),
    [
        ("mse", "mean_squared_error"),
        ("huber", "huber"),
        (["mse", "mae"], ["mean_squared_error", "mean_absolute_error"]),
        ({"a": "mse", "b": None}, {"a": "mean_squared_error", "b": None}),
    ],
)
def test_losses_have_their_full_names(loss, written, tmp_path):
    path = tmp_path / "model.h5"
    compiled(loss).save(path)
    with h5py.File(path) as file:
        training = json.loads(file.attrs["training_config"])
        assert file.attrs["keras_version"].startswith("3.")
        weights = file["model_weights"]
        assert set(weights.attrs) == {"backend", "keras_version", "layer_names"}
        assert list(weights["a"].attrs["weight_names"]) == [b"a/kernel", b"a/bias"]
    assert training["loss"] == written
    assert training["optimizer_config"]["class_name"] == "SGD"
    assert load_model(path).optimizer is not None


def test_objects_of_losses_are_written_as_they_are(tmp_path):
    path = tmp_path / "model.h5"
    model = nn.Sequential([nn.Input((2,)), Dense(1)])
    model.compile("sgd", nn.losses.Huber(2.0))
    model.save(path)
    with h5py.File(path) as file:
        loss = json.loads(file.attrs["training_config"])["loss"]
    assert (loss["class_name"], loss["config"]["delta"]) == ("Huber", 2.0)
    assert load_model(path).loss.get_config() == model.loss.get_config()


def test_names_that_are_too_long_for_one_attribute(tmp_path, monkeypatch):
    monkeypatch.setattr(legacy_h5, "_LARGEST_ATTRIBUTE", 40)
    path = tmp_path / "model.h5"
    layers = [Dense(2, name=f"layer_number_{i}") for i in range(7)]
    model = nn.Sequential([nn.Input((2,)), *layers])
    model.save(path)
    with h5py.File(path) as file:
        attributes = file["model_weights"].attrs
        parts = sorted(name for name in attributes if name.startswith("layer_names"))
        assert parts == [f"layer_names{i}" for i in range(len(parts))]
        assert len(parts) > 2
        names = [name.decode() for part in parts for name in attributes[part]]
    assert names == [layer.name for layer in layers]
    loaded = load_model(path)
    assert all(map(np.array_equal, model.get_weights(), loaded.get_weights()))


@pytest.mark.parametrize(
    ("size", "stored", "fits"),
    [(2**26, 0, True), (2**26 + 1, 0, False), (10**9, 10**7, True), (10**9 + 1, 10**7, False)],
)
def test_how_far_data_may_expand(size, stored, fits):
    if fits:
        reading.check_expansion("x", size, stored)
    else:
        with pytest.raises(ValueError, match="at most 100 times its"):
            reading.check_expansion("x", size, stored)


@pytest.mark.slow
def test_how_long_a_config_may_be():
    assert reading.parse_json(b" " * (2**25 - 2) + b"{}") == {}
    with pytest.raises(ValueError, match="a config of at most 33554432 bytes, got 33554433"):
        reading.parse_json(bytes(2**25 + 1))
    with pytest.raises(ValueError, match="a dictionary, got list"):
        reading.parse_json(b"[]")


@pytest.mark.slow
def test_a_group_may_have_many_arrays(tmp_path):
    path = tmp_path / "many.weights.h5"

    def made():
        model = nn.Sequential([nn.Input((1,)), *[Dense(1) for _ in range(30)]])
        model.compile("adam", "mse")
        model.optimizer.build(model.trainable_weights)
        return model

    model, other = made(), made()
    model.optimizer.iterations = 3
    model.save_weights(path)
    other.load_weights(path)
    assert other.optimizer.iterations == 3
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


@pytest.mark.parametrize(
    ("size", "most"), [(0, 2**24), (167_772, 2**24), (167_773, 16_777_300), (10**6, 10**8)]
)
def test_how_many_weights_the_model_in_a_file_may_have(size, most, tmp_path, monkeypatch):
    path, asked = tmp_path / "model", []
    path.write_bytes(bytes(size))
    monkeypatch.setattr(
        weight_limit, "at_most", lambda entries: asked.append(entries) or nullcontext()
    )
    config = nn.saving.serialize_keras_object(nn.Sequential([nn.Input((2,)), Dense(1)]))
    model_from(config, Loading(str(path), None, compile=True, safe_mode=True))
    assert asked == [most]


@pytest.mark.parametrize("misfit", ["kernel", "layer"])
def test_weights_that_do_not_fit_the_config_are_refused(misfit, tmp_path):
    path = tmp_path / "model.h5"
    nn.Sequential([nn.Input((2,)), Dense(3, name="a"), Dense(1, name="b")]).save(path)
    with h5py.File(path, "r+") as file:
        weights = file["model_weights"]
        if misfit == "layer":
            weights.attrs["layer_names"] = weights.attrs["layer_names"][:1]
        else:
            (name,) = (n for n in weights["b"].attrs["weight_names"] if b"kernel" in n)
            del weights["b"][name]
            weights["b"][name] = np.ones((2, 1), "f")
    with pytest.raises(ValueError, match=r"of 2 layers, got those of 1|\(3, 1\), got .*\(2, 1\)"):
        load_model(path)


def test_a_file_without_a_model_is_named(tmp_path):
    path = tmp_path / "empty.h5"
    h5py.File(path, "w").close()
    with pytest.raises(ValueError, match=r"expected a whole model in .*, got a file without a co"):
        load_model(path)


def test_an_array_in_place_of_a_group_is_named(tmp_path):
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers"] = np.ones(3)
    with pytest.raises(ValueError, match="expected a group 'layers', got <HDF5 dataset"):
        compiled("mse").load_weights(path)
