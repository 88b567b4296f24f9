"""The recorded backward pass: its slopes are those of the first one, and the sums of the shares."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from autodiff.display.page.content import content_of
from autodiff.display.working.backward import backward_of
from autodiff.display.working.working import of_function

X, Z = np.array([0.5, -1.5, 2.0]), np.array([1.0 - 2.0j, 0.5j, -1.5])
FUNCTIONS = {
    "elementwise": (lambda x: (np.tanh(x) * x[::-1]).sum(), X),
    "complex": (lambda z: np.abs((z * z * (1 + 2j)).sum()) ** 2, Z),
    "complex to real": (lambda z: np.real(z * 3j).sum() * np.imag(z[0]), Z),
    "with several results": (lambda x: np.linalg.slogdet(np.diag(x * x))[1], X),
    "joined": (lambda x: (np.concatenate([x, x * 2, x**2]) ** 2).sum(), X),
    "with entries": (lambda x: x[0] * x[1] + x[0] ** 2, X),
    "with a choice": (lambda x: (np.where(x > 0, x, x * x) * x).sum(), X),
    "broadcast": (lambda x: (x[:, None] * x + x).sum(), X),
    "of a number": (lambda x: np.exp(x) * x + x, 0.5),
    "of a mask": (lambda x: (x[x > 0] ** 2).sum(), X),
    "of whole numbers": (lambda x: (x * np.argsort(x)).sum(), X),
}


def edited_rows(x):
    rows = np.outer(x, x)
    chosen = rows[:, 0] > 0
    rows[chosen] = 2 * rows[chosen]
    return (rows**2).sum()


FUNCTIONS["with rows edited by a mask"] = (edited_rows, X)
FUNCTIONS["with a result apart"] = (lambda x: ((x * x).sum(), np.floor(x)), X)


def plain(x):
    return np.asarray(x.numpy() if isinstance(x, Tensor) else x)


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_slopes_are_those_of_the_first_pass(name, record):
    function, x = FUNCTIONS[name]
    working = of_function(function, None, (x,), {})
    found = backward_of(working, record)
    shown = [node for node in working.nodes if type(node.value) is not tuple]
    assert {node for node in shown if node in working.slopes} <= set(found.slopes)
    for node in found.slopes:
        np.testing.assert_allclose(plain(found.slopes[node]), working.slopes[node], rtol=1e-12)


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("name", [n for n in FUNCTIONS if "several" not in n])
def test_a_slope_is_the_sum_of_its_shares(name, record):
    function, x = FUNCTIONS[name]
    working = of_function(function, None, (x,), {})
    found = backward_of(working, record)
    sums = {}
    for arrow in found.arrows:
        assert arrow.head.inputs[arrow.position] is arrow.tail
        sums[arrow.tail] = sums.get(arrow.tail, 0) + plain(arrow.share)
        if arrow.local is not None and plain(arrow.local).dtype.kind == "f":
            slope = plain(found.slopes[arrow.head])
            np.testing.assert_allclose(plain(arrow.local) * slope, plain(arrow.share), rtol=1e-12)
    assert sums
    for node, total in sums.items():
        np.testing.assert_allclose(total, working.slopes[node], rtol=1e-12)


def test_each_use_of_a_joined_value_has_an_arrow():
    function, x = FUNCTIONS["joined"]
    working = of_function(function, None, (x,), {})
    places = [
        arrow.position
        for arrow in backward_of(working, record=True).arrows
        if arrow.head.primitive.name == "concatenate"
    ]
    assert sorted(places) == [0, 1, 2]


def test_the_second_pass_does_not_warn_again():
    with np.errstate(divide="warn"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        working = of_function(lambda x: np.sqrt(x).sum(), None, (np.array([0.0, 1.0]),), {})
        first = len(caught)
        content_of(working)
    assert first
    assert len(caught) == first


@pytest.mark.parametrize("name", FUNCTIONS)
def test_these_rules_take_no_decisions(name):
    function, x = FUNCTIONS[name]
    working = of_function(function, None, (x,), {})
    assert backward_of(working, record=True).decisions == []


def test_an_argument_returned_as_it_is_has_slope_one():
    working = of_function(lambda x: x, None, (2.0,), {})
    (slope,) = [plain(s) for n, s in backward_of(working, record=True).slopes.items()]
    assert slope == 1
    assert type(working.results[0]) is Node


@pytest.mark.parametrize("record", [True, False])
def test_a_result_that_another_is_computed_from_has_the_slopes_of_both(record):
    def both(x):
        doubled = x * 2
        return doubled, (doubled * 3).sum()

    working = of_function(both, None, (X,), {})
    first, _ = working.results
    for slopes in (working.slopes, backward_of(working, record).slopes):
        np.testing.assert_array_equal(plain(slopes[first]), [4, 4, 4])


def test_a_rule_that_takes_a_plain_value_makes_a_decision():
    @ad.primitive
    def bent(x):
        return np.maximum(x, 2 * x)

    ad.derivative(bent, x=lambda g, z, x: 2 * g if x > 0 else g)
    found = backward_of(of_function(lambda x: bent(x) * 3, None, (1.5,), {}), record=True)
    assert {(how, place) for _, how, place, _ in found.decisions} == {
        ("__bool__", "the backward pass")
    }
