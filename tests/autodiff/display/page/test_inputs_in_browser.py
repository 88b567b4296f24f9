"""Inputs in a browser: data changes too, and the result's change stands beside the prediction."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.working.data import of_function_with_data

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def opened_on(opened, f, *args, **context):
    return opened(page_of(of_function_with_data(f, None, args, {})), "#end", **context)


def compared(page):
    """Return the predicted and the measured change."""
    texts = [page.locator(f"#comparison .{kind} .right").inner_text()
             for kind in ("predicted", "measured")]  # fmt: skip
    return [float(text.replace("−", "-")) for text in texts]


def type_in(page, **numbers):
    for name, value in numbers.items():
        label = re.sub(r"_(\d)", r", entry \1", name)
        page.get_by_label(label, exact=True).fill(str(value))


@pytest.mark.parametrize(
    ("typed", "x", "target"),
    [
        ({"x_2": 2.5}, [1, 2.5, 3], 0),
        ({"target": -2}, X, -2),
        ({"x_1": 0, "x_3": 3.5, "target": 1}, [0, 2, 3.5], 1),
    ],
)
def test_changed_data_changes_the_result_beside_the_prediction(opened, typed, x, target):
    page = opened_on(opened, loss, W, X, 0)
    type_in(page, **typed)
    floats = [array.astype(float) for array in (W, X)]
    by_x, by_target = ad.grad(loss, argnums=(1, 2))(*floats, 0.0)
    expected = by_x @ (np.array(x) - X) + by_target * target
    change = loss(W, np.array(x), target) - 49
    np.testing.assert_allclose(compared(page), [expected, change], rtol=1e-3)
    assert page.locator("h1").inner_text() == f"loss = {49 + change:g}"
    text = page.locator("#comparison").inner_text()
    assert ("off by" in text) == (abs(expected - change) > 1e-6)


def test_the_slider_drags_the_selected_number_by_keyboard_too(opened):
    page = opened_on(opened, loss, W, X, 0)
    assert page.locator("#comparison").inner_text() == ""
    page.get_by_label("x, entry 3", exact=True).focus()
    slider = page.get_by_role("slider", name="Slider of x[2]")
    slider.press("ArrowRight")
    moved = float(page.get_by_label("x, entry 3", exact=True).input_value())
    assert 3 < moved < 3.2
    assert "x[2]: 3 →" in " ".join(page.locator("#comparison").inner_text().split())
    assert "predicted" in page.inner_text("#announced")
    page.get_by_role("button", name="back to the first numbers").click()
    assert page.get_by_label("x, entry 3", exact=True).input_value() == "3"
    assert page.locator("#comparison").inner_text() == ""


def test_an_entry_of_a_large_array_is_chosen_by_its_position(opened):
    x = np.arange(40).reshape(8, 5)
    page = opened_on(opened, lambda w, x: (x * w).sum(), 2.0, x)
    page.get_by_label("x, position along axis 0").fill("3")
    page.get_by_label("x, position along axis 1").fill("2")
    chosen = page.get_by_label("x, chosen entry")
    assert chosen.input_value() == "17"
    chosen.fill("20")
    assert page.locator("h1").inner_text() == "result = 1566"
    assert compared(page) == [6, 6]
    page.get_by_label("x, position along axis 0").fill("8")  # there is none
    assert page.get_by_label("x, position along axis 0").get_attribute("aria-invalid") == "true"


def test_what_stays_is_told_with_the_reason(opened):
    page = opened_on(opened, lambda w, x, n: (w[:n] * x[:n]).sum(), np.ones(3), X, 2)
    assert "n can't be changed here: your code uses it for positions" in page.inner_text("#inputs")
    type_in(page, x_1=4)
    assert compared(page) == [3, 3]


def test_the_page_of_a_drawing_has_data_unless_the_function_returns_something_else(opened):
    numbers = iter(range(9))
    html = [
        ad.draw(f)(2.0, 3)._page() for f in (lambda w, x: w * x, lambda w, x: w * x + next(numbers))
    ]
    fields = [opened(page).locator("input[type=number]").count() for page in html]
    assert fields == [2, 1]


def by_max(w):
    z = w - 3
    return np.maximum(0, z) * 5


def by_where(w):
    z = w - 3
    return np.where(z > 0, z, 0.1 * z) * 5


def by_branch(w):
    return max(0, w - 3) * 5 + w


def of_arrays(w):
    z = w - 3
    return np.maximum(0, z).sum() * 5


@pytest.mark.parametrize("f", [by_max, by_where, by_branch, of_arrays])
@pytest.mark.parametrize(("first", "same", "other"), [(4.0, 4.5, 1.0), (1.0, 2.0, 4.0)])
def test_a_condition_that_no_longer_holds_is_named(opened, f, first, same, other):
    first = np.array([first, 4.0]) if f is of_arrays else first
    page = opened_on(opened, f, first)
    name = "w_1" if f is of_arrays else "w"
    type_in(page, **{name: same})
    assert "another piece" not in page.inner_text("main")
    type_in(page, **{name: other})
    broken = page.evaluate("window.page.story.brokenConditions()")
    left = "(w − 3)" if f is by_branch else "z"
    sign = ">" if f is of_arrays or same > 3 else "≤" if f is not by_max else "<"
    ending = "holds for other entries than before" if f is of_arrays else "no longer holds"
    assert broken == f"{left} {sign} 0 {ending}"
    assert f"{broken}: the function takes another piece there" in page.inner_text("#comparison")
    assert f"With these numbers, {broken}." in page.inner_text("#step")


def test_negative_terms_are_subtracted(opened):
    page = opened_on(opened, lambda w: w[1] * 2 - w[0] * 3, np.array([1.0, 2.0]))
    type_in(page, w_1=3, w_2=1)
    assert "change:\n−3 · 2 + 2 · (−1)\n" in page.inner_text("#comparison")
    page.get_by_role("button", name="back to the first numbers").click()
    page = opened_on(opened, lambda x: x * 5 - x * 7, 2.0)
    page.locator(".box", has_text="x").first.click()
    assert "5 − 7" in page.inner_text("#step")
