"""The shares of a batch, and checksums."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nn.distribution import sharing
from nn.distribution.fingerprint import checksum, checksum_of_some
from nn.distribution.sharing import share_of


@given(count=st.integers(1, 2000), size=st.integers(1, 300))
def test_shares_cover_a_batch_evenly(count, size):
    shares = [share_of(count, rank, size) for rank in range(size)]
    rows = np.concatenate([np.arange(share.start, share.stop) for share in shares])
    copies = shares[0].copies
    assert {share.copies for share in shares} == {copies}
    assert sorted(rows.tolist()) == sorted(list(range(count)) * copies)
    lengths = [share.stop - share.start for share in shares]
    assert min(lengths) >= 1
    assert max(lengths) - min(lengths) <= 1
    np.testing.assert_allclose(sum(share.fraction for share in shares), 1)


def test_sums_over_processes_return_their_argument_in_one_process():
    x = np.float32([1, 2])
    for function in (sharing.fraction, sharing.proportional, sharing.scaled_sum):
        assert function(x) is x
    assert sharing.mean_of_all(x) is x
    assert sharing.object_of_main(lambda: 3) == 3
    with sharing.on_share(share_of(6, 0, 2)):
        np.testing.assert_array_equal(sharing.fraction(x), x / 2)
        np.testing.assert_array_equal(sharing.scaled_sum(x), x * 2)


@given(st.integers(0, 40_000), st.sampled_from(["f4", "i8", "U3"]))
def test_a_checksum_depends_on_each_entry(place, dtype):
    array = np.zeros(40_001, dtype)
    other = array.copy()
    other[place] = 7
    assert checksum([array]) == checksum([array.copy()]) != checksum([other])
    assert checksum([array]) != checksum([array[:-1]])
    few, other = array[:1000], other[:1000]
    assert checksum_of_some([few]) == checksum_of_some([few.copy()])
    assert (checksum_of_some([few]) == checksum_of_some([other])) == (place >= 1000)
    assert checksum_of_some([array]) != checksum_of_some([array[:-1]])
    every = 1 + array.nbytes // 2**16  # rows, of which one is looked at
    assert (checksum_of_some([array]) != checksum_of_some([other_of(array, place)])) == (
        place % every == 0
    )


def other_of(array, place):
    other = array.copy()
    other[place] = 7
    return other


def test_a_checksum_depends_on_dtypes_shapes_and_objects():
    zeros = [np.zeros(2), np.zeros((2, 1)), np.zeros(4, np.float32), np.zeros(2, np.int64)]
    assert len({checksum([array]) for array in zeros}) == 4
    assert checksum(zeros) != checksum(zeros[::-1])
    x = np.arange(6.0).reshape(2, 3)
    assert checksum([x]) == checksum([np.asfortranarray(x)]) != checksum([x.T])
    texts = [np.array(["a", "b"], object), np.array(["a", "c"], object)]
    assert checksum(texts[:1]) == checksum([texts[0].copy()]) != checksum(texts[1:])
