"""Outputs of notebooks: frames, images beside them, and paths that are shown already."""

import base64
import re
import sys
import types
import webbrowser

import numpy as np
import pytest

import autodiff as ad
from autodiff.display import notebook, show
from autodiff.display.page.html_page import HtmlPage
from autodiff.display.picture.drawing import Drawing

IMAGE = b"\x89PNG"
HIDDEN = "<style>.slopes-inline + .slopes-image {display: none}</style>"
DATA = base64.b64encode(IMAGE).decode()
IMG = f'<img class="slopes-image" alt="the picture" src="data:image/png;base64,{DATA}"/>'


@pytest.mark.parametrize(("image", "shown"), [(IMAGE, IMG), (None, "")])
def test_a_page_is_in_a_frame(image, shown):
    assert notebook.inline_page('<p title="a&b">', image) == (
        f'<div>{HIDDEN}\n<iframe class="slopes-inline" style="width:100%;height:680px;border:0" '
        'title="a page to step through" srcdoc="&lt;p title=&quot;a&amp;b&quot;&gt;"></iframe>\n'
        f"{shown}</div>"
    )


def test_a_picture_has_its_size_and_pictures_in_it_have_theirs():
    svg = '<?xml version="1.0"?>\n<svg width="9"><svg width="3"></svg></svg>'
    assert notebook.inline_picture(svg, IMAGE) == (
        f'<div>{HIDDEN}\n<div class="slopes-inline" style="overflow-x:auto">'
        f'<svg style="max-width:none" width="9"><svg width="3"></svg></svg></div>\n{IMG}</div>'
    )


class Shell:
    kernel = object()


@pytest.mark.parametrize(("shell", "expected"), [(Shell(), True), (object(), False), (None, False)])
def test_a_notebook_is_known_by_its_kernel(shell, expected, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert notebook.in_notebook() is expected
    monkeypatch.delitem(sys.modules, "IPython")
    assert notebook.in_notebook() is False


def square(x):
    return x**2


def repeated(x):
    for _ in range(3):
        with ad.scope("round"):
            x = np.sin(x) * 2
    return x


def scaled(x, factor):
    return x * factor


@pytest.mark.slow
def test_a_page_is_shown_below_the_cell_and_its_path_returned(monkeypatch):
    displayed, opened = [], []
    cell = types.SimpleNamespace(display=lambda *args, **options: displayed.append((args, options)))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=Shell))
    monkeypatch.setitem(sys.modules, "IPython.display", cell)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(Drawing, "png", lambda drawing: drawing.text().encode())
    monkeypatch.setattr(show, "can_render", lambda: True)
    path = ad.show(repeated, depth=0, fold=True)(3.0)
    assert path._ipython_display_() is None
    assert opened == []
    image = ad.draw(repeated, depth=0, fold=True)(3.0).png()
    page = notebook.inline_page(path.read_text(encoding="utf-8"), image)
    words = f"<page of repeated: {path}>"
    assert displayed == [(({"text/html": page, "text/plain": words},), {"raw": True})]
    monkeypatch.setattr(show, "can_render", lambda: False)
    ad.show(square)(3.0)
    assert '<img class="slopes-image"' not in displayed.pop()[0][0]["text/html"]
    monkeypatch.setattr(show, "in_notebook", lambda: False)
    again = ad.show(scaled)(3.0, 2)
    assert opened == [again.as_uri()]
    assert '"name": "factor", "reference": "factor"' in again.read_text(encoding="utf-8")
    assert '"isData": true' in again.read_text(encoding="utf-8")
    assert len(displayed) == 1


def test_a_page_in_memory(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    page = HtmlPage("quiz about f", lambda: '<p class="é">')
    assert repr(page) == (
        "<quiz about f: .save('page.html') writes it to a file, .show() opens it>"
    )
    path = page.save(tmp_path / "a.HTML")
    assert path == tmp_path / "a.HTML"
    assert path.read_text(encoding="utf-8") == page.html() == '<p class="é">'
    with pytest.raises(ValueError, match=r"ends in \.html, got 'a\.svg'\. Change the ending"):
        page.save(tmp_path / "a.svg")
    shown = page.show()
    assert opened == [shown.as_uri()]
    assert (shown.name, shown.read_text(encoding="utf-8")) == ("slopes.html", page.html())
    assert page._repr_html_() == (
        '<iframe style="width:100%;height:46em;border:0" srcdoc="&lt;p class=&quot;é&quot;&gt;">'
        "</iframe>"
    )


@pytest.mark.slow
def test_without_graphviz_the_page_lays_itself_out(monkeypatch):
    from autodiff.display.page import content, page, quiz

    drawn, asked = ad.draw(square)(3.0)._page(), ad.quiz(square)(3.0).html()
    monkeypatch.setattr(content, "render", lambda dot: None)
    alone, asked_alone = ad.draw(square)(3.0)._page(), ad.quiz(square)(3.0).html()
    assert '"mistakes": {"n0": {"mutants": [{' in asked
    viz = page.static("viz.js")
    for texts, names, end in (
        ((alone, drawn), page._SCRIPTS, "start(Page);"),
        ((asked_alone, asked), quiz._SCRIPTS, "start(Quiz);"),
    ):
        scripts = [page.static(f"{name}.js") for name in names]
        assert [text.count(viz[:200]) for text in texts] == [1, 0]
        for text, before in zip(texts, (viz, "<script>"), strict=True):
            places = [text.index(script) for script in [before, *scripts, end]]
            assert places == sorted(places)
        assert [bool(re.search(r'id="dot"[^>]*>"digraph', text)) for text in texts] == [True, False]
        assert ['class="graph"' in text for text in texts] == [False, True]
