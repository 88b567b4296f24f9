"""Operations on float64 are computed in float64, and those on narrower numbers keep their dtype."""

import numpy as np
import pytest

import autodiff as ad
from nn import ops

X = np.random.default_rng(0).normal(size=(2, 3, 2))
CALLS = {
    "average_pool": (lambda x: ops.average_pool(x, 3), X.mean(axis=1, keepdims=True)),
    "psnr": (lambda x: ops.psnr(x, x * 0.5, 3), 10 * np.log10(36 / np.mean(X * X))),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", CALLS)
def test_the_result_has_the_precision_of_its_argument(name, dtype):
    call, expected = CALLS[name]
    for found in (call(X.astype(dtype)), call(ad.tensor(X.astype(dtype))).numpy()):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=8 * np.finfo(dtype).eps)
