"""A value has the same name in pictures, derivations and pages."""

import html
import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.explain import explain
from autodiff.display.mathematics.writing import text
from autodiff.display.page.content import content_of
from autodiff.display.working.names import names_of
from autodiff.display.working.references import References
from autodiff.display.working.working import of_function

X = np.array([1.0, 2.0])


def course(weights, row):
    hidden = np.array([np.maximum(0, (row * weights[0]).sum()), np.tanh(weights[1] @ row)])
    error = (hidden * weights[2]).sum() - (hidden**3).sum()
    return error**2


def loop(x, row):
    for i in range(3):
        x = np.sin(x * row) + i
    return (x * 3 - row * 2 + np.cos(x) * np.exp(-row)).sum()


def layers(weights, row):
    for i in range(2):
        with ad.scope(f"dense_{i}", label="Dense 2"):
            row = np.maximum(0, row * weights[i] + 1)
    return row.sum()


CASES = [(course, [X, X + 1, -X]), (loop, X), (layers, [X, X])]


@pytest.mark.slow
@pytest.mark.parametrize(("f", "weights"), CASES)
def test_names_are_the_same_in_all_displays(f, weights):
    equations = [e for _, lines in explain(f)(weights, X).derivation.lines for e in lines]
    derived = [text(equation.of) for equation in equations]
    lines = ad.draw(f, depth=9).text(weights, X).splitlines()
    rows = [line.strip().split(" = ")[0].strip() for line in lines[3:] if "∂" not in line]
    content, _ = content_of(of_function(f, None, (weights, X), {}))
    boxes = [box["name"] for box in content["boxes"]]
    drawing = ad.draw(f, depth=9)(weights, X)
    pictured = re.findall(r"<B> ([^<]*) </B>", html.unescape(drawing.dot))
    assert derived
    assert [name for name in derived if name in pictured]
    assert set(pictured) <= {*boxes, "row"}
    assert [row for row in rows if row in derived] == derived
    assert [name for name in boxes if name in derived] == derived


@pytest.mark.parametrize(("f", "weights"), CASES)
def test_names_are_unique(f, weights):
    names = list(names_of(of_function(f, None, (weights, X), {})).values())
    assert len(set(names)) == len(names)


def test_a_list_that_is_used_twice_is_one_value():
    names = names_of(of_function(course, None, ([X, X, X], X), {})).values()
    found = [name for name in names if name.startswith("hidden")]
    assert found == ["hidden[0]", "hidden[1]", "hidden"]


def test_several_results_are_named_by_their_path():
    def both(x):
        return {"double": x * 2, "rest": (x * 3, x)}

    working = of_function(both, None, (1.0,), {})
    assert list(names_of(working).values()) == ["x", "both['double']", "both['rest'][0]"]


def test_the_output_of_a_block_is_named_after_it():
    def encoded(x):
        with ad.scope("encoder"):
            return np.exp(2 * x + 1)

    working = of_function(lambda x: encoded(x) ** 2, None, (0.5,), {})
    assert set(names_of(working).values()) == {"x", "encoder", "result"}


def test_letters_are_the_same_at_every_depth():
    def f(x, row):
        for i in range(3):
            with ad.scope(f"layer_{i}"):
                y = np.tanh(x * row + row / 3 - np.cos(x * row) * i)
            x = (y * y).sum() + (x * row * np.sin(x * row) * np.exp(-row)).sum()
        return x

    working = of_function(f, None, (0.5, X), {})
    whole = References(working).names
    for depth in range(3):
        names = References(working, depth).names
        assert names == {node: whole[node] for node in names}


def squares(x):
    return x**2 * np.sin(x**2)


def length(v):
    return np.linalg.norm(v) * v[0]


def middle(v):
    return np.median(v * v[::-1]) * v[0]


def contracted(v):
    return np.tensordot(v, np.sin(v), 1) * v[0]


@pytest.mark.parametrize(
    ("f", "x"), [(squares, 2.0), (length, X), (middle, X), (contracted, X), (loop, X)]
)
def test_references_are_unique(f, x):
    working = of_function(f, None, (x, X)[: f.__code__.co_argcount], {})
    references = References(working)
    single = [node for node in working.nodes if not isinstance(node.value, tuple)]
    called = [references.name(node) for node in single]
    assert len(set(called)) == len(called)


def test_equal_formulas_get_letters():
    references = References(of_function(squares, None, (2.0,), {}))
    called = [
        (text(formula), references.expression(n)) for n, formula in references.by_node.items()
    ]
    assert called == [
        ("x", ""), ("v₁", "x²"), ("v₂", "x²"), ("sin(v₂)", ""), ("squares", "v₁ · sin(v₂)"),
    ]  # fmt: skip


def test_two_numbers_without_a_name_get_letters():
    explanation = ad.explain(ad.tensor(2.0) * ad.tensor(2.0) ** 3)
    assert explanation.slopes == {"2": 8.0, "v₁": 24.0}
