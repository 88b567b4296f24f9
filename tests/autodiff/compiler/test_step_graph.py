"""A step of a loop may use the length of a result alone where it is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler.step_graph import has_known_shape
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, results

XS = np.arange(12).reshape(4, 3)
OF_KNOWN_SHAPES = [key for key in DOMAINS if getattr(key, "__module__", "") and callable(key)]
OF_KNOWN_SHAPES = [key for key in OF_KNOWN_SHAPES if has_known_shape(key)]


def adding_lengths(function):
    def step(total, x):
        return total + len(function(x)), None

    return lambda xs: ad.scan(step, np.zeros(()), xs)[0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.hstack([x, x]),
        lambda x: np.kron(x, x),
        np.diff,
        lambda x: np.quantile(x / 2, [0.1, 0.2]),
        lambda x: np.partition(x, 1),
        lambda x: np.add.reduceat(x, [0, 1]),
        lambda x: np.linalg.svd(np.outer(x, x) / 2),
    ],
)
def test_results_of_known_length_may_be_unused(function):
    f = adding_lengths(function)
    assert ad.jit(f)(XS) == f(XS)


@pytest.mark.parametrize(
    "function",
    [np.unique, np.flatnonzero, lambda x: np.compress(x > 2, x)],
)
def test_lengths_that_depend_on_numbers_are_refused(function):
    with pytest.raises(
        ad.RecordingError, match=r"perhaps the length or dtype, of what \w+ returns at"
    ):
        ad.jit(adding_lengths(function))(XS)


@given(st.sampled_from(OF_KNOWN_SHAPES).flatmap(calls), st.sampled_from([0, 1, np.nan, "rint"]))
def test_shapes_that_count_as_known_depend_on_no_number(call, number):
    arrays = [
        (np.rint(x) if number == "rint" else np.full_like(x, number)).astype(x.dtype)
        if isinstance(x, np.ndarray) and (x.dtype.kind in "fc" or number == number)
        else x
        for x in call.arrays
    ]
    try:
        others = results(call.run(*arrays))
    except (ValueError, IndexError, np.linalg.LinAlgError, ZeroDivisionError, TypeError):
        return
    assert [*map(np.shape, others)] == [*map(np.shape, results(call.run(*call.arrays)))]
