import dis
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad
from autodiff.tracing.assignments import _assigns, assignment


def network(weights, x):
    hidden = None
    hidden = np.array([np.tanh(x) * weights[0], weights[1]])
    unused = x
    total = (hidden * weights).sum()
    return total * unused


def pairs(weights, x):
    left, right = np.array([weights[0], x]), np.array([weights[1], x])
    products = left * weights
    return products @ (right * weights)


def lines_of(function):
    """Return the lines of the function's values, counted from its first."""
    working = ad.explain(function)(np.array([1.0, 2.0]), 3.0).derivation.working
    first = function.__code__.co_firstlineno
    return {
        working.names.get(node, node.primitive.name): working.lines[node].number - first
        for node in working.nodes
        if node in working.lines
    }


@pytest.mark.parametrize(
    ("function", "name", "line"), [(network, "hidden", 2), (pairs, "left", 1), (pairs, "right", 1)]
)
def test_an_array_of_traced_values_has_the_line_where_it_was_made(function, name, line):
    assert lines_of(function)[name] == line


def test_a_stack_that_was_called_for_has_the_line_of_its_call():
    def stacked(weights, x):
        value = x * weights[0]
        unused = np.array([value, x])
        hidden = np.stack([value, x])
        return hidden.sum() + len(unused)

    assert lines_of(stacked)["hidden"] == 3


def test_the_latest_assignment_counts():
    code = network.__code__
    end = max(i.offset for i in dis.get_instructions(code)) + 1
    numbers = [line_at(code, assignment(code, name, end)) for name in ("hidden", "total")]
    assert numbers == [code.co_firstlineno + 2, code.co_firstlineno + 4]
    assert assignment(code, "weights", end) == end  # a parameter, never assigned
    first, second = (i.offset for i in dis.get_instructions(code) if _assigns(i, "hidden"))
    assert assignment(code, "hidden", second) == first


def line_at(code, position):
    return next(n for start, end, n in code.co_lines() if start <= position < end)


@pytest.mark.parametrize(
    ("instruction", "names", "expected"),
    [
        ("STORE_FAST", "b", True),
        ("STORE_FAST", "ab", False),
        ("STORE_FAST_STORE_FAST", ("a", "b"), True),
        ("STORE_FAST_LOAD_FAST", ("a", "c"), False),
        ("LOAD_FAST", "b", False),
        ("LOAD_FAST_LOAD_FAST", ("b", "a"), False),
    ],
)
def test_instructions_of_one_and_of_two_names(instruction, names, expected):
    assert _assigns(SimpleNamespace(opname=instruction, argval=names), "b") == expected
