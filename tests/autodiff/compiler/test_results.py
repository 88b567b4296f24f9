"""Results of a jitted function have the structures and types of the plain function's."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad


@dataclass
class Pair:
    first: Any
    second: Any


PARTS = {
    "int": lambda x: x.ndim,
    "length": lambda x: len(x),
    "large": lambda _: 10**30,
    "bool": lambda x: x.ndim == 1,
    "float": lambda _: 0.1,
    "negative zero": lambda _: -0.0,
    "complex": lambda _: 1j,
    "infinite": lambda _: -math.inf,
    "nan": lambda _: math.nan,
    "float32": lambda _: np.float32(0.1),
    "int8": lambda x: np.int8(x.ndim),
    "None": lambda _: None,
    "plain array": lambda _: np.arange(3, dtype=np.int16),
    "argument": lambda x: x,
    "entry": lambda x: x[0],
    "sum": lambda x: (x * x).sum(),
}
leaves = st.sampled_from(sorted(PARTS))
trees = st.recursive(
    leaves,
    lambda parts: (
        st.tuples(st.just("list"), st.lists(parts, max_size=3))
        | st.tuples(st.just("tuple"), st.lists(parts, max_size=3))
        | st.tuples(st.just("dict"), st.lists(parts, max_size=3))
        | st.tuples(st.just("dataclass"), st.lists(parts, min_size=2, max_size=2))
    ),
    max_leaves=6,
)


def built(tree, x):
    """Return the result that a tree describes."""
    if isinstance(tree, str):
        return PARTS[tree](x)
    kind, parts = tree
    values = [built(part, x) for part in parts]
    if kind == "dict":
        return {f"key {i}": value for i, value in enumerate(values)}
    if kind == "dataclass":
        return Pair(*values)
    return values if kind == "list" else tuple(values)


def described(value):
    """Return a text of a value with its type, and those of its parts."""
    if isinstance(value, (list, tuple)):
        return type(value), [described(part) for part in value]
    if isinstance(value, dict):
        return dict, {key: described(part) for key, part in value.items()}
    if isinstance(value, Pair):
        return Pair, described(value.first), described(value.second)
    if isinstance(value, (np.ndarray, np.generic)):
        return type(value), value.dtype, value.tolist()
    return type(value), repr(value)


@given(trees)
def test_a_result_has_the_types_of_the_plain_function(tree):
    x = np.array([1.0, 2.0, 3.0])
    f = ad.jit(lambda x: built(tree, x))
    expected = described(built(tree, x))
    assert described(f(x)) == expected
    assert described(f(x)) == expected


def test_numbers_of_an_inner_function_are_plain_numbers():
    inner = ad.jit(lambda x: [x.ndim, len(x), (x * x).sum(), 0.5])

    def outer(x):
        ndim, length, total, half = inner(x)
        assert (type(ndim), type(length), type(half)) == (int, int, float)
        return total * sum(range(length + ndim)) * half

    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ad.grad(outer)(x), 2 * x * 6 * 0.5)
    np.testing.assert_allclose(ad.jit(ad.grad(outer))(x), 2 * x * 6 * 0.5)


@pytest.mark.parametrize(
    "write",
    [str, lambda t: f"{t}", lambda t: f"{t:.2f}", lambda t: f"{t!s}", "{}".format],
)
def test_a_number_as_text_would_be_written_once(write):
    f = ad.jit(lambda x: x + float(write(x)))
    with pytest.raises(ad.RecordingError, match=r"as text .*test_results\.py:\d+.*without ad\.jit"):
        f(2.0)
    constant = ad.jit(lambda x: x + float(write(ad.tensor(3.0))))
    assert (constant(1.0), constant(2.0)) == (4.0, 5.0)


def test_the_repr_of_a_traced_value_needs_no_numbers():
    seen = []
    f = ad.jit(lambda x: (seen.append(repr(x)), x * 2)[1])
    f(np.ones(3))
    assert seen == ["<Tensor of float64, shape (3,)>"]
    assert repr(ad.tensor(1.0)) == "Tensor(1.0)"


def test_printing_is_not_a_decision():
    seen = []

    def loss(x):
        seen.append(f"{x}")
        return x * x

    assert ad.grad(loss)(3.0) == 6.0
    assert "choice" not in str(ad.explain(loss)(3.0))


@pytest.mark.parametrize("f", [np.argwhere, np.flatnonzero, lambda x: np.bincount(x.astype(int))])
def test_a_length_that_depends_on_numbers_is_compared_with_the_recording(f):
    counted = ad.jit(lambda x: len(f(x)) * x)
    assert counted(np.array([1.0, 2.0]))[1] == 2 * len(f(np.array([1.0, 2.0])))
    with pytest.raises(TypeError, match="they depend on the numbers"):
        counted(np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    "used", [lambda places: places[-1] + 1, len, lambda places: places.shape[0]]
)
def test_a_length_in_a_step_of_a_loop_is_compared(used):
    @ad.jit
    def total(xs, scale):
        def step(c, x):
            return c + used(np.flatnonzero(x)) * scale, x

        return ad.scan(step, 0.0, xs)

    same, other = np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 2.0]])
    found, outputs = total(same, 2.0)
    assert found == 4
    np.testing.assert_array_equal(outputs, same)
    with pytest.raises(TypeError, match=r"from flatnonzero at test_results\.py:\d+, as in the rec"):
        total(other, 2.0)


def test_an_unused_length_in_a_step():
    def step(c, x):
        np.bincount([0, 1, 0], weights=x * c) * 2  # of a length that no number decides
        np.flatnonzero(x) * 2
        return c * 0.5, x

    xs = np.ones((2, 3))
    np.testing.assert_array_equal(ad.jit(lambda xs: ad.scan(step, 1.0, xs)[1])(xs), xs)


@pytest.mark.parametrize("unused", [np.nanmean, np.nanmax, np.nanvar, np.nanmedian])
def test_a_number_that_a_step_of_a_loop_does_not_use_has_no_length(unused):
    def step(c, x):
        unused(np.stack([c, x]))
        unused(np.outer(np.stack([c, x]), np.ones(2)), axis=0)
        return c * x, None

    assert ad.jit(lambda xs: ad.scan(step, 1.0, xs)[0])(np.arange(1.0, 4.0)) == 6


@pytest.mark.parametrize(
    "unused",
    [
        lambda c: np.sort(np.argsort(c)), lambda c: np.piecewise(c, [c > 0], [np.sin, 0.0]),
        lambda c: np.interp(c, [0.0, 1.0], [2.0, 3.0]), lambda c: np.clip(np.argsort(c), 0, 1),
        lambda c: np.cumsum(c > 0),
    ],
)  # fmt: skip
def test_a_step_may_leave_out_a_result_of_known_shape(unused):
    def step(c, x):
        return c + x * len(unused(c)), None

    x = np.array([0.5, -0.25])
    expected = ad.scan(step, x, np.arange(3.0))[0]
    np.testing.assert_array_equal(
        ad.jit(lambda x: ad.scan(step, x, np.arange(3.0))[0])(x), expected
    )


@pytest.mark.parametrize("f", [lambda x: 1j * x, lambda x: 1j + x, lambda x: 1j / x - 2j])
def test_a_complex_number_of_python_makes_one_of_numpy(f):
    for x in (np.float64(2), np.float32(2)):
        found = ad.jit(f)(x)
        assert type(found) is type(ad.vjp(f, x)[0])
        assert found == pytest.approx(f(complex(x)))
