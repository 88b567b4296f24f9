"""Writes through ``flat``."""

import numpy as np
import pytest

import autodiff as ad

FLAT_WRITES = {
    "shorter": (slice(None), [1.0, 2.0]),
    "longer": (slice(3), np.arange(7.0, 12.0)),
    "of another shape": (slice(None), np.arange(6.0).reshape(3, 2, 1)),
    "positions": ([0, 1, 5], [8.0, 9.0]),
    "mask": (np.arange(6) > 2, [8.0, 9.0]),
    "nothing": (slice(3), []),
    "one number": (4, 7.0),
    "many of one": (slice(None, None, 2), 7.0),
}


@pytest.mark.parametrize(("index", "value"), FLAT_WRITES.values(), ids=FLAT_WRITES)
def test_a_write_to_flat_repeats_what_is_shorter(index, value):
    plain = np.arange(6.0).reshape(2, 3)
    ours = ad.tensor(plain)
    plain.flat[index] = value
    ours.flat[index] = value if np.ndim(value) == 0 else ad.tensor(np.array(value))
    np.testing.assert_array_equal(ours.numpy(), plain)


def test_one_entry_of_flat_takes_one_number():
    with pytest.raises(ValueError, match=r"single number.*test_flat\.py:\d+"):
        ad.tensor(np.ones((2, 3))).flat[0] = [1.0]


def test_nothing_is_written_to_a_flat_without_entries():
    x = ad.tensor(np.ones((0, 2)))
    x.flat[[0, -1]] = []
    assert x.shape == (0, 2)


def test_flat_is_not_assigned_from_its_own_entries():
    x = ad.tensor(np.arange(4.0))
    for value in (x, x[::-1], x.flat):
        with pytest.raises(ValueError, match=r"from what it edits \(at test_flat\.py:\d+\)"):
            x.flat[:] = value
    with pytest.raises(ValueError, match=r"from what it edits \(at test_flat\.py:\d+\)"):
        x.flat = x[1:]
    matrix = ad.tensor(np.ones((2, 2)))
    with pytest.raises(ValueError, match="from what it edits"):
        np.fill_diagonal(matrix, matrix[::-1])
    x.flat[:] = x[::-1].copy()
    np.testing.assert_array_equal(x.numpy(), [3, 2, 1, 0])


def test_a_single_number_has_no_flat_to_write_to():
    with pytest.raises(TypeError, match=r"single number.*test_flat\.py:\d+"):
        ad.tensor(1.0).flat[0] = 2.0
