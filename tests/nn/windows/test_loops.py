"""The loops of machine code compute what the functions of windows do; here Python runs them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff.compiler.native import row_sections
from nn.windows import loops
from nn.windows.kernels import convolve
from nn.windows.primitives import max_pool, overlap_add, patches, unpool
from nn.windows.window import Window
from tests.autodiff.compiler.native.interpreted import native_module
from tests.autodiff.compiler.native.test_writer import compare
from tests.laws.table import examples
from tests.nn.windows.test_primitives import image, windows


def run(write, window, shape, **inputs):
    """Run the template for some inputs; None if there is none."""
    shapes = {name: x.shape for name, x in inputs.items()} | {"out": shape}
    template = write(shapes, window=window)
    if template is None:
        return None
    names = {name: f"in_{name}" for name in inputs}
    arrays = {f"in_{name}": x for name, x in inputs.items()}
    out = np.full(shape, 0.5)
    text = template.format(**names, out="out", dtype="np.float64")
    exec(text, {"np": np, "out": out, **arrays})
    return out


@given(windows())
@examples(40)
def test_patches_are_copied_and_added_back(window):
    x = image(window)
    rows = patches(x, window=window)
    found = run(loops.patches_loops, window, rows.shape, x=x)
    np.testing.assert_array_equal(found, rows)
    sums = overlap_add(rows, window=window)
    found = run(loops.overlap_add_loops, window, sums.shape, rows=rows)
    np.testing.assert_allclose(found, sums, rtol=1e-13)


@given(windows(), st.booleans())
@examples(40)
def test_pooling_and_its_slope(window, has_ties):
    x = image(window)
    if has_ties:
        x = np.round(x / 20)
        x[0, ..., 0] = np.nan
    largest = max_pool(x, window=window)
    found = run(loops.max_pool_loops, window, largest.shape, x=x)
    if found is not None:
        np.testing.assert_array_equal(found, largest)
    cotangent = np.arange(1.0, largest.size + 1).reshape(largest.shape)
    cotangent.flat[0] = np.inf
    with np.errstate(invalid="ignore"):
        slope = unpool(cotangent, x, largest, window=window)
        inputs = {"cotangent": cotangent, "x": x, "largest": largest}
        found = run(loops.unpool_loops, window, x.shape, **inputs)
    if found is not None:
        np.testing.assert_array_equal(found, slope)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(slope))


@pytest.mark.parametrize("write", [loops.max_pool_loops, loops.unpool_loops])
def test_the_usual_pooling_has_loops(write):
    shapes = {"x": (1, 4, 5, 1), "largest": (1, 2, 2, 1), "out": (1, 4, 5, 1)}
    assert write(shapes, window=Window((4, 5), (2, 2), (2, 2)))


@pytest.mark.parametrize("shape", [(4, 4), (5, 5)])  # with a row and a column left over, or none
def test_the_first_of_the_largest_entries_alone_has_the_slope(shape):
    window = Window(shape, (2, 2), (2, 2))
    x = np.zeros((1, *shape, 1))
    x[0, 2:4, 2:4, 0] = [[1, 2], [2, 2]]
    largest = max_pool(x, window=window)
    assert largest.ravel().tolist() == [0, 0, 0, 2]
    expected = np.zeros(shape)
    expected[0, 0], expected[0, 2], expected[2, 0], expected[2, 3] = 3, 4, 5, 6
    inputs = {"cotangent": np.arange(3.0, 7.0).reshape(largest.shape), "x": x, "largest": largest}
    found = run(loops.unpool_loops, window, x.shape, **inputs)
    np.testing.assert_array_equal(found[0, ..., 0], expected)
    np.testing.assert_array_equal(unpool(*inputs.values(), window=window)[0, ..., 0], expected)


def test_pooling_at_the_border_has_none():
    window = Window((4,), (3,), padding="same")
    assert loops.max_pool_loops({"out": (1, 4, 1)}, window=window) is None


@pytest.fixture
def short(monkeypatch):
    """Divide programs with few and short rows too."""
    monkeypatch.setattr(row_sections, "LARGE", 64)
    monkeypatch.setattr(row_sections, "BLOCK", 128)


@pytest.mark.usefixtures("short")
@pytest.mark.slow
@given(windows(), st.sampled_from(["f4", "f8"]), st.booleans())
@examples(20)
def test_slopes_of_convolutions_by_rows(window, dtype, is_centered):
    x = image(window).astype(dtype) / 10
    kernel = np.linspace(-1, 1, 6 * window.count).reshape(*window.size, 2, 3).astype(dtype)

    def loss(x, kernel):
        seen = np.maximum(convolve(x, kernel, window), 0)
        if is_centered:  # as normalization does: rows depend on all others
            seen = seen - seen.mean(0)
        return (max_pool(seen, window=Window(window.places, (1,) * len(window.places))) ** 2).sum()

    compare(ad.value_and_grad(loss, argnums=(0, 1)), x, kernel)


@pytest.mark.usefixtures("short")
def test_patches_are_made_again_in_the_section_of_their_slopes():
    window = Window((6, 6), (3, 3))
    x, kernel = np.ones((4, 6, 6, 2)), np.ones((3, 3, 2, 5))

    def loss(x, kernel):
        seen = convolve(x, kernel, window)
        return ((seen - seen.mean(0)) ** 2).sum()

    module, _ = native_module(ad.grad(loss, argnums=1), x, kernel)
    assert module.main.text.count(" = in_parts(") == 1  # the first section has no sums
    assert module.pieces.count("for k0 in range(3):") == 2


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
@pytest.mark.parametrize("is_by_rows", [False, True])
def test_a_convnet_trains_like_its_numpy_code(is_by_rows, request):
    if is_by_rows:
        request.getfixturevalue("short")
    random = np.random.default_rng(0)
    x = random.normal(size=(12, 9, 8, 2)).astype(np.float32)
    y = random.integers(0, 3, 12)
    losses = []
    for jit_compile in (False, "wait"):
        nn.utils.set_random_seed(1)
        model = nn.Sequential([
            nn.layers.Conv2D(4, 3, padding="same", activation="relu"),
            nn.layers.MaxPooling2D(),
            nn.layers.Conv2D(3, 2, strides=2),
            nn.layers.Flatten(),
            nn.layers.Dense(3),
        ])  # fmt: skip
        loss = nn.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, jit_compile=jit_compile)
        losses.append(model.fit(x, y, epochs=3, batch_size=4, verbose=0).history["loss"])
        if jit_compile:
            assert "for k0 in range(3):" in model.train_source(native=True)
            assert "patches(" not in model.train_source(native=True)
            assert is_by_rows == ("for block in" in model.train_source(native=True))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
