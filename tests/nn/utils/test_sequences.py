"""pad_sequences and windows of series: by hand, laws over drawn arguments, beside Keras's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.layers import LSTM, Dense
from nn.utils import pad_sequences, set_random_seed, timeseries_dataset_from_array
from tests.laws.table import examples

SEQUENCES = [[1], [2, 3], [4, 5, 6]]


def test_padding_by_hand():
    assert pad_sequences(SEQUENCES).tolist() == [[0, 0, 1], [0, 2, 3], [4, 5, 6]]
    assert pad_sequences(SEQUENCES).dtype == np.int32
    assert pad_sequences(SEQUENCES, padding="post", value=-1).tolist()[0] == [1, -1, -1]
    assert pad_sequences(SEQUENCES, maxlen=2).tolist() == [[0, 1], [2, 3], [5, 6]]
    assert pad_sequences(SEQUENCES, 2, truncating="post").tolist() == [[0, 1], [2, 3], [4, 5]]
    assert pad_sequences(SEQUENCES, maxlen=0).shape == (3, 0)
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[], [1]]).tolist() == [[0], [1]]
    texts = pad_sequences([["a"], ["b", "longer"]], dtype=object, value="")
    assert texts.tolist() == [["", "a"], ["b", "longer"]]
    assert pad_sequences([["a"], ["b", "longer"]], dtype=str, value="").tolist() == texts.tolist()
    assert pad_sequences([["a"], ["b", "longer"]], dtype="U4", value="").dtype == "U4"


vectors = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.lists(st.lists(st.integers(-9, 9), min_size=n, max_size=n), max_size=4))
)
ENDS = st.sampled_from(["pre", "post"])
arguments = {
    "sequences": st.lists(st.lists(st.integers(-99, 99), max_size=5), min_size=1) | vectors,
    "length": st.none() | st.integers(0, 6),
    "padding": ENDS,
    "truncating": ENDS,
}


@examples(60)
@given(**arguments)
def test_every_row_is_its_sequence_filled_up(sequences, length, padding, truncating):
    padded = pad_sequences(sequences, length, "int64", padding, truncating, value=100)
    assert padded.shape[0] == len(sequences)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = min(len(sequence), padded.shape[1])
        part = sequence[len(sequence) - kept :] if truncating == "pre" else sequence[:kept]
        filling = padded.shape[1] - kept
        inside = row[filling:] if padding == "pre" else row[:kept]
        assert inside.tolist() == part
        outside = row[:filling] if padding == "pre" else row[kept:]
        assert (outside == 100).all()


@examples(40)
@given(**arguments)
def test_padding_is_that_of_keras(keras, sequences, length, padding, truncating):
    if length == 0 or not any(sequences):  # Keras keeps all of a sequence then
        return
    options = {"padding": padding, "truncating": truncating, "value": 7, "dtype": "float32"}
    ours = pad_sequences(sequences, length, **options)
    theirs = keras.utils.pad_sequences(sequences, length, **options)
    assert np.array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: pad_sequences(SEQUENCES, padding="both"), "'pre' or 'post', got 'both'"),
        (lambda: pad_sequences(SEQUENCES, truncating="left"), "truncating to be"),
        (lambda: pad_sequences(SEQUENCES, value="x"), "dtype=object"),
        (lambda: pad_sequences(SEQUENCES, maxlen=-1), "maxlen"),
        (lambda: pad_sequences([[[1, 2]], [[1]]]), r"got \(1,\) in sequence 1"),
    ],
)
def test_misuse_of_padding_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


@pytest.mark.parametrize("wrong", [[1, 2], ["ab", "c"]])
def test_only_sequences_are_padded(wrong):
    with pytest.raises(TypeError, match="expected a list of sequences"):
        pad_sequences(wrong)


@pytest.mark.parametrize("wrong", ["ab", {(1, 2)}, {(1, 2): 3}, None, 3])
def test_what_has_no_order_or_no_sequences_is_not_padded(wrong):
    with pytest.raises(TypeError, match="expected sequences to be"):
        pad_sequences(wrong)


def test_windows_by_hand():
    x = np.arange(10)
    (windows, targets), *rest = timeseries_dataset_from_array(
        x, x[4:], 3, sampling_rate=2, sequence_stride=2, batch_size=2
    )
    assert windows.tolist() == [[0, 2, 4], [2, 4, 6]]
    assert targets.tolist() == [4, 6]
    assert [targets.tolist() for _, targets in rest] == [[8]]
    alone = timeseries_dataset_from_array(x, None, 4, batch_size=None, start_index=2, end_index=7)
    assert [window.tolist() for window in alone] == [[2, 3, 4, 5], [3, 4, 5, 6]]


@pytest.mark.slow
@examples(60)
@given(
    count=st.integers(9, 20),
    length=st.integers(1, 4),
    stride=st.integers(1, 3),
    rate=st.integers(1, 2),
    size=st.integers(1, 5),
    start=st.integers(0, 2),
    shuffle=st.booleans(),
)
def test_windows_and_targets_belong_together(count, length, stride, rate, size, start, shuffle):
    x = np.random.default_rng(0).random((count, 2))
    data = timeseries_dataset_from_array(
        x, x.sum(axis=1), length, stride, rate, size, shuffle, seed=1, start_index=start
    )
    batches = list(data)
    assert len(batches) == len(data)
    assert all(len(windows) == size for windows, _ in batches[:-1])
    windows = np.concatenate([windows for windows, _ in batches])
    targets = np.concatenate([targets for _, targets in batches])
    starts = range(start, count - (length - 1) * rate, stride)
    expected = [x[begin : begin + (length - 1) * rate + 1 : rate] for begin in starts]
    order = np.argsort(windows[:, 0, 0]) if shuffle else np.arange(len(windows))
    ranks = np.argsort([w[0, 0] for w in expected]) if shuffle else order
    np.testing.assert_array_equal(windows[order], np.array(expected)[ranks])
    np.testing.assert_array_equal(targets, windows[:, 0].sum(axis=1))


def test_the_global_seed_repeats_the_order():
    def order():
        set_random_seed(3)
        return timeseries_dataset_from_array(np.arange(50), None, 2, shuffle=True)[0][:, 0]

    assert np.array_equal(order(), order())
    assert not np.array_equal(order(), np.arange(49))


def test_a_seed_is_that_of_the_order():
    def order(**options):
        return timeseries_dataset_from_array(np.arange(50), None, 2, shuffle=True, **options)[0]

    assert np.array_equal(order(seed=1), order(seed=1))
    assert not np.array_equal(order(seed=1), order(seed=2))


def test_the_longest_window_is_the_whole_series():
    x = np.arange(10.0)
    (windows, targets), *rest = timeseries_dataset_from_array(x, x, 10)
    assert windows.tolist() == [x.tolist()]
    assert (targets.tolist(), rest) == ([0], [])
    between = timeseries_dataset_from_array(x, -x, 2, start_index=3, end_index=6)
    assert [part.tolist() for part in between[0]] == [[[3, 4], [4, 5]], [-3, -4]]


def test_batches_are_counted_from_0():
    data = timeseries_dataset_from_array(np.arange(10), None, 2, batch_size=4)
    assert isinstance(data, nn.utils.PyDataset)
    assert (data.workers, data.num_batches) == (1, 3)
    assert [len(data[index]) for index in range(len(data))] == [4, 4, 1]
    for index in (-1, 3):
        with pytest.raises(IndexError, match=f"below 3, got {index}"):
            data[index]


@pytest.mark.slow
def test_a_model_is_fitted_to_windows():
    series = np.sin(np.arange(60, dtype=np.float32))[:, np.newaxis]
    data = timeseries_dataset_from_array(series, series[5:], 5, batch_size=16)
    model = nn.Sequential([LSTM(3), Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(data, epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sequence_length": 11}, "at least 11 times for a window"),
        ({"sequence_length": 2, "start_index": 10}, "below end_index"),
        ({"sequence_length": 2, "end_index": 11}, "within the 10 times"),
        ({"sequence_length": 0}, "sequence_length"),
        ({"sequence_length": 2, "sequence_stride": 0}, "sequence_stride"),
    ],
)
def test_misuse_of_windows_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        timeseries_dataset_from_array(np.arange(10), None, **options)
