"""What a function closes over is found, made plain, and differentiated."""

from typing import NamedTuple

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.transforms.closures import Rerun, Watched, recomputed
from autodiff.transforms.linear import linear
from autodiff.transforms.slots import emptied, filled


class Pair(NamedTuple):
    left: object
    right: object


def test_a_watched_function_returns_plain_values_and_records_what_it_closes_over():
    a, b, unused = ad.tensor([1.0, 2.0]), ad.tensor(3.0), ad.tensor(4.0)
    scaled = a * b

    def f(x):
        return Pair([x * a[0], x], {"both": np.array([scaled[1], 1.0]), "fixed": np.floor(unused)})

    watched = Watched(f)
    out = watched(2.0)
    assert out.left == [2.0, 2.0]
    np.testing.assert_array_equal(out.right["both"], [6.0, 1.0])
    assert list(watched.closed) == [a.node, scaled.node]  # floor has no slope
    assert watched.__name__ == "f"


def test_the_results_of_a_function_that_closes_over_nothing_are_the_same_objects():
    x, pair = np.ones(3), [1.0, "text"]
    assert Watched(lambda: x)() is x
    assert Watched(lambda: pair)() is pair


def test_closed_over_values_are_in_the_order_in_which_they_were_made():
    a, b = ad.tensor(1.0), ad.tensor(2.0)
    for f in (lambda x: a * x + b * x, lambda x: b * x + a * x):
        watched = Watched(f)
        watched(1.0)
        assert list(watched.closed) == [a.node, b.node]


def test_other_closed_over_values_in_a_later_call_are_found_too():
    a, b = ad.tensor(1.0), ad.tensor(2.0)
    watched = Watched(lambda x: a * x if x > 0 else b * x)
    watched(1.0)
    assert list(watched.closed) == [a.node]
    watched(-1.0)
    assert list(watched.closed) == [a.node, b.node]


def test_cotangents_of_arguments_and_of_closed_over_values():
    a = ad.tensor([1.0, 2.0])
    double = 2 * a

    def f(x, n):
        return (x * a * n, (x * double).sum())

    x, n = np.array([3.0, 4.0]), np.int64(5)
    unused = ad.tensor([1.0, 1.0])
    rerun = Rerun("quad", [a.node, double.node, unused.node], f, [x, n])
    found = rerun.pulled_back([np.ones(2), np.float64(1)], record=False)
    slopes = [getattr(slope, "node", slope) for slope in found]
    values = [slope.value if isinstance(slope, Node) else slope for slope in slopes]
    np.testing.assert_array_equal(values[0], 5 * np.array([1, 2]) + 2 * np.array([1, 2]))
    np.testing.assert_array_equal(values[1], 5 * x)  # not through double
    np.testing.assert_array_equal(values[2], x)
    np.testing.assert_array_equal(values[3], [0, 0])


def test_cotangents_of_each_smooth_argument():
    rerun = Rerun("quad", [], lambda x, n, y: (x * n * y,), [np.float64(3), 2, np.float64(5)])
    found = rerun.pulled_back([np.float64(1)], record=False)
    np.testing.assert_array_equal([np.asarray(slope) for slope in found], [10, 6])


def test_a_value_that_is_closed_over_in_a_later_run_alone_is_refused():
    a, b = ad.tensor(1.0), ad.tensor(2.0)
    with pytest.raises(RuntimeError, match=r"quad calls .*same traced values.*args="):
        Rerun("quad", [a.node], lambda x: (x * a * b,), [np.float64(3)])


def test_slots_keep_the_structure():
    a, b = ad.tensor(1.0), ad.tensor([2.0, 3.0])
    arguments = ({"a": a, "n": 3}, [b, None], Pair("text", (a,)), np.array([a, 1.0]))
    template, traced = emptied(arguments)
    assert [t.shape for t in traced] == [(), (2,), (2,)]
    back = filled(template, [10, 20, 30])
    assert back == ({"a": 10, "n": 3}, [20, None], Pair("text", (10,)), 30)


def test_a_linear_function_and_its_transpose_to_any_order():
    matrix = np.array([[1.0, 2.0], [0.0, 3.0], [4.0, 0.0]])

    def times(vectors):
        assert type(vectors[0]) is np.ndarray
        return (matrix @ vectors[0],)

    def transposed(vectors):
        assert type(vectors[0]) is np.ndarray
        return (matrix.T @ vectors[0],)

    def f(x):
        return linear(times, transposed, (x,))[0]

    x = np.array([0.5, -1.0])
    np.testing.assert_array_equal(f(x), matrix @ x)
    ad.check_grads(lambda x: f(x) ** 3, x, order=3)
    np.testing.assert_array_equal(ad.jacobian(f)(x), matrix)
    np.testing.assert_array_equal(ad.jvp(f, (x,), (x,))[1], matrix @ x)


def test_a_result_is_recomputed_for_other_values():
    a, b = ad.tensor([1.0, 2.0]), ad.tensor(3.0)
    inner = 2 * a
    values, vectors = np.linalg.eigh(np.diag(inner) + b)
    result = np.sum(values) + np.sum(np.max(inner, axis=0, keepdims=True)[0] * a)
    moved = {a.node: np.array([5.0, 7.0])}
    assert recomputed(result.node, {}) == result.node.value
    expected = (10 + 14 + 2 * 3) + 14 * 12
    assert recomputed(result.node, moved) == expected
    assert recomputed(result.node, {b.node: 0.0, **moved}) == expected - 6
    assert recomputed(vectors.node, {ad.tensor(1.0).node: 2.0}) is vectors.node.value
