"""A recorded step notices a change of whatever its code reads, by operators or in containers."""

import array
import collections
import contextvars
import functools
import operator
import sys
import types
import typing
import weakref

import numpy as np
import pytest

import nn

X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32) + 3
G = [1.0]


class Parent:
    rate = 1.0

    def __init__(self):
        self.made = G[0]


class Child(Parent):
    pass


class Special:
    """Reads a global in the methods that operators call."""

    def __getitem__(self, _):
        return G[0]

    def __len__(self):
        return int(10 * G[0])

    def __iter__(self):
        return iter(G)

    def __next__(self):
        return G[0]

    def __mul__(self, other):
        return other * G[0]

    def __bool__(self):
        return G[0] > 1

    def __contains__(self, _):
        return G[0] > 1

    def __enter__(self):
        return G[0]

    def __exit__(self, *_):
        pass

    def __call__(self):
        return G[0]

    def __float__(self):
        return G[0]

    def __array__(self, dtype=None, copy=None):
        return np.array(G, dtype)

    def __str__(self):
        return str(G[0])


class Found:
    def __getattr__(self, name):
        return G[0]


class Default(dict):
    def __missing__(self, key):
        return G[0]


class Descriptor:
    def __get__(self, owner, kind=None):
        return G[0]


class Host:
    described = Descriptor()

    def __init__(self):
        self.n = 1.0


class Meta(type):
    power = 1.0

    @property
    def square(cls):
        return G[0] ** 2


class WithMeta(metaclass=Meta):
    pass


class Row(typing.NamedTuple):
    a: float = 1.0

    def total(self):
        return G[0] * self.a

    def scaled(self, by):
        return self.a * by[0]


class Numbers(list):
    extra = 1.0


class Marked(np.ndarray):
    extra = 1.0


class Bare:
    rate = 1.0

    def scaled(self):
        return self.rate


class Late:
    rate = fourth = 1.0
    __match_args__ = ("rate",)


def matched(late):
    match late:
        case Late(rate):
            return rate


settings = types.ModuleType("settings_of_a_step")
settings.rate = 1.0
sys.modules["settings_of_a_step"] = settings
special, found, default, host, row = Special(), Found(), Default(), Host(), Row()
bare, constant = Bare(), functools.partial(float, 1.0)
numbers, marked = Numbers([1.0]), np.ones(2, np.float32).view(Marked)
floats = array.array("f", [1.0])
view, reference, proxy = memoryview(floats), weakref.ref(host), types.MappingProxyType({"g": G})
context, cell = contextvars.ContextVar("context"), types.CellType(1.0)
mapping = {"k": 1.0}
parts, got, item = mapping.values(), mapping.get, mapping.__getitem__
made_up = collections.defaultdict(lambda: G[0])
getter, caller = operator.attrgetter("n"), operator.methodcaller("total")
scale = np.ones(1, np.float32)
scaling = operator.methodcaller("scaled", scale)
namespace = types.SimpleNamespace(kind=Child)


def change_g(value):
    G[0] = value


def change(target, name):
    return functools.partial(setattr, target, name)


# fmt: off
READS = {
    "special[0]": change_g, "len(special)": change_g, "sum(special)": change_g,
    "next(special)": change_g, "special * 1": change_g, "2.0 if special else 1.0": change_g,
    "2.0 if 3 in special else 1.0": change_g, "special()": change_g, "float(special)": change_g,
    "np.asarray(special)": change_g, "float(str(special))": change_g,
    "managed(special)": change_g, "found.any_name": change_g, "default['missing']": change_g,
    "made_up.default_factory()": change_g, "host.described": change_g, "Host.described": change_g,
    "WithMeta.square": change_g, "WithMeta.power": change(Meta, "power"),
    "Child.rate": change(Parent, "rate"), "namespace.kind.rate": change(Parent, "rate"),
    "Child().made": change_g, "row.total()": change_g, "caller(row)": change_g,
    "scaling(row)": functools.partial(scale.__setitem__, 0),
    "getter(host)": change(host, "n"), "reference().n": change(host, "n"),
    "numbers.extra": change(numbers, "extra"), "marked.extra": change(marked, "extra"),
    "bare.scaled()": change(bare, "rate"), "getattr(constant, 'rate', 1)": change(constant, "rate"),
    "floats[0]": functools.partial(floats.__setitem__, 0),
    "view[0]": functools.partial(floats.__setitem__, 0),
    "proxy['g'][0]": change_g, "context.get(1.0)": context.set,
    "cell.cell_contents": change(cell, "cell_contents"),
    "sum(parts)": functools.partial(mapping.__setitem__, "k"),
    "got('k')": functools.partial(mapping.__setitem__, "k"),
    "item('k')": functools.partial(mapping.__setitem__, "k"),
    "2.0 if hasattr(Late, 'first') else 1.0": change(Late, "first"),
    "len([name for name in dir(Late) if name == 'second'])": change(Late, "second"),
    "inspect.getattr_static(Late, 'third', 1.0)": change(Late, "third"),
    "float('{0.fourth}'.format(Late))": change(Late, "fourth"),
    "matched(Late())": change(Late, "rate"),
    "sys.modules['settings_of_a_step'].rate": change(settings, "rate"),
    "importlib.import_module('settings_of_a_step').rate": change(settings, "rate"),
}
# fmt: on


def managed(manager):
    with manager as value:
        return value


def assert_noticed(text, change, **names):
    space = {**globals(), **names}
    source = f"class Reads(nn.layers.Layer):\n    def call(self, x):\n        return x * ({text})"
    exec(f"import importlib, inspect\n{source}", space)
    model = nn.Sequential([nn.layers.Input((3,)), space["Reads"]()])
    model.compile("sgd", "mse")
    for value in (None, 1.0, 1.5, 0.5, 2.5):
        if value is not None:
            change(value)
        predicted = model.predict(X, verbose=0)
        np.testing.assert_allclose(predicted, model(X), rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("text", READS)
def test_a_change_of_what_a_layer_reads_is_noticed(text):
    assert_noticed(text, READS[text])


class Masks(nn.layers.Layer):
    def call(self, inputs):
        return inputs

    def compute_mask(self, inputs, previous_mask):  # noqa: ARG002
        return np.arange(3) < G[0] + 0 * inputs[..., 0]


class Starts(nn.layers.Layer):
    state_size = output_size = 2

    def get_initial_state(self, batch_size):
        return [np.full((batch_size, 2), G[0], np.float32)]

    def call(self, inputs, states):
        return inputs[:, :1] + states[0], states


@pytest.mark.slow
@pytest.mark.parametrize(
    "layers",
    [lambda: [Masks(), nn.layers.LSTM(2)], lambda: [nn.layers.RNN(Starts())]],
    ids=["compute_mask", "get_initial_state"],
)
def test_a_change_of_what_other_methods_than_call_read_is_noticed(layers, monkeypatch):
    monkeypatch.setitem(globals(), "G", [1.0])
    model = nn.Sequential([nn.layers.Input((3,)), nn.layers.Reshape((3, 1)), *layers()])
    model.compile("sgd", "mse")
    for value in (1.0, 2.0, 3.0):
        G[0] = value
        np.testing.assert_allclose(model.predict(X, verbose=0), model(X), rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["factor", "globals()['factor']", "eval('1 * factor')"])
def test_a_change_of_what_a_function_without_a_module_reads_is_noticed(text):
    space = {"factor": 1.0}
    exec(f"def scaled(): return {text}", space)  # its __module__ is "builtins"
    assert_noticed("scaled()", functools.partial(space.__setitem__, "factor"), **space)


@pytest.mark.slow
def test_a_change_of_a_number_that_a_user_puts_into_a_library_is_noticed(monkeypatch):
    monkeypatch.setattr(nn.utils, "my_setting", 1.0, raising=False)
    assert_noticed("nn.utils.my_setting", change(nn.utils, "my_setting"))


@pytest.mark.slow
def test_a_change_of_a_table_of_pandas_is_noticed_without_searching_pandas(monkeypatch):
    table = pytest.importorskip("pandas").DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    monkeypatch.setattr(nn.training.snapshots, "_MOST", 1000)

    def put(value):
        table.loc[0, "a"] = value

    assert_noticed("table['a'].to_numpy()[0]", put, table=table)
    assert_noticed("column.iloc[0]", functools.partial(column_put, table["a"]), column=table["a"])


def column_put(column, value):
    column.iloc[0] = value


@pytest.mark.slow
def test_a_change_of_a_tensor_of_pytorch_is_noticed(torch):
    tensor = torch.ones(2, requires_grad=True)

    def put(value):
        tensor.data[0] = value

    assert_noticed("tensor.tolist()[0]", put, tensor=tensor)
