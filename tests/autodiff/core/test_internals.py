"""Small functions of the engine: shapes of cotangents, indices, names, lifting, structures."""

# ruff: noqa: ARG001, ARG002, ARG003, ARG004, F401 - the entries use them

import functools
from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import NamedTuple

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.addition import add_at
from autodiff.core.broadcasting import unbroadcast
from autodiff.core.calls import holds_traced
from autodiff.core.cotangents import conjugated, fresh
from autodiff.core.errors import argument_names, describe, function_place
from autodiff.core.graph import Node, between
from autodiff.core.layout import copied, layout_of
from autodiff.core.lift import as_operand, is_traced, lift, snapshot
from autodiff.core.places import file_text, place_of
from autodiff.core.positions import (
    GAP,
    count_gaps,
    fill_index,
    has_traced,
    is_basic,
    split_index,
)
from autodiff.core.registry import public_name
from autodiff.rules.finite import where_finite
from autodiff.transforms.closures import Watched, closed_over, newest, recomputed
from autodiff.transforms.pytree import (
    _expression,
    _is_one_array,
    flatten,
    flatten_result,
    map_leaves,
    separated,
)
from tests.autodiff.catalogue import compared, titles


class Pair(NamedTuple):
    """Two values."""

    a: object
    b: object = 2.0


@dataclass
class Line:
    """A structure with two fields."""

    slope: object
    start: object = 0.0


class Net:
    """An object with methods."""

    def __call__(self, row, *, scale=1.0):
        return row

    def many(self, first, *rows, k=1, **others):
        return rows

    @classmethod
    def made(cls, size):
        return cls()

    @staticmethod
    def free(left, right=1):
        return left


def given(a, /, b, c=1, *rest, d, e=2, **others):
    return a


def pulled(slope, shape, dtype=float):
    """Return the shape, dtype and entries of a cotangent of an array."""
    found = unbroadcast(slope, np.zeros(shape, dtype)[()])
    return type(found).__name__, np.shape(found), found.dtype.name, np.asarray(found).tolist()


def added(shape, index, value):
    """Return zeros after an addition, and whether it is NumPy's."""
    total, expected = np.zeros(shape), np.zeros(shape)
    add_at(total, index, value)
    np.add.at(expected, index, value)
    return total.tolist(), np.array_equal(total, expected)


def index(i):
    """Return what is known of an index."""
    constant, parts = split_index(i)
    return is_basic(i), has_traced(i), constant, [x.tolist() for x in parts], count_gaps(constant)


def operand(value):
    """Return the type of an operand, and the operand."""
    found = as_operand(value)
    return type(found).__name__, found


def leaves(tree):
    """Return the leaves of a structure and their names."""
    found, names, structure = flatten(tree, "w")
    return dict(zip(names, found, strict=True)), structure(range(len(found)))


def expression(tree):
    """Return the expression that rebuilds a structure."""
    _, _, structure = flatten_result(tree, "w")
    return _expression(structure.skeleton, count())


def deep(levels):
    tree = 1.0
    for _ in range(levels):
        tree = (tree,)
    return tree


def closing_over(*values):
    """Return a function that closes over values one by one."""
    first, second, third = values
    return lambda: (first, second, third)


def t(value=(1.0, 2.0)):
    return ad.tensor(np.array(value))


A, I = np.arange(6.0).reshape(2, 3), np.array([1, 0])  # noqa: E741 - as in the entries


@pytest.mark.parametrize("title", titles("core/internals"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("core/internals", title, globals())
    assert found == expected
