"""Explanations: the numbers of every step, formulas with the same values, and their text."""

import re
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
from tests.autodiff.display.evaluating import UnknownCallError, evaluate
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples, is_constant, projected, real

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def line_of(explanation, start):
    """Return the equation that starts with a text, joined into one line."""
    joined = " ".join(str(explanation).split())
    begin = joined.rindex(f"{start} =")
    return joined[begin:].split(" ∂")[0].split(" How to read it")[0]


# The numbers.

NUMBERS = st.floats(-3, 3).map(lambda x: round(x, 2))
SMOOTH = [np.tanh, np.sin, np.exp, np.square, lambda x: x * 0.5, lambda x: 2 - x, lambda x: x / 3]
JOINING = [np.add, np.subtract, np.multiply, lambda x, y: x * y[::-1], lambda x, y: x / (y * y + 1)]
ENDING = [np.sum, np.mean, lambda x: x[0] * x[1], lambda x: x @ x, lambda x: x.max() - x.min()]


@st.composite
def programs(draw):
    """Draw a function of two vectors, with a few random steps."""
    steps = draw(st.lists(st.sampled_from(range(len(SMOOTH) + len(JOINING))), max_size=5))
    picks = draw(st.lists(st.integers(0, 9), min_size=12, max_size=12))
    ending = draw(st.sampled_from(ENDING))

    def program(x, y):
        values = [x, y]
        for i, step in enumerate(steps):
            first, second = values[picks[2 * i] % len(values)], values[picks[-i] % len(values)]
            if step < len(SMOOTH):
                values.append(np.tanh(SMOOTH[step](first)))
            else:
                values.append(JOINING[step - len(SMOOTH)](first, second))
        return ending(values[-1])

    return program


def check_value(equation):
    """Assert that the formula of an equation has the value of the equation."""
    try:
        value = evaluate(equation.symbols)
    except UnknownCallError:
        return
    if not np.isfinite(value).all():
        return  # NaN times 0 is NaN, but 0 in algebra
    np.testing.assert_allclose(
        np.broadcast_to(value, np.shape(equation.value)), equation.value, rtol=1e-9, atol=1e-12
    )


@given(programs(), arrays(float, 3, elements=NUMBERS), arrays(float, 3, elements=NUMBERS))
@examples(50)
def test_every_equation_is_right_and_the_slopes_are_those_of_grad(program, x, y):
    derivation = ad.explain(program, argnums=(0, 1))(x, y).derivation
    for found, slope in zip(derivation.slopes, ad.grad(program, (0, 1))(x, y), strict=True):
        assert_close(found.value, slope)
        check_value(found)
    for _, equations in derivation.lines:
        for equation in equations:
            check_value(equation)
    for step in derivation.steps:
        check_value(step.equation)
        np.testing.assert_allclose(
            sum(path.value for path in step.paths), step.equation.value, atol=1e-12
        )
        for path in step.paths:
            check_value(path)


@every([key for key in DOMAINS if not is_constant(key) and key is not ad.stop_gradient])
@given(data=st.data())
@examples(1)
def test_everything_that_differentiates_can_be_explained(key, data):
    call = data.draw(calls(key))
    f = real(projected(call.run, call.arrays))
    try:
        explanation = ad.explain(f, argnums=range(len(call.arrays)))(*call.arrays)
    except (TypeError, ValueError) as error:
        if re.match("expected (real numbers to explain|at most 300 equations)", str(error)):
            return
        raise
    slopes = ad.grad(f, range(len(call.arrays)))(*call.arrays)
    for found, slope in zip(explanation.derivation.slopes, slopes, strict=True):
        assert_close(found.value, slope)
        check_value(found)
    assert str(explanation)
    assert explanation.markdown()
    assert explanation.latex()


def assert_close(shown, slope):
    """Compare slopes; rounding noise is shown as 0."""
    noise = 256 * np.finfo(float).eps * np.max(np.abs(slope), initial=1)
    np.testing.assert_allclose(shown, slope, atol=noise)


# The text.


def test_the_loss_of_the_course():
    printed = str(ad.explain(loss)(W, X, 0))
    mathematics = [line for line in printed.splitlines() if "test_explain.py" not in line]
    del mathematics[9:12]  # the chain rule in words
    assert (
        mathematics
        == textwrap.dedent("""\
        Forward: how loss is computed

                weights · x = [0 2 1] · [1 2 3] = [0 4 3]
                Σ(weights · x) = Σ([0 4 3]) = 7
                error = Σ(weights · x) − 0 = 7 − 0 = 7
                loss = error² = 7² = 49

        Backward: the chain rule, from loss to the arguments

            ∂loss/∂error = 2 · error = 2 · 7 = 14
            ∂loss/∂Σ(weights · x) = ∂loss/∂error = 14
            ∂loss/∂(weights · x) = ∂loss/∂Σ(weights · x) · [1 1 1] = 14 · [1 1 1] = [14 14 14]
            ∂loss/∂weights = ∂loss/∂(weights · x) · x = [14 14 14] · [1 2 3] = [14 28 42]

        The slopes

            ∂loss/∂weights = 2 · x · error = 2 · [1 2 3] · 7 = [14 28 42]

        How to read it

            x · y      the product of each entry with its partner
            Σ(x)       the sum of the entries of x
            [1 1 1]    repeats the other factor for each entry""").splitlines()
    )


def test_each_line_of_code_precedes_its_equations():
    printed = str(ad.explain(loss)(W, X, 0))
    lines = printed.splitlines()
    assert lines[2].strip().startswith("error = (weights * x).sum() - target")
    assert "test_explain.py:" in lines[2]
    assert lines[6].strip().startswith("return error**2")


def test_paths_that_meet_are_summed():
    def meeting(x):
        left = x * x
        return left * x + left

    printed = str(ad.explain(meeting)(3.0))
    assert "∂meeting/∂left = the sum over 2 paths" in printed
    assert "∂meeting/∂left = 3 + 1 = 4" in printed
    assert line_of(printed, "∂meeting/∂x").endswith("= 33")


def test_rows_and_a_mean():
    def mse(weights, rows, targets):
        errors = rows @ weights - targets
        return np.mean(errors**2)

    rows = np.arange(6).reshape(3, 2)
    explanation = ad.explain(mse)(np.array([1.0, -1.0]), rows, np.array([1, 2, 0]))
    assert line_of(explanation, "∂mse/∂weights").startswith(
        "∂mse/∂weights = 2 · rowsᵀ @ errors / 3 = 2 · [[0 1] [2 3] [4 5]]ᵀ @ [−2 −3 −1] / 3"
    )


def test_matrix_products_and_elementwise_products():
    def layered(w, x, v):
        return (np.maximum(x @ w, 0) @ v).sum()

    explanation = ad.explain(layered, of="w")(np.ones((2, 2)), np.ones((1, 2)), np.ones((2, 1)))
    formula = "xᵀ @ (([[1]] @ vᵀ) · (x @ w > 0))"
    assert line_of(explanation, "∂layered/∂w").startswith(f"∂layered/∂w = {formula} = ")


HUGE = "overflows or divides by 0"
HIDDEN = "a step is NaN or ∞, which a single formula would hide"
OTHER = "underflows or rounds to another number"


@pytest.mark.parametrize(
    ("f", "x", "slope", "why"),
    [
        (lambda x: (x * 1e200) ** 2, 1e-150, "1e+200 · ∂f/∂(x · 1e+200) = 1e+200 · 2e+50", HUGE),
        (lambda x: (x * 1e-200) ** 2, 1e150, "1e−200 · ∂f/∂(x · 1e−200) = 1e−200 · 2e−50", OTHER),
        (lambda x: 0 * np.log(x), 0.0, "∂f/∂log(x) / x = 0 / 0 = NaN", HIDDEN),
        (lambda x: np.exp(x) * np.exp(-x), 800.0, "∂f/∂exp(x) · exp(x) − ∂f/∂(−x) = 0", HIDDEN),
        (lambda x: x * 1e5 * 1e-5, np.float16(1), "∞ With these", HIDDEN),
        (lambda x: np.sin(x) * 1e5 * 1e-5, np.float16(1), "∂f/∂sin(x) · cos(x) = ∞", HIDDEN),
    ],
)
def test_a_single_formula_is_written_only_if_it_has_the_value_of_the_slope(f, x, slope, why):
    f.__name__ = "f"
    with np.errstate(all="ignore"):
        printed = " ".join(str(ad.explain(f)(x)).split())
    assert f"The slopes ∂f/∂x = {slope}" in printed
    assert printed.endswith(f"{why}.")


def test_rounding_is_no_disagreement():
    def noisy(x):
        return x * 0.1 + x * 0.2 - x * 0.3 + (x - 1e8) * x

    for x in (np.float32(0.1), np.float64(1e8 / 2), np.linspace(0, 1e8, 7, dtype="f4")):
        assert ad.explain(noisy)(x).derivation.reasons == [""]


def test_large_arrays_are_written_by_shape_and_range():
    explanation = ad.explain(lambda w: np.sum(w * w))(np.linspace(1, 2, 50).reshape(10, 5))
    assert line_of(explanation, "∂result/∂w") == "∂result/∂w = 2 · w = 2 · [10×5] = [10×5] (2 … 4)"


def test_the_number_of_entries_differs_from_an_entry():
    explanation = ad.explain(lambda w, x: np.sum(w * x))(np.array([20.0]), np.arange(20))
    assert "w · x = [20] · [20 entries] = [20 entries] (0 … 380)" in str(explanation)
    assert r"\left[20~\text{entries}\right]" in explanation.latex()
    assert "Σ(w · 2) = Σ([]) = 0" in str(ad.explain(lambda w: (w * 2).sum() ** 2)(np.zeros(0)))


def test_values_of_a_loop_are_numbered():
    def looped(x):
        for _ in range(2):
            x = np.tanh(x)
        return x * 2

    printed = str(ad.explain(looped)(0.5))
    assert "x₂ = tanh(x₁)" in printed
    assert "∂looped/∂x₁ = ∂looped/∂x₂ · (1 − x₂²)" in printed


def test_a_slope_of_zero_names_the_choice():
    def choosing(x, y):
        return max(x, 0) + y

    printed = " ".join(str(ad.explain(choosing)(-1.0, 2.0)).split())
    assert "∂choosing/∂x = 0" in printed
    assert "isn't computed from it: see the choice at test_explain.py" in printed


def test_a_dead_relu_shows_its_condition():
    def off(x):
        hidden = 3 * x
        return np.maximum(hidden, 0) * 2

    explanation = ad.explain(off)(-1.0)
    assert explanation.formulas == {"x": "6 · (hidden > 0)"}
    assert explanation.slopes == {"x": 0.0}


def test_a_list_used_twice_is_one_value():
    def twice(x, w, v):
        pair = np.array([x, 2 * x])
        return (pair * w).sum() * (pair * v).sum()

    derivation = ad.explain(twice)(1.0, np.array([1.0, 2.0]), np.array([3.0, 4.0])).derivation
    about_pairs = [step for step in derivation.steps if step.equation.of.label[1].label == "pair"]
    assert len(about_pairs) == 1


def test_blocks_are_closed_at_a_depth():
    def blocks(w):
        with ad.scope("layer"):
            inside = np.tanh(w * 2)
        return inside**2

    opened, closed = (str(ad.explain(blocks, depth=depth)(0.5)) for depth in (None, 0))
    assert "∂blocks/∂(w · 2)" in opened
    assert "∂blocks/∂(w · 2)" not in closed
    assert closed.splitlines()[-1] == opened.splitlines()[-1]


@pytest.mark.parametrize("of", ["weights['a']", "weights", "hidden"])
def test_of_selects_the_slopes_to_derive(of):
    def f(weights):
        hidden = weights["a"] * 2
        other = weights["b"] * 3
        return hidden * other

    printed = str(ad.explain(f, of=of)({"a": 1.0, "b": 2.0}))
    assert ("∂f/∂other" in printed) == (of == "weights")
    assert "∂f/∂hidden" in printed


def test_a_tensor_is_explained():
    x = ad.tensor(3.0)
    printed = str(ad.explain(x**2))
    assert "2 · x = 2 · 3 = 6" in printed


def test_a_result_from_which_another_is_computed():
    def two(x):
        y = x * x
        return y, y * 3

    explanation = ad.explain(two)(2.0)
    assert explanation.formulas == {"x": "8 · x"}
    text = str(explanation)
    assert "∂two/∂y = the sum over 2 paths\n        over y: 1\n        over two[1]: 3\n" in text
    assert "∂two/∂y = 1 + 3 = 4" in text


def test_a_result_of_several_entries():
    printed = str(ad.explain(lambda x: x**2)(np.array([1.0, 2.0])))
    assert "the slopes of the sum" in printed
    assert printed.endswith("2 · x = 2 · [1 2] = [2 4]")


def test_a_named_value_has_its_name():
    printed = str(ad.explain(lambda x: ad.name(2 * x - 7, "error") ** 2)(5.0))
    assert "∂result/∂error = 2 · error = 2 · 3 = 6" in printed


# Notebooks and pages.


def test_a_variable_with_the_name_of_a_constant_is_numbered():
    def renaming(w, x):
        x = w * x
        return (x * x).sum()

    printed = str(ad.explain(renaming)(X, X + 1))
    assert "x₁ = w · x = " in printed
