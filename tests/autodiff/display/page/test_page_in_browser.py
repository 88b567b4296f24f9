"""The page in a browser: stepping, selecting, changing numbers, by keyboard and on a phone."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.picture import rendering
from autodiff.display.working.working import of_function, of_tensor

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def curve(x, y):
    product = x * y
    moved = x + 3
    return product * moved - np.sin(x)


def relu_loss(w):
    return max(0, w) * 3


def html(f, *args):
    return page_of(of_function(f, None, args, {}))


def box(page, name):
    """Return the text of a box for screen readers."""
    return page.locator(".box", has=page.get_by_text(name, exact=True)).get_attribute("aria-label")


def slope(page, name):
    numbers = re.search(r"slope of .*? (\[.*\]|[−+\d][\d.e+−]*)$", box(page, name))[1]
    return [float(x) for x in numbers.replace("−", "-").replace("[", "").replace("]", "").split()]


def numbers_in(page, name, *values):
    for i, value in enumerate(values, 1):
        label = name if len(values) == 1 else f"{name}, entry {i}"
        page.get_by_label(label, exact=True).fill(str(value))


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def test_steps_compute_values_forward_and_slopes_backward(opened):
    page = opened(html(loss, W, X, 0))
    assert box(page, "weights") == "weights, value [0  2  1]"
    assert "not computed yet" in box(page, "error")
    press(page, "ArrowRight", 3)
    assert box(page, "error").endswith("value 7")
    assert "not computed yet" in box(page, "loss")
    press(page, "ArrowRight", 3)
    assert box(page, "loss").endswith("value 49, slope of loss +1")
    assert slope(page, "error") == [14]
    assert page.locator(".edge.backward").count() == 1
    step = page.locator("#step").inner_text()
    assert "∂loss/∂error = ∂loss/∂loss · 2 · error" in step.replace("\n", " ")
    assert "1 · 2 · 7" in step
    assert page.locator("li.here").inner_text().strip() == "return error**2"
    press(page, "End")
    assert slope(page, "weights") == ad.grad(loss)(W, X, 0).tolist()
    assert "slope" not in box(page, "x")
    assert page.locator("#where").inner_text() == "backward · 9 of 9"
    press(page, "ArrowLeft", 5)
    assert "slope" not in box(page, "weights")


def test_a_changed_number_changes_results_and_slopes(opened):
    page = opened(html(loss, W, X, 0), "#end")
    numbers_in(page, "weights", 1, 0.5, -2)
    w = np.array([1, 0.5, -2])
    assert slope(page, "weights") == ad.grad(loss)(w, X, 0).tolist()
    assert page.locator("h1").inner_text() == "loss = 16"
    page.get_by_role("button", name="back to the first numbers").click()
    assert slope(page, "weights") == [14, 28, 42]
    page.get_by_label("weights, entry 1", exact=True).fill("")  # an empty field changes nothing
    assert slope(page, "weights")[1] == 28


def test_a_selected_value_shows_the_origin_of_its_slope(opened):
    page = opened(html(curve, 2.0, -1.5))
    page.get_by_role("button", name=re.compile(r"^x,")).click()
    text = page.locator("#step").inner_text().replace("\n", " ")
    assert "Through product" in text
    assert "5 · (−1.5)" in text
    assert "All 3 paths to the result" in text
    total = ad.grad(curve)(2.0, -1.5)
    assert f"shrinks by about {abs(total) / 1000:.4g}" in text
    parts = [
        float(x.replace("−", "-")) for x in page.locator(".paths small").all_inner_texts()[1:2]
    ]
    assert parts == [-3]
    page.locator(".paths button").first.click()
    assert page.locator(".edge.on-path").count() == 3
    assert page.evaluate("document.activeElement.ariaPressed") == "true"
    press(page, "Escape")
    assert page.locator("#step h2").inner_text() == "Start"


def text_about(page, name):
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)},")).click()
    return " ".join(page.locator("#step").inner_text().split())


@pytest.mark.parametrize(
    ("f", "is_same"),
    [
        (lambda w: w.sum() * 3, True),
        (lambda w: w.mean() * 3, True),
        (lambda w: (w @ np.array([1.0, 2.0])) * 3, False),
        (lambda w: (w @ w) * 3, False),
        (lambda w: w.max() * 2, False),
        (lambda w: np.prod(w) * 2, False),
        (lambda w: np.std(w) * 2, False),
    ],
)
def test_the_same_for_each_entry_is_shown_only_for_equal_slopes(opened, f, is_same):
    text = text_about(opened(html(f, np.array([2.0, 5.0]))), "w")
    assert ("the same for each entry" in text) == is_same


@pytest.mark.parametrize(
    ("f", "argument", "name", "equation"),
    [
        (lambda w: np.var(w) * 3, [2.0, 5.0], "w", "3 · ([2 5] − mean([2 5]))"),
        (lambda w: (np.array([1.0, 2.0]) + w) ** 3, 2.0, "[1 2] + w", "3 · ([1 2] + w)²"),
        (lambda w: np.std(w) * 3, [2.0, 5.0], "w", "3 · ([2 5] − mean([2 5])) / (2 · 1.5)"),
    ],
)
def test_a_sum_in_a_product_has_parentheses(opened, f, argument, name, equation):
    assert equation in text_about(opened(html(f, np.array(argument))), name)


def leaky(w):
    low = np.where(w > 0, w * 5, w)
    return low * 2


@pytest.mark.parametrize(
    ("f", "name", "first", "then", "steps"),
    [
        (lambda w: np.maximum(0, w) * 3, "w", 2.0, 0.0, "= 3 · 0.5 = +1.5"),
        (lambda w: np.maximum(0, w).sum(), "w", [1.0, 2.0], [1.0, 0.0], "= [+1 +0.5]"),
        (lambda w: np.clip(w, 0, 1) * 3, "w", 0.0, 0.5, "∂maximum(w, 0)/∂w = +3"),
        (lambda w: w ** (w + 1) * 4, "w + 1", 0.0, 2.0, "= 4 · 5.545 = +22.18"),
        (leaky, "w", 1.0, -1.0, "∂leaky/∂low · ∂low/∂w = +2"),
    ],
)
def test_a_rule_is_omitted_if_another_case_applies(opened, f, name, first, then, steps):
    page = opened(html(f, np.array(first)))
    assert "recorded numbers" not in text_about(page, name)
    numbers_in(page, "w", *np.ravel(then))
    text = " ".join(page.locator("#step").inner_text().split())
    assert f"{steps} The rule was written for the recorded numbers" in text


def test_a_rule_is_kept_if_its_case_still_applies(opened):
    page = opened(html(lambda w: np.maximum(0, w) * 3, 2.0))
    numbers_in(page, "w", -1)
    text = text_about(page, "w")
    assert "= 3 · (−1 > 0) = 3 · 0 = 0" in text
    assert "recorded numbers" not in text


def test_a_formula_of_where_holds_for_both_branches(opened):
    page = opened(html(leaky, 1.0))
    assert "= where((w > 0), w · 5, w)" in text_about(page, "low")
    numbers_in(page, "w", -1)
    assert "computed as where((w > 0), w · 5, w)" in box(page, "low")
    page.get_by_role("button", name="back to the step").click()
    press(page, "ArrowRight", 3)
    text = " ".join(page.locator("#step").inner_text().split())
    assert "low = where((w > 0), w · 5, w) = where(False, −5, −1) = −1" in text
    assert "recorded numbers" not in text


def test_another_branch_is_reported(opened):
    page = opened(html(relu_loss, 2.0), "#end")
    assert not page.locator("#warning").is_visible()
    numbers_in(page, "w", 5)
    assert not page.locator("#warning").is_visible()
    numbers_in(page, "w", -1)
    warning = page.locator("#warning").inner_text()
    assert "would take another branch at test_page_in_browser.py:" in warning
    assert "(return max(0, w) * 3)" in warning
    page.get_by_role("button", name="back to the first numbers").click()
    assert not page.locator("#warning").is_visible()


@pytest.mark.parametrize("f", [lambda w, x: (max(0, (w * x).sum()) - 3) ** 2, lambda w, x: 3.0])
def test_a_result_independent_of_the_arguments_is_reported(opened, f):
    page = opened(html(f, -W, X))
    text = page.locator("#step").inner_text()
    assert "With the recorded numbers, result isn't computed from them." in text
    assert "Step forward" not in text


@pytest.mark.parametrize(
    ("read", "has_warning"),
    [(lambda x: x.item(), True), (lambda x: x.numpy(), True), (lambda x: x, False)],
)
def test_a_plain_number_that_changes_is_reported(opened, read, has_warning):
    page = opened(html(lambda x: x * read(x), 3.0))
    numbers_in(page, "x", 4)
    assert page.locator("#warning").is_visible() == has_warning


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (np.arange(100) * x).numpy().sum() * x,
        lambda x: (np.arange(300.0) * x)[(np.arange(100) * x + 0.5).astype(int)].sum(),
        lambda x: np.stack([x, 2 * x, 5 - x])[np.argmax(np.stack([x, 2 * x, 5 - x]))],
    ],
)
def test_changes_of_large_plain_arrays_are_reported(opened, f):
    page = opened(html(f, 1.0))
    assert not page.locator("#warning").is_visible()
    numbers_in(page, "x", 2.8)
    assert page.locator("#warning").is_visible()


@pytest.mark.parametrize(
    ("f", "argument", "reason"),
    [
        (np.i0, 1.0, "can't compute i0"),
        (lambda x: np.linalg.det(x), np.eye(2), "can't compute det"),
        (lambda x: (x * x).sum(), np.ones((300, 100)), "are more than the 20,000"),
        (lambda x: (x * 1j).real, 2.0, "multiply of complex128"),
    ],
)
def test_unsupported_operations_are_named(opened, f, argument, reason):
    page = opened(html(f, argument), "#end")
    assert reason in page.locator("#inputs").inner_text()
    assert page.locator("input[type=number]").count() == 0


def test_without_graphviz_the_page_is_laid_out_in_the_browser(opened, monkeypatch):
    monkeypatch.setattr(rendering, "can_render", lambda: False)
    text = html(loss, W, X, 0)
    assert len(text.encode()) < 2_000_000
    page = opened(text, "#end")
    assert slope(page, "weights") == [14, 28, 42]
    left = [
        page.locator(".box", has_text=name).first.bounding_box()["x"]
        for name in ("weights", "error")
    ]
    assert left == sorted(left)


def test_play_and_pause(opened):
    page = opened(html(loss, W, X, 0), reduced_motion="reduce")
    page.clock.install()
    press(page, "Space")
    assert "pause" in page.locator("#play").inner_text()
    page.clock.run_for(4_000)
    press(page, "Space")
    page.clock.run_for(9_000)
    assert page.locator("#where").inner_text() == "forward · 2 of 9"
    press(page, "Space")
    page.clock.run_for(60_000)
    assert page.locator("#where").inner_text() == "backward · 9 of 9"
    assert "play" in page.locator("#play").inner_text()


def test_every_control_is_reachable_by_keyboard(opened):
    page = opened(html(loss, W, X, 0))
    reached = set()
    for _ in range(40):
        press(page, "Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.ariaLabel"))
    boxes = set(page.evaluate("[...document.querySelectorAll('.box')].map((box) => box.id)"))
    assert boxes | {"frame", "play", "forward", "last", "slider", "weights, entry 3"} <= reached
    names = "[...document.querySelectorAll('button, input')].map((x) => x.ariaLabel || x.innerText)"
    assert all(page.evaluate(names))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(opened, scheme):
    size = {"width": 375, "height": 667}
    page = opened(
        html(loss, W, X, 0), "#step=5", viewport=size, color_scheme=scheme, reduced_motion="reduce"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.locator("#forward").bounding_box()["height"] >= 40
    active = page.locator(".box.active").bounding_box()
    assert 0 <= active["x"] < 375


def test_folded_steps_are_shown_as_one(opened):
    def looped(x):
        for _ in range(150):
            x = np.tanh(x * 1.01)
        return x.sum()

    page = opened(html(looped, np.array([1.0, 2.0])))
    press(page, "ArrowRight")
    assert "300 steps, shown as one" in page.locator("#step").inner_text()
    press(page, "End")
    np.testing.assert_allclose(slope(page, "x₁"), ad.grad(looped)(np.array([1.0, 2.0])), 1e-3)
    assert "the slope through the 300 steps" in page.locator("#step").inner_text()


def test_a_model_with_layers_in_frames(opened):
    from nn.layers import Dense
    from nn.models import Sequential

    model = Sequential([Dense(3, activation="relu", input_shape=(2,)), Dense(1)])
    working = of_function(lambda x: model(x).sum(), None, (np.ones((2, 2), np.float32),), {})
    closed, page = (opened(page_of(working, depth), "#end") for depth in (None, 2))
    assert closed.locator("#stage .cluster").count() == 1
    assert page.locator("#stage .cluster").count() >= 2
    numbers_in(page, "x", 0.5, -1, 2, 0)
    x = np.array([[0.5, -1], [2, 0]], np.float32)
    expected = ad.grad(lambda x: model(x).sum())(x)
    np.testing.assert_allclose(slope(page, "x"), expected.ravel(), rtol=2e-3, atol=1e-6)


def test_several_results_are_summed(opened):
    page = opened(html(lambda x: x * x, np.array([1.0, -2.0])), "#end")
    assert (
        "raise it, and the sum of all entries of result grows"
        in page.locator("#legend").inner_text()
    )
    assert slope(page, "x") == [2, -4]
    page.get_by_role("button", name=re.compile("^x,")).click()
    assert "how much the sum of all entries of result changes" in page.locator("#step").inner_text()


def test_a_result_without_slopes_only_goes_forward(opened):
    page = opened(html(lambda x: x > 1, 2.0), "#end")
    assert page.locator("#where").inner_text() == "forward · 1 of 1"
    assert "no slopes" in page.locator("#step").inner_text()
    assert not page.locator("#legend").is_visible()


def test_unknown_decisions_of_a_tensor_are_reported(opened):
    x = ad.tensor(2.0)
    page = opened(page_of(of_tensor(max(0, x) * 3)), "#end")
    assert "keeps the choice that it made" in page.locator("#inputs").inner_text()
    numbers_in(page, "x", 5)
    assert page.locator("h1").inner_text() == "result = 15"
