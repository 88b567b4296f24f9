"""Structures: what is taken apart and put together again, and what isn't of one structure."""

from collections import OrderedDict
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import tree


class Pair(NamedTuple):
    x: Any
    y: Any


STRUCTURES = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Pair, inner, inner)
        | st.dictionaries(st.sampled_from("cab"), inner)
    ),
    max_leaves=8,
)


@given(STRUCTURES)
def test_leaves_are_put_back_where_they_were(structure):
    values = tree.leaves(structure)
    assert tree.packed(structure, values) == structure
    assert repr(tree.packed(structure, values)) == repr(structure)  # types, and the order of keys
    assert [leaf for _, leaf in tree.paths(structure, "x")] == values
    assert len({name for name, _ in tree.paths(structure, "x")}) == len(values)
    assert tree.parts_at(structure, structure) == values
    doubled = tree.map_leaves(lambda x, y: x + y, structure, structure)
    assert repr(doubled) == repr(tree.packed(structure, [2 * x for x in values]))
    ordered = tree.with_sorted_keys(structure)
    assert ordered == structure
    found = []
    tree.map_leaves(found.append, ordered)
    assert found == values


def test_named_tuples_and_ordered_dictionaries_stay_so():
    mapped = tree.map_leaves(abs, OrderedDict(b=Pair(-1, -2), a=(-3,)))
    assert repr(mapped) == repr(OrderedDict(b=Pair(1, 2), a=(3,)))
    assert type(tree.with_sorted_keys(mapped)) is OrderedDict
    assert list(tree.with_sorted_keys(mapped)) == ["a", "b"]


def test_names_of_leaves():
    structure = {"b": [1, (2, 3)], "a": 4}
    assert tree.paths(structure) == [("a", 4), ("b_0", 1), ("b_1_0", 2), ("b_1_1", 3)]
    assert tree.paths(5) == [("", 5)]


@pytest.mark.parametrize(
    ("structure", "values", "expected"),
    [
        ([0, 0], [1, 2], [1, 2]),
        ([0, 0], (1, [2, 3]), [1, [2, 3]]),
        ([0, 0], [1], None),
        ([0, 0], {"a": 1, "b": 2}, None),
        ([0, 0], "ab", None),
        ({"a": 0}, [1], None),
        ({"a": 0}, {"b": 1}, None),
        ({"a": 0}, {"a": 1, "b": 2}, None),
        ({"a": [0, 0]}, {"a": [1]}, None),
        ([[0], 0], [[], 1], None),
        ([[], 0], [[], 1], [1]),
        (0, [1, 2], [[1, 2]]),
        (0, None, [None]),
    ],
)
def test_parts_at_the_places_of_leaves(structure, values, expected):
    assert tree.parts_at(structure, values) == expected
