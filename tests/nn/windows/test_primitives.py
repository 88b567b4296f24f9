"""Windows that slide over arrays: patches, their transpose, and pooling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from nn.windows.kernels import transposed_window
from nn.windows.primitives import (
    average_pool,
    max_pool,
    overlap_add,
    patches,
    pooled_at,
    unpool,
)
from nn.windows.window import Window
from tests.laws.table import examples


@st.composite
def windows(draw):
    rank = draw(st.integers(1, 3))
    size = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    factors = st.just(()) | st.tuples(*[st.integers(1, 3)] * rank)
    steps, spacings = draw(factors), draw(factors)
    wholes = [(k - 1) * d + 1 for k, d in zip(size, spacings or (1,) * rank, strict=True)]
    shape = tuple(whole + draw(st.integers(0, 4)) for whole in wholes)
    return Window(shape, size, steps, spacings, draw(paddings(rank)))


@st.composite
def paddings(draw, rank):
    """Draw a word, or zeros before and after each axis, which are cut off below 0."""
    padding = draw(st.sampled_from(("valid", "same", None) + ("causal",) * (rank == 1)))
    if padding is not None:
        return padding
    before = [draw(st.integers(-1, 2)) for _ in range(rank)]
    return tuple((n, draw(st.integers(max(-n, -1), 2))) for n in before)


def seen_by_hand(x, window):
    """Return what each place sees, entry by entry, NaN outside of the image."""
    result = np.full((len(x), *window.places, window.count, x.shape[-1]), np.nan)
    for place in np.ndindex(window.places):
        for number, entry in enumerate(np.ndindex(window.size)):
            at = tuple(
                p * s + e * d - b
                for p, s, e, d, b in zip(
                    place, window.steps, entry, window.spacings, window.before, strict=True
                )
            )
            if all(0 <= i < n for i, n in zip(at, window.shape, strict=True)):
                result[(slice(None), *place, number)] = x[(slice(None), *at)]
    return result


def image(window, seed=0, channels=2):
    random = np.random.default_rng(seed)
    return (
        random.permutation(2 * int(np.prod(window.shape)) * channels).reshape(
            2, *window.shape, channels
        )
        / 7.0
    )


@given(windows())
def test_patches_and_poolings_are_those_by_hand(window):
    x = image(window)
    seen = seen_by_hand(x, window)
    assert np.array_equal(patches(x, window=window), np.nan_to_num(seen))
    is_seen = ~np.isnan(seen).all(axis=-2)
    with np.errstate(all="ignore"):
        largest = np.where(is_seen, np.nanmax(np.nan_to_num(seen, nan=-np.inf), axis=-2), -np.inf)
    assert np.array_equal(max_pool(x, window=window), largest)
    if is_seen.all():
        np.testing.assert_allclose(average_pool(x, window=window), np.nanmean(seen, axis=-2))


@given(windows())
def test_windows_know_whether_they_overlap_and_cover_the_image(window):
    places = np.arange(1.0, np.prod(window.shape) + 1).reshape(1, *window.shape, 1)
    seen = seen_by_hand(places, window)
    counts = np.unique(seen[~np.isnan(seen)], return_counts=True)[1]
    is_apart = not np.isnan(seen).any() and (counts == 1).all()
    if window.is_tiled:
        assert is_apart
    elif max(window.spacings) == 1 and min(window.places) > 1:
        assert not is_apart
    assert window.is_covering == (window.is_tiled and len(counts) == places.size)


@given(windows())
def test_overlap_add_is_the_transpose_of_patches(window):
    x = image(window)
    rows = np.random.default_rng(1).normal(size=patches(x, window=window).shape)
    left = np.sum(patches(x, window=window) * rows)
    assert left == pytest.approx(np.sum(x * overlap_add(rows, window=window)))


@pytest.mark.slow
@examples(10)
@given(windows())
def test_slopes(window):
    x = image(window, channels=1)
    ad.check_grads(lambda x: patches(x, window=window) ** 2, x, order=2)
    if np.isfinite(max_pool(x, window=window)).all():
        ad.check_grads(lambda x: max_pool(x, window=window) ** 2, x, order=2)
        slope = ad.grad(lambda x: max_pool(x, window=window).sum())
        assert np.array_equal(ad.jit(slope)(x), slope(x))


@given(windows())
def test_the_first_of_equal_entries_has_the_slope(window):
    x = np.random.default_rng(0).integers(0, 3, (2, *window.shape, 2)).astype(float)
    seen, numbers = (
        seen_by_hand(x, window),
        seen_by_hand(np.arange(x.size).reshape(x.shape), window),
    )
    first = np.argmax(np.nan_to_num(seen, nan=-1), axis=-2, keepdims=True)
    number = np.take_along_axis(numbers, first, axis=-2)[..., 0, :]
    is_seen, largest = ~np.isnan(number), max_pool(x, window=window)
    number, cotangent = number[is_seen].astype(int), np.arange(1.0, largest.size + 1)
    cotangent = cotangent.reshape(largest.shape)
    expected = np.bincount(number, cotangent[is_seen], x.size).reshape(x.shape)
    assert np.array_equal(unpool(cotangent, x, largest, window=window), expected)
    y = np.arange(1.0, x.size + 1)
    found = pooled_at(y.reshape(x.shape), x, largest, window=window)
    assert np.array_equal(found[is_seen], y[number])


def test_a_worked_example():
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    window = Window((3, 3), (2, 2))
    assert patches(x, window=window)[0, 0, 0, :, 0].tolist() == [0, 1, 3, 4]
    assert max_pool(x, window=window).ravel().tolist() == [4, 5, 7, 8]
    back = overlap_add(np.ones((1, 2, 2, 4, 1)), window=window)
    assert back.reshape(3, 3).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_generated_code_computes_into_buffers():
    window = Window((6, 6), (3, 3))
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 2))
    jitted = ad.jit(ad.value_and_grad(lambda x: (patches(x, window=window) ** 2).sum()))
    assert "out=patches)" in jitted.source(x)
    value, slope = jitted(x)
    assert value == pytest.approx((patches(x, window=window) ** 2).sum())
    np.testing.assert_allclose(slope, 2 * overlap_add(patches(x, window=window), window=window))


@pytest.mark.parametrize(("size", "step"), [(2, 1), (3, 2), (3, 1)])
def test_an_entry_that_is_the_largest_at_several_places_has_the_sum_of_their_slopes(size, step):
    window = Window((5,), (size,), (step,), (), "valid")
    x = np.array([0.0, 1.0, 9.0, 1.0, 0.0]).reshape(1, 5, 1)
    pooled, pullback = ad.vjp(lambda x: max_pool(x, window=window), x)
    slope = pullback(np.ones_like(pooled))[0]
    assert slope[0, 2, 0] == np.sum(pooled == 9)
    assert slope.sum() == pooled.size


def test_of_an_odd_number_of_zeros_the_last_is_added_at_the_end():
    window = Window((3,), (2,), (), (), "same")
    seen = patches(np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1), window=window)
    assert seen[0, :, :, 0].tolist() == [[1, 2], [2, 3], [3, 0]]


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3))
def test_what_is_cut_off_a_transposed_convolution_is_the_padding_of_the_convolution(
    places, size, step, spacing
):
    for padding in ("valid", "same"):
        found = transposed_window((places,), (size,), (step,), (spacing,), padding, None)
        there = Window(found.shape, (size,), (step,), (spacing,), padding)
        assert found.places == (places,)
        (before, after), whole = found.padding[0], (size - 1) * spacing + 1
        assert before == there.before[0]
        assert found.shape[0] + before + after == (places - 1) * step + whole
        if padding == "same":
            assert found.shape == (places * step,)
            assert there.places == (places,)
        for more in range(step):
            longer = transposed_window((places,), (size,), (step,), (spacing,), padding, (more,))
            assert longer.places == (places,)
            shortest = (places - 1) * step + (whole if padding == "valid" else whole % 2)
            assert longer.shape == (shortest + more,)
