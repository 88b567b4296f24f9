"""The graph: linear in time, flat in the stack, freed without the collector, never corrupted."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad
from autodiff.core.backward import sweep


@pytest.mark.slow
def test_a_long_chain_of_numbers():
    def chain(x):
        for _ in range(30_000):  # far beyond Python's limit of recursion
            x = x * 1.0001
        return x

    assert_allclose(ad.grad(chain)(1.0), 1.0001**30_000)


@pytest.mark.slow
def test_a_long_chain_of_views():
    def chain(x):
        whole = view = x * 1
        for _ in range(2_000):
            view = view[1:]
        view[0] = whole[0] * 3  # a write through all of them
        whole[0] = 0  # and a change that they all have to see
        return whole.sum() + view.sum()

    slope = ad.grad(chain)(np.arange(2_001.0))
    assert_array_equal(slope, [6, *[1] * 1_999, 0])


def test_a_loop_of_writes():
    def loop(x):
        squares = x * 0
        for i in range(500):
            squares[i] = x[i] ** 2
        return squares.sum()

    x = np.arange(500.0)
    assert_array_equal(ad.grad(loop)(x), 2 * x)


@pytest.mark.slow
def test_a_graph_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        x = ad.tensor(np.ones(300))
        view = (x * 2)[1:]
        view += 1
        y = sum(v * v for v in view)
        y.backward()
        ad.grad(lambda x: (x[1:] * x[:-1]).sum())(np.ones(300))
        during = len(gc.get_objects())
        del x, view, y
        after = len(gc.get_objects())
    finally:
        gc.enable()
    assert during - before > 1000
    assert after - before < 100


@given(
    st.lists(st.tuples(st.sampled_from("+*-"), st.integers(0, 9), st.integers(0, 9)), max_size=9)
)
def test_values_used_many_times(steps):
    """Any graph of sums and products: the slope equals the complex step of the same code."""

    def run(values):
        for sign, i, j in steps:
            a, b = values[i % len(values)], values[j % len(values)]
            values.append(a + b if sign == "+" else a * b if sign == "*" else a - b)
        return values[-1]

    slope = ad.grad(lambda x, y: run([x, y]), (0, 1))(0.7, -0.9)
    step = 1e-30  # complex step: exact for polynomials
    measured = (
        run([0.7 + step * 1j, -0.9]).imag / step,
        run([0.7, -0.9 + step * 1j]).imag / step,
    )
    assert_allclose(slope, measured, rtol=1e-10, atol=1e-12)


def test_a_sweep_can_be_recorded():
    x = ad.tensor(3.0)
    ((slope,), recorded) = sweep([((x * x).node, np.float64(1))], [x.node], record=True)
    assert recorded
    slope.backward()
    assert (slope.item(), x.grad) == (6.0, 2.0)
