"""Functions of other libraries, which are registered at the first use of one."""

import sys
from types import ModuleType

import numpy as np
import pytest

import autodiff as ad
from autodiff.core import registry as registries
from autodiff.core.registry import handler, operator_of


class Sparse:
    """A value of another library."""

    __module__ = "sparselib.matrices"


def own(x):
    return x


@pytest.fixture
def registered(monkeypatch):
    """Count how often the functions of a library are registered."""
    calls = []

    def register():
        calls.append("sparselib")
        registries.operators[np.add, Sparse] = "their sum"
        registries.registry[own] = "their function"

    monkeypatch.setitem(registries.late, "sparselib", register)
    yield calls
    registries.operators.pop((np.add, Sparse), None)
    registries.registry.pop(own, None)


def test_a_library_is_registered_once_when_it_has_been_imported(registered, monkeypatch):
    assert operator_of(np.add, Sparse) is registries.registry[np.add]
    with pytest.raises(NotImplementedError, match="has no derivative here"):
        handler(own)
    assert registered == []
    monkeypatch.setitem(sys.modules, "sparselib", ModuleType("sparselib"))
    assert operator_of(np.add, np.ndarray) is registries.registry[np.add]
    assert operator_of(np.add, float) is registries.registry[np.add]
    assert registered == []  # NumPy's and Python's values need none
    assert operator_of(np.add, Sparse) == "their sum"
    assert operator_of(np.subtract, Sparse) is registries.registry[np.subtract]
    assert handler(own) == "their function"
    assert registered == ["sparselib"]


def test_a_function_is_registered_late(registered, monkeypatch):
    monkeypatch.setitem(sys.modules, "sparselib", ModuleType("sparselib"))
    assert handler(own) == "their function"
    assert registered == ["sparselib"]
    assert ad.grad(lambda x: x * 2)(1.0) == 2
