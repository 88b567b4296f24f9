"""Batches from generators, PyDatasets and other iterables."""

import itertools

import numpy as np
import pytest

import nn
from nn.training.dataset import Dataset
from nn.training.streams import Stream, is_stream

X = np.arange(20.0).reshape(10, 2).astype("f") / 20
Y = X.sum(1, keepdims=True)


def model_of():
    model = nn.Sequential([nn.layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
    model.compile(nn.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


class Rows(nn.utils.PyDataset):
    """The rows in batches of 4, the last of 2."""

    def __init__(self):
        super().__init__(workers=2)
        self.ended = 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = slice(4 * index, 4 * index + 4)
        return X[rows], Y[rows]

    def on_epoch_end(self):
        self.ended += 1


def endless():
    for index in itertools.cycle(range(3)):
        yield Rows()[index]


SOURCES = {
    "dataset": (Rows, None),
    "generator": (endless, 3),
    "re-iterable": (lambda: map_of(Rows()), None),
}


class map_of:  # noqa: N801 - it reads as a function
    """An iterable that starts over each time, such as a loader of another library."""

    def __init__(self, dataset):
        self.dataset = dataset

    def __iter__(self):
        return (self.dataset[index] for index in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_training_is_that_of_the_arrays(name):
    source, steps = SOURCES[name]
    expected, model = model_of(), model_of()
    history = expected.fit(
        X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=(X, Y)
    ).history
    found = model.fit(
        source(), epochs=3, shuffle=False, verbose=0, steps_per_epoch=steps,
        validation_data=source(), validation_steps=steps,
    ).history  # fmt: skip
    assert found == history
    assert np.array_equal(model.get_weights()[0], expected.get_weights()[0])
    assert model.evaluate(source(), steps=steps, verbose=0) == expected.evaluate(
        X, Y, batch_size=4, verbose=0
    )
    assert np.array_equal(
        model.predict(source(), steps=steps, verbose=0), expected.predict(X, verbose=0)
    )


@pytest.mark.slow
def test_a_dataset_is_shuffled_by_batches_and_notified_of_epochs():
    seen = []

    class Told(Rows):
        def __getitem__(self, index):
            seen.append(index)
            return super().__getitem__(index)

    nn.utils.set_random_seed(0)
    dataset = Told()
    model_of().fit(dataset, epochs=20, verbose=0)
    assert dataset.ended == 20
    epochs = [tuple(seen[1 + 3 * i : 4 + 3 * i]) for i in range(20)]
    assert all(sorted(epoch) == [0, 1, 2] for epoch in epochs)
    assert len(set(epochs)) > 2


@pytest.mark.slow
def test_a_generator_that_ends():
    with pytest.warns(UserWarning, match="training ends after epoch 1 of 5"):
        history = model_of().fit(itertools.islice(endless(), 3), epochs=5, verbose=0)
    assert len(history.history["loss"]) == 1
    with pytest.warns(
        UserWarning, match="ended after 2 batches of an epoch, where steps_per_epoch"
    ):
        model_of().fit(itertools.islice(endless(), 2), steps_per_epoch=3, verbose=0)
    with pytest.raises(ValueError, match=r"expected batches from .*, got none"):
        model_of().fit(iter(()), verbose=0)


@pytest.mark.parametrize("values", [[1, 2.5], np.float32([1, 2]), [(1, 3), (2, 4)]])
@pytest.mark.parametrize("method", ["fit", "predict"])
def test_the_error_of_a_generator_of_numbers_advises_to_collect_them(method, values):
    with pytest.raises(TypeError, match=r"batches from .* got the number .*np\.array\(list\(x\)\)"):
        getattr(model_of(), method)(iter(values))


@pytest.mark.slow
def test_batches_of_different_lengths_and_weights():
    class Mean(nn.Model):
        def __init__(self):
            super().__init__()
            self.dense = nn.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs.mean(axis=1))

    def batches():
        for length in itertools.cycle((2, 3, 5)):
            yield np.ones((4, length, 2), "f"), np.ones((4, 1), "f"), np.ones(4, "f")

    model = Mean()
    model.compile("sgd", "mse")
    history = model.fit(batches(), steps_per_epoch=6, epochs=4, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_arguments_that_do_not_go_with_batches():
    with pytest.raises(ValueError, match="expected y in the batches that x yields"):
        model_of().fit(Rows(), Y)
    with pytest.raises(ValueError, match=r"validation_split .* pass validation_data"):
        model_of().fit(Rows(), validation_split=0.2)
    with pytest.raises(NotImplementedError, match="Nothing to define __getitem__"):
        type("Nothing", (nn.utils.PyDataset,), {"__len__": lambda self: 1})()[0]


@pytest.mark.slow
def test_weights_of_classes_go_with_batches():
    labels = np.arange(10) % 2
    history = [
        model_of().fit(*data, class_weight={1: 3.0}, shuffle=False, verbose=0, **options).history
        for data, options in (
            ((iter([(X[i : i + 4], labels[i : i + 4]) for i in (0, 4, 8)]),), {}),
            ((X, labels), {"batch_size": 4}),
        )
    ]  # fmt: skip
    assert history[0] == history[1]


@pytest.mark.slow
def test_batches_of_one_column_are_aligned():
    rows = [(np.arange(4.0), np.arange(4.0))] * 2

    class OwnLoss(nn.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):  # noqa: ARG002
            return np.mean((y[:, np.newaxis] - y_pred) ** 2)

    losses = []
    for kind in (nn.Sequential, OwnLoss):
        model = kind([nn.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))])
        model.compile("sgd", "mse")
        assert model.predict(iter(rows), verbose=0).shape == (8, 1)
        losses.append(model.evaluate(iter(rows), verbose=0))
        losses += model.fit(*rows[0], verbose=0).history["loss"]
        losses += model.fit(iter(rows), verbose=0).history["loss"]
    assert losses[:3] == losses[3:]


@pytest.mark.slow
def test_the_argument_for_the_steps_is_named():
    data = {"verbose": 0, "validation_data": iter([Rows()[0]]), "validation_steps": 2}
    with pytest.warns(UserWarning, match="ended after 1 batches .* where validation_steps is 2"):
        model_of().fit(X, Y, **data)
    with pytest.warns(UserWarning, match="where steps is 2"):
        model_of().evaluate(iter([Rows()[0]]), steps=2, verbose=0)


class Converts:
    def __array__(self, dtype=None, copy=None):
        return X

    def __iter__(self):
        return iter(X)


class Frame:
    def to_numpy(self):
        return X

    def __iter__(self):
        return iter("ab")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *[(x, False) for x in ([1], (1,), {"a": 1}, {1}, "ab", b"ab", X, 3, None)],
        *[(x, False) for x in (Converts(), Frame(), object())],
        *[(x, True) for x in (iter([1]), Rows(), map_of(Rows()), range(3))],
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_counts_as_batches(data, expected):
    assert is_stream(data) is expected


def test_integers_and_texts_stay_what_they_are():
    class Seen(nn.Model):
        def call(self, inputs):
            self.kinds = [part.dtype.kind for part in inputs]
            return inputs[0]

    model = Seen()
    model.run_eagerly = True
    model.predict_on_batch([X, np.arange(10), np.array(["a"] * 10), np.ones(10, bool)])
    assert model.kinds == ["f", "i", "U", "b"]


def test_a_progress_bar_without_a_known_number_of_steps(capsys):
    model_of().fit(map_of(Rows()), epochs=2, verbose=1)
    assert "Epoch 2/2" in capsys.readouterr().out


@pytest.mark.parametrize(("steps", "batches"), [(None, 3), (2, 2), (3, 3), (5, 3)])
def test_an_epoch_has_no_more_steps_than_there_are_batches(steps, batches):
    stream = Stream(Rows(), lambda batch: Dataset(*batch), steps)
    assert stream.steps == batches
    assert len(list(stream.epoch())) == batches


class Endless(nn.utils.PyDataset):
    """Batches without an end; remembers the numbers that were asked for."""

    def __init__(self):
        super().__init__()
        self.seen, self.begun, self.ended = [], 0, 0

    def __getitem__(self, index):
        self.seen.append(index)
        return X[:4] + index, Y[:4]

    def on_epoch_begin(self):
        self.begun += 1

    def on_epoch_end(self):
        self.ended += 1


def test_a_dataset_without_a_length_is_endless():
    data = Endless()
    assert data.num_batches is None
    assert Rows().num_batches == 3
    assert Stream(data, None).steps is None
    assert Stream(data, None, 2).steps == 2
    model_of().fit(data, steps_per_epoch=3, epochs=2, verbose=0)
    assert data.seen == [0, 0, 1, 2, 0, 1, 2]  # the first one to build the model
    assert data.begun == 2


class Counted(map_of):
    def __len__(self):
        return 3


@pytest.mark.parametrize(
    ("source", "given", "steps"),
    [
        (map_of(Rows()), None, None),
        (map_of(Rows()), 2, 2),
        (Counted(Rows()), None, 3),
        (Counted(Rows()), 2, 2),
        (Counted(Rows()), 9, 3),
    ],
)
def test_the_number_of_steps_that_is_known(source, given, steps):
    stream = Stream(source, lambda batch: Dataset(*batch), given)
    assert stream.steps == steps
    for _ in range(2):
        data = [part.x for part, _ in stream.epoch()]
        assert len(data) == (steps or 3)
        np.testing.assert_array_equal(np.concatenate(data), X[: 4 * len(data)])


@pytest.mark.slow
def test_batches_stay_in_order_unless_they_are_to_be_shuffled():
    class Told(Rows):
        def __init__(self):
            super().__init__()
            self.seen = []

        def __getitem__(self, index):
            self.seen.append(index)
            return super().__getitem__(index)

    for call in ("evaluate", "predict", "fit"):
        data, model = Told(), model_of()
        options = {"epochs": 8, "shuffle": False} if call == "fit" else {}
        getattr(model, call)(data, verbose=0, **options)
        assert data.seen[1:] == [0, 1, 2] * options.get("epochs", 1)


def test_passing_over_epochs_leaves_what_follows():
    stream = Stream(endless(), lambda batch: Dataset(*batch), 2)
    assert stream.peek() is stream.peek()
    stream.skip(1)
    first = [data.x for data, _ in stream.epoch()]
    np.testing.assert_array_equal(first[0], X[8:])
    np.testing.assert_array_equal(first[1], X[:4])
    told = Endless()
    Stream(told, None, 2).skip(3)
    assert (told.begun, told.ended, told.seen) == (3, 3, [])


def test_whether_an_iterator_has_a_further_batch():
    def stream_of(source):
        return Stream(source, lambda batch: Dataset(*batch))

    stream = stream_of(itertools.islice(endless(), 1))
    assert not stream.is_exhausted()
    assert not stream.is_exhausted()  # the batch that was read is kept
    assert [len(data) for data, _ in stream.epoch()] == [4]
    assert stream.is_exhausted()
    assert not stream_of(Rows()).is_exhausted()
    assert not stream_of(map_of(Rows())).is_exhausted()


@pytest.mark.parametrize(
    ("steps", "warns"), [(None, False), (2, False), (3, False), (4, True)]
)  # fmt: skip
def test_only_an_epoch_that_is_too_short_is_warned_of(steps, warns, recwarn):
    stream = Stream(itertools.islice(endless(), 3), lambda batch: Dataset(*batch), steps, "steps")
    list(stream.epoch())
    texts = [str(warning.message) for warning in recwarn]
    assert len(texts) == warns
    if warns:
        assert "ended after 3 batches of an epoch, where steps is 4" in texts[0]


def test_what_keras_passes_to_a_dataset_is_kept():
    data = nn.utils.PyDataset(workers=3, use_multiprocessing=True, max_queue_size=7)
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (3, True, 7)
    plain = nn.utils.PyDataset()
    assert (plain.workers, plain.use_multiprocessing, plain.max_queue_size) == (1, False, 10)


@pytest.mark.parametrize("batch", [(), [], (1, 2, 3, 4)])
def test_a_batch_has_one_to_three_parts(batch):
    with pytest.raises(ValueError, match=f"got {len(batch)} parts"):
        nn.utils.unpack_x_y_sample_weight(batch)
    if not batch:
        with pytest.raises(ValueError, match="got 0 parts"):
            model_of().predict(iter([batch]), verbose=0)
    assert nn.utils.pack_x_y_sample_weight([1, 2]) == ([1, 2],)
    assert nn.utils.pack_x_y_sample_weight((1, 2)) == ((1, 2),)
