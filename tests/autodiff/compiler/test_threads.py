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

        with pytest.raises(ad.RecordingError, match="record first, with one call before"):
            ad.jit(f)(1.0)


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
