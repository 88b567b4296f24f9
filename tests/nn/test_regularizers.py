"""Penalties and the ways to specify them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
from nn import regularizers
from nn.regularizers import L1, L1L2, L2, OrthogonalRegularizer

factors = st.floats(0, 10)
weights = arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(-10, 10))
EVERY = [L1(0.1), L2(0.1), L1L2(0.1, 0.2), OrthogonalRegularizer(0.1)]


@given(weights, factors, factors)
def test_l1_l2_is_the_sum_of_both(x, l1, l2):
    assert L1L2(l1, l2)(x) == pytest.approx(L1(l1)(x) + L2(l2)(x))
    assert L1(l1)(x) == pytest.approx(l1 * sum(abs(x.ravel())))
    assert L2(l2)(x) == pytest.approx(l2 * (x.ravel() @ x.ravel()))


@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_the_penalty_of_an_orthogonal_matrix_is_zero(size, seed):
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))
    for mode in ("rows", "columns"):
        assert OrthogonalRegularizer(1.0, mode)(q * 3) == pytest.approx(0, abs=1e-9)


def test_the_penalty_of_parallel_rows_is_the_factor():
    x = np.array([[1.0, 2.0], [-2.0, -4.0], [3.0, 6.0]])
    assert OrthogonalRegularizer(0.25)(x) == pytest.approx(0.25)
    value, slope = ad.value_and_grad(OrthogonalRegularizer(1.0))(np.array([[0.0, 0.0], [3.0, 4.0]]))
    assert value == 0  # of a row of zeros
    assert np.isfinite(slope).all()


def test_penalties_are_those_of_keras():
    x = np.arange(6, dtype=np.float32).reshape(2, 3) - 2
    assert L1(0.1)(x) == pytest.approx(0.9)
    assert L2(0.1)(x) == pytest.approx(1.9)
    assert OrthogonalRegularizer(0.5)(x) == pytest.approx(0.23904571)
    assert OrthogonalRegularizer(0.5, "columns")(x) == pytest.approx(0.35694015)


def test_a_penalty_that_is_turned_off_does_not_overflow():
    x = np.array([1e30, 1.0], np.float32)
    assert L1L2(0.1, 0.0)(x) == pytest.approx(1e29)
    assert L1L2(0.0, 0.0)(x) == 0
    with np.errstate(over="ignore"):
        assert L1L2(0.1, 0.1)(x) == L1L2(0.0, 0.1)(x) == np.inf


@pytest.mark.parametrize("regularizer", EVERY, ids=repr)
def test_float32_is_kept(regularizer):
    assert regularizer(np.ones((2, 3), np.float32)).dtype == np.float32


@pytest.mark.parametrize("regularizer", EVERY, ids=repr)
def test_a_config_recreates_an_equal_regularizer(regularizer):
    twin = type(regularizer).from_config(regularizer.get_config())
    assert vars(twin) == vars(regularizer)


def test_get_accepts_strings_classes_functions_configs_and_none():
    assert regularizers.get("l1_l2").get_config() == {"l1": 0.01, "l2": 0.01}
    assert regularizers.get("L2").get_config() == {"l2": 0.01}
    assert isinstance(regularizers.get(L1), L1)
    assert regularizers.get(np.sum) is np.sum
    assert regularizers.get({"class_name": "L1", "config": {"l1": 0.5}}).l1 == 0.5
    assert regularizers.get(None) is None
    with pytest.raises(ValueError, match="a regularizer that exists, got 'l3'"):
        regularizers.get("l3")


def test_bad_arguments_are_refused():
    for make in (L1, L2, OrthogonalRegularizer, lambda bad: L1L2(l2=bad)):
        for bad in (-0.1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match=r"at least 0, got .*Write a number in"):
                make(bad)
        with pytest.raises(TypeError, match=r"a number, got 'a' of type str\. Write it without"):
            make("a")
    with pytest.raises(ValueError, match=r"'rows' or 'columns', got 'row'"):
        OrthogonalRegularizer(mode="row")
    with pytest.raises(ValueError, match=r"expected a matrix.*got shape \(3,\)"):
        OrthogonalRegularizer()(np.ones(3))


def test_an_own_regularizer_without_a_call_is_named():
    class Own(regularizers.Regularizer):
        pass

    with pytest.raises(NotImplementedError, match=r"expected Own to define __call__\(self, x\)"):
        Own()(np.ones(2))
