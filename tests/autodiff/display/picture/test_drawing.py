"""Drawings as SVG, in notebooks and in files."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.picture import colors

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def test_svg_has_a_title_a_description_and_a_tooltip_for_each_box():
    drawing = ad.draw(loss)(W, X, 0)
    root = ET.fromstring(drawing.svg())
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert root.find("s:title", space).text == "loss = 49"
    assert root.find("s:desc", space).text == drawing.description
    tooltips = [title.text for title in root.iterfind(".//s:g/s:title", space)]
    line = loss.__code__.co_firstlineno + 1
    assert sorted(tooltips) == sorted(
        [
            "weights: value [0 2 1], slope [+14 +28 +42]",
            "x: value [1 2 3]",
            f"a · b: value [0 4 3], slope [+14 +14 +14] (test_drawing.py:{line})",
            f"Σ: value 7, slope +14 (test_drawing.py:{line})",
            f"error: − 0: value 7, slope +14 (test_drawing.py:{line})",
            f"loss: a²: value 49, slope +1 (test_drawing.py:{line + 1})",
            "∂output/∂weights = x = [1 2 3]",
            "∂output/∂input = 1",
            "∂error/∂input = 1",
            "∂loss/∂error = 2 · error = 14",
        ]
    )


def test_svg_has_a_dark_mode():
    svg = ad.draw(loss)(W, X, 0).svg()
    (svg_id,) = re.findall(r'id="(picture_\w+)" class="graph"', svg)
    assert "@media (prefers-color-scheme: dark)" in svg
    for light, dark in colors.DARK.items():
        assert f'#{svg_id} [fill="{light}"] {{fill: {dark}}}' in svg
    drawn = set(re.findall(r' (?:fill|stroke)="(#\w+)"', svg))
    slope_colors = {colors.of_slope(s, 42) for s in (-42, -4.2, 0, 4.2, 42, 1, 14, 28)}
    assert drawn - slope_colors - {colors.WHITE, colors.INK_ON_COLOR} <= colors.DARK.keys()


def luminance(color):
    """Return the relative luminance of WCAG 2."""
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@given(st.floats(-1, 1), st.booleans())
def test_text_can_be_read_on_every_color(slope, is_dark):
    def contrast(ink, ground):
        shown = [luminance(colors.DARK.get(c, c) if is_dark else c) for c in (ink, ground)]
        return (max(shown) + 0.05) / (min(shown) + 0.05)

    assert contrast(colors.INK_ON_COLOR, colors.of_slope(slope, 1.0)) > 4.5
    for ink, ground in [
        (colors.INK, colors.PAPER), (colors.INK, colors.NAME), (colors.MUTED, colors.PAPER),
        (colors.MUTED, colors.NAME), (colors.WHITE, colors.OPERATION),
        (colors.WHITE, colors.NOT_FINITE), (colors.ARROW, colors.PAPER),
    ]:  # fmt: skip
        assert contrast(ink, ground) > 4.5, (ink, ground)


def test_two_pictures_in_one_page_share_no_ids():
    rng = np.random.default_rng(0)
    first, second = (ad.draw(lambda x: (x * x).sum())(rng.normal(size=9)).svg() for _ in "ab")
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, second)]
    assert any("_l_" in svg_id for svg_id in ids[0])  # a gradient, which url(#...) refers to
    assert not ids[0] & ids[1]
    assert all(svg_id in ids[0] for svg_id in re.findall(r"url\(#([^)]+)\)", first))


@pytest.mark.slow
def test_display_in_notebooks():
    drawing = ad.draw(np.sin)(1.0)
    assert drawing._repr_svg_() == drawing.svg()
    assert drawing._repr_html_().startswith("<div")
    ET.fromstring(drawing._repr_html_())


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("dot", b"digraph")]
)
def test_save(tmp_path, ending, start):
    path = ad.draw(np.sin)(1.0).save(tmp_path / f"picture.{ending}")
    assert path.read_bytes().startswith(start)


def test_save_refuses_another_ending(tmp_path):
    with pytest.raises(ValueError, match=r"\.pdf, \.html or \.dot, got 'picture\.jpg'"):
        ad.draw(np.sin)(1.0).save(tmp_path / "picture.jpg")
