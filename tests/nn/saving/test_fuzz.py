"""Random damage to files of all formats: read or refused, and nothing in them is run.

A file is cut, or some of its bits are turned. Since checksums find that in an archive, configs and
arrays are also replaced by odd ones in files that are whole otherwise.
"""

import io
import json
import sys
import zipfile
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.saving import load_model
from tests.laws.table import examples

from .kinds import data, sequences, several, stacked, train

h5py = pytest.importorskip("h5py")
pytest.importorskip("safetensors")

WHOLE = [".keras", ".h5", ".npz"]
WEIGHTS = [".weights.h5", "weights.npz", ".safetensors"]


class Watch:
    """Records what a file must not cause, such as unpickling or a process."""

    EVENTS = (
        "pickle.find_class", "os.system", "subprocess.Popen", "os.exec", "os.posix_spawn",
        "os.fork", "socket.connect", "os.remove", "os.rename", "os.rmdir", "os.mkdir",
        "shutil.rmtree",
    )  # fmt: skip

    def __init__(self):
        self.seen = None  # a list while files are read
        sys.addaudithook(self.hear)

    def hear(self, event, _):
        if self.seen is not None and event in self.EVENTS:
            self.seen.append(event)

    def __enter__(self):
        self.seen = []

    def __exit__(self, *_):
        seen, self.seen = self.seen, None
        assert not seen


@pytest.fixture(scope="module")
def watch():
    return Watch()


@cache
def content(ending, folder):
    """Return the content of a file of a trained model."""
    model, path = stacked(nn), folder / f"model{ending}"
    model.compile("adam", "mse")
    if ending == "backup.npz":
        backup = nn.callbacks.BackupAndRestore(folder / "backup", 1, delete_checkpoint=False)
        model.fit(*data(stacked), verbose=0, callbacks=[backup])
        return (folder / "backup" / "backup.npz").read_bytes()
    train(model, stacked)
    model.save(path) if ending in WHOLE else model.save_weights(path)
    return path.read_bytes()


def check(path, watch):
    """Read a file, which must work or raise an error that leaves a model as it was."""
    model = stacked(nn)
    model.compile("adam", "mse")
    before = model.get_weights()
    try:
        with watch:
            if path.name.endswith("backup.npz"):
                backup = nn.callbacks.BackupAndRestore(path.parent, delete_checkpoint=False)
                model.fit(*data(stacked), verbose=0, epochs=0, callbacks=[backup])
            elif path.name.endswith(tuple(WEIGHTS)):
                model.load_weights(path)
            else:
                load_model(path)
    except (ValueError, TypeError) as error:
        refusal = "".join([str(error), *getattr(error, "__notes__", ())])
    else:
        return
    assert path.name in refusal
    assert all(map(np.array_equal, before, model.get_weights()))


# --- any file


def damaged(content, cut, flips):
    """Return bytes that are cut to a part, with some bits turned."""
    found = bytearray(content[: int(len(content) * cut)] or b"\0")
    for place, bit in flips:
        found[int(place * (len(found) - 1))] ^= 1 << bit
    return bytes(found)


PART = st.floats(0, 1)
FLIPS = st.lists(st.tuples(PART, st.integers(0, 7)), max_size=4)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [*WHOLE, *WEIGHTS, "backup.npz"])
@examples(40)
@given(cut=st.one_of(st.just(1.0), PART), flips=FLIPS)
def test_a_damaged_file_is_read_or_refused(ending, watch, tmp_path_factory, cut, flips):
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"damaged{ending}" if ending != "backup.npz" else folder / ending
    path.write_bytes(damaged(content(ending, folder), cut, flips))
    check(path, watch)


@pytest.mark.slow
@examples(40)
@given(flips=FLIPS)
def test_weights_with_other_bits_in_an_archive(watch, tmp_path_factory, flips):
    folder = tmp_path_factory.getbasetemp()
    check(rewritten(folder, "model.weights.h5", lambda weights: damaged(weights, 1, flips)), watch)


def rewritten(folder, name, change):
    """Return the path of a `.keras` file in which one member is another, with its checksum."""
    path = folder / "rewritten.keras"
    old = zipfile.ZipFile(io.BytesIO(content(".keras", folder)))
    with old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            whole = old.read(member)
            new.writestr(member, change(whole) if member == name else whole)
    return path


# --- configs

ODD = [
    None, True, -1, 0, 2, 10**30, 1e308, float("nan"), "", "x", "relu", "os", "../x", "x" * 1000,
    [], {}, [[]], [0, 0, 0], [2**20, 2**20], "Dense", "Sequential", "system", "eval",
    {"class_name": "__lambda__", "config": {"code": "4wAA"}},
    {"class_name": "Dense", "config": {}},
    {"class_name": "function", "config": "eval", "module": "builtins"},
    {"class_name": "__tensor__", "config": {"value": [1, 2], "dtype": "float32"}},
    {"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}},
    {"class_name": "__keras_tensor__", "config": {
        "shape": [10**9, 10**9], "dtype": "float32", "keras_history": ["a", 0, 0]}},
]  # fmt: skip


def places(value, path=()):
    """Yield the paths to all parts of a config."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def at(config, path):
    for key in path:
        config = config[key]
    return config


def changed(config, changes):
    """Return a config in which parts are removed, doubled, or replaced by odd or other ones."""
    config = json.loads(json.dumps(config))
    for place, kind, odd, other in changes:
        paths = list(places(config))
        *rest, key = paths[place % len(paths)]
        holder = at(config, rest)
        if kind == "remove":
            del holder[key]
        else:
            moved = at(config, paths[other % len(paths)])
            holder[key] = json.loads(json.dumps(odd if kind == "replace" else moved))
        if not list(places(config)):
            break
    return config


CHANGE = st.tuples(
    st.integers(0, 10_000), st.sampled_from(["replace", "replace", "move", "remove"]),
    st.sampled_from(ODD), st.integers(0, 10_000),
)  # fmt: skip


@cache
def config_of(kind):
    model = kind(nn)
    model.compile("adam", "mse")
    return nn.saving.serialize_keras_object(model)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".keras", ".h5", ".npz"])
@examples(60)
@given(kind=st.sampled_from([stacked, several, sequences]), changes=st.lists(CHANGE, min_size=1))
@pytest.mark.filterwarnings("ignore")
def test_an_odd_config_is_read_or_refused(ending, watch, tmp_path_factory, kind, changes):
    folder = tmp_path_factory.getbasetemp()
    config = changed(config_of(kind), changes)
    text = json.dumps(config)
    path = folder / f"odd{ending}"
    if ending == ".keras":
        path = rewritten(folder, "config.json", lambda _: text.encode())
    elif ending == ".npz":
        np.savez(path, config=np.frombuffer(text.encode(), np.uint8))
    else:
        with h5py.File(path, "w") as file:
            training = config.pop("compile_config", None) if isinstance(config, dict) else None
            file.attrs["model_config"] = json.dumps(config)[:60_000]
            file.attrs["training_config"] = json.dumps(training)
            file.create_group("model_weights").attrs["layer_names"] = np.array([b"dense"])
    check(path, watch)


@pytest.mark.slow
@examples(100)
@given(kind=st.sampled_from([stacked, several, sequences]), changes=st.lists(CHANGE, min_size=1))
@pytest.mark.filterwarnings("ignore")
def test_odd_json_is_read_or_refused(watch, kind, changes):
    text = json.dumps(changed(config_of(kind), changes))
    try:
        with watch:
            nn.models.model_from_json(text)
    except (ValueError, TypeError):
        pass


# --- arrays

ARRAYS = [
    np.zeros((2, 3)), np.zeros(0), np.array("x"), np.array(np.nan), np.zeros((6, 8), np.complex64),
    np.zeros((6, 8), np.int8), np.zeros((8, 6), np.float32), np.array([b"x"]), np.zeros((0, 10**9)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".npz", "weights.npz", "backup.npz"])
@examples(40)
@given(
    place=st.integers(0, 100),
    name=st.sampled_from([None, "config", "state", "99:x", "-1:x", "x", ":", "optimizer:x"]),
    array=st.sampled_from(ARRAYS),
)
def test_an_odd_array_is_read_or_refused(ending, watch, tmp_path_factory, place, name, array):
    folder = tmp_path_factory.getbasetemp()
    with np.load(io.BytesIO(content(ending, folder))) as file:
        arrays = dict(file)
    path = folder / (ending if ending == "backup.npz" else f"odd_arrays{ending}")
    np.savez(path, **arrays | {name or sorted(arrays)[place % len(arrays)]: array})
    check(path, watch)
