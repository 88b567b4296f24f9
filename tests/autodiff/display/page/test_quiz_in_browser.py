"""The quiz in a browser: hidden slopes, answers in numbers and formulas, hints and the score."""

import numpy as np
import pytest

import autodiff as ad
from tests.autodiff.display.page.test_page_in_browser import box

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def matrix_loss(w, x):
    hidden = np.tanh(x @ w)
    return np.mean(hidden**2)


def answer(page, text):
    page.get_by_label("Your answer").fill(text)
    page.get_by_label("Your answer").press("Enter")
    return page.locator("#verdict").inner_text()


def asked(page):
    return page.locator("#prompt .left").inner_text()


def to_question(page, name):
    for _ in range(20):
        if asked(page) == f"{name} =":
            return
        page.locator("#reveal").click()
        page.locator("#next").click()
    raise AssertionError(f"there is no question for {name}")


def test_slopes_are_hidden_until_they_are_found(opened):
    page = opened(ad.quiz(loss)(W, X, 0).html())
    assert "slope" not in box(page, "error")
    assert "value 7" in box(page, "error")
    to_question(page, "∂loss/∂error")
    assert answer(page, "14").startswith("Right: +14")
    page.keyboard.press("Enter")
    assert box(page, "error").endswith("slope of loss +14")
    assert "slope" not in box(page, "weights")


def test_numbers_and_formulas_are_answers(opened):
    page = opened(ad.quiz(loss)(W, X, 0).html())
    for text in ("2 * 7", "2 * error", "∂loss/∂loss · 2 · error", "14.0"):
        page.reload()
        page.wait_for_function("window.page !== undefined")
        to_question(page, "∂loss/∂error")
        assert answer(page, text).startswith("Right"), text
    to_next = page.locator("#next")
    to_next.click()
    to_question(page, "∂loss/∂weights")
    assert "wrong shape" in answer(page, "14")
    assert "can't be read" in answer(page, "2 * (x")
    assert "there is no y here" in answer(page, "2 * y")
    assert answer(page, "2 * x * error").startswith("Right")


def test_lists_of_numbers_are_answers(opened):
    page = opened(ad.quiz(loss)(W, X, 0).html())
    to_question(page, "∂loss/∂weights")
    assert "multiply it by 2" in answer(page, "[7, 14, 21]")
    assert answer(page, "14 28 42").startswith("Right")


@pytest.mark.parametrize("scale", [-1, 2, 0.5, 3, 1 / 3, 7, 0.123])
def test_factors_are_named_as_by_check_slope(opened, scale):
    page = opened(ad.quiz(loss)(W, X, 0).html())
    to_question(page, "∂loss/∂weights")
    own = scale * 2 * X * 7.0
    verdict = ad.check_slope(lambda w: loss(w, X, 0), own, W.astype(float)).verdict
    assert answer(page, str(own.tolist())) == f"{verdict}.".replace("..", ".")


def test_mistakes_of_matrices_are_named_as_by_check_slope(opened):
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(3, 2)), rng.normal(size=(4, 3))
    page = opened(ad.quiz(matrix_loss)(w, x).html())
    to_question(page, "∂matrix_loss/∂w")
    hidden = np.tanh(x @ w)
    wrong = [x.T @ (2 * hidden / 8), x.T @ (hidden * (1 - hidden**2)), x.T @ (1 - hidden**2)]
    for own in wrong:
        verdict = ad.check_slope(lambda w: matrix_loss(w, x), own, w).verdict
        shown = page.evaluate(
            "(data) => judged({shape: [3, 2], data}, page.question.right, "
            "page.content.mistakes[page.question.arrow.tail], 1e-6).text",
            own.ravel().tolist(),
        )
        assert shown == verdict
    assert answer(page, "x.T @ (2 * hidden * (1 - hidden**2)) / 8").startswith("Right")


def test_hints_come_one_by_one_and_cost_points(opened):
    page = opened(ad.quiz(lambda x: x**3)(2.0).html())
    page.locator("#hint").click()
    assert page.locator("#hints > *").count() == 1
    page.locator("#hint").click()
    assert answer(page, "11").startswith("wrong")
    assert answer(page, "12") == "Right: +12, for 0.25 points."
    assert page.locator("#score").inner_text().startswith("0.25 of ")


def test_at_the_end_all_slopes_are_shown(opened):
    page = opened(ad.quiz(loss)(W, X, 0).html())
    count = page.evaluate("page.questions.length")
    for _ in range(count):
        page.evaluate("document.getElementById('typed').value = ''")
        right = page.evaluate("String(page.question.right.data)")
        assert answer(page, f"[{right}]" if "," in right else right).startswith("Right")
        page.keyboard.press("Enter")
    assert page.locator("#question").inner_text() == "Done"
    assert page.locator("#score").inner_text() == f"{count} of {count} points"
    assert "slope of loss" in box(page, "weights")
    page.locator("#again").click()
    assert page.locator("#score").inner_text() == f"0 of {count} points"


def logistic(w, x, y):
    p = 1 / (1 + np.exp(-(x @ w)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


ODD = {
    "choice": (lambda w: max(0, (w * X).sum()) ** 2, np.array([1.0, 2.0, 3.0])),
    "complex": (lambda x: np.abs((x * (1 + 2j)).sum()) ** 2, np.array([1.0, 2.0])),
    "several results": (np.sin, np.array([1.0, 2.0])),
    "used twice": (lambda w: logistic(w, np.eye(3)[:, :2], np.array([0, 1, 1])), np.ones(2)),
}


@pytest.mark.parametrize("kind", ODD)
def test_each_question_has_hints_and_an_answer(opened, kind):
    function, x = ODD[kind]
    page = opened(ad.quiz(function)(x).html())
    count = page.evaluate("page.questions.length")
    assert count
    for _ in range(count):
        while page.locator("#hint").is_visible():
            page.locator("#hint").click()
        assert page.locator("#hints > *").count() >= 2
        page.locator("#reveal").click()
        page.locator("#next").click()
    assert page.locator("#score").inner_text() == f"0 of {count} points"


@pytest.mark.parametrize("look", ["phone", "dark"])
def test_a_quiz_fits_a_phone_and_the_dark(opened, look):
    options = {
        "phone": {"viewport": {"width": 390, "height": 844}},
        "dark": {"color_scheme": "dark"},
    }
    page = opened(ad.quiz(loss)(W, X, 0).html(), **options[look])
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator("#typed").is_visible()
