"""What Tensors and primitives answer, and what is said of wrong uses."""

# ruff: noqa: F401 - the entries use them

import copy
import pickle

import numpy as np
import pytest

import autodiff as ad
from tests.autodiff.catalogue import compared, titles


def t(value=(1.0, 2.0), dtype=None):
    """Return a new Tensor."""
    return ad.tensor(value if isinstance(value, (int, float, complex)) else np.array(value), dtype)


def m():
    return ad.tensor(np.arange(6.0).reshape(2, 3))


def after(tensor, *edits):
    """Return a Tensor after edits, each a function of it."""
    for edit in edits:
        edit(tensor)
    return tensor


def put(index, value):
    return lambda x: x.__setitem__(index, value)


def slopes(tensor, **options):
    """Return the slopes after a backward pass from a function of the Tensor."""
    for name, function in options.items():
        found = function(tensor)
        found.backward() if name == "f" else found.backward(options[name])
    return tensor.grad


def backward(y, *cotangent):
    y.backward(*cotangent)
    return y.grad


def defined(function, **rules):
    """Return a primitive with rules."""
    made = ad.primitive(function)
    ad.derivative(made, **rules)
    return made


def fixed(function):
    """Return a primitive without slopes."""
    made = ad.primitive(function)
    ad.constant(made)
    return made


class Other:
    """An array of another library, which leaves the work to the others."""

    def __array_function__(self, *arguments):
        return NotImplemented


def square(x):
    return x * x


def scaled(x, *, by=2.0):
    return x * by


def several(x, y):
    return x + y, x * y


PLAIN, MASK = np.arange(6.0).reshape(2, 3), np.array([True, False])


@pytest.mark.parametrize("title", titles("core/catalogue"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("core/catalogue", title, globals())
    assert found == expected
