"""Every step and every box of a page has text."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.working.data import of_function_with_data
from autodiff.display.working.working import of_function


def html(f, *args):
    return page_of(of_function(f, None, args, {}))


def g_times(g):
    return np.array([[1.0, 2.0]]) @ np.array([g, g * 2])


def branches_of_a_block(x):
    with ad.scope("layer"):
        y = np.tanh(x * np.array([1.0, 2.0]))
        z = x * 3
    with ad.scope("other"):
        return (y * z + y + z * x).sum()


ODD = {
    "the identity": lambda x: x,
    "a constant": lambda x: 3.0,
    "no entries": lambda x: (np.zeros((0, 2)) * x).sum(),
    "several results": lambda x: {"a": x * 2, "b": [x * x, x > 1]},
    "a function with several results": lambda x: np.linalg.slogdet(x * np.eye(2))[1],
    "complex numbers": lambda x: abs(x * (1 + 2j)) ** 2,
    "a variable called g": g_times,
    "used three times": lambda x: x * x * x + x,
    "not finite": lambda x: np.log(x - 2) * (x - 2),
    "narrow": lambda x: x.astype(np.float16) * 2,
    "a loop": lambda x: sum(x**i for i in range(5)),
}


@pytest.mark.parametrize("f", ODD.values(), ids=ODD)
def test_every_step_and_every_box_has_text(opened, f):
    with np.errstate(all="ignore"):
        check_all_texts(opened(html(f, 2.0)))


def test_every_step_of_a_folded_block_has_text(opened):
    working = of_function(branches_of_a_block, None, (0.5,), {})
    check_all_texts(opened(page_of(working, depth=0)))


ALL_TEXTS = """() => {
    const texts = [];
    const forward = document.getElementById("forward");
    while (!forward.disabled) {
        forward.click();
        texts.push(document.body.innerText);
    }
    for (const box of document.querySelectorAll(".box")) {
        box.click();
        texts.push(document.getElementById("step").innerText);
    }
    return texts;
}"""


def check_all_texts(page):
    boxes = page.locator(".box").count()
    texts = page.evaluate(ALL_TEXTS)
    assert len(texts) > boxes > 0
    assert len(set(texts[-boxes:])) == boxes  # all are different
    for each in texts:
        assert "undefined" not in each
        assert "⟦" not in each


def test_rounding_noise_is_shown_as_0(opened):
    def f(x):
        return np.sin(x) * np.cos(np.pi * x)

    page = opened(html(f, 0.5))
    texts = " ".join(page.evaluate(ALL_TEXTS))
    assert "e−1" not in texts
    page.get_by_role("spinbutton", name="x").fill("0.25")
    assert "0.1749" in page.locator("#result").inner_text()


def test_noise_is_shown_as_0_where_steps_are_folded(opened):
    def centered(x):
        with ad.scope("deviations"):
            d = x - x.mean()
            d = d * 3.3
        return d.sum()

    working = of_function(centered, None, (np.array([0.1, 0.4, 0.9]),), {})
    page = opened(page_of(working, depth=0))
    assert "e−1" not in " ".join(page.evaluate(ALL_TEXTS))
    assert page.locator("#result").inner_text() == "0"


def test_noise_stays_where_another_step_would_notice(opened):
    page = opened(html(lambda x: np.log(np.cos(x)), np.pi / 2))
    assert "6.123e−17" in " ".join(page.evaluate(ALL_TEXTS))


def long_chain(x):
    for _ in range(6):
        x = np.tanh(x * 0.9 + 0.1)
    return (x**2).sum()


def test_a_long_chain_fits_into_the_window(opened):
    page = opened(html(long_chain, np.array([0.3, 0.5])))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    page.wait_for_selector(".box")
    sizes = page.evaluate("""() => {
        const frame = document.getElementById("frame");
        return [frame.scrollWidth - frame.clientWidth, frame.scrollHeight - frame.clientHeight,
            window.page.graph.scale];
    }""")
    assert sizes[0] <= 0
    assert sizes[1] <= 0
    assert sizes[2] > 0.8  # of text of 12 and 13 pixels
    check_all_texts(page)


COVERED = """() => {
    const found = [...document.querySelectorAll(".box, .chip")];
    const rects = found.map((part) => [part, part.getBoundingClientRect()]);
    const stage = document.getElementById("stage").getBoundingClientRect();
    const covered = [];
    for (const [chip, a] of rects.filter(([part]) => part.matches(".chip"))) {
        if (a.top < stage.top - 1 || a.left < stage.left - 1) covered.push(chip.textContent);
        for (const [other, b] of rects) {
            const isBeside = a.left > b.right - 1 || b.left > a.right - 1;
            const isBelow = a.top > b.bottom - 1 || b.top > a.bottom - 1;
            if (other !== chip && !isBeside && !isBelow) covered.push(chip.textContent);
        }
    }
    return covered;
}"""


def test_numbers_on_arrows_cover_nothing_and_stay_inside(opened):
    def centered(x):
        mean = x.mean()
        deviations = x - mean
        return (deviations / np.sqrt((deviations**2).mean() + 1)).sum()

    page = opened(html(centered, np.array([0.1, 0.4, 0.9])))
    forward = page.locator("#forward")
    while forward.is_enabled():
        forward.click()
        assert page.evaluate(COVERED) == []


OUTSIDE = """() => {
    const frame = document.getElementById("frame").getBoundingClientRect();
    const forward = document.getElementById("forward");
    const outside = [];
    while (!forward.disabled) {
        forward.click();
        const chips = [...document.querySelectorAll(".chip")].map((x) => x.getBoundingClientRect());
        if (chips.some((chip) => chip.left < frame.left || chip.right > frame.right
            || chip.top < frame.top || chip.bottom > frame.bottom)) outside.push(page.count);
    }
    return outside;
}"""


def recurrence(weights, xs):
    state = 0.0
    for x in xs:
        state = np.tanh(weights[0] * state + weights[1] * x)
    return state**2


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_graph_that_scrolls_has_readable_text_and_numbers_in_view(opened, size):
    view = {"width": size[0], "height": size[1]}
    text = html(recurrence, np.array([0.5, 1.0]), np.array([1.0, 0.0, -1.0, 2.0]))
    page = opened(text, viewport=view, reduced_motion="reduce")
    assert page.evaluate("frame.scrollHeight > frame.clientHeight")
    sizes = page.evaluate("""() => [...document.querySelectorAll(".box span")].map(
        (part) => parseFloat(getComputedStyle(part).fontSize) * window.page.graph.scale)""")
    assert min(sizes) >= 10.9
    assert page.evaluate(OUTSIDE) == []


def test_a_part_that_is_cut_off_is_shaded_until_its_end(opened):
    page = opened(html(recurrence, np.array([0.5, 1.0]), np.arange(9.0)), "#end")
    page.wait_for_selector(".cut")
    cut = "[...document.querySelectorAll('.cut')]"
    count = page.evaluate(f"{cut}.length")
    page.evaluate(f"{cut}[0].scrollTo(0, 9999)")
    for _ in range(100):  # the page forbids `eval`, by which Playwright would wait
        if page.evaluate(f"{cut}.length") < count:
            return
        page.wait_for_timeout(20)
    pytest.fail("the part is still shaded at its end")


STEPS = """() => {
    const forward = document.getElementById("forward");
    const texts = [];
    while (!forward.disabled) {
        forward.click();
        texts.push(document.getElementById("step").innerText.split(/\\s+/).join(" "));
    }
    return texts;
}"""


def steps_of(page):
    """Return the text of each step, in one line each."""
    return page.evaluate(STEPS)


def network(w, x):
    hidden = np.maximum(0, x @ w)
    return (hidden[0] * hidden).sum() ** 2 / hidden[1] + x[0]


def test_each_sign_is_explained_once_below_its_first_use(opened):
    w, x = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([2.0, 3.0])
    steps = steps_of(opened(html(network, w, x)))
    uses = {
        "A @ B: the matrix product": " @ ",
        "(A > B): 1 where it holds": " > 0)",
        "x ⊗ y: the outer product": "⊗",
        "Σ(x): the sum of the entries": "Σ(",
        "(x at [i]): x at the index i": " at [",
        "∂a/∂b, a slope, says how much a changes": "∂network/∂network",
        "A value changes the result through": "Backward, step 1 of",
    }
    for note, sign in uses.items():
        assert [i for i, step in enumerate(steps) if note in step] == [
            next(i for i, step in enumerate(steps) if sign in step)
        ]


def test_a_selected_value_has_the_notes_on_its_signs(opened):
    page = opened(html(lambda w: (np.ones((2, 2)) @ w).sum(), np.ones(2)))
    page.locator(".box", has_text="w").first.click()
    assert "A @ B: the matrix product" in page.inner_text("#step")


@pytest.mark.parametrize(
    ("f", "w", "part"),
    [
        (lambda w: np.maximum(0, w) * 3, -2.0, "= maximum(0, −2) ="),
        (lambda w: np.maximum(0, w) * 3, -2.0, "= 3 · (−2 > 0) ="),
        (lambda w: 5 + w, -1.0, "= 5 − 1 ="),
        (lambda w: 5 - w, -1.0, "= 5 − (−1) ="),
        (lambda w: w**2, -3.0, "= (−3)² ="),
        (lambda w: w * 2 * w, -3.0, "= −6 · (−3) ="),
        (lambda w: np.log(w), 4.0, "∂result/∂w = ∂result/∂result / w = 1 / 4"),
        (lambda w: w * np.array([1.0, 2.0]).sum(), 4.0, "· 3"),
    ],
)
def test_only_needed_parentheses_are_written(opened, f, w, part):
    text = " ".join(steps_of(opened(html(f, np.array(w)))))
    assert part in text
    assert "the same for each entry =" not in text


def of_data(w, y):
    other = 1 - y
    return (w * other * y).sum()


def test_of_data_its_slope_is_told(opened):
    data = of_function_with_data(of_data, None, (2.0, np.array([3, 4])), {})
    page = opened(page_of(data))
    texts = {}
    for box in page.locator(".box").all():
        box.click()
        lines = page.inner_text("#step").split("\n")
        texts[lines[1] if lines[0].startswith("✕") else lines[0]] = " ".join(
            " ".join(lines).split()
        )
    assert "slope [−10 −14] It is data: its slope predicts" in texts["y"]
    assert "It is computed from data alone" in texts["other"]


def test_noise_is_shown_as_0_where_the_page_cannot_compute(opened):
    def f(x):
        return np.linalg.det(x * np.eye(2)) * np.cos(np.pi * x)

    page = opened(html(f, 0.5))
    assert "can't compute" in page.locator("#inputs").inner_text()
    assert "e−1" not in " ".join(page.evaluate(ALL_TEXTS))
