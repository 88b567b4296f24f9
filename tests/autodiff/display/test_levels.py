"""Every display opens as many levels, and folds as many rounds, as it is asked for."""

import json
import re
import webbrowser
from unittest import mock

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.slides import staging
from tests.autodiff.display.approval import in_columns


def program(x):
    with ad.scope("outer"), ad.scope("inner", label="Inner"):
        x = x * 2 + 1
    for _ in range(4):
        x = np.sin(x) * 1.5
    return x


def names_of(page):
    content = json.loads(re.search(r'id="content">(.*?)</script>', page)[1])
    return [box["name"] for box in content["boxes"]]


def steps_of(drawing):
    with mock.patch.object(staging, "rendered", in_columns):
        return [x.removeprefix("Forward: ") for x in drawing.steps().captions if "Forward" in x]


EXPECTED = {  # boxes beside that of the argument: on a page, in steps, in a picture
    (None, None): (10, 10, 9), (0, None): (9, 9, 9), (1, None): (9, 9, 9), (9, None): (10, 10, 10),
    (None, True): (2, 2, 2), (0, True): (2, 2, 2), (9, True): (3, 3, 3), (None, False): (10, 10, 9),
}  # fmt: skip


def counts_of(drawing, shown, folder):
    """Count the boxes beside that of the argument."""
    saved = drawing.save(folder / "page.html")
    on_pages = {len(names_of(page.read_text(encoding="utf-8"))) - 1 for page in (shown, saved)}
    in_picture = len(re.findall(r"^\t+n\d+ \[label", drawing.dot, re.M)) - 1
    return (*on_pages, len(steps_of(drawing)), in_picture)


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "fold"), EXPECTED)
def test_displays_open_levels_and_fold_rounds(depth, fold, monkeypatch, tmp_path):
    monkeypatch.setattr(webbrowser, "open", lambda address: None)
    options = {"depth": depth, "fold": fold}
    drawn = ad.draw(program, **options)
    drawing, shown = drawn(0.5), ad.show(program, **options)(0.5)
    assert counts_of(drawing, shown, tmp_path) == EXPECTED[depth, fold]
    assert drawn.text(0.5) == drawing.text()


@pytest.mark.slow
@pytest.mark.parametrize("fold", [None, True, False])
def test_displays_of_a_tensor_fold_its_rounds(fold, monkeypatch, tmp_path):
    monkeypatch.setattr(webbrowser, "open", lambda address: None)
    result = program(ad.tensor(0.5))  # its scopes aren't known
    drawing, shown = ad.draw(result, fold=fold), ad.show(result, fold=fold)
    assert counts_of(drawing, shown, tmp_path) == EXPECTED[9, fold or None]
    assert ("×4" in drawing.text()) == bool(fold)
