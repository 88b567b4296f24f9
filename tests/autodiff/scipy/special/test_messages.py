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


def test_where_of_a_function_that_is_no_ufunc_is_refused():
    x, mask = np.array([0.3, -0.6]), np.array([True, False])
    for out in (None, ad.tensor(np.ones(2))):
        with pytest.raises(NotImplementedError, match=r"softplus.* has no where= .*test_messages"):
            special.softplus(x if out is not None else ad.tensor(x), where=mask, out=out)
