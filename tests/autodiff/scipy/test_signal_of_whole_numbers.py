"""Filters of whole numbers, which SciPy's compiled code computes under jit as well."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.signal")
from autodiff.scipy import signal  # noqa: E402 - SciPy may be missing


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.int8, np.int64, bool])
@pytest.mark.parametrize("name", ["sosfilt", "sosfiltfilt"])
def test_jitted_filters_of_whole_numbers_are_scipys(name, dtype):
    sos = plain.butter(4, 0.3, output="sos")
    x = (np.arange(40) % 7).astype(dtype)
    found = ad.jit(lambda x: getattr(signal, name)(sos, x))(x)
    np.testing.assert_allclose(found, getattr(plain, name)(sos, x), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, bool, np.float32])
def test_the_spectrum_of_a_signal_beside_itself_is_real(dtype):
    x = (np.arange(12) % 5 % 2).astype(dtype)
    for other, f in ((x, lambda x: signal.csd(x, x, nperseg=4)[1]),
                     (x.copy(), lambda x: signal.csd(x, x.copy(), nperseg=4)[1])):  # fmt: skip
        expected = plain.csd(x, other, nperseg=4)[1]
        found = ad.jit(f)(x)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5)
