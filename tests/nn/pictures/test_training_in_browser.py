"""The page of a training in a browser: stepping, derived updates, by keyboard and on a phone."""

import re

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.models import Sequential
from nn.pictures import training_page

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def recorded(optimizer, layers=None, x=X, y=Y, loss="binary_crossentropy", epochs=4):
    nn.utils.set_random_seed(1)
    model = Sequential(layers or [Dense(2, "tanh", name="a"), Dense(1, "sigmoid", name="b")])
    model.compile(optimizer, loss)
    return model.record(x, y, epochs=epochs, batch_size=2, shuffle=False)


@pytest.fixture(scope="module")
def rates():
    return {f"rate {rate}": recorded(nn.optimizers.SGD(rate)) for rate in (0.1, 2)}


def numbers(text):
    found = re.findall(r"−?\d+(?:\.\d+)?(?:e[+−]\d+)?", text)
    return [float(x.replace("−", "-")) for x in found]


def result(page):
    return numbers(page.locator("#update .result .right").inner_text())[-1]


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def test_a_weight_and_its_derived_update_at_each_step(opened, rates):
    page = opened(training_page(rates).html())
    steps = rates["rate 2"].steps
    page.get_by_label("in", exact=True).select_option("rate 2")
    for place, step in enumerate(steps[:3]):
        page.get_by_label("Weight", exact=True).select_option("a/kernel[1, 0]")
        assert result(page) == pytest.approx(step.after[2], rel=1e-3)
        text = page.locator("#update").inner_text()
        assert "w − rate · slope" in text.replace("\n", " ")
        assert numbers(text)[0] == pytest.approx(step.before[2], rel=1e-3)
        assert f"step {place + 1} of 8" in page.locator("#where").inner_text()
        page.locator("body").press("ArrowRight")


def test_every_equation_of_adam_has_its_numbers(opened):
    recording = recorded(nn.optimizers.Adam(0.05))
    page = opened(training_page(recording).html(), "#step=3")
    step = recording.steps[3]
    assert result(page) == pytest.approx(step.after[0], rel=1e-3)
    text = page.locator("#update").inner_text().replace("\n", " ")
    assert "m ← β₁ · m + (1 − β₁) · slope" in text
    assert "w ← w − rate · correction · m / (√(v) + ε)" in text


def test_keys_go_by_step_by_epoch_and_to_the_ends(opened, rates):
    page = opened(training_page(rates).html())
    where = page.locator("#where")
    press(page, "PageDown", 2)
    assert where.inner_text() == "epoch 3, step 5 of 8"
    press(page, "ArrowRight")
    press(page, "PageUp")
    assert where.inner_text() == "epoch 3, step 5 of 8"
    press(page, "End")
    assert where.inner_text() == "after training"
    assert page.locator("#forward").is_disabled()
    assert "After training" in page.locator("#update").inner_text()
    press(page, "Home")
    assert where.inner_text() == "epoch 1, step 1 of 8"
    press(page, " ")
    page.locator("#where", has_text="step 3 of 8").wait_for()
    press(page, " ")
    assert page.locator("#play").inner_text().startswith("▶")


def test_an_arrow_is_selected_by_a_click_and_has_words(opened, rates):
    page = opened(training_page(rates).html())
    arrow = page.locator(".panel").nth(1).locator("[aria-label^='b/kernel[1, 0]']")
    step = rates["rate 2"].steps[0]
    words = arrow.get_attribute("aria-label")
    assert numbers(words)[-2:] == pytest.approx([step.before[7], step.slopes[7]], rel=1e-3)
    arrow.dispatch_event("click")
    assert page.locator("#weight option:checked").inner_text() == "b/kernel[1, 0]"
    assert page.locator("#of option:checked").inner_text() == "rate 2"
    assert page.locator("#shown").get_by_label("slopes").check() is None
    kind = "up" if step.slopes[7] > 0 else "down"
    assert kind in arrow.get_attribute("class").split()


def test_the_map_shows_what_the_model_predicts(opened, rates):
    page = opened(training_page(rates).html(), "#end")
    recording = rates["rate 2"]
    words = page.locator(".panel").nth(1).locator("canvas").get_attribute("aria-label")
    assert words.startswith("Predictions over x1 and x2: lower left ")
    margin = np.array([[-0.08, -0.08]], np.float32)
    predicted = recording.model.predict(margin, verbose=0)[0, 0]
    assert numbers(words)[2] == pytest.approx(predicted, abs=0.01)


@pytest.mark.parametrize("kind", ["curve", "classes", "three inputs", "diverging"])
def test_other_networks_have_pages_too(opened, kind):
    x = np.linspace(-1, 1, 6, dtype=np.float32)[:, np.newaxis]
    three = [Dense(4, "relu", name="a"), Dense(3, "softmax", name="b")]
    recording = {
        "curve": lambda: recorded("adam", [Dense(3, "tanh"), Dense(1)], x, x**2, "mse"),
        "classes": lambda: recorded(
            "rmsprop", three, X, np.array([0, 1, 2, 1]), "sparse_categorical_crossentropy"
        ),
        "three inputs": lambda: recorded("adam", None, np.c_[X, X[:, :1]], Y),
        "diverging": lambda: recorded("sgd", [Dense(1)], 1e4 * x, x, "mse", epochs=20),
    }[kind]
    with np.errstate(all="ignore"):
        page = opened(training_page(_quietly(recording)).html(), "#end")
    assert page.locator("canvas").count() == (kind != "three inputs")
    if kind == "diverging":
        assert "diverged" in page.locator(".panel h2").inner_text()
    press(page, "ArrowLeft", 3)
    assert page.locator("#update .result").count() == 1


def _quietly(function):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of the divergence
        return function()


@pytest.mark.parametrize("look", ["phone", "dark", "still"])
def test_on_a_phone_in_the_dark_and_without_motion(opened, rates, look):
    options = {
        "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
        "dark": {"color_scheme": "dark"},
        "still": {"reduced_motion": "reduce"},
    }[look]
    page = opened(training_page(rates).html(), "#step=2", **options)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(numbers(paper)) < 200) == (look == "dark")
    assert result(page) == pytest.approx(rates["rate 0.1"].steps[2].after[0], rel=1e-3)
