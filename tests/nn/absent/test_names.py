"""Each public name of Keras exists, or raises with what to use instead."""

import types
from pathlib import Path

import pytest

import nn
from nn.absent import cure_of
from nn.absent.names import NAMES, OLDER, cures

FILE = Path(__file__).with_name("keras_names.txt")
CURED = "which Keras has"


def read():
    """Return the names of Keras's modules by module."""
    found, module = {}, ""
    for line in FILE.read_text().splitlines()[1:]:
        if line.startswith("["):
            module = line.strip("[]")
            found[module] = []
        else:
            found[module] += line.split()
    return found


KERAS = read()


def get(path):
    """Return what a path leads to from nn."""
    found = nn
    for name in path.split("."):
        found = getattr(found, name)
    return found


def cure_in(path):
    """Return the cure of a path, or of a module on the way to it."""
    parts = path.split(".")
    starts = (".".join(["nn", *parts[: i + 1]]) for i in range(len(parts)))
    return next(filter(None, map(cure_of, starts)), None)


@pytest.mark.parametrize("module", KERAS)
def test_each_name_exists_or_has_a_replacement(module):
    for name in KERAS[module]:
        path = f"{module}.{name}".strip(".")
        if cure_in(path) is None:
            get(path)


@pytest.mark.parametrize("path", sorted(cures()))
def test_names_with_a_cure_do_not_exist(path):
    with pytest.raises(AttributeError, match=CURED):
        get(path)
    module, _, name = f"nn.{path}".rpartition(".")
    assert name not in getattr(get(module[3:]) if module != "nn" else nn, "__all__", ())


def test_names_with_a_cure_are_those_of_keras():
    for module, rows in NAMES.items():
        for names in rows:
            assert set(names.split()) <= {*KERAS[module], "src"}, module
    assert not OLDER.keys() & {"ops"}


@pytest.mark.parametrize(
    ("statement", "cure"),
    [
        ("from nn.layers import RandomFlip", "Change the images"),
        ("from nn.layers import Dense, TextVectorization", "StringLookup"),
        ("import nn.applications", "Train a network of your own"),
        ("import nn.applications.vgg16", "Train a network of your own"),
        ("from nn.applications import VGG16", "Train a network of your own"),
        ("from nn import mixed_precision", "computed in float32"),
        ("from nn.config import max_epochs", "Pass epochs= to fit"),
        ("from nn.ops import rearrange", "ops.reshape"),
        ("from nn.ops.numpy import mean, view", "method of arrays"),
        ("from nn.utils import np_utils", "from nn.utils import to_categorical"),
        ("from nn.callbacks import TensorBoard", "CSVLogger"),
        ("from nn.backend import mean", r"the same name in nn\.ops"),
        ("from nn.preprocessing.text import Tokenizer", "StringLookup"),
        ("from nn.optimizers.legacy import Adam", r"in nn\.optimizers"),
    ],
)
def test_imports_name_the_replacement(statement, cure):
    with pytest.raises(ImportError, match=cure):
        exec(statement)


@pytest.mark.parametrize("module", ["layers", "ops", "backend"])
def test_other_names_are_plainly_missing(module):
    with pytest.raises(AttributeError, match=f"module 'nn.{module}' has no attribute 'Dens'"):
        get(f"{module}.Dens")
    with pytest.raises(ImportError, match="cannot import name 'Dens'"):
        exec(f"from nn.{module} import Dens")
    with pytest.raises(ModuleNotFoundError, match=r"nn\.nothing"):
        exec("import nn.nothing")


def test_names_that_moved_are_found():
    from nn.preprocessing.sequence import pad_sequences

    assert pad_sequences is nn.utils.pad_sequences
    assert nn.Loss is nn.losses.Loss
    assert nn.tree.map_structure(abs, {"a": [-1, 2]}) == {"a": [1, 2]}


def test_the_list_of_names_is_complete(keras):
    def walk(module, path):
        for name in dir(module):
            value = getattr(module, name)
            is_module = isinstance(value, types.ModuleType)
            if name[0] == "_" or name == "src":
                continue
            if is_module and not value.__name__.startswith("keras"):
                continue
            yield path, name
            if is_module:
                yield from walk(value, f"{path}.{name}".strip("."))

    assert set(walk(keras, "")) <= {(module, name) for module, row in KERAS.items() for name in row}
