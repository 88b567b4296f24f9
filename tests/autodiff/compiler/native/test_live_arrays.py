"""Loops read and write arrays that aren't arguments, as the statements do one after another."""

# ruff: noqa: ARG001 - all take the same arguments

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler.native.background import reason_against
from autodiff.compiler.program import program_of
from autodiff.compiler.simplify import simplify
from tests.autodiff.compiler.native.interpreted import interpreted_function, native_module

V, W = np.zeros((3, 3)), np.zeros((3, 3))
ROW, TURNED, FIRST, TWO = W[1], W.T, W[:1], W[:2]  # of the same memory
STARTS = np.random.default_rng(0).normal(size=(3, 3, 3))


def scaled(x, v, w):
    total = w.sum()
    ad.assign(W, w * 2 + x)
    return total


def reversed_rows(x, v, w):
    ad.assign(W, w[::-1] + x)


def turned(x, v, w):
    ad.assign(W, w.T * x - w)


def totals(x, v, w):
    largest = w.max(axis=1)
    ad.assign(W, w + w.sum(axis=0) * x)
    return largest


def shifted(x, v, w):
    ad.assign(W, np.concatenate([w[1:], x[:1]]))


def momentum(x, v, w):
    new = v * 0.5 + x
    ad.assign(V, new)
    ad.assign(W, w - new * 0.1)


def exchanged(x, v, w):
    new = v * x
    ad.assign(V, w * 1)
    ad.assign(W, new)


def product(x, v, w):
    total = (w @ v).sum()
    ad.assign(W, w @ x + v)
    return total


def both(x, v, w):
    new, found = v + w[:, :1], v * w
    ad.assign(W, np.tanh(w + v[0]) * x)
    ad.assign(V, new)
    return found, x + 1


def columns(x, v, w):
    found = w[1:, :2] + v[:2, 1:]
    ad.assign(W, w[:, :1] * x + w[:, 1:2])
    return found


def ended(x, v, w):
    hidden = w * x
    ad.assign(W, hidden - hidden.mean())
    return hidden


def read_again(x, v, w):
    ad.assign(W, x * 2)
    return ad.live(W) + v


def aliased_rows(x, v, w):
    ad.assign(W, w * x + ad.live(ROW))


def aliased_twice(x, v, w):
    row = ad.live(ROW)
    new = (w + row) * x
    ad.assign(W, new - row)
    return new * 2


def aliased_turned(x, v, w):
    ad.assign(W, w - ad.live(TURNED) * x)


def row_of_all(x, v, w):
    ad.assign(ROW, (w * x).sum(axis=0))
    return v * 2


def of_one_start(x, v, w):
    return ad.live(FIRST) * x[:2] + ad.live(TWO), ad.live(TWO) - ad.live(FIRST)


def of_one_start_written(x, v, w):
    found = ad.live(FIRST) * x + ad.live(TWO)[1:]
    ad.assign(TWO, ad.live(FIRST) + ad.live(TWO) * x[:2])
    return found


def starting_row(x, v, w):
    total = (ad.live(FIRST) * 2).sum(axis=1)
    ad.assign(W, x + total)


PROGRAMS = [
    starting_row,
    of_one_start, of_one_start_written, aliased_rows, aliased_twice, aliased_turned, row_of_all,
    scaled, reversed_rows, turned, totals, shifted, momentum, exchanged, product, both, columns,
    ended, read_again,
]  # fmt: skip


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("layout", ["C", "F"])
def test_live_arrays_are_those_of_one_statement_after_another(function, layout):
    V[...], W[...], x = STARTS
    x = np.asarray(x, order=layout)

    def f(x):
        return function(x, ad.live(V), ad.live(W))

    v, w = V.copy(), W.copy()
    expected = function(x, v, w)  # which writes at once, to others than it reads
    wanted = V.copy(), W.copy()
    V[...], W[...] = v, w
    module, leaves = native_module(f, x)
    np.testing.assert_array_equal([V, W], [v, w])  # as they were before the recording
    compiled, _ = ad.jit(f).prepared(x)
    parts = expected if isinstance(expected, tuple) else () if expected is None else (expected,)
    for run in (interpreted_function(module), lambda *leaves: compiled.flat(leaves)):
        V[...], W[...] = v, w
        found = run(*leaves)
        np.testing.assert_allclose([V, W], wanted, rtol=1e-12)
        for part, other in zip(found, parts, strict=True):
            np.testing.assert_allclose(part, other, rtol=1e-12)


def test_a_draw_from_an_array_that_is_assigned_is_not_compiled():
    rng = np.random.default_rng(0)

    def drawn(x, read):
        ad.assign(FIRST, x)
        return ad.sample(rng.permutation, read)

    for array, reason in ((W[0], "It draws from an array to which it assigns"), (V, "")):
        jitted = ad.jit(lambda x, array=array: drawn(x, array))
        recording, _ = jitted._recording(jitted._call_of((STARTS[0][:1],), {}))
        found = reason_against(simplify(program_of(recording)))
        assert found == reason


def test_all_of_these_are_compiled():
    for function in PROGRAMS:
        V[...], W[...], x = STARTS
        jitted = ad.jit(lambda x, f=function: f(x, ad.live(V), ad.live(W)))
        recording, _ = jitted._recording(jitted._call_of((x,), {}))
        assert not reason_against(simplify(program_of(recording))), function.__name__


@pytest.mark.slow
@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_without_axes_is_read_as_a_number(dtype):
    scale = np.array(2.0, dtype)

    def scaled(x):
        return (np.tanh(x * ad.live(scale)) + ad.live(scale)).sum(axis=1)

    x = np.arange(6.0).reshape(2, 3)
    jitted = ad.jit(scaled, native="wait")
    for number in (2.0, 3.0):
        scale[...] = number
        np.testing.assert_allclose(jitted(x), scaled(x), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.usefixtures("numba")
def test_an_array_without_axes_is_a_number_in_a_loop_too():
    scale, x = np.array(2.0), np.array([0.5, -1.25, 2.0])

    def scaled(x):
        factor = ad.live(scale)
        return ad.scan(lambda c, x: (c * factor, c + x), 1.0, x)[1]

    jitted = ad.jit(scaled, native="wait")
    for number in (2.0, 3.0):
        scale[...] = number
        np.testing.assert_allclose(jitted(x), scaled(x))
