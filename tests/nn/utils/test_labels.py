"""One-hot rows, normalized vectors, and the global seed."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nn.initializers import GlorotUniform
from nn.naming import unique_name
from nn.utils import clear_session, normalize, set_random_seed, to_categorical

shapes = array_shapes(max_dims=3, min_side=2)


@given(arrays(np.int64, shapes, elements=st.integers(0, 9)), st.integers(0, 3))
def test_argmax_inverts_to_categorical(labels, spare):
    rows = to_categorical(labels, labels.max() + 1 + spare)
    assert rows.shape == (*labels.shape, labels.max() + 1 + spare)
    assert np.array_equal(rows.argmax(-1), labels)
    assert np.array_equal(rows.sum(-1), np.ones(labels.shape))
    assert np.array_equal(to_categorical(labels[..., np.newaxis], rows.shape[-1]), rows)


def test_series_bools_and_floats_are_labels():
    expected = [[0, 1], [1, 0]]
    for labels in (pd.Series([1, 0], index=[7, 9]), [True, False], [1.9, 0.0], [[1], [0]]):
        assert np.array_equal(to_categorical(labels), expected)
    assert to_categorical(1, 3).tolist() == [0, 1, 0]
    assert to_categorical([], 3).shape == (0, 3)
    assert to_categorical([1], 3).tolist() == [[0, 1, 0]]
    assert to_categorical([[-0.9]], 2).tolist() == [[1, 0]]  # truncated


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, -1], None, r"from 0 on, got -1. Renumber"),
        ([0, 3], 3, r"below num_classes=3, got 3. Write num_classes=4"),
        ([0, np.nan], None, r"in every row, got nan in row 1"),
        ([], None, r"at least one label.*Pass num_classes"),
    ],
)
def test_bad_labels_are_refused(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(labels, classes)


def test_text_labels_are_refused():
    with pytest.raises(TypeError, match=r"expected class numbers.*np\.unique"):
        to_categorical(["cat", "dog"])


@given(
    arrays(np.float64, shapes, elements=st.sampled_from([-3.0, -0.5, 0.0, 2.0])),
    st.integers(-1, 0),
    st.sampled_from([1, 2, np.inf]),
)
def test_normalized_vectors_have_norm_one(x, axis, order):
    norms = np.linalg.norm(normalize(x, axis, order), order, axis)
    assert np.allclose(norms, np.linalg.norm(x, order, axis) > 0)


def test_normalize_keeps_float32():
    assert normalize(np.ones((2, 3), np.float32)).dtype == np.float32


def test_the_same_seed_repeats_all_draws():
    draws = []
    for _ in range(2):
        set_random_seed(11)
        weights = GlorotUniform()((3, 2))
        draws.append((weights.tobytes(), random.random(), np.random.random()))  # noqa: NPY002
    assert draws[0] == draws[1]
    for seed in (2**32, -1):
        with pytest.raises(ValueError, match=rf"0 to 2\*\*32 - 1, got {seed}"):
            set_random_seed(seed)
    for seed in (2**32 - 1, 0, np.int64(5)):
        set_random_seed(seed)
    for seed in ("1", 1.5, None):
        with pytest.raises(TypeError, match=rf"whole number as the seed, got {seed!r}"):
            set_random_seed(seed)


def test_clear_session_resets_names():
    clear_session()
    assert unique_name("dense") == "dense"
    assert unique_name("dense") == "dense_1"
    clear_session()
    assert unique_name("dense") == "dense"
