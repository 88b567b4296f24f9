"""Results of transforms for all kinds of arguments, and what is said of wrong ones."""

# ruff: noqa: F401, ARG001 - the entries use them

import dataclasses
from collections import OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autodiff as ad
from tests.autodiff.catalogue import compared, titles

Pair = namedtuple("Pair", ["a", "b"])  # noqa: PYI024 - as users write them


@dataclasses.dataclass
class Line:
    """A structure with one number that is computed, and one that is not."""

    slope: object
    start: object = None


def cube(x):
    return x**3


def total(tree):
    """Sum the squares in any structure."""
    leaves, _ = ad.ravel(tree)
    return (leaves**2).sum()


def both(x, y, *more, scale=1.0):
    return (x * y).sum() * scale


def pair(x, y):
    return {"product": x * y, "sums": [x + y, (x - y,)]}


def shout(x):
    raise AssertionError(f"never called with {x}")


def edits(x, y):
    x[0] = 5.0
    return (x * y).sum()


V, M = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 5.0]])
SHARED = np.arange(4.0)


@pytest.mark.parametrize("title", titles("transforms/catalogue"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("transforms/catalogue", title, globals())
    assert found == expected
