"""How results of jitted functions are compared with those of eager code."""

import numpy as np


def assert_equal(ours, theirs):
    np.testing.assert_array_equal(ours, theirs, strict=True)


def assert_close(ours, theirs):
    for our, their in zip(np.atleast_1d(ours), np.atleast_1d(theirs), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-12)
