"""Files that are broken or made to do harm: a clear error, and the model stays as it was."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.saving import load_model

from .kinds import stacked, train

h5py = pytest.importorskip("h5py")
pytest.importorskip("safetensors")

WEIGHTS = [".weights.h5", ".npz", ".safetensors"]


def config_of(layers, **others):
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "s", "layers": layers, **others},
        "registered_name": None,
    }


def dense(units, inputs=3):
    config = {"name": "dense", "units": units}
    build = {"input_shape": [None, inputs]}
    module = {"module": "keras.layers", "class_name": "Dense", "registered_name": None}
    return {**module, "config": config, "build_config": build}


def archive(path, config=None, weights=b"", **members):
    """Write an archive with these contents."""
    text = config if isinstance(config, str | bytes) else json.dumps(config)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", text)
        file.writestr("model.weights.h5", weights)
        for name, content in members.items():
            file.writestr(name, content)
    return path


def hdf5(write):
    """Return the content of an HDF5 file."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


# --- what a config may ask for


@pytest.mark.parametrize(
    "layer",
    [
        dense(10**12),
        dense(3, 10**12),
        dense(-5),
        {**dense(2), "class_name": "os.system"},
        {**dense(2), "module": "os", "class_name": "system"},
        {**dense(2), "module": "builtins", "class_name": "eval"},
        {**dense(2), "config": {"units": 2, "activation": {"class_name": "function", "module": "os",
                                                          "config": "system"}}},
        {**dense(2), "config": ["units"]},
        {**dense(2), "class_name": 3},
        {"class_name": "__lambda__", "config": {"code": "4wAA", "defaults": None, "closure": None}},
        {"class_name": "__array__"},
        7,
        None,
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("compiled", [False, True])
def test_a_config_that_needs_too_much_memory(layer, compiled, tmp_path):
    config = config_of([layer])
    if compiled:
        config = config_of([dense(2)]) | {"compile_config": {"optimizer": layer, "loss": "mse"}}
    with pytest.raises((ValueError, TypeError)) as caught:
        load_model(archive(tmp_path / "model.keras", config))
    notes = "".join(getattr(caught.value, "__notes__", ()))
    assert "model.keras" in str(caught.value) + notes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"class_name": "Sequential"}',
        b"\xff\xfe",
        "[" * 100_000,
        '{"class_name": "Sequential", "config": ' * 20_000,
        "9" * 100_000,
        json.dumps(config_of([], name="x" * 2**25)),
        json.dumps(config_of([{}] * 10)),
    ],
    ids=lambda text: str(text[:30]),
)
def test_json_that_is_broken_deep_or_huge(text, tmp_path):
    with pytest.raises((ValueError, TypeError)):
        load_model(archive(tmp_path / "model.keras", text))
    path = tmp_path / "model.npz"
    np.savez(path, config=np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8))
    with pytest.raises((ValueError, TypeError)):
        load_model(path)


def test_a_config_of_something_else(tmp_path):
    with pytest.raises(ValueError, match="the config of a model, got one of Dense"):
        load_model(archive(tmp_path / "model.keras", dense(3)))


# --- archives


def test_nothing_is_extracted(tmp_path):
    model, path = nn.Sequential([Dense(1, input_shape=(2,))]), tmp_path / "model.keras"
    model.save(path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../escaped", "x")
        file.writestr("/tmp/escaped", "x")
    load_model(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_an_archive_that_expands_to_fill_the_memory(name, tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        if name != "config.json":
            file.writestr("config.json", json.dumps(config_of([dense(2)])))
        with file.open(name, "w") as member:
            for _ in range(100):
                member.write(bytes(2**20))
    with pytest.raises(ValueError, match=r"expand to at most|expected at most"):
        load_model(path)


@pytest.mark.slow
def test_arrays_that_expand_to_fill_the_memory(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, **{"0:kernel": np.zeros((5000, 5000))})
    model = nn.Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="expand to at most"):
        model.load_weights(path)


def test_a_shape_without_data(tmp_path):
    path, header = tmp_path / "weights.npz", io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(header, described)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("0:kernel.npy", header.getvalue())
    with pytest.raises(ValueError, match=r"weights\.npz|EOF"):
        nn.Sequential([Dense(1, input_shape=(2,))]).load_weights(path)


class Trap:
    """An object whose pickle raises an error when it is read."""

    def __reduce__(self):
        return exec, ("raise SystemExit('run')",)


def test_pickles_are_not_read(tmp_path):
    model, path = nn.Sequential([Dense(1, input_shape=(2,))]), tmp_path / "weights.npz"
    np.savez(path, **{"0:kernel": np.array([Trap()], dtype=object)})
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        model.load_weights(path)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match=r"weights\.npz"):
        model.load_weights(path)
    with pytest.raises(ValueError, match=r"weights\.npz"):
        load_model(path)


# --- HDF5


def in_group(value):
    """Return a file in which one of the weights is something else."""

    def write(file):
        group = file.create_group("layers/dense/vars")
        group["1"] = np.zeros(1, np.float32)
        value(group)

    return hdf5(write)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda g: g.__setitem__("0", h5py.ExternalLink("/etc/passwd", "/")), "ExternalLink"),
        (lambda g: g.__setitem__("0", h5py.SoftLink("/layers/dense/vars/1")), "SoftLink"),
        (lambda g: g.create_dataset("0", (2, 1), "f4", external=[("/x", 0, 8)]), "other f"),
        (lambda g: g.create_dataset("0", (2**20, 2**20), "f4", chunks=(1, 8)), "expand"),
        (lambda g: g.create_dataset("0", (2**24 + 1,), "f4", chunks=(8,)), "expand"),
        (lambda g: g.create_dataset("0", (2, 1), "f4", chunks=(2**14, 2**14),
                                    maxshape=(None, None), compression="gzip"), "expand"),
        (lambda g: g.create_dataset("0", data=np.zeros((1, 2), np.float32)), r"shape \(2, 1\)"),
        (lambda g: g.create_dataset("0", data="text"), "numbers"),
        (lambda g: g.create_dataset("0", data=h5py.Empty("f4")), "numbers"),
        (lambda g: g.create_group("0"), "numbers"),
        (lambda g: g.create_dataset("x", data=np.zeros(3)), "expects 2 arrays"),
        (lambda g: None, "expects 2 arrays"),
    ],
)  # fmt: skip
def test_a_weight_is_something_else(value, message, tmp_path):
    path = tmp_path / "model.weights.h5"
    path.write_bytes(in_group(value))
    model = nn.Sequential([Dense(1, input_shape=(2,))])
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        model.load_weights(path)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_the_weights_of_a_late_layer_do_not_fit(tmp_path):
    """Layers before it were read already, and get their weights back."""
    path = tmp_path / "model.weights.h5"
    nn.Sequential([nn.Input((2,)), Dense(3), Dense(4)]).save_weights(path)
    model = nn.Sequential([nn.Input((2,)), Dense(3), Dense(5)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"\(3, 5\)"):
        model.load_weights(path)
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.parametrize("ending", WEIGHTS)
def test_weights_of_another_model(ending, tmp_path):
    path, model = tmp_path / f"weights{ending}", stacked(nn)
    nn.Sequential([Dense(1, input_shape=(2,))]).save_weights(path)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"expect"):
        model.load_weights(path)
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.slow
def test_the_optimizer_of_another_model_starts_over(tmp_path):
    path, model = tmp_path / "model.keras", stacked(nn)
    model.compile("adam", "mse")
    train(model, stacked)
    model.save(path)
    model.compile("adagrad", "mse")
    with pytest.warns(UserWarning, match="the optimizer starts over"):
        model.load_weights(path)
    train(model, stacked)
