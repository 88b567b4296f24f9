"""Rows with weights: which are dropped, and which become one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.wrappers.merged_rows import merged, weighted

X = np.array([[2.0], [1.0], [2.0], [0.0]])
Y = np.array([1, 0, 1, 1])


def rows(found):
    x, y, weight = found
    return x.ravel().tolist(), y.tolist(), None if weight is None else weight.tolist()


def test_equal_rows_of_one_batch_are_one():
    assert rows(weighted(X, Y, None, 4)) == ([0, 1, 2], [1, 0, 1], [1, 1, 2])
    weights = np.array([0.5, 2.0, 0.25, 0.0])
    assert rows(weighted(X, Y, weights, 3)) == ([1, 2], [0, 1], [2, 0.75])
    other = np.array([1, 0, 0, 1])  # the first and the third row differ
    assert rows(weighted(X, other, None, 4)) == (X.ravel().tolist(), other.tolist(), None)


def test_rows_of_several_batches_stay_apart():
    assert rows(weighted(X, Y, None, 2)) == (X.ravel().tolist(), Y.tolist(), None)
    weights = np.array([0.5, 2.0, 0.25, 1.0])
    assert rows(weighted(X, Y, weights, 2)) == (X.ravel().tolist(), Y.tolist(), weights.tolist())
    copies = np.ones((17, 1))
    assert len(weighted(copies[:16], np.ones(16), None, 2)[0]) == 1
    assert len(weighted(copies, np.ones(17), None, 2)[0]) == 17  # more than 8 for each


def test_rows_without_weight_are_dropped():
    weights = np.array([1.0, 0.0, 1.0, 1.0])
    assert rows(weighted(X, Y, weights, 1)) == ([2, 2, 0], [1, 1, 1], None)
    negative = np.array([-1.0, 0.0, 2.0, 1.0])
    assert rows(weighted(X, Y, negative, 1))[2] == [-1, 2, 1]
    with pytest.raises(ValueError, match="expected a sample_weight above 0, got only zeros"):
        weighted(X, Y, np.zeros(4), 4)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 4)), min_size=1),
    st.booleans(),
)
def test_merged_rows_have_the_weight_of_all_their_copies(table, is_weighted):
    x, y, weight = (np.array(column, float) for column in zip(*table, strict=True))
    found = merged(x[:, np.newaxis], y, weight if is_weighted else None)
    counts: dict = {}
    for one, target, part in table:
        counts[one, target] = counts.get((one, target), 0) + (part if is_weighted else 1)
    if not is_weighted and len(counts) == len(table):
        assert rows(found) == (x.tolist(), y.tolist(), None)
    else:
        keys = sorted(counts)
        assert rows(found) == (
            [one for one, _ in keys], [target for _, target in keys], [counts[k] for k in keys],
        )  # fmt: skip
