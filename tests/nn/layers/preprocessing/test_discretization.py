"""Discretization: by hand, bins of about equal size over drawn data, and beside Keras's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nn
from nn.layers import Discretization
from tests.laws.table import examples

X = [[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]]


def test_by_hand():
    layer = Discretization(bin_boundaries=[0.0, 1.0, 2.0])
    assert layer(X).tolist() == [[0, 2, 3, 1], [1, 3, 2, 1]]
    assert layer(X).dtype == np.int32
    assert layer(np.array([[1, 2]])).tolist() == [[2, 3]]
    counted = Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode="count")
    assert counted(X).tolist() == [[1, 1, 1, 1], [0, 2, 1, 1]]
    found = Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode="multi_hot")
    assert found(X).tolist() == [[1, 1, 1, 1], [0, 1, 1, 1]]
    hot = Discretization(bin_boundaries=[0.0], output_mode="one_hot")
    assert hot([[-1.0], [1.0]]).tolist() == [[1, 0], [0, 1]]
    assert hot([[-1.0, 1.0]]).tolist() == [[[1, 0], [0, 1]]]


def test_a_number_near_a_boundary_is_compared_in_float32():
    layer = Discretization(bin_boundaries=[0.7])
    assert layer([[0.7]]).tolist() == [[1]]


@pytest.mark.slow
@examples(30)
@given(
    x=hnp.arrays(
        np.float32, st.integers(40, 200), elements=st.floats(-1e3, 1e3, width=32), unique=True
    ),
    bins=st.integers(2, 5),
    cuts=st.lists(st.integers(0, 40), max_size=3).map(sorted),
)
def test_bins_have_about_as_many_entries(x, bins, cuts):
    layer = Discretization(num_bins=bins, epsilon=0.01)
    layer.adapt(iter(np.split(x, cuts)))
    assert len(layer.bin_boundaries) == bins - 1
    counts = np.bincount(layer(x), minlength=bins)
    assert np.abs(counts - len(x) / bins).max() <= 2 + 0.05 * len(x)


def test_the_boundaries_that_it_found_are_in_its_config():
    layer = Discretization(num_bins=3)
    layer.adapt(np.arange(10.0))
    twin = Discretization.from_config(layer.get_config())
    assert twin.bin_boundaries == layer.bin_boundaries
    twin.adapt(np.arange(20.0))
    assert twin.bin_boundaries != layer.bin_boundaries


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: Discretization(), "either bin_boundaries or num_bins"),
        (lambda: Discretization([1.0], num_bins=2), "either bin_boundaries or num_bins"),
        (lambda: Discretization([2.0, 1.0]), "from small to large"),
        (lambda: Discretization([1.0, 1.0]), "from small to large"),
        (lambda: Discretization([]), "from small to large"),
        (lambda: Discretization([1.0]).adapt([1.0]), "were given"),
        (lambda: Discretization(num_bins=2)([1.0]), "Call adapt"),
        (lambda: Discretization(num_bins=2).adapt([]), "got none"),
        (lambda: Discretization(num_bins=2).adapt([np.nan]), "got NaN"),
        (lambda: Discretization([1.0], output_mode="two_hot"), "Did you mean"),
        (lambda: Discretization([1.0], sparse=True), "sparse=False"),
    ],
)
def test_misuse_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(5,), (5, 1), (5, 3)])
def test_outputs_are_those_of_keras(of_keras, mode, shape):
    x = np.random.default_rng(0).normal(size=shape).astype("f")

    def outputs(library):
        found = library.layers.Discretization([-1.0, 0.0, 0.5], output_mode=mode)(x)
        found = np.asarray(found)
        return np.concatenate([[found.dtype.num], found.shape, found.ravel()])

    assert np.array_equal(outputs(nn), of_keras(outputs))
    layer = Discretization([-1.0, 0.0, 0.5], output_mode=mode)
    assert (
        layer.compute_output_shape((None, *shape[1:]))[1:] == layer(x).shape[1:] or len(shape) == 1
    )


def test_configs_are_those_of_keras(keras):
    ours, theirs = (
        library.layers.Discretization(num_bins=3, output_mode="count", name="bins")
        for library in (nn, keras)
    )
    assert ours.get_config() == theirs.get_config()
    theirs.update_state(np.arange(10.0))
    theirs.finalize_state()
    read = Discretization.from_config(theirs.get_config())
    assert np.array_equal(read([[2.0, 7.0]]), np.asarray(theirs(np.array([[2.0, 7.0]]))))


@pytest.mark.parametrize(("bins", "epsilon"), [(4, 0.01), (4, 0.002), (3, 0.1), (7, 0.3)])
def test_adapted_boundaries_are_those_of_keras(of_keras, bins, epsilon):
    batches = np.random.default_rng(bins).normal(size=(3, 50, 2)).astype("f")
    ours = Discretization(num_bins=bins, epsilon=epsilon)
    ours.adapt(list(batches))

    def adapted(keras):
        theirs = keras.layers.Discretization(num_bins=bins, epsilon=epsilon)
        for batch in batches:  # its adapt imports TensorFlow
            theirs.update_state(batch)
        theirs.finalize_state()
        return theirs.bin_boundaries

    np.testing.assert_allclose(ours.bin_boundaries, of_keras(adapted), rtol=1e-6)
