"""Frequencies of responses: whole numbers are a count alone, and frequencies in an array."""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.oracle import as_traced

plain = pytest.importorskip("scipy.signal")
from autodiff.scipy import signal  # noqa: E402 - SciPy may be missing

B, A = np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.5])
FILTERS = {
    "freqz": (B, A),
    "freqz_zpk": (B[:2] / 10, A / 10, 2.0),
    "sosfreqz": (np.array([[*B, 1.0, 0.5, 0.2]]),),
    "freqs": (B, A),
    "freqs_zpk": (B[:2], A, 2.0),
}


@pytest.mark.parametrize(
    "frequencies", [np.int64(4), np.array([1]), np.array([1, 2], np.uint8), np.float32(1.5)]
)
@pytest.mark.parametrize("name", FILTERS)
def test_traced_frequencies_are_those_of_scipy(name, frequencies):
    first, *rest = FILTERS[name]
    found = getattr(signal, name)(ad.tensor(first), *rest, as_traced(frequencies))
    for ours, theirs in zip(found, getattr(plain, name)(first, *rest, frequencies), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ad.tensor(ours).numpy(), theirs, rtol=1e-12)


def test_a_traced_count_of_frequencies_is_refused_under_jit():
    with pytest.raises(ad.RecordingError, match="index or count"):
        ad.jit(lambda b, n: signal.freqz(b, 1, n))(B, np.int64(4))
