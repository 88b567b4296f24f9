"""Calls of a program while it runs: by a primitive, by threads, or both."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

SOON = 20  # seconds within which a call must come back


def in_time(work):
    """Run work in a thread that may hang without keeping the tests from ending."""
    found = []

    def run():
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SOON)
    assert not thread.is_alive(), "the call doesn't return"
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def reaching_itself():
    """Make a function, plain and jitted, that uses buffers and calls itself by a primitive."""

    def make(wrapped):
        @ad.primitive
        def again(x, n):
            return function(x + 1, n - 1) if n > 0.5 else x

        ad.derivative(again, x=lambda g, z, x, n: g, n=None)

        def body(x, n):
            before = np.exp(np.sin(x)) * 2
            inner = again(x, n)
            return before * x + np.cos(before) * inner

        function = wrapped(body)
        return function

    return make(lambda f: f), make(ad.jit)


@given(st.integers(0, 4), st.lists(st.floats(-2, 2), min_size=1, max_size=4))
def test_through_a_primitive_it_computes_what_eager_code_does(depth, entries):
    plain, jitted = reaching_itself()
    x, n = np.array(entries), np.float64(depth)
    expected = plain(x, n)
    for _ in range(2):
        np.testing.assert_allclose(in_time(lambda: jitted(x, n)), expected)


def test_from_a_thread_that_a_primitive_waits_for():
    with ThreadPoolExecutor(1) as pool:

        @ad.primitive
        def elsewhere(x):
            return pool.submit(f, x + 1, is_outer=False).result(SOON)

        ad.derivative(elsewhere, x=lambda g, z, x: g)

        @ad.jit
        def f(x, is_outer):
            y = np.exp(x) * 3
            return np.sqrt(y) * (elsewhere(x) if is_outer else x)

        x = np.array([0.0, 1.0])
        expected = np.sqrt(np.exp(x) * 3) * np.sqrt(np.exp(x + 1) * 3) * (x + 1)
        for _ in range(2):
            np.testing.assert_allclose(in_time(lambda: f(x, is_outer=True)), expected)


def test_a_thread_may_record_while_the_function_that_waits_for_it_is_recorded():
    inner = ad.jit(lambda x: np.exp(x) * 2)
    with ThreadPoolExecutor(1) as pool:
        outer = ad.jit(lambda x: x + pool.submit(inner, x).result(SOON))
        x = np.array([0.0, 1.0])
        np.testing.assert_allclose(in_time(lambda: outer(x)), x + np.exp(x) * 2)
        np.testing.assert_allclose(in_time(lambda: outer(x + 1)), x + 1 + np.exp(x + 1) * 2)
        slope = in_time(lambda: ad.jit(ad.grad(lambda x: outer(x).sum()))(x))
        np.testing.assert_allclose(slope, 1 + np.exp(x) * 2)


def test_threads_that_record_and_run_at_once():
    x = np.arange(50.0) / 50
    f = ad.jit(lambda x, n: np.sqrt(np.exp(x * n) + np.float64(n)).sum())
    start = threading.Barrier(8)

    def work(number):
        start.wait(SOON)
        return [f(x, number % 3) for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        found = in_time(lambda: list(pool.map(work, range(8))))
    for number, values in enumerate(found):
        right = np.sqrt(np.exp(x * (number % 3)) + number % 3).sum()
        np.testing.assert_allclose(values, right)


def test_a_program_that_raised_runs_again():
    @ad.primitive
    def fails(x):
        if np.any(x > 5):
            raise ArithmeticError("too large")
        return x

    ad.derivative(fails, x=lambda g, z, x: g)
    f = ad.jit(lambda x: np.exp(fails(x)))
    f(np.zeros(2))
    with pytest.raises(ArithmeticError):
        f(np.full(2, 6.0))
    np.testing.assert_array_equal(f(np.zeros(2)), [1.0, 1.0])
