"""Which calls of a jitted function share a program, what they return, and what is refused."""

# ruff: noqa: F401, ARG001 - the entries use them

import dataclasses
import random
from collections import OrderedDict, defaultdict, namedtuple
from fractions import Fraction

import numpy as np
import pytest

import autodiff as ad
from tests.autodiff.catalogue import compared, titles

Pair = namedtuple("Pair", ["a", "b"])  # noqa: PYI024 - as users write them


@dataclasses.dataclass
class Line:
    """A structure of two values."""

    slope: object
    start: object = None


@dataclasses.dataclass(frozen=True)
class Options:
    """Immutable settings, of which one isn't compared."""

    rate: float
    name: str = dataclasses.field(default="", compare=False)


@dataclasses.dataclass(slots=True)
class Slotted:
    """A structure whose attributes are slots."""

    slope: object
    start: object


class Model:
    """An object with attributes that a method reads."""

    def __init__(self, weight=2.0):
        self.weight, self.seen = weight, []

    def scaled(self, x):
        return x * self.weight

    def counted(self, x):
        self.count = getattr(self, "count", 0) + 1
        return x * self.count

    def __call__(self, x):
        return x + self.weight


def programs(f, *calls):
    """Return which calls of a function share a program, by numbers."""
    jitted = ad.jit(f)
    kept = [jitted.compiled(*(call if type(call) is tuple else (call,))) for call in calls]
    order = list(dict.fromkeys(map(id, kept)))
    return [order.index(id(program)) for program in kept]


def both(f, *args):
    """Return a jitted function's result, which must be written like that of the function."""
    got, expected = repr(ad.jit(f)(*args)), repr(f(*args))
    return eval(got, globals() | vars(np)) if got == expected else (got, expected)


def edited(f, *args):
    """Return the arguments after a call of the jitted function."""
    out = ad.jit(f)(*args)
    return (*args, out)


def twice(f, *args):
    """Return the results of two calls of a jitted function."""
    jitted = ad.jit(f)
    return jitted(*args), jitted(*args)


@ad.primitive(inline=True)
def sine(x, k):
    """Return a product with a number that depends on the second argument alone."""
    return x * np.sin(k)


ad.derivative(sine, x=lambda g, z, x, k: g * np.sin(k), k=None)


def same(*args):
    return args


def two(*args, **options):
    return 2


def append(items, x):
    items.append(x * 2)


def put(items, key, value):
    items[key] = value


def add(x, y):
    x += y
    return x


def step(carry, x):
    return carry * 0.5 + x, carry


def unfilled():
    """Return the result of a function that closes over a name without a value yet."""
    found = ad.jit(lambda x: x * 2 if x.ndim else later)(V)
    later = 1.0
    return found, later


V, M = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 5.0]])
RNG, STATE, NOTES = np.random.default_rng(0), np.zeros(2), {"a": np.zeros(2)}


def reset():
    """Begin each entry with the same arrays."""
    STATE[...], NOTES["a"][...] = 0, 0


def writes(x):
    STATE[0] = 5.0
    return x


def notes(x):
    NOTES["a"] += 1
    return x


@pytest.mark.numpy_source
@pytest.mark.parametrize("title", titles("compiler/catalogue"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("compiler/catalogue", title, globals())
    assert found == expected
