"""What the laws share: calls drawn by the table, and how one is looked at from all sides."""

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
from autodiff.primitive import Primitive
from autodiff.pytree import flatten
from autodiff.registry import registry
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Call, Draw

RECORDING = ("autodiff.jit", "autodiff.boxed")  # their primitives are tested with jit
PRIMITIVES: dict[int, Primitive] = {
    id(value): value
    for name, module in list(sys.modules.items())
    if name.startswith("autodiff.") and not name.startswith(RECORDING)
    for value in (*vars(module).values(), *registry.values())
    if isinstance(value, Primitive)
}


def name_of(key: Any) -> str:
    return key if isinstance(key, str) else getattr(key, "name", None) or key.__name__


def is_constant(key: Any) -> bool:
    return getattr(registry.get(key, key), "is_constant", False) or key is np.nonzero


def every(keys: Iterable[Any] = tuple(DOMAINS)) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("key", [pytest.param(k, id=name_of(k)) for k in keys])


def examples(count: int) -> settings:
    """How many calls to draw per function; a profile that searches longer draws more."""
    return settings(max_examples=count * settings.default.max_examples // 100)


@st.composite
def calls(draw: Any, key: Any) -> Call:
    drawn = DOMAINS[key].draw(Draw(draw))
    function = drawn.function or (registry[key] if isinstance(key, str) else key)
    return replace(drawn, function=function)


def random_like(array: Any, random: np.random.Generator) -> Any:
    values = random.uniform(0.3, 1, np.shape(array)) * random.choice((-1, 1), np.shape(array))
    if np.iscomplexobj(array):
        values = values + 1j * random.uniform(-1, 1, np.shape(array))
    return values.astype(np.result_type(array.dtype, np.float16))[()]


def results(out: Any) -> list[Any]:
    """List the numbers or arrays of a result; NumPy before 2.3 counts in Python's numbers."""
    leaves = flatten(out, "the result")[0]
    return [np.int64(leaf) if type(leaf) is int else leaf for leaf in leaves]


def projected(f: Callable[..., Any], arrays: list[Any], seed: int = 1) -> Callable[..., Any]:
    """Make f answer one number: its results' entries, summed with random weights."""
    random = np.random.default_rng(seed)
    weights = [random_like(np.asarray(leaf), random) for leaf in results(f(*arrays))]

    def scalar(*arrays: Any) -> Any:
        total: Any = 0.0
        for leaf, weight in zip(results(f(*arrays)), weights, strict=True):
            total = total + np.sum(leaf * weight)
        return total

    return scalar


def along_a_line(f: Callable[..., Any], arrays: list[Any], seed: int = 2) -> Callable[[Any], Any]:
    """Look at a function of arrays along a random line through them: a function of one number."""
    random = np.random.default_rng(seed)
    directions = [random_like(array, random) for array in arrays]
    return lambda t: f(*(a + t * d for a, d in zip(arrays, directions, strict=True)))


def real(f: Callable[..., Any]) -> Callable[..., Any]:
    def part(*args: Any) -> Any:
        out = f(*args)
        return np.real(out) if np.iscomplexobj(out) else out

    return part


def made_complex(call: Call, seed: int = 3) -> Call:
    """Give every array a small imaginary part."""
    random = np.random.default_rng(seed)
    return call.map(lambda a: a + 0.2j * random.uniform(-1, 1, np.shape(a)))


def tensors(call: Call) -> list[Any]:
    return [ad.tensor(array) for array in call.arrays]
