"""While one thread records, what another draws and writes counts and stays."""

import gc
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler.threads import is_alone


@contextmanager
def beside(work):
    """Yield a function that starts another thread and waits until it has done its `work`.

    The thread lives on until the end of the block.
    """
    done, end = threading.Event(), threading.Event()

    def run():
        work()
        done.set()
        end.wait(20)

    thread = threading.Thread(target=run)

    def begin():
        if not done.is_set():
            thread.start()
            done.wait(20)

    try:
        yield begin
    finally:
        end.set()
        thread.join()


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_draws_of_another_thread_are_not_undone(make):
    rng, same = make(0), make(0)
    with beside(rng.random) as begin:

        @ad.jit
        def f(x):
            begin()
            return x + ad.sample(rng.random)

        same.random()
        assert f(0.0) == same.random()
        assert rng.random() == same.random()


def test_writes_of_another_thread_are_not_undone():
    total = np.zeros(2)
    with beside(lambda: ad.assign(total, 3.0)) as begin:

        @ad.jit
        def f(x):
            begin()
            return x + total

        assert f(1.0).tolist() == [4.0, 4.0]
        assert total.tolist() == [3.0, 3.0]


def test_an_edit_beside_another_thread_is_refused_and_says_what_to_do():
    total = np.zeros(2)
    with beside(lambda: None) as begin:

        def f(x):
            begin()
            total[0] += 1
            return x

        with pytest.raises(ad.RecordingError, match="record first, with one call before") as raised:
            ad.jit(f)(1.0)
        assert raised.type is ad.RecordingError


def test_a_thread_within_a_library_draws_nothing():
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert is_alone()
    finally:
        end.set()
        thread.join()


def test_no_callback_of_the_garbage_collector_runs_while_frames_are_listed(monkeypatch):
    listed = sys._current_frames
    seen = []

    def watched():
        seen.append(gc.isenabled())
        return listed()

    monkeypatch.setattr(sys, "_current_frames", watched)
    other = threading.Event()
    thread = threading.Thread(target=other.wait)
    thread.start()
    try:
        assert ad.jit(lambda x: x * 2)(3.0) == 6.0
    finally:
        other.set()
        thread.join()
    assert seen
    assert not any(seen)
    assert gc.isenabled()


def test_reads_of_live_arrays_in_another_thread_are_its_own():
    weights, found = np.array([0.5, 1.5, 2.5]), []
    first, second, read = threading.Event(), threading.Event(), threading.Event()

    @ad.jit
    def other(y):
        first.set()
        second.wait(20)
        count = len(np.flatnonzero(ad.live(weights) > 1))  # checked in each call
        read.set()
        return count * y

    @ad.jit
    def double(x):
        second.set()
        read.wait(20)
        return 2 * x

    thread = threading.Thread(target=lambda: found.append(other(np.ones(2))))
    thread.start()
    first.wait(20)
    assert double(1.5) == 3.0
    thread.join()
    np.testing.assert_array_equal(found[0], [2.0, 2.0])
    weights[0] = 2.0
    with pytest.raises(TypeError, match="they depend on the numbers"):
        other(np.ones(2))
    assert double(1.5) == 3.0
