"""Rules as formulas: for every primitive, the formula has the value that the rule computes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.display.mathematics.formula import leaf
from autodiff.display.mathematics.reading import constant
from autodiff.display.mathematics.symbols import local_slopes, pulled_back
from autodiff.display.mathematics.writing import latex, text
from tests.autodiff.display.evaluating import UnknownCallError, evaluate
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples, is_constant, made_complex, results, tensors

X, A, W = np.array([1.0, 2.0, 3.0]), np.ones((2, 3)), np.ones((3, 2))


def nodes_of(results):
    """Return the Nodes of results and their ancestors."""
    found, waiting = set(), [t.node for t in results]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [x for x in node.inputs if isinstance(x, Node)]
    return found


def is_single(x):
    """Return whether a Node has a single result."""
    return not isinstance(x, Node) or not isinstance(x.value, tuple)


def rules_of(node):
    """Return the formulas of a Node's rules, and their expected values."""
    inputs = [constant(x) if not isinstance(x, Node) else leaf("abc"[i % 3], x.value, i)
              for i, x in enumerate(node.inputs)]  # fmt: skip
    g = leaf("g", np.random.default_rng(1).normal(size=np.shape(node.value)), -1)
    return pulled_back(node, inputs, leaf("z", node.value, 9), {0: g}).values()


def check_rules(call, kind):
    """Write the rules of all operations of a call, and compare each formula with its value."""
    out = [t for t in results(call.run(*tensors(call))) if isinstance(t, ad.Tensor)]
    for node in nodes_of(out):
        if not is_single(node) or not all(map(is_single, node.inputs)):
            continue
        if node.primitive.is_constant:
            continue
        if node.value.dtype.kind != kind or not node.value.size:
            continue
        for formula, value in rules_of(node):
            assert text(formula)
            assert latex(formula)
            try:
                value_of_formula = evaluate(formula)
            except UnknownCallError:
                continue
            np.testing.assert_allclose(
                np.broadcast_to(value_of_formula, np.shape(value)), value, rtol=1e-9
            )


SLOPED = [key for key in DOMAINS if not is_constant(key)]


@every(SLOPED)
@given(data=st.data())
@examples(3)
def test_a_formula_has_the_value_of_its_rule(key, data):
    check_rules(data.draw(calls(key)), "f")


@every([key for key in SLOPED if DOMAINS[key].takes_complex])
@given(data=st.data())
@examples(1)
def test_a_formula_has_the_value_of_its_rule_for_complex_numbers(key, data):
    check_rules(made_complex(data.draw(calls(key))), "c")


def slopes_of(f, *values, names="xyz"):
    inputs = [ad.tensor(value) for value in values]
    named = {t.node: name for t, name in zip(inputs, names, strict=False)}
    node = f(*inputs).node
    nodes = {i: x for i, x in enumerate(node.inputs) if isinstance(x, Node)}
    return local_slopes(node, {i: named[x] for i, x in nodes.items() if x in named})


@pytest.mark.parametrize(
    ("f", "x", "written"),
    [
        (lambda x: x**2, X, "2 · x"),
        (lambda x: x**3, X, "3 · x²"),
        (lambda x: x**0.5, X, "0.5 / x^0.5"),
        (lambda x: -x, X, "−1"),
        (lambda x: 3 - x, X, "−1"),
        (lambda x: 1 / x, X, "−out / x"),
        (np.exp, X, "out"),
        (np.log, X, "1 / x"),
        (np.sqrt, X, "1 / (2 · out)"),
        (np.sin, X, "cos(x)"),
        (np.cos, X, "−sin(x)"),
        (np.tanh, X, "1 − out²"),
        (np.arctan, X, "1 / (1 + x²)"),
        (np.abs, X, "sign(x)"),
        (np.sum, X, "1"),
        (np.mean, X, "1 / 3"),
        (lambda x: np.maximum(0, x), X - 2, "where((x == 0), 0.5, 1) · (out == x)"),
        (lambda x: np.maximum(0, x), X - 2.5, "(x > 0)"),
        (lambda x: np.where(X > 1, x, 0), X, "[0 1 1]"),
        (lambda x: x[1], X, "(g at [1])"),
        (lambda x: x.T, A, "gᵀ"),
        (np.cumsum, X, "cumsum(g[::-1], axis=0)[::-1]"),
        (np.prod, X, "slope of prod(g, x)"),
    ],
)
def test_the_formula_of_a_rule(f, x, written):
    (slope,) = slopes_of(f, x).values()
    assert slope.text == written


@pytest.mark.parametrize(
    ("f", "values", "written"),
    [
        (lambda x, y: x * y, (X, X), ["y", "x"]),
        (lambda x, y: x + y, (X, X), ["1", "1"]),
        (lambda x, y: x - y, (X, X), ["1", "−1"]),
        (lambda x, y: x / y, (X, X), ["1 / y", "−out / y"]),
        (lambda x, y: x**y, (2.0, 3.0), ["y · x^(y − 1)", "log(x) · out"]),
        (lambda x, y: x @ y, (A, W), ["g @ yᵀ", "xᵀ @ g"]),
        (lambda x, y: x @ y, (A, X), ["g ⊗ y", "xᵀ @ g"]),
        (lambda x, y: x * y, (2.0, X), ["Σ(g · y)", "x"]),
        (lambda x, y: np.stack([x, y]), (2.0, 3.0), ["g[0]", "g[1]"]),
    ],
)
def test_the_formulas_of_a_rule_of_two_inputs(f, values, written):
    slopes = slopes_of(f, *values)
    assert [slopes[i].text for i in range(2)] == written


def test_a_plain_slope_has_a_value():
    slope = slopes_of(lambda x: x**2, 7.0, names=["error"])[0]
    assert (slope.text, slope.value, slope.is_plain) == ("2 · error", 14.0, True)


def test_a_slope_that_is_not_elementwise_has_no_value():
    slope = slopes_of(lambda x, y: x @ y, A, W)[0]
    assert not slope.is_plain
    assert slope.value is None


def test_an_input_used_twice_has_two_slopes():
    x = ad.tensor(3.0)
    slopes = local_slopes((x * x).node, {0: "x", 1: "x"})
    assert [slope.text for slope in slopes.values()] == ["x", "x"]


def test_a_constant_array_is_written_by_its_name():
    slope = local_slopes((ad.tensor(X) * X).node, {1: "data"})[0]
    assert slope.text == "data"


def test_positions_and_constants_have_no_slope():
    x = ad.tensor(X)
    assert list(local_slopes(x[np.argsort(x)].node)) == [0]


@pytest.mark.parametrize("name", ["power", "where", "at", "sum", "add"])
def test_a_user_defined_primitive_keeps_its_name(name):
    double = ad.primitive(lambda x: 2 * x)
    double.name = name
    ad.derivative(double, x=lambda g, z, x: g * double(x))
    assert slopes_of(double, X)[0].text == f"{name}(x)"
