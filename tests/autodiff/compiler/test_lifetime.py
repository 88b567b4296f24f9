"""Jitted functions in threads and pickles, and what is freed with them."""

import functools
import gc
import linecache
import pickle
import threading
import weakref

import numpy as np
import pytest

import autodiff as ad
from autodiff import jit
from tests.autodiff.compiler.comparing import assert_close

X = np.array([1.0, 2.0, 3.0])
Y = np.array([0.5, -1.0, 2.0])


def loss(w, x):
    return np.sum(np.tanh(w * x) ** 2)


def test_threads_share_programs_safely():
    f = jit(lambda x: np.sqrt(np.exp(x) * 2 + x) * x)
    wrong = []

    def work(number):
        x = np.full(50, float(number))
        right = np.sqrt(np.exp(x) * 2 + x) * x
        wrong.extend(n for n in range(100) if not np.allclose(f(x), right))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_pickling_keeps_the_function_and_records_again():
    for function in (np.tanh, loss, functools.partial(loss, X)):
        args = (X, Y)[: 2 if function is loss else 1]
        copy = pickle.loads(pickle.dumps(jit(function)))
        assert_close(copy(*args), function(*args))


@jit
def decorated(x):
    return x * 2


class Doubler:
    @jit
    def twice(self, x):
        return x * 2


@pytest.mark.parametrize("function", [decorated, Doubler.twice])
def test_a_decorated_function_is_pickled_by_its_name(function):
    assert pickle.loads(pickle.dumps(function)) is function


def test_a_dropped_function_is_freed_with_its_source_and_buffers():
    gc.collect()
    gc.disable()
    try:
        f = jit(ad.grad(loss))
        f(X, Y)
        compiled = f.compiled(X, Y)
        name = compiled.code.co_filename
        refs = [weakref.ref(f), weakref.ref(compiled), weakref.ref(compiled._idle[0])]
        assert name in linecache.cache
        del f, compiled
        assert [ref() for ref in refs] == [None] * 3
        assert name in linecache.cache  # which something may be reading
        jit(np.sin)(X)
        assert name not in linecache.cache
    finally:
        gc.enable()


@pytest.mark.parametrize("transform", [ad.grad, ad.hessian])
def test_a_dropped_function_is_freed_after_a_gradient(transform):
    gc.collect()
    gc.disable()
    try:
        f = jit(loss)
        transform(f)(X, Y)
        ref = weakref.ref(f)
        del f
        assert ref() is None
    finally:
        gc.enable()


def test_a_pullback_outlives_the_function():
    f = jit(loss)
    _, pullback = ad.vjp(f, X, Y)
    del f
    assert_close(pullback(1.0)[0], ad.grad(loss)(X, Y))
