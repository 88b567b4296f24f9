"""A checkpointed function has the same slopes, to any order, and keeps less."""

import functools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

import autodiff as ad
from autodiff.check import numerical_slope

vectors = arrays(np.float64, st.integers(0, 4), elements=st.floats(-2, 2))


def block(weights, x):
    hidden = np.tanh(weights["w"] * x + weights["b"])
    return {"out": hidden * x, "size": np.sum(hidden**2)}


def loss(make):
    def f(weights, x):
        first = make(weights, x)
        second = make(weights, first["out"])
        return np.sum(second["out"]) + second["size"] * first["size"]

    return f


@given(vectors, st.floats(-1, 1))
def test_slopes_are_the_same(x, b):
    weights = {"w": 0.5, "b": b}
    plain, forgetful = loss(block), loss(ad.checkpoint(block))
    expected, got = (ad.grad(f, (0, 1))(weights, x) for f in (plain, forgetful))
    np.testing.assert_allclose(got[0]["w"], expected[0]["w"], atol=1e-12)
    np.testing.assert_allclose(got[0]["b"], expected[0]["b"], atol=1e-12)
    np.testing.assert_allclose(got[1], expected[1], atol=1e-12)
    hessians = [ad.hessian(lambda x, f=f: f(weights, x))(x) for f in (plain, forgetful)]
    np.testing.assert_allclose(hessians[1], hessians[0], atol=1e-10)


@pytest.mark.slow
def test_less_is_kept():
    def deep(x):
        for _ in range(50):
            x = np.sin(x)
        return x

    def peak(f):
        x = np.ones(10_000)
        tracemalloc.start()
        ad.grad(lambda x: np.sum(f(f(f(f(x))))))(x)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(ad.checkpoint(deep)) < 0.5 * peak(deep)


def test_complex_arguments():
    z = 1.0 + 2.0j
    slopes = [ad.grad(lambda z, f=f: np.abs(f(z)) ** 2)(z) for f in (np.exp, ad.checkpoint(np.exp))]
    assert np.isclose(*slopes)


def test_without_a_trace_it_is_the_function_itself():
    assert ad.checkpoint(lambda x, n: x * n)(2, 3) == 6


@pytest.mark.parametrize("several", [False, True])
def test_no_slope_passes_through_comparisons(several):
    is_positive = ad.checkpoint(lambda x: (x > 0, x * x)[: 1 + several])
    slope = ad.grad(lambda x: np.sum(is_positive(x)[0] ** np.array([0, 1]) * x))
    assert slope(np.array([1.0, 2.0])).tolist() == [1, 1]


def test_integers_stay_integers():
    pick = ad.checkpoint(lambda x, i: x[i])
    assert ad.grad(lambda x: pick(x, 1))(np.ones(3)).tolist() == [0, 1, 0]


def test_a_traced_value_that_it_closes_over_is_refused():
    with pytest.raises(ValueError, match=r"isn't among its arguments"):
        ad.grad(lambda w: ad.checkpoint(lambda x: (x, x * w))(w * 2)[0])(3.0)
    with pytest.raises(TypeError, match="checkpoint needs a function"):
        ad.checkpoint(3)


def test_jit_writes_out_what_happens_inside():
    x = np.array([1.0, 2.0, 3.0])
    f = ad.checkpoint(lambda y: np.sum(np.sin(y)))
    assert np.allclose(ad.jit(ad.grad(f))(x), np.cos(x))
    assert np.allclose(ad.grad(ad.jit(f))(x), np.cos(x))


def test_it_is_named_after_its_function():
    def block(x):
        return np.sin(x) * x

    x = ad.tensor(2.0)
    y = ad.checkpoint(block)(x) * 2
    assert "checkpoint(block)(x)" in ad.draw(y).text()


@pytest.mark.parametrize("make", [ad.checkpoint, ad.jit])
def test_a_single_result_is_one_step_of_a_picture(make):
    def square(x):
        return x * x

    x = ad.tensor(3.0)
    y = make(square)(x)
    name = "checkpoint(square)" if make is ad.checkpoint else "square"
    assert f"y = {name}(x) = 9 " in ad.draw(y).text()


def add_at(x, c):
    np.add.at(x, 0, c)  # which NumPy does in a read-only array, too


def assign(x, c):
    x[0] = np.sum(c)


def assign_other(x, c):
    del x
    c += 1


def append(x, c, more):
    del c
    more.append(x)


def replace(x, c, more):
    more[0] = x * c


@pytest.mark.parametrize("edit", [add_at, assign, assign_other, append, replace])
def test_edits_of_arguments_are_refused(edit):
    def f(x, c, more):
        edit(x, c, *([more] if edit in (append, replace) else []))
        return np.sum(x * x * c * more[0])

    x = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match=r"f \(test_checkpoint\.py:\d+\) edits an argument"):
        ad.grad(ad.checkpoint(f))(x, np.array(3.0) if edit is add_at else np.ones(2), [x, 1.0])
    assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("edited", ["x", "scale"])
def test_edits_of_arguments_by_an_outer_name_are_refused(edited):
    def f(x):
        scale = np.ones(3)
        outer = {"x": x, "scale": scale}[edited]

        def inner(y, by):
            outer[0] = 5.0
            return y * y * by

        return np.sum(ad.checkpoint(inner)(x, scale))

    with pytest.raises(ValueError, match=r"inner \(test_checkpoint\.py:\d+\) edits an argument"):
        ad.grad(f)(np.arange(1.0, 4.0))


def test_edits_of_copies_are_allowed():
    def f(x, c):
        x = x.copy()
        x[0] = c
        return np.sum(x * x)

    slopes = ad.grad(ad.checkpoint(f), (0, 1))(np.array([1.0, np.nan]), 3.0)
    assert_array_equal(slopes[0], [0, np.nan])
    assert slopes[1] == 6


def test_a_list_of_numbers_is_not_taken_for_an_edited_argument():
    def area(sides):
        return sides[0] * sides[1]

    assert ad.grad(ad.checkpoint(area))([2.0, np.array(3.0)]) == [3.0, 2.0]
    assert ad.checkpoint(area)([2.0, np.array(3.0)]) == 6.0


def test_traced_arguments_may_be_named():
    @ad.checkpoint
    def f(x, *, scale, power=2, how="plain"):
        return np.sum(scale["a"] * x**power) if how == "plain" else x

    slopes = ad.grad(lambda x, a: f(x, scale={"a": a}, power=3), (0, 1))(2.0, 5.0)
    assert slopes == (60.0, 8.0)
    assert ad.grad(lambda a: f(2.0, scale={"a": a}))(5.0) == 4.0


@pytest.mark.parametrize(
    "numbers",
    [
        [np.array(1.5), np.array(0.4)], [np.array(1.5)], (np.array(1.5), np.array(0.4)),
        [np.float64(1.5), 0.4],
    ],
)  # fmt: skip
def test_a_list_of_0d_arrays_stays_one_in_each_run(numbers):
    def slopes(d):
        return ad.grad(lambda d: d[0] ** 2 * d[-1])(d)

    expected = ad.jvp(slopes, (numbers,), (numbers,))
    assert str(ad.jvp(ad.checkpoint(slopes), (numbers,), (numbers,))) == str(expected)


def test_a_run_that_rounds_to_narrow_floats_on_the_way_counts_as_the_same():
    def f(x):
        return np.einsum("i,j,k->", x, x, x) * np.float64(1)

    x = np.array([0.1, 0.7, -1.3], np.float32)  # whose sum is -0.5
    np.testing.assert_allclose(ad.grad(ad.checkpoint(f))(x), [0.75] * 3, rtol=1e-5)


def append_to(kept, value):
    kept.append(value)


def write_to(kept, value):
    kept[0][0] = value[1]


def add_into(kept, value):
    np.add.at(kept[0], [0], value[0])


@pytest.mark.parametrize("put", [append_to, write_to, add_into])
def test_values_that_leave_a_function_other_than_by_its_result(put):
    def model(x, read):
        kept = [x * 2]

        def block(y):
            put(kept, np.sin(y))
            return y * 3

        z = np.sum(ad.checkpoint(block)(x))
        return z + np.sum(kept[-1]) if read else z

    x = np.array([1.0, 2.0])
    assert ad.vjp(lambda x: model(x, read=True), x)[0] == model(x, read=True)
    assert_array_equal(ad.grad(model)(x, read=False), [3, 3])
    forward = functools.partial(ad.jvp, lambda x: model(x, read=True), (x,), (x,))
    for transformed in (lambda: ad.grad(model)(x, read=True), forward):
        with pytest.raises(ValueError, match=r"block \(test_checkpoint\.py:\d+\) .*further result"):
            transformed()
    slope, _ = numerical_slope(lambda x: model(x, read=True), x)
    inlined = ad.jit(ad.grad(lambda x: model(x, read=True)))(x)
    np.testing.assert_allclose(inlined, slope, rtol=1e-7)
