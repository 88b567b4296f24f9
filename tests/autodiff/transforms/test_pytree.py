"""Structures as arguments: the slope has the argument's structure, and errors name the place."""

import collections
import dataclasses
import functools
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad
from autodiff.transforms.pytree import flatten_result, separated

THREE = np.array([1.0, 2.0, 3.0])


class Pair(NamedTuple):
    weight: Any
    bias: Any


@dataclasses.dataclass
class Layer:
    weight: Any
    bias: Any


@dataclasses.dataclass(frozen=True)
class Frozen:
    weight: Any
    bias: Any = 3.0


def product(layer):
    return (layer.weight * layer.bias).sum()


@pytest.mark.parametrize("kind", [Pair, Layer, Frozen])
def test_named_tuples_are_kept(kind):
    slope = ad.grad(product)(kind(THREE, 2.0))
    assert type(slope) is kind
    assert_array_equal(slope.weight, [2, 2, 2])
    assert slope.bias == 6.0


@pytest.mark.parametrize("kind", [dict, collections.OrderedDict])
def test_mappings_keep_their_kind_and_order(kind):
    slope = ad.grad(lambda w: w["b"] ** 2 + w["a"])(kind([("b", 3.0), ("a", 1.0), ("unused", 5)]))
    assert type(slope) is kind
    assert list(slope.items()) == [("b", 6.0), ("a", 1.0), ("unused", 0.0)]


@pytest.mark.parametrize("empty", [[], {}, (), None, [[], {}], {"a": None}])
def test_structures_without_numbers_are_returned(empty):
    assert ad.grad(lambda w: 3.0)(empty) == empty


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {0: x}])
def test_a_structure_deeper_than_python_nests_parentheses_is_rebuilt(wrap):
    tree, leaf = 1.0, 3.0
    for _ in range(250):
        tree, leaf = wrap(tree), wrap(leaf)
    assert flatten_result(tree, "tree")[2].compiled()([3.0]) == leaf


def test_a_list_of_numbers_is_one_array():
    assert_array_equal(ad.grad(lambda w: w[0] * w[1])([2, 3]), [3, 2])
    assert_array_equal(ad.grad(lambda w: (w * w).sum())([[1, 2], [3, 4]]), [[2, 4], [6, 8]])


def test_a_tuple_of_numbers_stays_a_tuple():
    assert ad.grad(lambda w: w[0] * w[1])((2.0, 3.0)) == (3.0, 2.0)


def test_ragged_and_mixed_lists():
    ragged = ad.grad(lambda w: w[0][0] * w[1][0])([[1.0, 2.0], [3]])
    assert_array_equal(ragged[0], [3, 0])
    assert_array_equal(ragged[1], [1])
    mixed = ad.grad(lambda w: w[0] * w[1][0])([1.0, [2.0, 3.0]])
    assert mixed[0] == 2.0
    assert_array_equal(mixed[1], [1, 0])


def test_lists_with_traced_values_in_nested_traces():
    # d/dx of d(p0 p1)/dp0 at [x, 2x] is d/dx of 2x
    assert ad.grad(lambda x: ad.grad(lambda p: p[0] * p[1])([x, x * 2])[0])(3.0) == 2.0
    # d/dx of d(a b^2)/db at a = x, b = 2x: d/dx of 4 x^2
    inner = ad.grad(lambda p: p["a"] * p["b"] ** 2)
    assert ad.grad(lambda x: inner({"a": x, "b": x * 2})["b"])(3.0) == 24.0


def test_the_users_structure_is_left_alone():
    weights = {"w": np.array([1.0, 2.0])}

    def edits(p):
        p["w"] += 1
        p["w"][0] = 5.0
        p["new"] = p["w"] * 2
        return (p["new"] ** 2).sum()

    assert_allclose(ad.grad(edits)(weights)["w"], [0, 24])
    assert list(weights) == ["w"]
    assert_array_equal(weights["w"], [1, 2])


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ({"layers": [{"w": THREE, "name": "abc"}]}, r"str 'abc' in w\['layers'\]\[0\]\['name'\]"),
        ({"layers": [{"w": np.array(["a"])}]}, r"<U1 array of shape \(1,\) in|\['layers'\]\[0\]"),
        (Layer(THREE, "relu"), r"str 'relu' in w\.bias"),
        ([THREE, {1, 2}], r"set \{1, 2\} in w\[1\]"),
        (b"abc", r"bytes b'abc' in w"),
        (np.sin, r"ufunc .* in w"),
        (np.array(["2020-01-01"], "M8[D]"), r"expected numbers in w, got datetime64\[D\] array"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(tree, place):
    def loss(w):
        return 3.0 if w else 2.0

    with pytest.raises(TypeError, match=place) as caught:
        ad.grad(loss)(tree)
    assert "expected numbers" in str(caught.value)


leaves = st.one_of(
    st.floats(-2, 2, allow_subnormal=False),
    st.integers(-3, 3),
    st.integers(0, 3).map(lambda n: np.arange(1.0, n + 1)),
    st.just(np.float32(1.5)),
    st.just(np.array([[1, 2], [3, 4]])),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.dictionaries(st.sampled_from("abc"), parts, max_size=3),
        st.tuples(parts, parts),
        st.builds(Pair, parts, parts),
        st.builds(Frozen, parts, parts),
        st.lists(st.one_of(parts, st.none()), max_size=3),
    ),
    max_leaves=6,
)


def numbers_in(tree):
    """List the numeric leaves, by a walk of the test's own."""
    if tree is None:
        return []
    if isinstance(tree, dict):
        return [n for v in tree.values() for n in numbers_in(v)]
    if isinstance(tree, (list, tuple)):
        return [n for v in tree for n in numbers_in(v)]
    if dataclasses.is_dataclass(tree):
        return [n for f in dataclasses.fields(tree) for n in numbers_in(getattr(tree, f.name))]
    return [tree]


@given(trees)
def test_the_slope_of_half_the_squares_is_the_structure_itself(tree):
    slope = ad.grad(lambda w: sum(np.sum(n * n) / 2 for n in numbers_in(w)) + 0.0)(tree)
    flat = [np.ravel(n) for n in numbers_in(tree)]
    flat_slope = [np.ravel(n) for n in numbers_in(slope)]
    assert_allclose(np.concatenate([[0.0], *flat_slope]), np.concatenate([[0.0], *flat]))


def test_the_result_may_be_a_structure_too():
    out, pullback = ad.vjp(lambda x: {"a": x * 2, "b": [x * x, x.sum()]}, THREE)
    assert_array_equal(out["a"], [2, 4, 6])
    assert out["b"][1] == 6.0
    (slope,) = pullback({"a": np.ones(3), "b": [np.ones(3), 10.0]})
    assert_array_equal(slope, [14, 16, 18])


def test_a_dict_with_a_default_keeps_it():
    weights = collections.defaultdict(lambda: 7.0, {"a": 2.0, "b": 3.0})
    slopes = ad.grad(lambda w: w["a"] * w["b"] * w["c"])(weights)
    assert dict(slopes) == {"a": 21.0, "b": 14.0}
    assert slopes["other"] == 7


@pytest.mark.parametrize(
    ("f", "cotangent"),
    [
        (lambda x: {"a": x}, {"a": 1.0, "b": 2.0}),
        (lambda x: {"a": x}, {}),
        (lambda x: {"a": x}, 1.0),
        (lambda x: x, {"a": 1.0}),
        (lambda x: x, (1.0,)),
        (lambda x: (x, x), (1.0,)),
        (lambda x: (x, x), (1.0, 2.0, 3.0)),
    ],
)
def test_cotangents_of_another_structure_are_refused(f, cotangent):
    with pytest.raises(ValueError, match="the cotangent has another structure"):
        ad.vjp(f, 2.0)[1](cotangent)


@pytest.mark.parametrize("manner", [lambda f: f, ad.jit], ids=["eager", "jit"])
def test_a_cotangent_of_a_list_is_a_list_or_an_array(manner):
    pulled = manner(lambda c: ad.vjp(lambda x: [x, x**2], 3.0)[1](c)[0])
    for cotangent in ([1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0])):
        assert pulled(cotangent) == 13
    for wrong in ([1.0], np.ones(3), np.array(1.0)):
        with pytest.raises(ValueError, match=r"the cotangent has another structure.* a list of 2"):
            pulled(wrong)


def test_a_type_isnt_numeric():
    for transform in (ad.jit, ad.jacobian):
        with pytest.raises(TypeError, match=r"got type .*float64.*returned by <lambda> \(test_"):
            transform(lambda x: x.dtype.type)(THREE)


def arrays_in(tree):
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in arrays_in(part)]
    if isinstance(tree, dict):
        return arrays_in(list(tree.values()))
    if dataclasses.is_dataclass(tree):
        return arrays_in([tree.weight, tree.bias])
    return [tree] if isinstance(tree, (np.ndarray, ad.Tensor)) else []


@pytest.mark.parametrize("build", [
    lambda x, y: [x, y], lambda x, y: (x, {"a": y}), Pair, Layer, Frozen,
    lambda x, y: Layer(Pair(x, y), 2.0), lambda x, y: [{"a": (x,)}, [Frozen(y)]],
])  # fmt: skip
def test_results_that_share_memory_are_separated(build):
    given = np.arange(6.0).reshape(2, 3, order="F")
    for x, y in [(given, THREE.copy()), (THREE, THREE), (THREE, THREE[1:]), (given[:, 0], given)]:
        tree = separated(lambda x=x, y=y: build(x, y), [given])
        assert type(tree) is type(build(x, y))
        first, second = arrays_in(tree)
        assert_array_equal(first, x)
        assert_array_equal(second, y)
        assert not np.shares_memory(first, second)
        assert not np.shares_memory(first, given)
        assert not np.shares_memory(second, given)
    own, tree = np.zeros(2), None
    tree = separated(lambda: build(own, THREE), [given])
    assert arrays_in(tree)[0] is own  # what nothing shares stays


def test_traced_values_from_before_are_separated():
    old = ad.tensor(np.arange(4.0))
    made, view, again = separated(lambda: (old * 2, old[1:], old), [])
    made[0] = view[0] = again[0] = 9
    assert_array_equal(old.numpy(), np.arange(4))
    one, other = separated(lambda: (y := old * 3, y), [])
    one[0] = 9
    assert_array_equal(other.numpy(), 3 * np.arange(4))


def test_a_counter_keeps_its_kind():
    letters = collections.Counter("abca")
    assert ad.jit(lambda c, x: c["a"] * x)(letters, 2.0) == 4
    assert ad.grad(lambda c: c["a"] ** 2 + c["z"])(collections.Counter(a=3.0)) == {"a": 6.0}
    found = ad.jit(lambda x: collections.Counter(a=x, b=x * 2))(2.0)
    assert found == collections.Counter(a=2.0, b=4.0)
    assert type(found) is collections.Counter


def test_a_traced_value_in_another_attribute_than_a_field_is_refused():
    def named(x):
        made = Layer(x, x * 2)
        made.third = x * 3
        return made

    for run in (ad.jit(named), lambda x: ad.vjp(named, x)):
        with pytest.raises(TypeError, match=r"in the result\.third\. Declare third as a field"):
            run(2.0)


class ByItem(dict):
    __getattr__ = dict.__getitem__


class Itself(dict):
    def __init__(self, **parts):
        super().__init__(**parts)
        self.__dict__ = self


@pytest.mark.parametrize("kind", [ByItem, Itself])
def test_the_attributes_of_a_dict_are_its_entries(kind):
    def edited(parts):
        parts["w"] = parts["w"] * 3
        return parts.w

    x = np.array([1.0, 2.0])
    for slope in (ad.grad(lambda parts: (parts.w**2).sum()), lambda p: ad.ravel(p)[1](2 * x)):
        assert_array_equal(slope(kind(w=x)).w, 2 * x)
    for run in (ad.jit(edited), lambda parts: ad.vjp(edited, parts)[0]):
        assert_array_equal(run(kind(w=x)), 3 * x)
    assert_array_equal(ad.jit(lambda x: kind(w=x * 2))(x).w, 2 * x)


@dataclasses.dataclass(frozen=True)
class Vector:
    entries: Any

    @functools.cached_property
    def norm(self):
        return np.sqrt((self.entries**2).sum())


def test_a_result_may_have_computed_a_cached_property():
    def cached(x):
        v = Vector(x * 2)
        return v if v.norm is not None else None

    x = np.array([3.0, 4.0])
    for run in (ad.jit(cached), lambda x: ad.vjp(cached, x)[0]):
        found = run(x)
        assert_array_equal(found.entries, 2 * x)
        assert type(found.norm) is np.float64
        assert found.norm == 10


def test_a_cached_property_is_computed_of_the_traced_fields():
    v = Vector(np.array([3.0, 4.0]))
    for _ in range(2):  # before and after it is cached
        for slope in (ad.grad(lambda v: v.norm), ad.jit(ad.grad(lambda v: v.norm))):
            assert_allclose(slope(v).entries, [0.6, 0.8])
        assert v.norm == 5
