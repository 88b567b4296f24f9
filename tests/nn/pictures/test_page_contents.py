"""What a page of a training holds, decoded and compared with the recording and the model."""

import base64
from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.layers import Conv1D, Conv2D, Dense, Dropout, Flatten
from nn.models import Sequential
from nn.pictures.confusion import confusion_of
from nn.pictures.filters import filters_of
from nn.pictures.maps import Map
from nn.pictures.recording import RecordedTraining, Recorder
from nn.pictures.training_page import _content, training_page
from nn.pictures.units import units_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 2)).astype(np.float32)


def recorded(layers, x=X, y=None, optimizer="sgd", loss="mse", **options):
    nn.utils.set_random_seed(1)
    model = Sequential(layers)
    model.compile(optimizer, loss, run_eagerly=True)
    y = np.arange(len(x)) % 2 if y is None else y
    return model.record(x, y, **{"batch_size": len(x), "shuffle": False, **options})


def classifier(classes, x=X, y=None, **options):
    y = np.arange(len(x)) % classes if y is None else y
    loss = "mse" if np.ndim(y) > 1 else "sparse_categorical_crossentropy"
    return recorded([Dense(classes, "softmax")], x, y, loss=loss, **options)


def decoded(text, kind="<f4"):
    return np.frombuffer(base64.b64decode(text), kind)


def outputs(model, flat, x):
    """Return the outputs of a model of one dense layer for its weights in a flat buffer."""
    (layer,) = model.layers
    kernel = flat[: layer.kernel.size].reshape(layer.kernel.shape)
    return layer.activation(x @ kernel + flat[layer.kernel.size :])


# --- maps ----------------------------------------------------------------------------------------


def test_a_map_covers_the_data_with_a_margin_and_has_a_byte_for_each_point():
    recording = recorded([Dense(1)], y=np.linspace(-2, 3, 6))
    found = Map(recording)
    size = X.max(0) - X.min(0)
    np.testing.assert_allclose(found.low, X.min(0) - 0.08 * size, rtol=1e-6)
    np.testing.assert_allclose(found.high, X.max(0) + 0.08 * size, rtol=1e-6)
    low, high = -2 - 0.08 * 5, 3 + 0.08 * 5  # of the targets, and 0 and 1
    assert found.ends == pytest.approx([low, high])
    flats = [np.float32([5, -5, 1]), np.float32([0.1, 0.2, 0]), np.float32([np.nan, 0, 0])]
    content = found.record(flats)
    codes = decoded(content["steps"], np.uint8).reshape(3, 32, 32)
    assert codes[0].size == found.bytes_per_step
    axes = [np.linspace(*ends, 32) for ends in zip(found.low, found.high, strict=True)]
    for flat, image in zip(flats[:2], codes, strict=False):
        y = axes[0] * flat[0] + axes[1][:, np.newaxis] * flat[1] + flat[2]
        shares = np.clip((y - low) / (high - low), 0, 1)
        assert np.abs(image - 254 * shares).max() <= 1.01  # rounded down
    assert codes[0].min() == 0
    assert codes[0].max() == 254
    assert (codes[2] == 255).all()
    assert (content["dimensions"], content["side"], content["classes"]) == (2, 32, 0)
    assert content["low"] == pytest.approx(found.low.tolist())
    np.testing.assert_allclose(content["x"], X)
    np.testing.assert_allclose(content["y"], np.linspace(-2, 3, 6), rtol=1e-6)


def test_a_map_of_classes_holds_the_best_one_and_its_probability():
    recording = classifier(3)
    found = Map(recording)
    assert found.ends == pytest.approx([-0.16, 2.16])
    flat = RNG.normal(size=9).astype(np.float32)
    content = found.record([flat])
    codes = decoded(content["steps"], np.uint8).astype(int)
    p = outputs(recording.model, flat, found.points)
    np.testing.assert_array_equal(codes // 32, p.argmax(1))
    assert np.abs(codes % 32 - 31 * p.max(1)).max() <= 1.01
    assert content["classes"] == 3
    assert content["y"] == [0, 1, 2, 0, 1, 2]
    assert Map(classifier(3, y=np.eye(3)[[2, 0, 1, 1, 0, 2]])).record([flat])["y"] == [
        2, 0, 1, 1, 0, 2
    ]  # fmt: skip


def test_a_curve_has_a_number_for_each_of_80_points():
    recording = recorded([Dense(1)], np.ones((3, 1), np.float32), np.zeros(3))
    found = Map(recording)
    assert (found.low.tolist(), found.high.tolist()) == ([0], [2])  # there is no range
    content = found.record([np.float32([2, 0.5])])
    values = decoded(content["steps"])
    np.testing.assert_allclose(values, 2 * np.linspace(0, 2, 80) + 0.5, rtol=1e-6)
    assert values.nbytes == found.bytes_per_step
    assert content["dimensions"] == 1


@pytest.mark.parametrize(("rows", "kept"), [(300, 300), (301, 300)])
def test_at_most_300_rows_are_drawn_and_counted(rows, kept):
    x = np.arange(2.0 * rows).reshape(rows, 2).astype(np.float32)
    recording = classifier(2, x)
    content = Map(recording).record([recording.steps[0].after])
    places = [int(row[0]) // 2 for row in content["x"]]
    assert len(set(places)) == len(places) == kept
    assert content["y"] == [place % 2 for place in places]
    confusion = confusion_of(recording)
    assert len(np.unique(confusion.x[:, 0])) == kept
    np.testing.assert_array_equal(confusion.y, confusion.x[:, 0] // 2 % 2)


# --- confusion -----------------------------------------------------------------------------------


def test_counts_of_classes_at_each_step():
    recording = classifier(3, y=np.array([0, 0, 1, 2, 2, 2]), epochs=2)
    confusion = confusion_of(recording)
    flats = [step.after for step in recording.steps]
    content = confusion.record(flats)
    counts = decoded(content["steps"]).reshape(2, 3, 3)
    assert counts[0].nbytes == confusion.bytes_per_step
    assert (content["classes"], content["rows"]) == (3, 6)
    np.testing.assert_array_equal(counts.sum(2), [[2, 1, 3]] * 2)
    for flat, table in zip(flats, counts, strict=True):
        best = outputs(recording.model, flat, X).argmax(1)
        np.testing.assert_array_equal(table.sum(0), np.bincount(best, minlength=3))
    one_hot = confusion_of(classifier(3, y=np.eye(3)[[0, 0, 1, 2, 2, 2]]))
    np.testing.assert_array_equal(one_hot.y, confusion.y)


@pytest.mark.parametrize(
    ("classes", "y", "expected"),
    [
        (12, np.arange(6), True),
        (13, np.arange(6), False),
        (1, np.arange(6) % 2, False),
        (3, np.full(6, 3), False),
        (3, np.full(6, -1), False),
        (3, np.full(6, 1.5), False),
        (3, np.zeros((6, 3)), False),
        (3, np.ones((6, 3)), False),
        (3, np.full((6, 3), [0.5, 0.5, 0]), False),
        (3, np.full((6, 3), [0, 1, 0]), True),
    ],
)
def test_which_targets_are_classes(classes, y, expected):
    model = Sequential([nn.Input((2,)), Dense(classes)])
    recording = RecordedTraining(model, X, y.reshape(6, -1), ["a", "b"], [], None)
    assert (confusion_of(recording) is not None) == expected


# --- filters -------------------------------------------------------------------------------------


def image_model(units=3, side=4, epochs=2):
    x = RNG.normal(size=(5, side, side)).astype(np.float32)
    layers = [Flatten(), Dense(units, name="d"), Dense(1)]
    return recorded(layers, x, optimizer=nn.optimizers.SGD(0.1), epochs=epochs)


def test_images_of_filters_are_scaled_to_their_largest_entry():
    recording = image_model()
    filters = filters_of(recording.model, recording.x.shape[1:])
    content = filters.record(recording.steps)
    steps = recording.steps
    shown = {
        "weights": [steps[0].before, steps[1].before, steps[1].after],
        "slopes": [step.slopes for step in steps],
        "changes": [step.after - step.before for step in steps],
    }
    taken = 0
    for name, flats in shown.items():
        images = np.stack([flat[filters.places] for flat in flats])
        sizes = np.abs(images).max((1, 2, 3))
        assert content[f"{name}_size"] == pytest.approx(sizes, rel=1e-3)
        levels = decoded(content[name], np.uint8).reshape(images.shape).astype(float)
        expected = 128 + 127 * images / sizes[:, None, None, None]
        assert np.abs(levels - expected).max() <= 0.51
        taken += levels[0].size + 8
    assert taken == filters.bytes_per_step


def test_filters_of_numbers_that_are_not_finite_or_all_zero():
    recording = image_model(epochs=1)
    (step,) = recording.steps
    step.slopes[:] = 0
    step.after[0] = np.nan
    filters = filters_of(recording.model, recording.x.shape[1:])
    content = filters.record(recording.steps)
    assert set(decoded(content["slopes"], np.uint8)) == {128}
    assert content["slopes_size"] == [0]
    image = decoded(content["changes"], np.uint8).reshape(filters.places.shape)
    assert image[0, 0, 0] == 128


def test_weights_that_change_the_most_are_chosen_from_each_filter():
    recording = image_model(units=20, side=6)
    filters = filters_of(recording.model, recording.x.shape[1:])
    assert filters.places.shape == (12, 6, 6)
    chosen = filters.chosen(recording.steps)
    change = np.abs(recording.steps[-1].after - recording.steps[0].before)[filters.places]
    for number in range(12):
        own = [place for place in chosen if place[0] == number]
        assert own == sorted(own)
        assert len(own) == 20  # of 240
        least = min(change[place] for place in own)
        assert np.sum(change[number] > least) == 19
    few = filters_of(image_model(units=2).model, (4, 4)).chosen(image_model(units=2).steps)
    assert len(few) == 2 * 16  # all
    for entry, place in zip(filters.weights(chosen), chosen, strict=True):
        assert (entry["filter"], entry["row"], entry["column"]) == place
        assert entry["name"] == f"d/kernel[{place[1] * 6 + place[2]}, {place[0]}]"


@pytest.mark.parametrize(
    ("layers", "shape", "expected"),
    [
        ([Dense(2)], (16,), (2, 4, 4)),  # rows whose length is a square
        ([Dense(2)], (15,), None),
        ([Dense(2)], (9,), None),  # too small
        ([Flatten(), Dense(2)], (4, 5), (2, 4, 5)),
        ([Flatten(), Dense(2)], (4, 3), None),
        ([Flatten(), Dense(2)], (4, 4, 2), None),
        ([Conv2D(5, (2, 3))], (4, 4, 3), (12, 2, 3)),  # of 15
        ([Conv1D(2, 3), Flatten()], (16, 1), None),
    ],
)
def test_which_first_layers_have_filters(layers, shape, expected):
    model = Sequential([nn.Input(shape), *layers])
    found = filters_of(model, shape)
    assert (None if found is None else found.places.shape) == expected


def test_filters_are_those_of_the_first_layer_that_is_trained():
    first, second = Dense(16, name="first"), Dense(2, name="second")
    model = Sequential([nn.Input((16,)), Dropout(0.5), first, second])
    first.trainable = False
    found = filters_of(model, (16,))
    assert found.layer == "second"
    np.testing.assert_array_equal(found.places[1].ravel(), np.arange(16) * 2 + 1)


# --- the whole content ---------------------------------------------------------------------------


def test_the_content_of_a_page_is_the_recording():
    recording = classifier(2, optimizer="adam", epochs=3, batch_size=3)
    content = _content({"my": recording})
    assert content["title"] == "Training of my"
    assert content["every"] == 1
    assert [weight["name"].rpartition("/")[2] for weight in content["weights"]] == [
        "kernel[0, 0]", "kernel[0, 1]", "kernel[1, 0]", "kernel[1, 1]", "bias[0]", "bias[1]",
    ]  # fmt: skip
    (training,) = content["trainings"]
    steps = recording.steps
    assert training["label"] == "my"
    assert training["optimizer"] == "Adam"
    assert training["epochs"] == [0, 0, 1, 1, 2, 2]
    assert training["numbers"] == [1, 2, 3, 4, 5, 6]
    assert training["rates"] == pytest.approx([0.001] * 6)
    assert training["count"] == 6
    assert training["losses"] == pytest.approx([step.loss for step in steps], rel=1e-5)
    flats = np.stack([*(step.before for step in steps), steps[-1].after])
    np.testing.assert_array_equal(decoded(training["before"]).reshape(7, 6), flats)
    slopes = np.stack([step.slopes for step in steps])
    np.testing.assert_array_equal(decoded(training["slopes"]).reshape(6, 6), slopes)
    np.testing.assert_array_equal(decoded(training["after"]).reshape(6, 6), flats[1:])
    assert training["slots"].keys() == {"m", "v"}
    means = np.stack([step.slots["momentum"] for step in steps])
    np.testing.assert_array_equal(decoded(training["slots"]["m"]).reshape(6, 6), means)
    assert training["constants"]["beta_1"] == 0.9
    assert {"map", "confusion"} <= training.keys()


def test_a_page_has_a_map_of_up_to_8_classes():
    assert "map" in _content({"a": classifier(8)})["trainings"][0]
    (training,) = _content({"a": classifier(9)})["trainings"]
    assert "map" not in training
    assert "confusion" in training


@pytest.mark.parametrize(("steps", "every"), [(60, 1), (61, 2), (121, 3)])
def test_classes_are_predicted_at_60_steps_at_most(steps, every):
    recording = classifier(2)
    recording.steps *= steps
    content = _content({"a": classifier(2), "b": recording})
    assert content["every"] == every
    assert len(content["trainings"][1]["losses"]) == -(-steps // every)
    assert content["trainings"][1]["count"] == steps


def test_a_loss_that_is_not_finite_is_a_gap():
    recording = recorded([Dense(1)])
    recording.steps = [replace(recording.steps[0], loss=np.inf)]
    assert _content({"a": recording})["trainings"][0]["losses"] == [None]


def test_one_to_six_trainings_are_shown():
    recording = recorded([Dense(1)], epochs=2)
    assert recording.model.name in repr(training_page(recording))
    assert "training of 2 steps, at a, b" in repr(training_page(dict.fromkeys("ab", recording)))
    training_page(dict.fromkeys("abcdef", recording))
    for labels in ("", "abcdefg"):
        with pytest.raises(ValueError, match=f"expected 1 to 6 trainings .* got {len(labels)}"):
            training_page(dict.fromkeys(labels, recording))


# --- units and steps -----------------------------------------------------------------------------


def test_units_and_the_ends_of_arrows():
    layers = [Dense(2, "relu", use_bias=False, name="a"), Dropout(0.5), Dense(1, name="b")]
    columns, weights = units_of(Sequential([nn.Input((2,)), *layers]), ["u", "v"])
    assert [(c["name"], c["units"]) for c in columns] == [
        ("inputs", ["u", "v"]), ("a", ["h1", "h2"]), ("b", ["out"]),
    ]  # fmt: skip
    assert [(w["name"], w["column"], w["from"], w["to"]) for w in weights] == [
        ("a/kernel[0, 0]", 1, 0, 0), ("a/kernel[0, 1]", 1, 0, 1), ("a/kernel[1, 0]", 1, 1, 0),
        ("a/kernel[1, 1]", 1, 1, 1), ("b/kernel[0, 0]", 2, 0, 0), ("b/kernel[1, 0]", 2, 1, 0),
        ("b/bias[0]", 2, None, 0),
    ]  # fmt: skip
    columns, _ = units_of(Sequential([nn.Input((2,)), Dense(2)]), ["u", "v"])
    assert columns[-1]["units"] == ["out1", "out2"]


@pytest.mark.parametrize(
    ("inputs", "units", "fits"), [(15, 24, True), (16, 24, False), (1, 25, False)]
)
def test_units_that_can_be_read(inputs, units, fits):
    model = Sequential([nn.Input((inputs,)), Dense(units), Dense(1, use_bias=False)])
    model.layers[-1].trainable = False
    names = [str(i) for i in range(inputs)]
    if fits:
        assert len(units_of(model, names).weights) == inputs * units + units
    else:
        with pytest.raises(ValueError, match="at most 400 weights and 24 units"):
            units_of(model, names)


def test_networks_that_are_no_chain_have_no_units():
    x = nn.Input((2,))
    shared = Dense(2)
    branches = nn.Model(x, Dense(1)(Dense(2)(x) + Dense(2)(x)))
    for model in (nn.Model(x, shared(shared(x))), branches, Sequential([nn.Input((2,))])):
        with pytest.raises(ValueError, match="expected a chain of Dense layers"):
            units_of(model, ["u", "v"])


def test_a_recording_has_an_end(monkeypatch):
    monkeypatch.setattr("nn.pictures.recording._MOST", 3 * 4 * 3 * 5)  # of 3 weights, 5 steps
    recorded([Dense(1)], epochs=5)
    with pytest.raises(ValueError, match="got 3 weights and 5 steps so far"):
        recorded([Dense(1)], epochs=6)
    assert Recorder().epoch == 0


@pytest.mark.parametrize(("steps", "fits"), [(7_456_539, True), (7_456_540, False)])
def test_a_recording_of_256_mb_is_the_largest(steps, fits):
    class Many(list):
        def __len__(self):
            return steps

    model = Sequential([nn.Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    recorder = Recorder(Many())  # each of 3 times 3 numbers
    model.optimizer.build(model.trainable_weights)
    watching = recorder.watching(model.store, model.optimizer, 0.0)
    if fits:
        with watching:
            pass
    else:
        with pytest.raises(ValueError, match="at most 256 MB"), watching:
            pass


def test_layers_without_weights_are_no_columns():
    others = [
        nn.layers.Activation("tanh"), Dropout(0.5), nn.layers.ELU(), nn.layers.LeakyReLU(),
        nn.layers.ReLU(), nn.layers.Softmax(),
    ]  # fmt: skip
    x = y = nn.Input((2,))
    for layer in [Dense(2, name="a"), *others]:
        y = layer(y)
    columns, _ = units_of(nn.Model(x, y), ["u", "v"])
    assert [column["name"] for column in columns] == ["inputs", "a"]
