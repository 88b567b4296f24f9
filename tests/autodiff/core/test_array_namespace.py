"""A Tensor has the namespace of the Python array API standard; SciPy's array-API mode uses it."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad

X = np.array([0.5, 1.5, 2.5, 3.0])


def standardized(x):
    """Standardize rows, as a library that follows the standard does."""
    xp = x.__array_namespace__()
    x = xp.asarray(x, dtype=xp.float64)
    weights = xp.ones(x.shape, dtype=x.dtype, device=x.device) / xp.asarray([2.0])
    mean = xp.sum(weights * x, axis=-1, keepdims=True) / xp.sum(weights, axis=-1, keepdims=True)
    return xp.where(x > mean, x - mean, xp.zeros_like(x)) / xp.std(x, correction=1)


def test_code_that_follows_the_standard_differentiates():
    plain = np.where(X.mean() < X, X - X.mean(), 0) / np.std(X, ddof=1)
    np.testing.assert_allclose(standardized(ad.tensor(X)).numpy(), plain)
    ad.check_grads(standardized, X, order=2)


def test_functions_that_create_arrays_create_tensors():
    xp = ad.tensor(X).__array_namespace__(api_version="2024.12")
    assert xp is ad.tensor(2.0).__array_namespace__()
    for made in (xp.zeros(2), xp.arange(3), xp.eye(2), xp.asarray([1, 2]), xp.asarray(1.0)):
        assert isinstance(made, ad.Tensor)
    assert xp.asarray([1, 2]).dtype == np.int64
    assert xp.asarray(X, dtype=xp.float32).dtype == np.float32
    assert xp.zeros_like is np.zeros_like
    assert {"asarray", "sum", "linalg"} <= set(dir(xp))


def test_a_list_of_tensors_is_stacked_and_a_copy_is_another_tensor():
    def f(x):
        xp = x.__array_namespace__()
        copy = xp.asarray(x, copy=True)
        copy[0] = 0.0
        return xp.asarray([x[0], x[1] * x[1]]) * 2 + copy[1]

    np.testing.assert_allclose(f(ad.tensor(X)).numpy(), [1 + 1.5, 4.5 + 1.5])
    ad.check_grads(f, X, order=2)


def test_there_is_one_device():
    t = ad.tensor(X)
    xp = t.__array_namespace__()
    assert t.to_device(t.device) is t
    with pytest.raises(ValueError, match="expected the device 'cpu'"):
        t.to_device("gpu")
    with pytest.raises(ValueError, match="expected 'cpu' as device"):
        xp.zeros(2, device="gpu")


PROGRAM = """
import numpy as np, autodiff as ad
from scipy import fft, integrate, signal, special, stats
from scipy.cluster import vq

for f in (
    special.gammaln, special.logsumexp, special.softmax, special.ndtr,
    lambda x: special.xlogy(x, x), lambda x: special.polygamma(1, x),
    stats.zscore, stats.skew, stats.gmean, stats.sem, lambda x: stats.moment(x, 3),
    integrate.simpson, integrate.trapezoid, integrate.cumulative_trapezoid,
    lambda x: np.real(fft.fft(x)), lambda x: signal.fftconvolve(x, x),
    lambda x: vq.whiten(np.stack([x, x * x])),
):
    ad.check_grads(f, np.array([0.5, 1.5, 2.5, 3.0]), order=2)
"""


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="needs SciPy")
def test_functions_of_scipys_array_api_mode_differentiate():
    scipy = importlib.import_module("scipy")
    if tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 16):
        pytest.skip("older versions have fewer functions in this mode")
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("an older NumPy has fewer functions of the standard")
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=True)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="needs SciPy")
def test_every_function_is_classed_in_scipys_array_api_mode():
    program = "import autodiff as ad; print(*ad.supported().of('undecided'))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "SCIPY_ARRAY_API": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not done.stdout.split()
