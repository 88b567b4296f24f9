"""Every kind of page: by keyboard, read aloud, on a phone, in the dark, without motion, offline.

That a page makes no network requests and causes no errors is asserted by the fixture `opened`. The
rules of axe-core are judged where `npm ci --prefix tests/accessibility` has installed it.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff.display.page import page_of
from autodiff.display.working.data import of_function_with_data
from nn.layers import Dense, Flatten
from nn.pictures import training_page

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])
AXE = Path(__file__).parents[1] / "accessibility" / "node_modules" / "axe-core" / "axe.min.js"
EXCEPT = {  # rules of axe-core that don't fit
    "label-content-name-mismatch": "a box is read as a sentence that begins with its name"
}
KINDS = ["show", "quiz", "training", "digits"]
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}
TABBABLE = """() => [...document.querySelectorAll('button, input, select, a, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility())
    .filter((one) => one.type !== 'radio' || one.checked).length"""
FOCUSED = """() => {
    const one = document.activeElement;
    window.reached ??= new Set();
    if (one !== document.body) window.reached.add(one);
    return window.reached.size;
}"""


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def recorded(layers, x, y, entropy):
    nn.utils.set_random_seed(1)
    model = nn.Sequential(layers)
    model.compile(nn.optimizers.SGD(0.1, momentum=0.5), entropy)
    return model.record(x, y, epochs=3, batch_size=4)


@pytest.fixture(scope="module")
def pages():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    small = [Dense(3, "tanh"), Dense(1, "sigmoid")]
    training = recorded(small, x, np.array([0, 1, 1, 0]), "binary_crossentropy")
    images = np.random.default_rng(0).normal(size=(12, 6, 6))
    classes = [Flatten(), Dense(3, "softmax")]
    digits = recorded(classes, images, np.arange(12) % 3, "sparse_categorical_crossentropy")
    return {
        "show": page_of(of_function_with_data(loss, None, (W, X, 0), {})),
        "quiz": ad.quiz(loss)(W, X, 0).html(),
        "training": training_page({"a": training, "b": training}).html(),
        "digits": training_page(digits).html(),
    }


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_and_breaks_no_rule_of_accessibility(opened, pages, kind, look):
    assert len(pages[kind].encode()) < 2_000_000
    page = opened(pages[kind], "#step=2", reduced_motion="reduce", **LOOKS[look])
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= LOOKS[look]["viewport"]["width"]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = sum(map(int, ground[4:-1].split(",")[:3]))
    assert (lightness < 200) == (look == "dark")
    if not AXE.exists():
        if os.environ.get("SLOPES_NEEDS_AXE"):
            pytest.fail("expected axe-core: npm ci --prefix tests/accessibility")
        return
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map((one) => one.id)")
    assert set(found) <= EXCEPT.keys()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_control_is_reached_by_tab(opened, pages, kind):
    page = opened(pages[kind], "#step=2")
    wanted, reached = page.evaluate(TABBABLE), 0
    assert wanted >= 8
    for _ in range(3 * wanted):
        page.keyboard.press("Tab")
        reached = page.evaluate(FOCUSED)
    assert reached >= wanted


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["show", "training", "digits"])
def test_arrow_keys_step_and_a_live_region_tells(opened, pages, kind):
    page = opened(pages[kind], "#step=1")
    live = page.locator("[aria-live=polite]").first
    told, where = live.text_content(), page.inner_text("#where")
    page.keyboard.press("ArrowRight")
    assert live.text_content() != told
    assert page.inner_text("#where") != where
    assert page.get_attribute("#slider", "aria-valuetext") == page.inner_text("#where")


@pytest.mark.slow
def test_a_quiz_is_answered_by_keyboard_and_a_live_region_judges(opened, pages):
    page = opened(pages["quiz"])
    verdict = page.locator("#verdict")
    assert verdict.get_attribute("aria-live") == "polite"
    page.locator("#typed").focus()
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    assert verdict.inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_moves_where_motion_is_reduced(opened, pages, kind):
    page = opened(pages[kind], "#step=2", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    if kind == "show":
        moving = opened(pages[kind], "#step=2", reduced_motion="no-preference")
        assert moving.evaluate("document.getAnimations().length") > 0
