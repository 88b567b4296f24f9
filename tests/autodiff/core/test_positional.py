"""What is said of options that NumPy's function has, and what stands for it lacks."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.registry import registry


def test_an_option_of_a_later_numpy_is_named(monkeypatch):
    monkeypatch.setitem(registry, np.ptp, lambda a: a)
    t = ad.tensor(np.ones(2))
    with pytest.raises(
        NotImplementedError,
        match=r"np\.ptp of a traced value doesn't support axis=, keepdims= \(called at test_posit",
    ):
        np.ptp(t, axis=0, keepdims=True)


def test_an_option_that_numpy_lacks_too_is_an_argument_error():
    with pytest.raises(TypeError, match="unexpected keyword argument 'bogus'"):
        np.ptp(ad.tensor(np.ones(2)), bogus=1)
