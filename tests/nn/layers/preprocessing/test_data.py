"""What preprocessing layers take: each form of data as an array, and batches of several kinds."""

import numpy as np
import pandas as pd
import pytest

import nn
from nn.layers import Discretization, IntegerLookup, Normalization, StringLookup
from nn.layers.preprocessing.data import as_data, batches_in, checked_integers, checked_strings

FORMS = [
    (["a", "bc"], ["a", "bc"]),
    ("a", "a"),
    (b"\xc3\xa9", "é"),
    ([b"\xc3\xa9", b"b"], ["é", "b"]),
    (np.array([b"\xc3\xa9", b"b"], object), ["é", "b"]),
    (np.array(["é", "b"], object), ["é", "b"]),
    (np.array([[1, 2]], object), [[1, 2]]),
    (np.array([1, 2.5], object), [1.0, 2.5]),
    (3, 3),
    (2.5, 2.5),
    ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
    (pd.Series(["x", "y"]), ["x", "y"]),
    (pd.DataFrame({"p": [1, 2], "q": [3, 4]}), [[1, 3], [2, 4]]),
    (np.arange(3, dtype=np.uint8), [0, 1, 2]),
]


@pytest.mark.parametrize(("value", "expected"), FORMS, ids=lambda x: type(x).__name__)
def test_each_form_is_an_array_of_its_kind(value, expected):
    found, expected = as_data(value), np.asarray(expected)
    assert isinstance(found, np.ndarray | np.generic)
    assert found.dtype.kind in (expected.dtype.kind, "u")
    np.testing.assert_array_equal(found, expected)


def test_other_values_stay_and_structures_of_arrays_are_converted():
    for value in (None, True, nn.Input((2,))):
        assert as_data(value) is value
    found = as_data({"a": np.array(["x"], object), "b": [np.array(["y"], object), 2]})
    assert found["a"].dtype.kind == found["b"][0].dtype.kind == "U"
    assert found["b"][1] == 2


@pytest.mark.parametrize("place", [0, 1])
def test_texts_among_other_values_are_refused_wherever_they_are(place):
    values = ["a", 1] if place else [1, "a"]
    with pytest.raises(TypeError, match=rf"got 1 at \({place},\)"):
        as_data(np.array(values, object))


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="rows of one length"):
        as_data([[1, 2], [3]])


def test_kinds_of_arrays_that_layers_check():
    for kind in (np.int8, np.uint64, bool, np.float32):
        found = checked_integers("layer", np.array([0, 1]).astype(kind))
        np.testing.assert_array_equal(found, np.array([0, 1]), strict=True)
    with pytest.raises(ValueError, match=r"whole numbers, got 0\.5\."):
        checked_integers("layer", np.array([1.0, 0.5, np.nan]))
    with pytest.raises(TypeError, match="an array of complex128"):
        checked_integers("layer", np.array([1j]))
    assert checked_strings("layer", np.zeros((0, 2))).dtype.kind == "U"
    with pytest.raises(TypeError, match="expects strings, got an array of float64"):
        checked_strings("layer", np.zeros((1, 2)))


class Batches(nn.utils.PyDataset):
    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


X = [np.array([[1.0, 5.0]]), np.array([[2.0, 5.0], [3.0, 6.0]]), np.array([[4.0, 9.0]])]
SOURCES = {
    "list": lambda: X,
    "generator": lambda: iter(X),
    "with targets": lambda: ((x, np.ones(len(x))) for x in X),
    "dataset": lambda: Batches(X),
    "dataset with targets": lambda: Batches([(x, 0) for x in X]),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("steps", [None, 1, 2, 9])
def test_the_first_batches_of_every_source(source, steps):
    found = list(batches_in(SOURCES[source](), steps))
    assert len(found) == min(steps or 3, 3)
    for a, b in zip(found, X, strict=False):
        np.testing.assert_array_equal(a, b)


def test_one_batch_is_not_counted():
    for data in (np.ones((4, 2)), [[1.0, 2.0]] * 4, pd.DataFrame(np.ones((4, 2)))):
        (batch,) = batches_in(data)
        assert batch.shape == (4, 2)


@pytest.mark.parametrize("steps", [None, 2])
def test_layers_adapt_to_as_many_batches_as_they_are_told(steps):
    seen = np.concatenate(X[:steps])
    bins = Discretization(num_bins=2, epsilon=0.001)
    bins.adapt(iter(X), steps=steps)
    whole = Discretization(num_bins=2, epsilon=0.001)
    whole.adapt(seen)
    assert bins.bin_boundaries == pytest.approx(whole.bin_boundaries)
    for layer, convert in ((IntegerLookup(), int), (StringLookup(), str)):
        layer.adapt((x.astype(int).astype(convert) for x in X), steps=steps)
        known = set(layer.get_vocabulary(include_special_tokens=False))
        assert known == set(map(convert, seen.astype(int).ravel().tolist()))


def test_statistics_need_finite_numbers_everywhere():
    for wrong in (np.nan, np.inf, -np.inf):
        for place in (0, 100, 349):  # a summary of so many values leaves some out
            x = np.arange(350.0)
            x[place] = wrong
            with pytest.raises(ValueError, match="got NaN or infinity"):
                Discretization(num_bins=2).adapt(x)
            with pytest.raises(ValueError, match="got NaN or infinity"):
                Discretization(num_bins=2).adapt(iter(np.split(x, [90, 200])))
            with pytest.raises(ValueError, match="got NaN or infinity"):
                Normalization(axis=None).adapt(x)
            with pytest.raises(ValueError, match="got NaN or infinity"):
                Normalization().adapt(x.reshape(70, 5))


def test_adapting_again_begins_anew():
    layer = Normalization()
    layer.adapt(X[0])
    layer.adapt(np.array([[0.0, 0.0], [2.0, 4.0]]))
    assert layer.mean.tolist() == [[1, 2]]
    assert layer.variance.tolist() == [[1, 4]]


@pytest.mark.parametrize(
    "layer",
    [
        nn.layers.StringLookup(vocabulary=["a"]),
        nn.layers.IntegerLookup(vocabulary=[3], output_mode="one_hot"),
        nn.layers.Discretization([1.0]),
        nn.layers.CategoryEncoding(3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_dtypes_in_files_of_keras_that_follow_from_the_mode_are_left_out(layer):
    config = layer.get_config()
    for dtype in ("int32", "int64", "float32"):
        policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": dtype}}
        for form in (dtype, policy):
            again = type(layer).from_config({**config, "dtype": form})
            assert again.output_dtype == layer.output_dtype
    with pytest.raises(ValueError, match="expects dtype float32"):
        type(layer).from_config({**config, "dtype": "float64"})


def test_the_order_of_the_axes_of_a_normalization_has_no_effect():
    x = np.random.default_rng(0).normal(2, 3, (5, 3, 4)).astype("f")
    first, second = nn.layers.Normalization(axis=(1, 2)), nn.layers.Normalization(axis=(-1, 1))
    for layer in (first, second):
        layer.adapt(x)
    np.testing.assert_array_equal(first(x), second(x))
    np.testing.assert_allclose(first(x).mean(0), np.zeros((3, 4)), atol=1e-5)


def test_a_vocabulary_that_was_given_is_not_replaced_by_that_of_a_file():
    given, learned = nn.layers.StringLookup(vocabulary=["a", "b"]), nn.layers.StringLookup()
    for layer, expected in ((given, ["[UNK]", "a", "b"]), (learned, ["[UNK]", "c"])):
        layer.load_vocabulary("")
        layer.load_vocabulary("c\n")
        assert layer.get_vocabulary() == expected


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(), (2,), (2, 1), (2, 3)])
def test_shapes_of_encoded_numbers(mode, shape):
    layer = nn.layers.CategoryEncoding(4, mode)
    found = layer(np.zeros(shape, int)).shape
    if shape or mode == "one_hot":
        assert layer.compute_output_shape(shape) == found
