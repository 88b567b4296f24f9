"""jit of functions with all kinds of arguments and results."""

import dataclasses
import traceback
import warnings
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import jit
from tests.autodiff.compiler.comparing import assert_close, assert_equal

X = np.array([1.0, 2.0, 3.0])
Y = np.array([0.5, -1.0, 2.0])


# Arguments and results.


@dataclasses.dataclass
class Layer:
    w: Any
    b: Any


def test_results_keep_their_structure():
    @jit
    def f(weights, layers):
        first, second = layers
        return {"sum": weights["a"] + first.w, "all": [second.b, None, (weights["n"], 2.0)]}

    layers = [Layer(X, 1.0), Layer(Y, 2.0)]
    found = f({"a": X, "n": 3}, layers)
    assert_equal(found["sum"], 2 * X)
    assert found["all"] == [2.0, None, (3, 2.0)]
    assert isinstance(jit(lambda layer: layer)(layers[0]), Layer)


def test_results_are_always_new_arrays():
    @jit
    def f(x, unused):  # noqa: ARG001 - it is what is tested
        y = x * 2
        return x, y, y, x[1:], y.T, np.ones(3), y.reshape(3, 1)

    first, again = f(X, Y), f(X, Y)
    assert_equal(first[1], [2.0, 4.0, 6.0])
    everything = [*first, *again, X, Y]
    for i, a in enumerate(everything):
        assert not any(np.may_share_memory(a, b) for b in everything[i + 1 :])
    first[5][:] = 7
    assert_equal(f(X, Y)[5], np.ones(3))


@pytest.mark.parametrize("dtype", ["?", "i1", "u4", "i8", "e", "f", "d", "g", "F", "D"])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2)])
def test_dtypes_are_those_of_eager_code(dtype, shape):
    def f(x):
        return x + x, x * 2, x > 0, x.sum(), np.exp(x), -(x * 1.5)

    x = np.ones(shape, dtype)[()]
    for ours, theirs in zip(jit(f)(x), f(x), strict=True):
        assert_equal(ours, theirs)


def test_a_0d_array_is_a_number():
    assert jit(lambda x: x * 2)(np.array(1.5)) == 3.0
    assert isinstance(jit(lambda x: x)(np.array(1.5)), np.float64)


@pytest.mark.slow
def test_ints_bools_and_strings_are_part_of_the_program():
    @jit
    def f(x, n, twice=False, how="sum"):
        for _ in range(n):
            x = x * x
        return getattr(np, how)(x) if twice else x

    assert_equal(f(X, 2), X**4)
    assert f(X, 1, twice=True) == 14.0
    assert f(X, 1, how="max", twice=True) == 9.0
    assert "multiply" not in f.source(X, 0)


def test_true_and_1_are_different_programs():
    f = jit(lambda x, flag: x + 1 if flag is True else x - 1)
    assert f(1.0, flag=True) == 2.0
    assert f(1.0, flag=1) == 0.0


def test_methods_defaults_and_keywords():
    class Model:
        def __init__(self, w):
            self.w = w

        @jit
        def scaled(self, x, *, by=2.0):
            return self.w * x * by

    assert_equal(Model(3.0).scaled(X), 6 * X)
    assert_equal(Model(4.0).scaled(x=X, by=1.0), 4 * X)


def test_closed_over_arrays_are_constants_in_the_header():
    scale = np.array([1.0, 10.0, 100.0])
    f = jit(lambda x: x * scale)
    assert_equal(f(X), [1.0, 20.0, 300.0])
    assert "float64 of shape (3,)" in f.source(X)
    scale[:] = 0
    assert_equal(f(X), [1.0, 20.0, 300.0])


def test_returned_constants_are_copied():
    scale, number = np.array([1.0, 10.0, 100.0]), np.array(2.0)
    f = jit(lambda x: (x * scale, scale, number))
    f(X)[1][:] = 7
    scale[:], number[()] = 0, 0
    product, found, two = f(X)
    assert_equal(product, [1.0, 20.0, 300.0])
    assert_equal(found, [1.0, 10.0, 100.0])
    assert two == 2.0


def test_in_place_edits_views_and_loops():
    def f(x):
        x = x * 1
        x[0] = 10
        tail = x[1:]
        tail += 1
        for i in range(3):
            x[i] *= x[i - 1]
        return x, tail

    x = X.copy()
    for ours, theirs in zip(jit(f)(x), f(X.copy()), strict=True):
        assert_equal(ours, theirs)
    assert_equal(x, X)


# Python's floats.


# Composition.


def loss(w, x):
    return np.sum(np.tanh(w * x) ** 2)


@pytest.mark.slow
def test_derivatives_inside_and_outside():
    inside, outside = jit(ad.grad(loss)), ad.grad(jit(loss))
    assert_close(inside(X, Y), ad.grad(loss)(X, Y))
    assert_close(outside(X, Y), ad.grad(loss)(X, Y))
    assert_close(jit(ad.hessian(loss))(X, Y), ad.hessian(loss)(X, Y))
    assert_close(ad.hessian(jit(loss))(X, Y), ad.hessian(loss)(X, Y))
    assert_close(ad.jacobian(jit(np.tanh))(X), ad.jacobian(np.tanh)(X))
    tangents = (np.ones(3), np.zeros(3))
    eager = ad.jvp(loss, (X, Y), tangents)
    assert_close(ad.jvp(jit(loss), (X, Y), tangents), eager)
    assert_close(jit(lambda x, y, t: ad.jvp(jit(loss), (x, y), t))(X, Y, tangents), eager)
    _, pullback = ad.vjp(jit(loss), X, Y)
    assert_close(pullback(1.0)[0], ad.grad(loss)(X, Y))


def test_jit_in_jit_is_one_program():
    inner = jit(lambda x: np.exp(x) * 2)
    outer = jit(lambda x: inner(x) + inner(Y))
    assert_close(outer(X), 2 * np.exp(X) + 2 * np.exp(Y))
    assert "opaque" not in outer.source(X)


def test_effects_of_a_nested_jitted_function_belong_to_the_outer_one():
    rng = np.random.default_rng(0)
    noise = jit(lambda x: x + ad.sample(rng.random, 3))
    outer = jit(lambda x: x * noise(np.zeros(3)))
    assert np.all(outer(X) != outer(X))


def test_a_jitted_function_may_call_itself():
    @jit
    def power(x, n):
        return x * power(x, n - 1) if n else x * 0 + 1

    assert_close(power(X, 3), X**3)


# Warnings, NaN, infinities.


def test_warnings_are_those_of_eager_code():
    f = jit(lambda x: 1 / x)
    f(X)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert_equal(f(np.array([0.0, 1.0, 2.0])), [np.inf, 1.0, 0.5])


def test_nan_and_infinity_pass_through_and_may_be_constants():
    f = jit(lambda x: np.where(x > 0, x, -np.inf) + np.where(x > 2, np.nan, 0.0))
    assert_equal(f(np.array([-1.0, 1.0, 3.0])), [-np.inf, 1.0, np.nan])


# What can't be recorded.


def decides(t):
    return t if t > 0 else -t


def counts(t):
    return sum(range(int(t)))


def takes_item(t):
    return t * t.item()


def takes_numpy(t):
    return t * t.numpy()


def takes_float(t):
    return t * float(t)


def draws(t):
    return t * np.random.rand()  # noqa: NPY002 - it is to be refused


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (decides, r"a decision .* at test_jitted\.py:\d+ .*np\.where"),
        (counts, r"test_jitted\.py:\d+"),
        (takes_item, r"\.item\(\) at test_jitted\.py:\d+ .*Keep computing"),
        (takes_numpy, r"\.numpy\(\) at test_jitted\.py:\d+ .*ad\.stop_gradient"),
        (takes_float, r"test_jitted\.py:\d+"),
        (draws, r"draws \(test_jitted\.py:\d+\) draws random .*ad\.sample"),
    ],
)
def test_decisions_by_traced_values_are_refused_with_their_line(f, words):
    with pytest.raises(TypeError, match=words):
        jit(f)(2.0)


@pytest.mark.parametrize("where", ["closure", "default", "argument", "method", "helper"])
def test_direct_draws_from_a_generator_are_refused(where):
    rng = np.random.default_rng(0)

    class Model:
        def __init__(self):
            self.rng = rng

        def noisy(self, x):
            return x + self.rng.random(3)

    def helper(x):
        return x + rng.random(3)

    f, args = {
        "closure": (lambda x: x + rng.random(3), (X,)),
        "default": (lambda x, rng=rng: x + rng.random(3), (X,)),
        "argument": (lambda x, rng: x + rng.random(3), (X, rng)),
        "method": (Model().noisy, (X,)),
        "helper": (lambda x: helper(x) * 2, (X,)),
    }[where]
    before = rng.bit_generator.state
    with pytest.raises(TypeError, match=r"directly.*ad\.sample\(rng\.random, shape\)"):
        jit(f)(*args)
    assert rng.bit_generator.state == before


def test_entries_that_a_mask_selects_are_refused_as_their_number_varies():
    with pytest.raises(TypeError, match=r"test_jitted\.py:\d+.*np\.where"):
        jit(lambda x: x[x > 1].sum())(X)
    assert_equal(jit(lambda x: np.where(x > 1, x, 0).sum())(X), np.float64(5.0))


def test_a_mask_may_be_written_through():
    def f(x):
        x = x * 1
        x[x < 2] = 0
        return x

    jitted = jit(f)
    jitted(X)
    assert_equal(jitted(np.array([5.0, 1.0, 0.0])), [5.0, 0.0, 0.0])


@pytest.mark.parametrize("names", [{"names": {"a", "b"}}, memoryview(bytearray(3))])
def test_unhashable_arguments_are_refused(names):
    with pytest.raises(TypeError, match="neither numeric nor hashable"):
        jit(lambda x, names: x)(X, names)


# Many programs, threads, memory, tracebacks.


def test_many_recordings_warn_once():
    f = jit(lambda x: x + 1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for n in range(12):
            f(np.zeros(n))
    assert [w.filename for w in caught] == [__file__]
    assert "8 times" in str(caught[0].message)


@pytest.mark.slow
def test_many_recordings_warn_once_under_a_gradient():
    f = jit(lambda x: np.sum(x * x))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for n in range(12):
            ad.grad(f)(np.zeros(n))
    assert [w.filename for w in caught] == [__file__]


@pytest.mark.numpy_source
def test_tracebacks_show_the_generated_lines():
    f = jit(lambda x: np.linalg.inv(x) * 2)
    f(np.eye(2))
    with pytest.raises(np.linalg.LinAlgError) as caught:
        f(np.zeros((2, 2)))
    text = "".join(traceback.format_exception(caught.value))
    assert "= np.linalg.inv(x)" in text


def test_the_report_counts():
    report = jit(lambda x: np.sin(np.sin(np.sin(x))) + x.sum()).report(X)
    assert report.operations <= report.recorded
    assert report.buffers <= 2
    assert "operations recorded" in str(report)


def test_ordinary_use_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f = jit(lambda x, n: x * n)
        for n in range(7):
            f(X, n)
