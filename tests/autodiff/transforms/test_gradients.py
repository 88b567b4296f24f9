"""grad and its siblings: arguments, nesting, mutation, threads, and the errors a learner meets."""

import functools
import math
import threading

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad

THREE = np.array([1.0, 2.0, 3.0])


# Arguments


def test_argnums():
    def f(x, y):
        return (x * y).sum()

    assert_array_equal(ad.grad(f, 1)(THREE, THREE * 10), THREE)
    assert_array_equal(ad.grad(f, -1)(THREE, THREE * 10), THREE)
    both = ad.grad(f, (1, 0))(THREE, THREE * 10)
    assert isinstance(both, tuple)
    assert_array_equal(both[0], THREE)
    assert_array_equal(both[1], THREE * 10)
    assert ad.grad(f, ())(THREE, THREE) == ()


def test_keyword_arguments_are_passed_on():
    assert_array_equal(ad.grad(lambda x, *, y: (x * y).sum())(THREE, y=THREE), THREE)


class Cube:
    def __call__(self, x):
        return x**3

    def method(self, x):
        return x**3


@pytest.mark.parametrize(
    "f", [Cube(), Cube().method, functools.partial(lambda n, x: x**n, 3), lambda x: x * x * x]
)
def test_every_kind_of_function(f):
    assert ad.grad(f)(2.0) == 12.0


def test_numpys_own_functions():
    assert ad.grad(np.sin)(3.0) == math.cos(3)
    assert ad.grad(np.multiply, 1)(3.0, 4.0) == 3.0
    assert_array_equal(ad.grad(np.sum)(THREE), [1, 1, 1])


@pytest.mark.parametrize(
    ("given", "slope", "kind"),
    [
        (3, 6.0, float),
        (3.0, 6.0, float),
        (True, 2.0, float),
        (np.int64(3), 6.0, np.float64),
        (np.float32(3), 6.0, np.float32),
        (np.array(3), 6.0, np.float64),
        (np.array(3.0, np.float16), 6.0, np.float16),
        (np.longdouble(3), 6.0, np.longdouble),
    ],
)
def test_numbers(given, slope, kind):
    answered = ad.grad(lambda x: x * x)(given)
    assert type(answered) is kind
    assert answered == slope


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "c8", "c16", "G"])
def test_dtypes_are_kept(dtype):
    x = np.array([1, 2, 3], dtype)
    value, slope = ad.value_and_grad(lambda v: np.abs(2 * v * v + 1.5).sum())(x)
    assert slope.dtype == x.dtype
    assert value.dtype == x.real.dtype
    assert_allclose(slope, 4 * x, rtol=1e-3)


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i4", "i8", "u8"])
def test_integers_and_bools_become_float64(dtype):
    x = np.array([0, 1, 1], dtype)
    slope = ad.grad(lambda v: (v * v).sum())(x)
    assert slope.dtype == np.float64
    assert_array_equal(slope, [0, 2, 2])


def test_integers_do_not_overflow():
    assert_allclose(ad.grad(lambda v: (v**20).sum())(np.array([10, 20])), [20e19, 20 * 20.0**19])
    assert_array_equal(ad.grad(lambda v: (v + v).sum() ** 2)(np.array([200], "u1")), [1600])


def test_a_result_that_is_no_function_of_the_argument_has_slope_zero():
    assert_array_equal(ad.grad(lambda x: 3)(THREE), [0, 0, 0])
    assert_array_equal(ad.grad(lambda x: np.floor(x).sum())(THREE), [0, 0, 0])
    value, slope = ad.value_and_grad(lambda x, y: y)(2.0, 5.0)
    assert (value, slope) == (5.0, 0.0)


# Nesting


def test_an_inner_variable_is_not_mistaken_for_an_outer_one():
    assert ad.grad(lambda x: ad.grad(lambda y: y * (x - y))(x))(3.0) == -1.0
    assert ad.grad(lambda x: x * ad.grad(lambda y: x + y)(2.0))(3.0) == 1.0
    assert ad.grad(lambda x: ad.grad(lambda y: x**2 * y)(1.0))(3.0) == 6.0


def test_six_deep():
    power, wave = (lambda x: x**7), (lambda x: np.sin(x) * np.exp(x))
    for _ in range(6):
        power, wave = ad.grad(power), ad.grad(wave)
    assert_allclose(power(2.0), 5040 * 2.0)
    assert_allclose(wave(1.0), 8 * math.e * math.sin(1 + 6 * math.pi / 4))


def test_an_inner_function_edits_its_arguments_and_outer_values():
    def given(x):
        def inner(y):
            y[0] = y[1] * x[0]
            return (y * y).sum()

        return ad.grad(inner)(x).sum() + x[0]

    # the inner slope is [0, 2 y1 x0^2 + 2 y1], so the whole is 2 x1 (x0^2 + 1) + x0
    assert_array_equal(ad.grad(given)(np.array([2.0, 3.0])), [4 * 2 * 3 + 1, 2 * 5])

    def surrounding(x):
        def inner(y):
            x[0] = 9.0
            return (y * x).sum()

        return ad.grad(inner)(x).sum()  # 9 + x1

    assert_array_equal(ad.grad(surrounding)(np.array([2.0, 3.0])), [0, 1])


def test_a_pullback_is_differentiable():
    _, pullback = ad.vjp(lambda x, y: x * y, 2.0, 3.0)
    assert ad.grad(lambda c: pullback(c)[0] * pullback(c)[1])(5.0) == 2 * 6 * 5
    assert ad.grad(lambda x: ad.vjp(lambda y: y**3, x)[1](1.0)[0])(2.0) == 12.0


def test_backward_inside_grad():
    def f(x):
        t = ad.tensor(2.0)
        (t * t * x).backward()
        return t.grad * 1.0

    assert ad.grad(f)(3.0) == 4.0


# Nothing is shared, nothing is corrupted


def test_an_argument_may_change_after_vjp():
    x, weights = THREE.copy(), {"w": THREE.copy()}
    _, pullback = ad.vjp(lambda x, p: x * x * p["w"], x, weights)
    x[:] = weights["w"][:] = 100
    weights.clear()
    slope, in_weights = pullback(np.ones(3))
    assert_array_equal(slope, 2 * THREE * THREE)
    assert_array_equal(in_weights["w"], THREE**2)


@pytest.mark.parametrize("f", [lambda v: v, lambda v: v * 1, np.exp, lambda v: v.reshape(1, 3)[0]])
def test_a_result_may_be_edited(f):
    out, pullback = ad.vjp(f, THREE)
    expected = pullback(np.ones(3))[0].copy()
    out[:] = 50
    assert_array_equal(pullback(np.ones(3))[0], expected)
    assert_array_equal(THREE, [1, 2, 3])


def test_slopes_share_no_memory():
    cotangent = np.ones((3, 2))
    _, pullback = ad.vjp(lambda a, b, c: (a.T + b, c), np.ones((2, 3)), cotangent, cotangent)
    slopes = pullback((cotangent, cotangent))
    for i, slope in enumerate(slopes):
        assert slope.flags.writeable
        assert not np.shares_memory(slope, cotangent)
        assert not any(np.shares_memory(slope, other) for other in slopes[i + 1 :])


def test_slopes_of_one_array_passed_twice_share_no_memory():
    slope = ad.grad(lambda p: (p["a"] + p["b"]).sum())({"a": THREE, "b": THREE})
    slope["a"][:] = 5
    assert_array_equal(slope["b"], [1, 1, 1])
    assert_array_equal(THREE, [1, 2, 3])


def test_an_exception_leaves_nothing_broken():
    def fails(x):
        raise KeyError(str(x * 2))

    def recovers(x):
        with pytest.raises(KeyError):
            ad.grad(lambda y: fails(y * x))(2.0)
        return ad.grad(lambda y: y * y * x)(2.0)

    with pytest.raises(KeyError):
        ad.grad(fails)(3.0)
    assert ad.grad(recovers)(3.0) == 4.0


@pytest.mark.slow
def test_threads_do_not_disturb_each_other():
    right = []

    def work(start):
        for i in range(100):
            x = np.arange(5.0) + start + i
            slope = ad.grad(lambda v: (np.sin(v) * ad.grad(lambda u, v=v: (u * v).sum())(v)).sum())
            right.append(np.allclose(slope(x), np.sin(x) + x * np.cos(x)))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 400


def test_a_value_that_escaped_is_still_a_tensor():
    kept = []
    ad.grad(lambda x: (kept.append(x), (x * x).sum())[1])(THREE)
    (kept[0] * kept[0]).sum().backward()
    assert_array_equal(kept[0].grad, 2 * THREE)


# elementwise_grad, stop_gradient


def test_elementwise():
    assert_allclose(ad.elementwise_grad(np.tanh)(THREE), 1 - np.tanh(THREE) ** 2)
    assert_allclose(ad.elementwise_grad(np.exp)([0, 1]), np.exp([0, 1]))


def test_stop_gradient():
    assert ad.grad(lambda x: x * ad.stop_gradient(x))(3.0) == 3.0
    assert ad.grad(lambda x: ad.grad(lambda y: ad.stop_gradient(x * y) * y)(x))(3.0) == 0.0
    assert ad.stop_gradient(3.0) == 3.0


# Errors: what was expected, what was got, where, and what to do


def loss(x):
    return x * 2


@pytest.mark.parametrize(
    ("call", "kind", "parts"),
    [
        (lambda: ad.grad(3.0), TypeError, ["function", "float 3.0", "grad(loss)(weights)"]),
        (lambda: ad.grad(ad.tensor(3.0)), TypeError, ["function", "Tensor", "t.backward()"]),
        (lambda: ad.vjp(3.0, 1.0), TypeError, ["function", "float 3.0"]),
        (
            lambda: ad.grad(loss)(THREE),
            TypeError,
            ["scalar", "shape (3,)", "loss (test_gradients.py:", "np.mean"],
        ),
        (lambda: ad.grad(lambda x: None)(1.0), TypeError, ["scalar", "None", "test_gradients"]),
        (lambda: ad.grad(lambda x: [x])(1.0), TypeError, ["scalar", "list", "vjp"]),
        (lambda: ad.grad(lambda x: x > 0)(1.0), TypeError, ["real", "bool", "test_gradients"]),
        (lambda: ad.grad(np.argmax)(THREE), TypeError, ["real", "int64"]),
        (lambda: ad.grad(lambda x: x * 1j)(1.0), TypeError, ["real", "complex128", "abs()"]),
        (lambda: ad.grad(loss)(), TypeError, ["argument 0", "0 positional", "argnums"]),
        (lambda: ad.grad(loss, 1)(2.0), TypeError, ["argument 1", "loss (test_gradients.py:"]),
        (lambda: ad.grad(loss)(x=2.0), TypeError, ["argument 0", "by position"]),
        (lambda: ad.grad(loss)("a"), TypeError, ["expected numbers", "str 'a'", "in x"]),
        (
            lambda: ad.vjp(lambda x: (x, x), THREE)[1](THREE),
            ValueError,
            ["structure", "expected a tuple of 2", "got float64 array"],
        ),
        (
            lambda: ad.vjp(lambda x: (x * 2, np.argmax(x)), THREE),
            TypeError,
            ["real or complex", "int64", "the result[1]"],
        ),
        *(
            (
                lambda transform=transform: transform(lambda x: (x, "text"))(THREE),
                TypeError,
                ["got str 'text' in the result[1]", "returned by <lambda> (test_gradients.py:"],
            )
            for transform in (ad.jit, ad.jacobian, lambda f: lambda x: ad.vjp(f, x))
        ),
    ],
)
def test_errors_say_what_to_do(call, kind, parts):
    with pytest.raises(kind) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


def test_the_argument_of_a_bound_method_is_named_as_its_author_did():
    class Line:
        def loss(self, weights):
            return weights["slope"]

    with pytest.raises(TypeError, match=r"weights\['slope'\]"):
        ad.grad(Line().loss)({"slope": "steep"})


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ((2.0, 3.0), float),
        ((2.0, np.float64(3.0)), np.float64),
        ((np.array([2.0]), 3.0), np.float64),
    ],
)
def test_a_value_is_a_python_number_where_all_arguments_are(args, kind):
    value, _ = ad.value_and_grad(lambda x, y: np.sum(x * y), (0, 1))(*args)
    assert type(value) is kind
    assert value == 6


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("is_mapped", [False, True])
def test_an_argument_may_change_before_the_backward_pass(tmp_path, shape, is_mapped):
    x = np.full(shape, 3.0)
    if is_mapped and shape:
        x = np.memmap(tmp_path / "x", float, "w+", shape=shape)
        x[...] = 3.0
    value, pullback = ad.vjp(lambda x: np.sum(x * x), x)
    x[...] = 5.0
    assert value == 9.0 * x.size
    np.testing.assert_array_equal(pullback(1.0)[0], np.full(shape, 6.0))
