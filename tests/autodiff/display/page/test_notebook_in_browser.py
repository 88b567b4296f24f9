"""Notebooks: pages and pictures are outputs of cells, which nbconvert and a browser show."""

import webbrowser

import pytest

from tests.conftest import without_browser

SHOWN = """
import numpy as np
import autodiff as ad

def loss(weights, x):
    error = (weights * x).sum() - 3
    return error ** 2

W, X = np.array([0.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0])
ad.show(loss)(W, X)
"""
LONG = """
def chain(x):
    for step in range(12):
        x = np.sin(x) + step
    return x

ad.draw(chain)(1.0)
"""
WRONG = """
def broken(x):

    return float(x)

try:
    ad.grad(broken)(1.0)
except TypeError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Return a notebook whose cells were run, and its HTML."""
    try:
        import nbformat
        from nbconvert import HTMLExporter
        from nbconvert.preprocessors import ExecutePreprocessor
    except ImportError:
        without_browser("notebooks are tested with nbconvert and ipykernel: pip install them")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in (SHOWN, LONG, WRONG)]
    folder = tmp_path_factory.mktemp("notebook")
    ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(folder)}})
    page = folder / "notebook.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    return notebook, page


@pytest.fixture
def page(browser, executed):
    context = browser.new_context(viewport={"width": 900, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(executed[1].as_uri())
    yield page
    context.close()


def outputs(executed, cell):
    return executed[0].cells[cell].outputs


@pytest.mark.slow
def test_a_page_is_one_output_with_an_image_for_sites_without_frames(executed):
    (shown,) = outputs(executed, 0)
    assert set(shown.data) == {"text/html", "text/plain"}
    html = shown.data["text/html"]
    assert html.count("<iframe") == html.count("<img") == 1
    assert "data:image/png;base64,iVBOR" in html
    assert "http://127" not in html


@pytest.mark.slow
def test_the_page_steps_in_its_cell(page):
    frame = page.frame_locator("iframe.slopes-inline")
    frame.locator("#forward").click()
    assert "Forward, step 1" in frame.locator("#step").inner_text()
    assert page.locator(".slopes-image").evaluate_all("all => all.map(x => x.offsetWidth)") == [
        0,
        0,
    ]


@pytest.mark.slow
def test_a_wide_picture_keeps_its_size_and_scrolls(page):
    picture = page.locator("div.slopes-inline")
    natural, shown, visible = picture.evaluate(
        "x => { const svg = x.querySelector('svg');"
        " return [parseFloat(svg.getAttribute('width')) * 96 / 72,"
        " svg.getBoundingClientRect().width, x.clientWidth]; }"
    )
    assert shown == pytest.approx(natural, rel=0.01)
    assert visible < shown


@pytest.mark.slow
def test_an_error_names_the_cell(executed):
    (printed,) = outputs(executed, 2)
    assert "cell 3, line 3" in printed.text


def test_outside_of_a_notebook_the_browser_opens(monkeypatch):
    import numpy as np

    import autodiff as ad

    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    path = ad.show(np.sin)(1.0)
    assert opened == [path.as_uri()]
    assert path.read_text("utf-8").startswith("<!doctype html>")
