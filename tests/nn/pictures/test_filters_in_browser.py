"""The page of a training on images: filters, the confusion of classes, and derived updates."""

import re

import numpy as np
import pytest

import nn
from nn.layers import Conv2D, Dense, Flatten
from nn.models import Sequential
from nn.pictures import training_page
from nn.pictures.confusion import confusion_of
from nn.pictures.filters import filters_of

RNG = np.random.default_rng(0)
Y = np.arange(60) % 3
X = RNG.normal(size=(60, 6, 6)).astype(np.float32) * 0.1
X[np.arange(60), Y + 1, :] += 1  # a stripe in another row for each class


def recorded(layers, x=X, y=Y, optimizer="sgd"):
    nn.utils.set_random_seed(1)
    model = Sequential(layers)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model.record(x, y, epochs=3, batch_size=20, shuffle=False)


def dense():
    return recorded([Flatten(), Dense(3, "softmax", name="d")])


def convolution():
    layers = [Conv2D(4, 3, name="c"), Flatten(), Dense(3, "softmax")]
    return recorded(layers, X[..., np.newaxis], optimizer="adam")


def numbers(text):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?(?:e−\d+)?", text)]


@pytest.mark.parametrize(("made", "kernel"), [(dense, "d/kernel"), (convolution, "c/kernel")])
def test_filters_are_the_weights_of_the_first_layer(made, kernel):
    recording = made()
    filters = filters_of(recording.model, recording.x.shape[1:])
    (weight,) = [w for w in recording.model.weights if w.path == kernel]
    images = recording.steps[-1].after[filters.places]
    expected = np.moveaxis(weight.numpy(), -1, 0).reshape(images.shape)
    np.testing.assert_array_equal(images, expected)
    row, column = (2, 1)
    entry = f"[{row * 6 + column}, 0]" if made is dense else f"[{row}, {column}, 0, 0]"
    assert filters.names[filters.places[0, row, column]] == f"{kernel}{entry}"


def test_confusion_counts_the_rows_of_each_class():
    recording = dense()
    confusion = confusion_of(recording)
    counts = confusion._count(recording.steps[-1].after)
    predicted = recording.model.predict(X, verbose=0).argmax(1)
    expected = [[np.sum((i == Y) & (predicted == j)) for j in range(3)] for i in range(3)]
    np.testing.assert_array_equal(counts, expected)


@pytest.mark.parametrize("y", [Y * 0.3, RNG.normal(size=(60, 3)), Y + 5])
def test_targets_that_are_no_classes_have_no_confusion(y):
    nn.utils.set_random_seed(1)
    model = Sequential([Dense(3)])
    model.compile("sgd", lambda truth, p: np.square(p).mean() + 0 * truth.mean())
    assert confusion_of(model.record(X.reshape(60, -1), y, epochs=1)) is None


@pytest.mark.parametrize("made", [dense, convolution])
@pytest.mark.parametrize("look", ["wide", "phone in the dark"])
def test_the_page_shows_filters_confusion_and_the_update_of_a_clicked_weight(opened, made, look):
    recording = made()
    size = {"width": 390, "height": 844} if "phone" in look else {"width": 1280, "height": 800}
    html = training_page({"a": recording, "b": recording}).html()
    assert len(html.encode()) < 2_000_000
    page = opened(
        html, "#step=4", viewport=size, color_scheme="dark" if "dark" in look else "light"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    tile = page.locator(".panel").nth(1).locator(".filter").nth(2)
    tile.click()
    assert tile.get_attribute("aria-pressed") == "true"
    name = page.locator("#weight option:checked").inner_text()
    places = filters_of(recording.model, recording.x.shape[1:])
    place = places.names.index(name)
    assert place in places.places[2]
    step = recording.steps[4]
    result = numbers(page.locator("#update .result .right").inner_text())[-1]
    assert result == pytest.approx(step.after[place], rel=1e-3)
    low, high = numbers(tile.get_attribute("aria-label"))[1:3]
    image = step.before[places.places[2]]
    assert [low, high] == pytest.approx([image.min(), image.max()], rel=0.06, abs=0.02)
    counts = confusion_of(recording)._count(step.before)
    cells = page.locator(".panel").nth(0).locator(".confusion tbody td").all_inner_texts()
    assert [float(text or 0) for text in cells] == counts.ravel().tolist()
    page.keyboard.press("End")
    accuracy = 100 * np.trace(confusion_of(recording)._count(recording.steps[-1].after)) / 60
    caption = page.locator(".panel").nth(0).locator("caption").inner_text()
    assert numbers(caption)[:2] == pytest.approx([accuracy, 60], rel=1e-3)


def test_a_filter_is_selected_by_keyboard(opened):
    page = opened(training_page(dense()).html())
    page.locator(".filter").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.locator("#weight option:checked").inner_text().endswith(", 1]")
    page.get_by_label("slopes").check()
    assert "slopes of d" in page.locator(".filters p").inner_text()
