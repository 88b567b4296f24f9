"""Pictures: values, slopes and arrows; rendering; and refused computations."""

import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
from autodiff.display.picture import colors
from autodiff.display.working import plain_graph
from autodiff.display.working.working import of_function
from tests.laws.table import examples

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def words(text):
    return text.split()


def boxes(drawing):
    """Return the texts in each box, by its id."""
    found = re.findall(r"^\s*(\w+) \[label=<(<TABLE.*)>\]$", drawing.dot, re.MULTILINE)
    return {box_id: re.findall(r"> ?([^<>]+?) ?<", label) for box_id, label in found}


def box(drawing, first):
    """Return the texts of the one box that starts with this text."""
    (found,) = [texts for texts in boxes(drawing).values() if texts[0] == first]
    return found


def arrows(drawing):
    """Return the ends of each arrow, as the first texts of the boxes."""
    ids = {box_id: texts[0] for box_id, texts in boxes(drawing).items()}
    pairs = re.findall(r"^\s*(\w+):e -> (\w+)[\w:]*:?w?", drawing.dot, re.MULTILINE)
    return sorted((ids[tail], ids[head]) for tail, head in pairs)


def test_the_loss_of_the_course():
    drawing = ad.draw(loss)(W, X, 0)
    assert drawing.title == "loss = 49"
    assert box(drawing, "weights") == words("weights value 0 2 1 slope +14 +28 +42")
    assert box(drawing, "x") == words("x value 1 2 3")
    assert box(drawing, "a · b") == ["a · b", *words("value 0 4 3 slope +14 +14 +14")]
    assert box(drawing, "Σ") == words("Σ value 7 slope +14")
    assert box(drawing, "error") == ["error", "− 0", *words("value 7 slope +14")]
    assert box(drawing, "loss") == ["loss", "a²", *words("value 49 slope +1")]
    assert arrows(drawing) == [
        ("a · b", "Σ"), ("error", "loss"), ("weights", "a · b"), ("x", "a · b"), ("Σ", "error"),
    ]  # fmt: skip
    assert drawing.description.startswith("A computation in 4 steps, from left to right.")
    assert drawing.text() in drawing.description


def labels(drawing):
    """Return the labels of the arrows."""
    return re.findall(r"label=<([^<>]+)<BR/> >", drawing.dot)


def test_arrows_are_labeled_with_local_slopes():
    assert labels(ad.draw(loss)(W, X, 0)) == ["x = [1 2 3]", "1", "1", "2 · error = 14"]


def test_operands_without_a_name_get_letters_where_a_formula_needs_them():
    drawing = ad.draw(lambda x, y: np.exp(x) * y)(0.0, 3.0)
    assert box(drawing, "result")[1:4] == ["a", "y", "a · y"]
    assert labels(drawing) == ["output = 1", "y = 3", "a = 1"]


def test_the_legend_has_notes_on_the_words_and_signs_that_occur():
    legend = ad.draw(lambda w, x: np.exp(x @ w).sum())(np.ones((2, 2)), X[:2]).dot
    assert "output: the value after the arrow" in legend
    assert "input: the value before" not in legend
    assert "A @ B: the matrix product" in legend
    assert "outer(x, y): the outer product" in legend
    assert "Σ(x): the sum of the entries of x" in legend
    assert "Aᵀ: " not in legend


def test_numbers_stand_behind_formulas_with_the_slope_that_arrives():
    def f(w, scale):
        pair = np.array([w * 3, w])
        return (pair * scale).sum()

    drawing = ad.draw(f)(2.0, np.array([5.0, 7.0]))
    assert labels(drawing)[1:3] == ["g₀ = 5", "g₁ = 7"]
    drawing = ad.draw(lambda w: -1 / np.sqrt(w))(np.array([1.0, 4.0]))
    assert "1 / (2 · output) = [0.5 0.25]" in labels(drawing)


def test_names_of_the_user_and_of_the_notation_differ():
    drawing = ad.draw(lambda g, w: (g @ w).sum())(np.eye(2), np.eye(2))
    assert labels(drawing) == ["g₁ @ wᵀ = [[1 1] [1 1]]", "gᵀ @ g₁ = [[1 1] [1 1]]", "1"]
    assert "g₁: the slope after the arrow" in drawing.dot
    drawing = ad.draw(lambda words: np.exp((words["input"] + 1) ** 2) * 2)({"input": 0.0})
    assert labels(drawing) == ["1", "2 · before = 2", "output = 2.718", "2"]
    drawing = ad.draw(lambda output: np.exp(output) * 2)(0.0)
    assert labels(drawing) == ["after = 1", "2"]
    a = np.array([1.0, 2.0])
    drawing = ad.draw(lambda x: ((x + a) * np.exp(x)).sum())(np.zeros(2))
    assert labels(drawing) == ["1", "output = 1", "c = 1", "b = [1 2]", "1"]


def test_an_argument_g_is_not_the_slope_that_arrives():
    drawing = ad.draw(lambda g, x: g * x)(1.0, 2.0)
    assert labels(drawing) == ["x = 2", "g = 1"]
    assert "the slope after the arrow; a" not in drawing.dot


def test_references_to_far_boxes_are_unique():
    drawing = ad.draw(lambda x: sum(x[i] ** 2 for i in range(9)))(np.ones(9))
    far = [texts[0] for box_id, texts in boxes(drawing).items() if box_id.startswith("r")]
    assert "from x[8]²" in far
    assert len(set(far)) == len(far)

    def late(x):
        with ad.scope("part: one"):
            begun = np.exp(x) * x
        return sum(x[i] for i in range(9)) * begun

    assert ">from part: one<" in ad.draw(late, depth=0)(np.ones(9)).dot


def test_a_rule_that_cannot_be_traced_has_no_label():
    @ad.primitive
    def odd(x):
        return x * 2

    ad.derivative(odd, x=lambda g, z, x: g * 2 * float(x / x))
    drawing = ad.draw(lambda x: odd(x) + 1)(1.0)
    assert labels(drawing) == ["1"]
    assert box(drawing, "x")[-1] == "+2"


def test_an_argument_used_twice_has_one_box_and_two_arrows():
    drawing = ad.draw(lambda x, y: x * y + np.sin(x))(2.0, 3.0)
    assert box(drawing, "x") == ["x", "value", "2", "slope", "+2.584"]
    assert arrows(drawing) == [
        ("a · b", "result"), ("sin", "result"), ("x", "a · b"), ("x", "sin"), ("y", "a · b"),
    ]  # fmt: skip


@examples(20)
@given(arrays(float, array_shapes(max_dims=3, max_side=3), elements=st.floats(-3, 3)))
def test_slopes_are_those_of_grad(x):
    def f(x):
        return np.sum(np.tanh(x) * x)

    working = of_function(f, None, (x,), {})
    (start,) = working.starts
    np.testing.assert_array_equal(working.slopes[start], ad.grad(f)(x))
    assert all(np.shape(slope) == np.shape(n.value) for n, slope in working.slopes.items())


def test_leaves_of_a_structure_are_named():
    weights = {"node_0": [2, 4], "output": 3}
    drawing = ad.draw(lambda weights: sum(weights["node_0"]) * weights["output"])(weights)
    assert box(drawing, "weights['node_0']")[-2:] == ["+3", "+3"]
    assert box(drawing, "weights['output']")[-1] == "+6"


def test_operands_of_an_ordered_operation_have_places():
    drawing = ad.draw(lambda x, y: x - y)(5.0, 3.0)
    assert box(drawing, "result") == ["result", "x", "y", "x − y", *words("value 2 slope +1")]
    assert ":operand_0:w" in drawing.dot
    assert ":operand_1:w" in drawing.dot


def test_a_dead_rectifier_is_marked():
    drawing = ad.draw(lambda w, x: np.maximum(0, (w * x).sum()))(
        np.array([-1.0, -2.0]), np.array([3, 5])
    )
    assert box(drawing, "w") == words("w value −1 −2 slope 0 0")
    assert drawing.dot.count("style=dashed") == 3  # w to ·, · to Σ, Σ to max
    assert colors.ZERO in drawing.dot
    assert "dashed: no slope gets through" in drawing.dot


def test_a_live_picture_has_nothing_dashed():
    assert "dashed" not in ad.draw(loss)(W, X, 0).dot


def test_slopes_that_cancel_are_not_dashed():
    drawing = ad.draw(lambda x: x * 2 - x - x)(1.0)
    assert box(drawing, "x")[-1] == "0"
    assert "dashed" not in drawing.dot


def test_an_unused_argument_is_shown_with_slope_zero():
    drawing = ad.draw(lambda x, y: x * 2)(1.0, 3.0)
    assert box(drawing, "y") == ["y", "value", "3", "slope", "0"]


def test_nan_and_infinity_are_marked():
    with np.errstate(all="ignore"):
        drawing = ad.draw(lambda x: np.log(x).sum())(np.array([1.0, 0.0, -1.0]))
    assert box(drawing, "log")[1:5] == ["value", "0", "−∞", "NaN"]
    assert box(drawing, "x")[-3:] == ["+1", "+∞", "−1"]
    assert "NaN or ∞" in drawing.dot
    assert drawing.title == "result = NaN"


def test_many_entries_are_summarized():
    drawing = ad.draw(lambda x: (x * x).sum())(np.linspace(-1, 2, 12).reshape(3, 4))
    assert box(drawing, "x") == ["x", "value 3×4", "−1 … 2", "slope 3×4", "−2 … +4"]


def test_nan_among_many_entries_is_counted():
    x = np.ones(10)
    x[3] = np.nan
    assert box(ad.draw(lambda x: x.sum())(x), "x")[1:4] == ["value 10", "all 1", "1 NaN or ∞"]


@pytest.mark.parametrize("shape", [(0,), (2, 0), (1,), (1, 1), (2, 3), (1, 2, 3), (7,)])
def test_every_shape_is_drawn(shape):
    drawing = ad.draw(lambda x: np.exp(x))(np.zeros(shape))
    assert len(boxes(drawing)) == 2
    ET.fromstring(drawing.svg())


def test_integers_after_the_first_argument_stay_integers():
    drawing = ad.draw(lambda x, row: (x[row] ** 2).sum())(np.eye(2), 1)
    assert box(drawing, "[1]")[0] == "[1]"
    assert labels(drawing)[0] == "(g at [1]) = [[0 0] [0 2]]"
    assert "g: the slope after the arrow" in drawing.dot


def test_argnums_choose_the_arguments_with_slopes():
    assert box(ad.draw(loss, argnums=(0, 2))(W, X, 0), "target")[-1] == "−14"
    assert box(ad.draw(loss, argnums=1)(W, X, 0), "weights") == words("weights value 0 2 1")


def test_two_arguments_with_the_same_entries_are_not_confused():
    def f(x, a, b):
        return (x * a + b).sum()

    texts = boxes(ad.draw(f)(np.ones(3), np.array([1, 2, 3]), np.array([1, 2, 3]))).values()
    assert sum(text[0] == "constant" for text in texts) == 2


def test_a_constant_argument_used_twice_has_one_box():
    texts = boxes(ad.draw(lambda w, x: (w * x).sum() + (w + x).sum())(W, X + 10)).values()
    assert sum(text[0] == "x" for text in texts) == 1


def test_a_result_of_many_entries_has_the_slopes_of_its_sum():
    drawing = ad.draw(lambda x: x * np.array([1.0, 2.0]))(np.array([3.0, 4.0]))
    assert box(drawing, "x")[-2:] == ["+1", "+2"]
    assert "the sum of all entries of result" in drawing.dot


def test_several_results():
    drawing = ad.draw(lambda x: (x * 2, x * 3))(1.0)
    assert box(drawing, "result[0]")[-1] == "+1"
    assert box(drawing, "x")[-1] == "+5"


def test_a_result_without_slope_is_reported():
    drawing = ad.draw(lambda x: x > 1)(2.0)
    assert "no slopes: result is bool" in drawing.dot
    assert box(drawing, "x")[-1] == "0"


def test_a_result_that_does_not_depend_on_the_argument():
    drawing = ad.draw(lambda x: 5.0)(2.0)
    assert box(drawing, "result")[1:3] == ["value", "5"]
    assert box(drawing, "x")[-1] == "0"
    assert "no slopes: result isn't computed from its arguments<" in drawing.dot


def test_a_choice_that_disconnects_the_result_is_reported():
    def dead(w, x):
        return (max(0, (w * x).sum()) - 3) ** 2

    text = ad.draw(dead).text(-W, X)
    line = dead.__code__.co_firstlineno + 1
    assert text.splitlines()[1] == (
        "no slopes: with these numbers, dead isn't computed from its arguments: "
        f"see the choice at test_draw.py:{line}"
    )


def test_a_complex_value_has_a_slope():
    drawing = ad.draw(lambda z: np.abs(z) ** 2)(3 + 4j)
    assert box(drawing, "z") == ["z", "value", "3 + 4i", "slope", "6 + 8i"]


def test_names_are_escaped():
    drawing = ad.draw(lambda w: w["a<b&c"] * 2)({"a<b&c": 1.0})
    assert "w['a&lt;b&amp;c']" in drawing.dot
    ET.fromstring(drawing.svg())


def test_a_tensor_is_drawn_without_touching_its_slopes():
    x, y = ad.tensor(2.0), ad.tensor(3.0)
    z = x * y
    drawing = ad.draw(z)
    assert x.grad is None
    assert drawing.title == "z = 6"
    assert (box(drawing, "x")[-1], box(drawing, "y")[-1]) == ("+3", "+2")


def test_the_inside_of_a_derivative_is_drawn():
    drawing = ad.draw(lambda x: ad.grad(lambda y: y * x * y)(x))(3.0)
    assert drawing.title == "result = 18"
    assert box(drawing, "x")[-1] == "+12"  # of 2 x² at x = 3


# Rendering.


@pytest.mark.slow
def test_the_import_of_the_engine_does_not_import_graphviz():
    code = "import sys, autodiff; print('graphviz' in sys.modules, 'autodiff.show' in sys.modules)"
    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert completed.stdout.split() == ["False", "False"]


# Refused computations.


def test_too_many_operations_are_refused(monkeypatch):
    monkeypatch.setattr(plain_graph, "LIMIT", 20)

    def long(x):
        for _ in range(21):
            x = x + 1
        return x

    with pytest.raises(ValueError, match=r"at most 20 operations to show, got .* from long"):
        ad.draw(long)(1.0)


def test_a_call_without_arguments_is_refused():
    with pytest.raises(TypeError, match="expected arguments to start from"):
        ad.draw(loss)()


def test_a_function_without_a_result_is_refused():
    with pytest.raises(TypeError, match="expected a result to show, got None"):
        ad.draw(lambda x: None)(1.0)


def test_the_page_shows_the_run_that_is_drawn_where_another_run_differs(tmp_path):
    draws = iter([0.625, 0.375, 0.875])

    def sample(x):
        return 2 * x, x + next(draws)

    drawing = ad.draw(sample)(8.0)
    assert "8.625" in drawing.text()
    page = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "8.625" in page
    assert "8.375" not in page
    assert "another run of your code gave another result" in page


@pytest.mark.parametrize("other", [lambda x: (x, x), lambda x: np.stack([x, x])])
def test_another_run_may_have_other_results_or_another_shape(other, tmp_path):
    runs = iter([lambda x: x * 1, *[other] * 3])
    drawing = ad.draw(lambda x: next(runs)(x))(8.0)
    page = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "another run of your code gave another result" in page


@pytest.mark.parametrize("x", [2.0, np.array([1.0, np.nan, np.inf])])
def test_the_page_of_a_function_that_repeats_its_result_holds_nothing(x, tmp_path):
    drawing = ad.draw(lambda x: (x * 2, np.sum(x) / 3))(x)
    page = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "another run of your code" not in page
    assert '"held": []' in page
