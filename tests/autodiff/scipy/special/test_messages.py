"""Errors of special functions name them as SciPy does."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy.special")
from autodiff.scipy import special


def test_errors_name_functions_of_scipy_and_those_of_numpy():
    x, mask = ad.tensor(np.array([0.3, 0.6])), np.array([True, False])
    with pytest.raises(NotImplementedError, match=r"^logit with where=.*mask, logit\(t\)"):
        special.logit(x, where=mask)
    with pytest.raises(NotImplementedError, match=r"^np\.log with where=.*mask, np\.log\(t\)"):
        np.log(x, where=mask)
