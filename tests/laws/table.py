"""Shared by the laws: calls drawn from the table, and functions to examine them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.primitive import Primitive
from autodiff.core.registry import registry
from autodiff.transforms.opaque import is_opaque
from autodiff.transforms.pytree import flatten
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Call, Draw
from tests.laws.scipy_table import FACES, SCIPY

RECORDING = ("autodiff.compiler", "autodiff.transforms.checkpoint")  # tested by themselves
PRIMITIVES: dict[int, Primitive] = {
    id(value): value
    for name, module in list(sys.modules.items())
    if name.startswith("autodiff.") and not name.startswith(RECORDING)
    for value in (*vars(module).values(), *registry.values())
    if isinstance(value, Primitive) and not is_opaque(value)
}


def name_of(key: Any) -> str:
    return getattr(key, "name", None) or key.__name__


def is_constant(key: Any) -> bool:
    return getattr(registry.get(key, key), "is_constant", False) or key is np.nonzero


def every(keys: Iterable[Any] = tuple(DOMAINS)) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("key", [pytest.param(k, id=name_of(k)) for k in keys])


def examples(count: int) -> settings:
    """Return the number of calls to draw per function, more in a longer profile."""
    return settings(max_examples=max(2, count * settings.default.max_examples // 100))


@st.composite
def calls(draw: Any, key: Any) -> Call:
    domain = DOMAINS[key] if key in DOMAINS else SCIPY[key]
    drawn = domain.draw(Draw(draw))
    return replace(drawn, function=drawn.function or FACES.get(key, key))


def random_like(array: Any, random: np.random.Generator) -> Any:
    values = random.uniform(0.3, 1, np.shape(array)) * random.choice((-1, 1), np.shape(array))
    if np.iscomplexobj(array):
        values = values + 1j * random.uniform(-1, 1, np.shape(array))
    return values.astype(np.result_type(array.dtype, np.float16))[()]


def results(out: Any) -> list[Any]:
    """Return the numbers or arrays of a result, those of Python as NumPy's.

    NumPy before 2.3 returns counts as Python's, and FITPACK integrals.
    """
    leaves = flatten(out, "the result")[0]
    of_numpy = {int: np.int64, float: np.float64}
    return [of_numpy.get(type(leaf), lambda same: same)(leaf) for leaf in leaves]


def projected(f: Callable[..., Any], arrays: list[Any], seed: int = 1) -> Callable[..., Any]:
    """Return a function with one result: the entries of f's, summed with random weights."""
    random = np.random.default_rng(seed)
    weights = [random_like(np.asarray(leaf), random) for leaf in results(f(*arrays))]

    def scalar(*arrays: Any) -> Any:
        total: Any = 0.0
        for leaf, weight in zip(results(f(*arrays)), weights, strict=True):
            total = total + np.sum(leaf * weight)
        return total

    return scalar


def along_a_line(f: Callable[..., Any], arrays: list[Any], seed: int = 2) -> Callable[[Any], Any]:
    """Return a function of arrays along a random line through them, as one of one number."""
    random = np.random.default_rng(seed)
    directions = [random_like(array, random) for array in arrays]
    return lambda t: f(*(a + t * d for a, d in zip(arrays, directions, strict=True)))


def real(f: Callable[..., Any]) -> Callable[..., Any]:
    def part(*args: Any) -> Any:
        out = f(*args)
        return np.real(out) if np.iscomplexobj(out) else out

    return part


def made_complex(call: Call, seed: int = 3) -> Call:
    """Add a small imaginary part to every array."""
    random = np.random.default_rng(seed)
    return call.map(lambda a: a + 0.2j * random.uniform(-1, 1, np.shape(a)))


def tensors(call: Call) -> list[Any]:
    return [ad.tensor(array) for array in call.arrays]
