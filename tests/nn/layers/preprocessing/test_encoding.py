"""CategoryEncoding and the output modes: by hand, over drawn numbers, slopes, beside Keras's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autodiff as ad
import nn
from nn.layers import CategoryEncoding
from nn.layers.preprocessing.encoding import counts, encode, encoded_shape
from tests.laws.table import examples


def test_by_hand():
    hot = CategoryEncoding(4, output_mode="one_hot")
    assert hot([3, 0]).tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert hot([[3], [0]]).tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    many = CategoryEncoding(num_tokens=4)
    assert many([[0, 1], [0, 0]]).tolist() == [[1, 1, 0, 0], [1, 0, 0, 0]]
    assert many(3).tolist() == [0, 0, 0, 1]
    counted = CategoryEncoding(4, "count")
    assert counted([[0, 1], [0, 0]]).tolist() == [[1, 1, 0, 0], [2, 0, 0, 0]]
    weighted = counted([[0, 1], [0, 0]], count_weights=np.array([[0.5, 2.0], [1.0, 0.25]]))
    assert weighted.tolist() == [[0.5, 2, 0, 0], [1.25, 0, 0, 0]]


indices = hnp.arrays(
    np.int64,
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
    elements=st.integers(-1, 5),
)


@pytest.mark.slow
@examples(60)
@given(x=indices, mode=st.sampled_from(["one_hot", "multi_hot", "count"]))
def test_every_mode_follows_from_one_hot_rows(x, mode):
    rows = (x[..., np.newaxis] == np.arange(5)).astype(int)
    expected = {"one_hot": rows, "multi_hot": rows.any(-2), "count": rows.sum(-2)}[mode]
    if mode == "one_hot" and x.ndim > 1 and x.shape[-1] == 1:
        expected = rows[..., 0, :]
    found = encode(x, mode, 5)
    assert found.dtype == np.float32
    assert np.array_equal(found, expected)
    assert found.shape == encoded_shape(x.shape, mode, 5)
    assert np.array_equal(encode(np.asfortranarray(x), mode, 5), found)
    jitted = ad.jit(lambda x: encode(x, mode, 5))
    assert np.array_equal(jitted(x), found)


def test_slopes_of_weights():
    x = np.array([[0, 2, 2], [1, -1, 7]])
    weights = np.arange(6.0).reshape(2, 3)
    ad.check_grads(lambda w: (counts(x, w, depth=3) ** 2).sum(), weights, order=2)
    slope = ad.grad(lambda w: counts(x, w, depth=3)[:, 2].sum())(weights)
    assert slope.tolist() == [[0, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: CategoryEncoding(4)([[4]]), "from 0 to 3, got 4"),
        (lambda: CategoryEncoding(4)([[-1]]), "from 0 to 3, got -1"),
        (lambda: CategoryEncoding(4)([[1, 0], [3, 5], [7, 2]]), "from 0 to 3, got 5"),
        (lambda: CategoryEncoding(4)([[0.5]]), "whole numbers, got 0.5"),
        (lambda: CategoryEncoding(4)([0], count_weights=np.ones(1)), "with output_mode='count'"),
        (lambda: CategoryEncoding(), "num_tokens"),
        (lambda: CategoryEncoding(4, "int"), "got 'int'"),
        (lambda: CategoryEncoding(4, sparse=True), "sparse=False"),
    ],
)
def test_misuse_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


def test_texts_are_refused():
    with pytest.raises(TypeError, match="Use StringLookup"):
        CategoryEncoding(4)(["a"])


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(), (5,), (5, 1), (5, 3)])
def test_values_are_those_of_keras(of_keras, mode, shape):
    x = np.random.default_rng(0).integers(0, 4, shape)

    def values(library):
        layer = library.layers.CategoryEncoding(4, mode)
        found = np.asarray(layer(x))
        parts = [[found.dtype.num], found.shape, found.ravel()]
        if shape:
            parts.append(layer.compute_output_shape(shape))
        if mode == "count" and shape:
            weights = np.random.default_rng(1).random(shape).astype("f")
            parts.append(np.ravel(np.asarray(layer(x, count_weights=weights))))
        return np.concatenate(parts)

    np.testing.assert_allclose(values(nn), of_keras(values), rtol=1e-6)
