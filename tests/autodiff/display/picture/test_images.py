"""Values as small images: their pixels by hand, how they are shrunk, and what stays numbers."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autodiff as ad
from autodiff.display.picture import colors
from autodiff.display.picture.images import _thumbnail, image_rows


def one(value):
    return value[np.newaxis] if value.ndim == 2 else None


def pixels(cells):
    return re.findall(r'WIDTH="\d+" HEIGHT="\d+" BGCOLOR="(#\w+)"', "".join(cells))


def test_values_are_gray_and_slopes_have_their_colors():
    value, slope = np.array([[1.0, 3.0], [2.0, 1.0]]), np.array([[1.0, 0.0], [-1.0, 0.25]])
    first, second = image_rows(value, slope, one, 1.0)
    white, middle, dark = colors.gray(0), colors.gray(0.5), colors.gray(1)
    assert pixels(first) == [white, dark, middle, white]
    assert pixels(second) == [colors.of_slope(x, 1.0) for x in slope.ravel()]
    assert "value 2×2" in first[0]
    assert "1 … 3" in first[0]
    assert "−1 … +1" in second[0]


def test_equal_and_infinite_pixels():
    (row, _) = image_rows(np.full((2, 2), 7.0), None, one, 0.0)
    assert set(pixels(row)) == {colors.gray(0)}
    (row, none) = image_rows(np.array([[np.inf, 1.0], [2.0, np.nan]]), None, one, 0.0)
    assert pixels(row)[0] == pixels(row)[3] == colors.NOT_FINITE
    assert "none" in none[1]


def test_only_some_of_many_images_are_shown():
    value = np.zeros((20, 3, 4))
    (row, _) = image_rows(value, None, lambda value: value, 0.0)
    assert len(pixels(row)) == 6 * 12
    assert "+14" in row[1]


@pytest.mark.slow
@given(
    hnp.arrays(
        float, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 9)
    )
)
def test_a_shrunk_image_has_the_means_of_blocks(image):
    rows, columns = (
        list(itertools.pairwise(i * n // min(n, 14) for i in range(min(n, 14) + 1)))
        for n in image.shape
    )
    means = [[image[a:b, c:d].mean() for c, d in columns] for a, b in rows]
    np.testing.assert_allclose(_thumbnail(image), means, rtol=1e-12)


@pytest.mark.parametrize(("length", "edge"), [(5, 10), (6, 9), (8, 7), (14, 4), (20, 4)])
def test_pixels_are_as_large_as_fits(length, edge):
    (row, _) = image_rows(np.zeros((length, 3)), None, one, 0.0)
    assert f'WIDTH="{edge}" HEIGHT="{edge}"' in row[1]


def test_a_drawing_shows_the_values_that_are_named():
    def f(image, weight):
        return ad.name(image * weight, "product").sum()

    image = np.arange(4.0).reshape(2, 2)
    drawn = ad.draw(f, (0, 1), images={"image": one, "product": one, "weight": one})(image, 2.0)
    assert len(pixels([drawn.dot])) == 4 * 4  # of two values and two slopes; weight is a number
    assert "the larger the darker" in drawn.dot
    product = ad.tensor(image) * 2.0
    assert len(pixels([ad.draw(product, images={"product": one}).dot])) == 2 * 4
    plain = ad.draw(f, (0, 1))(image, 2.0)
    assert pixels([plain.dot]) == []
    assert "darker" not in plain.dot


def test_blocks_with_images_are_not_folded_together():
    def layer(number, value):
        with ad.scope(f"layer_{number}", label="Layer"):
            return np.tanh(value)

    def f(x):
        return layer(2, layer(1, layer(0, x))).sum()

    x = np.ones((2, 2))
    assert "×3" in ad.draw(f)(x).dot
    apart = ad.draw(f, images={f"layer_{i}": one for i in range(3)})(x).dot
    assert "×3" not in apart
    assert len(pixels([apart])) == 3 * 2 * 4
