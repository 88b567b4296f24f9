import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

import nn
from nn import constraints

kernels = arrays(np.float32, (3, 2), elements=st.floats(-8, 8, width=32))


def norms(weight):
    return np.sqrt(np.sum(weight.astype(np.float64) ** 2, axis=0))


@given(kernels)
def test_non_negative_weights_are_kept_and_the_others_become_zero(weight):
    assert np.array_equal(constraints.NonNeg()(weight), np.where(weight > 0, weight, 0))


@given(kernels, st.floats(0.5, 4))
def test_no_norm_exceeds_the_maximum(weight, limit):
    result = constraints.MaxNorm(limit)(weight)
    assert result.dtype == np.float32
    assert np.allclose(norms(result), np.minimum(norms(weight), limit), atol=1e-4)


@given(kernels)
def test_unit_norms_are_one_except_for_zero_columns(weight):
    long = norms(weight) > 0.01
    assert np.allclose(norms(constraints.UnitNorm()(weight))[long], 1, atol=1e-4)


@given(kernels, st.floats(0, 1))
def test_norms_approach_their_bounds_by_the_rate(weight, rate):
    result = constraints.MinMaxNorm(1.0, 2.0, rate)(weight)
    long = norms(weight) > 0.01
    expected = rate * np.clip(norms(weight), 1, 2) + (1 - rate) * norms(weight)
    assert np.allclose(norms(result)[long], expected[long], atol=1e-4)


def test_an_axis_of_1_constrains_rows():
    assert np.allclose(constraints.UnitNorm(axis=1)(np.array([[3.0, 4.0]])), [[0.6, 0.8]])


def test_get_accepts_names_classes_instances_and_functions():
    assert isinstance(constraints.get("MaxNorm"), constraints.MaxNorm)
    assert isinstance(constraints.get(constraints.NonNeg), constraints.NonNeg)
    assert constraints.get(abs) is abs
    assert constraints.get(None) is None
    with pytest.raises(ValueError, match="'max_norm'"):
        constraints.get("maxnrom")


def test_a_constraint_without_call_is_an_error():
    with pytest.raises(NotImplementedError, match="define __call__"):
        constraints.Constraint()(np.zeros(1))


AXES = [
    ("MaxNorm", {}), ("MaxNorm", {"max_value": 0.5, "axis": 1}), ("MaxNorm", {"axis": [0, 1]}),
    ("UnitNorm", {}), ("UnitNorm", {"axis": 1}), ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": 0.25, "axis": 1}), ("NonNeg", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), AXES, ids=[str(each) for each in AXES])
def test_weights_are_those_of_keras(of_keras, name, options):
    weight = np.random.default_rng(0).normal(size=(3, 4, 2)).astype("f")

    def constrained(library):
        return np.asarray(getattr(library.constraints, name)(**options)(weight))

    np.testing.assert_allclose(np.ravel(constrained(nn)), of_keras(constrained), atol=1e-6)


def test_bounds_of_norms_are_checked():
    for make in (constraints.MaxNorm, lambda bad: constraints.MinMaxNorm(bad)):
        with pytest.raises(ValueError, match="finite number of at least 0, got -1"):
            make(-1)
    with pytest.raises(ValueError, match=r"rate to be a number from 0 to 1, got 1\.5"):
        constraints.MinMaxNorm(rate=1.5)
