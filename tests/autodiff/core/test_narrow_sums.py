"""Reductions of lists of bools and narrow integers count as in NumPy, or are refused."""

import itertools
import operator
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.narrow_sums import NarrowSumError
from tests.laws.table import examples

REDUCTIONS = {
    "sum": lambda a: np.sum(a, axis=0),
    "sum of all": np.sum,
    "mean": lambda a: np.mean(a, axis=0),
    "mean of all": np.mean,
    "average": lambda a: np.average(a, axis=0),
    "weighted": lambda a: np.average(a, axis=0, weights=np.arange(1.0, len(a) + 1)),
    "std": lambda a: np.std(a, axis=0),
    "var": lambda a: np.var(np.array(a), ddof=1),
    "prod": lambda a: np.prod(a, axis=0),
    "cumsum": lambda a: np.cumsum(a, axis=0),
    "cumprod": lambda a: np.cumprod(a, axis=-1),
    "reduce": lambda a: np.add.reduce(a),
    "accumulate": lambda a: np.add.accumulate(a),
    "reduceat": lambda a: np.add.reduceat(a, [0]),
    "method": lambda a: np.array(a).sum(axis=-1),
    "method mean": lambda a: np.array(a).mean(),
    "trace": lambda a: np.trace(np.array(a)),
    "dot": lambda a: np.dot(np.array(a).T, np.arange(len(a))),
    "Python's sum": sum,
    "added": lambda a: a[0] + a[-1],
    "products": lambda a: np.array(a) * np.array(a),
    "numbers": lambda a: [r[0] + r[1] for r in a],
    "of numbers": lambda a: np.sum([r[0] for r in a]),
    "after a plain number": lambda a: np.sum([True, a[0][0]]),
    "pairwise": lambda a: [x + y for x, y in itertools.pairwise(a)],
}
DTYPES = (bool, np.int8, np.int16, np.int32, np.uint8, np.uint16, np.int64, np.float64)


@pytest.mark.parametrize("name", REDUCTIONS)
@given(st.sampled_from(DTYPES), st.integers(2, 4), st.integers(0, 1000))
@examples(5)
def test_a_reduction_of_a_list_is_numpys_or_refused(name, dtype, count, seed):
    """Whether True + True is 2 or True is a matter of the dtype that NumPy adds in."""
    arrays = (np.random.default_rng(seed).random((count, 3)) * 1.8 * 100).astype(np.uint8) // 100
    arrays = [row.astype(dtype) * np.array(100 if dtype is np.int8 else 1, dtype) for row in arrays]

    def f(*rows):
        return REDUCTIONS[name](list(rows))

    with np.errstate(over="ignore"):
        expected = np.asarray(f(*arrays), float)
        for run in (ad.jit(f), lambda *rows: traced(f, rows)):
            try:
                found = np.asarray(plain(run(*arrays)), float)
            except NarrowSumError:
                assert np.dtype(dtype).itemsize < 8
            else:
                np.testing.assert_allclose(found, expected)


def traced(f, rows):
    """Return the result for rows of their own dtypes in a differentiated function."""
    seen = []
    ad.grad(lambda t: (seen.append(f(*[(row + 0 * t).astype(row.dtype) for row in rows])), t)[1])(
        1.0
    )
    return seen[0]


def plain(out):
    if isinstance(out, (list, np.ndarray)):
        return [plain(part) for part in out]
    return out.numpy() if isinstance(out, ad.Tensor) else out


def test_the_share_of_predictions_that_are_right():
    def loss(t):
        return t.sum() * np.mean([p > 0.5 for p in t])

    with pytest.raises(TypeError, match=r"narrow_sums\.py:\d+: .* Stack the values"):
        ad.grad(loss)(np.array([0.2, 0.7, 0.9]))

    def stacked(t):
        return t.sum() * np.mean(np.stack([p > 0.5 for p in t]))

    np.testing.assert_allclose(ad.grad(stacked)(np.array([0.2, 0.7, 0.9])), np.full(3, 2 / 3))


def test_sums_that_the_code_calls_are_numpys():
    a, b = np.array([True, False]), np.array([True, True])

    def f(a, b):
        total = a[0]
        total += b[0]
        return total, a[0] + b[0], a[0] * b[1], sum([a[0], b[0], b[1]]), a + b

    for ours, theirs in zip(ad.jit(f)(a, b), f(a, b), strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


@pytest.mark.parametrize(
    "f",
    [
        sum,
        lambda a: sum(2 * number for number in a),
        lambda a: sum(a, start=a[0]),
        lambda a: reduce(operator.add, a),
        lambda a: reduce(operator.mul, a),
        lambda a: operator.add(a[0], a[1]),
        lambda a: np.stack(list(itertools.accumulate(a))),
    ],
)
@pytest.mark.parametrize("dtype", ["?", "i1", "i4", "u2"])
def test_sums_that_python_computes_are_numpys(f, dtype):
    a = np.array([1, 1, 0, 1]).astype(dtype)
    expected = f(a)
    for found in (ad.jit(f)(a), traced(f, [a])):
        np.testing.assert_array_equal(plain(found), expected)
        assert found.dtype == expected.dtype
