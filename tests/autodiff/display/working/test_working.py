"""The working: names, lines, scopes and slopes of a computation."""

import numpy as np

import autodiff as ad
from autodiff.display.working.working import of_function, of_tensor


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def names_of(working):
    return [working.names.get(node) for node in working.nodes]


def test_names_lines_and_scopes():
    def scoped(w):
        with ad.scope("hidden", label="Dense 1"):
            h = w * 2
        return ad.name(h + 1, "answer") ** 2

    working = of_function(scoped, None, (3.0,), {})
    assert names_of(working) == ["w", "h", "answer", None]
    assert [len(working.scopes.get(node, ())) for node in working.nodes] == [0, 1, 0, 0]
    start, first, *_ = working.nodes
    assert working.starts == [start]
    assert start not in working.lines
    assert working.lines[first].text == "h = w * 2"


def test_naming_steps_are_removed_and_slopes_unchanged():
    def named(x):
        y = ad.name(ad.name(x, "outer") * 2, "inner")
        return ad.name(np.sum(ad.name(y, "other") ** 2), "total")

    working = of_function(named, None, (np.array([1.0, 2.0]),), {})
    assert names_of(working) == ["outer", "other", None, "total"]
    assert working.results == working.nodes[-1:]
    orders = [node.order for node in working.nodes]
    assert orders == sorted(orders)
    np.testing.assert_array_equal(working.slopes[working.starts[0]], [8.0, 16.0])


def test_a_tensor_has_the_name_of_the_callers_variable():
    weights, x = ad.tensor([0.0, 2.0, 1.0]), ad.tensor([1.0, 2.0, 3.0])
    error = (weights * x).sum()
    squared = error**2
    working = of_tensor(squared)
    assert names_of(working) == ["weights", "x", None, "error", "squared"]
    assert working.subject == "squared"


def test_a_constant_result_is_shown():
    working = of_function(lambda x: 5.0, None, (1.0,), {})
    assert working.results[0].value == 5
    assert working.slopes[working.starts[0]] == 0


def test_constants_have_the_names_of_variables():
    data, twin, other = np.arange(3.0), np.ones(4), np.ones(4)

    def total(w, x):
        return (w * data + x).sum() + (twin * other).sum()

    working = of_function(total, 0, (np.ones(3), np.arange(3.0) + 1), {})
    names = [working.constant_name(x) for node in working.nodes for x in node.inputs if np.ndim(x)]
    assert [name for name in names if name] == ["data", "x"]
    assert working.constant_name(np.ones(4)) is None  # which of the two it is can't be known
