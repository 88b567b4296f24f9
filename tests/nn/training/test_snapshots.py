"""A change is noticed in every kind of container, and everything a function holds."""

import collections
import functools
import sys
import types

import numpy as np
import pytest

from nn import regularizers
from nn.layers import Dense, Input, Layer
from nn.models import Sequential
from nn.training.snapshots import Snapshot

X = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)
factors, others, more = [1.0], [1.0], [1.0]
sys.modules["settings_elsewhere"] = types.ModuleType("settings_elsewhere")


def with_keyword(x, *, factor=1.0):
    return x * factor


def with_default(x, factor=[1.0]):  # noqa: B006 - it is changed below
    return x * factor[0]


def with_attribute(x):
    return x * with_attribute.factor


class Holder:
    """Reads globals in methods of each kind."""

    @staticmethod
    def static(x):
        return x * factors[0]

    @classmethod
    def of_class(cls, x):
        return x * others[0]

    @property
    def factor(self):
        return more[0]


class Reads(Layer):
    def __init__(self):
        super().__init__()
        self.queue = collections.deque([1.0])
        self.chosen = {1.0}
        self.keys = {1.0: "one"}
        self.bytes = bytearray([1])
        self.objects = np.array([None, "text"], object)
        self.objects[0] = [1.0]
        self.partial = functools.partial(with_keyword, factor=1.0)
        self.positional = functools.partial(np.multiply, np.ones(4, np.float32))
        self.functions = with_keyword, with_default, with_attribute
        self.holder = Holder()
        self.tensor = np.float32(1)

    def call(self, inputs):
        numbers = [*self.queue, *self.chosen, *self.keys, *self.bytes, *self.objects[0]]
        from settings_elsewhere import factor

        x = self.holder.of_class(self.holder.static(self.positional(self.partial(inputs))))
        x = x * self.holder.factor * factor
        for function in self.functions:
            x = function(x)
        return x * np.prod(numbers).astype(np.float32) * self.tensor


def replaced(container, value):
    container.clear()
    (container.append if hasattr(container, "append") else container.add)(value)


def rekeyed(mapping, value):
    mapping.clear()
    mapping[value] = "one"


CHANGES = {
    "a deque": lambda layer, value: replaced(layer.queue, value),
    "a set": lambda layer, value: replaced(layer.chosen, value),
    "the keys of a dict": lambda layer, value: rekeyed(layer.keys, value),
    "bytes": lambda layer, value: layer.bytes.__setitem__(0, int(value)),
    "an array of objects": lambda layer, value: layer.objects[0].__setitem__(0, value),
    "a keyword of a partial": lambda layer, value: layer.partial.keywords.update(factor=value),
    "an argument of a partial": lambda layer, value: layer.positional.args[0].fill(value),
    "a default of a keyword": lambda _, value: with_keyword.__kwdefaults__.update(factor=value),
    "a default": lambda _, value: with_default.__defaults__[0].__setitem__(0, value),
    "an attribute of a function": lambda _, value: setattr(with_attribute, "factor", value),
    "a static method": lambda _, value: factors.__setitem__(0, value),
    "a class method": lambda _, value: others.__setitem__(0, value),
    "a property": lambda _, value: more.__setitem__(0, value),
    "an imported module": lambda _, value: setattr(
        sys.modules["settings_elsewhere"], "factor", value
    ),
    "a number of NumPy": lambda layer, value: setattr(layer, "tensor", np.float32(value)),
}


@pytest.fixture(autouse=True)
def _as_it_was():
    def reset():
        with_keyword.__kwdefaults__.update(factor=1.0)
        with_default.__defaults__[0][0] = with_attribute.factor = 1.0
        factors[0] = others[0] = more[0] = sys.modules["settings_elsewhere"].factor = 1.0

    reset()
    yield
    reset()


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_detected(name):
    model = Sequential([Input((4,)), Reads(), Dense(2)])
    model.compile("sgd", "mse")
    before = model.predict(X, verbose=0)
    for value in (2.0, 3.0):
        CHANGES[name](model.layers[0], value)
        found = model.predict(X, verbose=0)
        np.testing.assert_allclose(found, model(X), rtol=1e-4, atol=1e-5)
        assert not np.allclose(found, before)


@pytest.mark.parametrize("other", [-0.0, 0, np.float32(0), complex(0), False])
def test_numbers_are_those_that_are_written_alike(other):
    numbers = [0.0, np.float64("nan"), complex(1, -0.0)]
    snapshot = Snapshot(None, lambda: numbers, [0.0, np.float64("nan"), complex(1, -0.0)])
    assert snapshot.is_current()
    numbers[0] = other
    assert not snapshot.is_current()


@pytest.mark.slow
def test_what_is_set_on_a_weight_or_a_model_is_detected():
    model = Sequential([Input((4,)), Dense(2, kernel_initializer="ones"), Dense(2)])
    model.compile("sgd", "mse")
    y = np.zeros((6, 2))
    before = model.evaluate(X, y, verbose=0)
    kernel = model.layers[0].kernel
    kernel.regularizer = regularizers.L1(1.0)
    assert model.evaluate(X, y, verbose=0) == pytest.approx(before + 8, rel=1e-5)
    kernel.regularizer = regularizers.L1(2.0)
    assert model.evaluate(X, y, verbose=0) == pytest.approx(before + 16, rel=1e-5)
    kernel.regularizer = None
    assert model.evaluate(X, y, verbose=0) == pytest.approx(before, rel=1e-5)
