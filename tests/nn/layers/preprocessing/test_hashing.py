"""Hashing and HashedCrossing: the values that TensorFlow gives, laws, models, and misuse."""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.layers import Dense, Flatten, HashedCrossing, Hashing
from tests.laws.table import examples

LETTERS = [["A"], ["B"], ["C"], ["D"], ["E"], [""]]


@pytest.fixture(autouse=True)
def _libraries():
    pytest.importorskip("farmhash")
    pytest.importorskip("siphash24")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 0, 1, 1, 2, 2]),
        ({"mask_value": ""}, [1, 1, 2, 2, 1, 0]),
        ({"salt": [133, 137]}, [1, 2, 1, 0, 2, 2]),
        ({"salt": 133}, [0, 0, 2, 1, 0, 2]),
    ],
    ids=str,
)
def test_texts_as_tensorflow_hashes_them(options, expected):
    assert Hashing(3, **options)(LETTERS).ravel().tolist() == expected


def test_numbers_and_long_texts_as_tensorflow_hashes_them():
    layer = Hashing(1000)
    assert layer([1, 2, -3, 10**15]).tolist() == [849, 759, 699, 938]
    assert layer([1.7, 2.2, -3.9]).tolist() == [849, 759, 699]  # fractions are cut off
    texts = ["héllo", "日本", *("x" * n for n in (17, 33, 64, 65, 129))]
    assert layer(texts).tolist() == [151, 883, 581, 935, 160, 929, 142]


def test_output_modes():
    assert Hashing(4, output_mode="one_hot")([["A"], ["C"]]).tolist() == [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
    ]
    assert Hashing(4, output_mode="count")([["A", "B"], ["C", "C"]]).tolist() == [
        [2, 0, 0, 0],
        [0, 0, 0, 2],
    ]


def test_crosses_as_tensorflow_hashes_them():
    a, b = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])
    assert HashedCrossing(5)((a, b)).tolist() == [1, 4, 1, 1, 3]
    many = HashedCrossing(10**6)
    assert many([a, b]).tolist() == [794891, 97754, 794891, 409576, 403523]
    assert many([a, b, b]).tolist() == [403326, 336106, 403326, 899193, 889907]
    assert many([b, b]).tolist() == [340013, 340013, 340013, 815129, 815129]
    assert many([a[:, None], b[:, None]]).shape == (5, 1)
    hot = HashedCrossing(5, output_mode="one_hot")([a, b])
    assert hot.argmax(axis=1).tolist() == [1, 4, 1, 1, 3]


@examples(50)
@given(
    values=st.lists(st.text(max_size=80)) | st.lists(st.integers(-(2**62), 2**62)),
    bins=st.integers(1, 50),
    salt=st.none() | st.integers(0, 2**63),
)
def test_equal_values_share_a_bin_and_all_are_in_range(values, bins, salt):
    if not values:
        return
    found = Hashing(bins, salt=salt)(values)
    assert found.min() >= 0
    assert found.max() < bins
    shuffled = Hashing(bins, salt=salt)(values[::-1])
    assert np.array_equal(found, shuffled[::-1])


@pytest.mark.slow
def test_in_front_of_a_model():
    text, number = nn.Input((1,), dtype="string"), nn.Input((1,), dtype="int64")
    crossed = HashedCrossing(6, output_mode="one_hot")([text, number])
    counted = Hashing(6, output_mode="count")(text)
    model = nn.Model([text, number], Dense(1)(np.concatenate([crossed, counted], axis=1)))
    model.compile("sgd", "mse")
    data = [np.array([["a"], ["b"]]), np.array([[3], [4]])]
    model.fit(data, np.ones(2), verbose=0)
    np.testing.assert_allclose(model.predict(data, verbose=0), model(data), rtol=1e-6)
    assert nn.Sequential([Hashing(3), Flatten()]).predict([["a"]], verbose=0).shape == (1, 1)


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: Hashing(0), "num_bins"),
        (lambda: Hashing(3, salt="x"), "a whole number or two"),
        (lambda: Hashing(3, salt="xy"), "a whole number or two"),
        (lambda: Hashing(3, salt=[1, 2, 3]), "a whole number or two"),
        (lambda: Hashing(3, output_mode="tf_idf"), "output mode"),
        (lambda: HashedCrossing(3, output_mode="count"), "output mode"),
        (lambda: HashedCrossing(3)(np.array(["a"])), "at least two columns"),
        (lambda: HashedCrossing(3)([["a"], ["b", "c"]]), "columns of one shape"),
        (lambda: HashedCrossing(3)(["a", 1]), "columns of one shape"),
    ],
)
def test_misuse_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


def test_columns_of_fractions_are_refused():
    with pytest.raises(TypeError, match="Use Discretization"):
        HashedCrossing(3)([["a"], [0.5]])


def test_a_missing_library_is_named(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImportError, match=r"pip install 'slopes\[hashing\]'"):
        Hashing(3)(["a"])
