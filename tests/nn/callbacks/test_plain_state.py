import json
from collections import UserList
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from nn.callbacks.plain_state import (
    decode,
    encode,
    fingerprint,
    plain_attributes,
    set_attributes,
)

VALUES = [
    None, True, 3, -0.0, "text", [1, (2.5, {"a": 1, 2: "b"})], np.arange(3), np.float32(0.1),
    np.array(["x", "yz"]), np.zeros((0, 2)), np.array(1 + 2j),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_come_back(value):
    arrays = {}
    text = json.dumps(encode(value, arrays))
    found = decode(json.loads(text), arrays)
    assert type(found) is type(value)
    assert repr(found) == repr(value)
    assert fingerprint(found) == fingerprint(value)


def test_fingerprints_differ():
    assert len(set(map(fingerprint, VALUES))) == len(VALUES)
    assert fingerprint(np.zeros(2)) != fingerprint(np.zeros(2, np.float32))
    assert fingerprint(np.zeros((1, 2))) != fingerprint(np.zeros((2, 1)))
    assert fingerprint([np.zeros(2)] * 2) != fingerprint([np.zeros(2), np.ones(2)])


@pytest.mark.parametrize("name", ["MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"])
def test_generators_go_on(name):
    generator, arrays = np.random.Generator(getattr(np.random, name)(3)), {}
    generator.random(5)
    before = fingerprint(generator)
    text = json.dumps(encode(generator, arrays))
    other = decode(json.loads(text), arrays)
    assert generator.random() == other.random()
    assert fingerprint(generator) != before


def test_a_generator_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="expected the state of one of MT19937"):
        decode({"generator": {"dict": [["bit_generator", "default_rng"]]}}, {})


def test_arrays_and_generators_are_changed_in_place():
    array, generator, fixed = np.zeros(2), np.random.default_rng(0), np.zeros(2)
    fixed.flags.writeable = False
    item = SimpleNamespace(array=array, generator=generator, fixed=fixed, other=np.zeros(3))
    after = np.random.default_rng(1)
    set_attributes(
        item, {"array": np.ones(2), "generator": after, "fixed": np.ones(2), "other": np.ones(4)}
    )
    assert item.array is array
    assert item.generator is generator
    assert generator.random() == np.random.default_rng(1).random()
    assert array.tolist() == item.fixed.tolist() == [1, 1]
    assert item.other.shape == (4,)


class Pair(NamedTuple):
    """A tuple with names."""

    a: int
    b: int


class Numbers(list):
    """A list with more to it."""


class Bits(np.random.PCG64):
    """A source of random bits that isn't NumPy's."""


OTHERS = [
    object(), [1, object()], (object(), 1), {"a": 1, "b": object()}, {"a": 1, 2.5: 3}, Pair(1, 2),
    Numbers([1]), UserList([1]), np.array([None]), np.datetime64("2020-01-01"), {1}, b"bytes",
    np.random.Generator(Bits(0)),
]  # fmt: skip


def test_only_plain_attributes_are_of_the_state():
    values = [*VALUES, [], (), {}, {"a": [1]}, np.random.default_rng(0)]
    item = SimpleNamespace(**{f"x{n}": value for n, value in enumerate([*values, *OTHERS])})
    assert [*plain_attributes(item)] == [f"x{n}" for n in range(len(values))]


def test_an_array_of_another_dtype_is_replaced():
    before = np.zeros(2, np.float32)
    item = SimpleNamespace(array=before)
    set_attributes(item, {"array": np.array([0.1, 1e300])})
    assert item.array.tolist() == [0.1, 1e300]
    assert before.tolist() == [0, 0]
