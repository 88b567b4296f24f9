"""Calls that differ only in the values of their inputs share a program."""

import enum
from collections import defaultdict, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler import jit

X, Y = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0])
Point = namedtuple("Point", "x y")  # noqa: PYI024 - it takes anything
Size = namedtuple("Size", "x y")  # noqa: PYI024


@dataclass
class Tanh:
    w: Any


class Relu(Tanh):
    pass


@dataclass(frozen=True)
class Setting:
    how: str
    count: Any


def described(x):
    """Return a text that differs for different values."""
    if isinstance(x, dict):
        return f"{type(x)} {[(repr(key), described(part)) for key, part in x.items()]}"
    if isinstance(x, (list, tuple)):
        return f"{type(x)} {[described(part) for part in x]}"
    if isinstance(x, Tanh):
        return f"{type(x)} {described(x.w)}"
    return repr(x) if isinstance(x, (int, float, str, Setting, type(None))) else "leaf"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([Tanh(X)], [Relu(X)]),
        ({"w": X}, {"w": X, "b": None}),
        ({"a": [X]}, {"a": (X,)}),
        ({"a": Point(X, X)}, {"a": Size(X, X)}),
        ([X, None], [None, X]),
        ([X, []], [X, {}]),
        ([X, ()], [X, None]),
        ([(X, X), X], [(X,), X, X]),
        ({"a": X, "b": X}, {"b": X, "a": X}),
        ({1: X}, {True: X}),
        ({("a", 1): X}, {("a", 1.0): X}),
        (("a", 2), ("a", 2.0)),
        (("a", 1), ("a", True)),
        (("a", 0.0), ("a", -0.0)),
        (("a", (1,)), ("a", (True,))),
        (Setting("a", 2), Setting("a", 2.0)),
        ((), None),
        ([], {}),
    ],
)
def test_different_structures_have_different_programs(first, second):
    f = jit(lambda x, tree: (x, seen.append(described(tree)))[0])
    for way in ((lambda tree: f(X, tree)), (lambda tree: f(X, tree=tree))):
        seen = []
        for tree in (first, second, first, second):
            way(tree)
        assert seen == [described(first), described(second)]


def test_attributes_of_a_structure_are_part_of_the_program():
    f = jit(lambda layer, p: layer.w * layer.rate * p["scale"])
    scales = (lambda: 2), (lambda: 3)
    for rate in (2.5, X, Y):
        for scale in scales * 2:
            layer, p = Tanh(X), defaultdict(scale, w=X)
            layer.rate = rate
            np.testing.assert_array_equal(f(layer, p), X * rate * scale())


class Level(enum.IntEnum):
    LOW, HIGH = 1, 2


class Celsius(float):
    pass


@pytest.mark.slow
def test_numbers_of_own_classes_are_part_of_the_program():
    narrow = np.ones(3, np.float32)
    for f in (lambda x, n: x * (n + 1), lambda x, n: x * n, lambda x, n: np.linalg.norm(x, n + 2)):
        jitted = jit(f)
        for n in (Level.LOW, Level.HIGH, 1, Celsius(1.5), Celsius(2.5)):
            np.testing.assert_array_equal(jitted(narrow, n), f(narrow, n), strict=True)
    assert jit(lambda x, n: x * isinstance(n, Level))(narrow, Level.LOW).all()


def test_fractions_and_decimals_are_part_of_the_program():
    f = jit(lambda x, s: x * float(s))
    for number in (Fraction(1, 2), Fraction(1, 4), Decimal("0.5")):
        np.testing.assert_array_equal(f(X, number), X * float(number))
    with pytest.raises(TypeError, match=r"beside a traced value at test_call_arguments.*Fraction"):
        jit(lambda x, s: x * s["half"])(X, {"half": Fraction(1, 2)})


@pytest.mark.parametrize("key", [(0, 1), 0.5, True, None])
def test_values_of_a_dict_whose_keys_are_neither_int_nor_str(key):
    f = jit(lambda x, tree: x * tree[key])
    for value in (X, Y, 2, 3, 2):
        np.testing.assert_array_equal(f(X, {key: value}), X * value)
    assert len(f._compiled) == 3


def test_the_same_structure_has_one_program():
    f = jit(lambda x, tree, setting: x + tree["a"][0].w * tree["n"][1])
    for k in (1.0, 2.0):
        tree = {"a": [Tanh(k * X)], "n": (None, k)}
        np.testing.assert_array_equal(f(X, tree, ("a", 2)), X + k * k * X)
    assert len(f._compiled) == 1


def test_numbers_of_python_and_of_numpy_have_programs_of_their_own():
    f = jit(lambda x, number, count: x * number + count)
    x = np.ones(2, np.float32)
    for number in (2.0, np.float64(2.0), 2.0, np.float32(2.0), np.array(2.0)):
        assert f(x, number, 1).dtype == (x * number).dtype


def test_a_0_d_array_is_edited_in_place_and_a_number_is_not():
    def increased(x, count):
        x += count
        return x * 1

    f, x = jit(increased), np.array(2.0)
    assert [f(np.float64(2.0), 1), f(x, 1), f(np.float64(2.0), 1)] == [3, 3, 3]
    assert x == 3


def test_equal_ranges_may_have_other_ends():
    f = jit(lambda x, places: x * places.stop)
    assert f(1.0, range(0, 3, 2)) == 3
    assert f(1.0, range(0, 4, 2)) == 4


def test_a_slice_among_the_arguments_is_part_of_the_program():
    part = ad.jit(lambda x, s: x[s])
    x = np.arange(5.0)
    for s in (slice(0, 2), slice(1, 3), slice(None, None, -1), slice(0, 2)):
        np.testing.assert_array_equal(part(x, s), x[s])
    slope = ad.grad(lambda y: part(y, slice(1, 3)).sum())(x)
    assert slope.tolist() == [0.0, 1.0, 1.0, 0.0, 0.0]
    with pytest.raises(TypeError, match="s, a slice, is neither numeric nor hashable"):
        part(x, slice(np.array([0]), 2))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [str, bytes, "U2", "m8[D]", ">f8"])
def test_a_conversion_to_any_dtype_is_that_of_numpy(dtype):
    x = np.arange(3.0)
    found, expected = ad.jit(lambda x: x.astype(dtype))(x), x.astype(dtype)
    np.testing.assert_array_equal(found, expected, strict=True)


def test_objects_are_numbers_in_the_result():
    x = np.arange(3.0)
    np.testing.assert_array_equal(ad.jit(lambda x: x.astype(object))(x), x, strict=True)


def test_named_arguments_keep_the_order_in_which_they_are_passed():
    def weighted(x, **parts):
        return x * sum(part * place for place, part in enumerate(parts.values(), 1))

    jitted, slope = ad.jit(weighted), ad.jit(ad.grad(weighted))
    for _ in range(2):  # recorded, then found again
        assert jitted(1.0, b=2.0, a=1.0) == slope(1.0, b=2.0, a=1.0) == 4.0
        assert jitted(1.0, a=1.0, b=2.0) == slope(1.0, a=1.0, b=2.0) == 5.0
