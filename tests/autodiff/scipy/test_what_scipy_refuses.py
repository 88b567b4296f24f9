"""Arguments that SciPy refuses are refused with traced values too, also by a recorded function."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
import scipy.signal
import scipy.spatial

from autodiff import scipy as sloped

X, ROWS = np.array([0.1, 0.4]), np.arange(6.0).reshape(3, 2)
CALLS = {
    "a pulse without a bandwidth": (lambda m, x, s: m.signal.gausspulse(x, 3.0, s * 0), X),
    "a pulse of a negative frequency": (lambda m, x, s: m.signal.gausspulse(x, -s), X),
    "a pulse above its reference": (lambda m, x, s: m.signal.gausspulse(x, 3.0, bwr=s), X),
    "a pulse that isn't cut": (lambda m, x, s: m.signal.gausspulse("cutoff", tpr=s), X),
    "a pulse at words": (lambda m, x, s: m.signal.gausspulse("end", s), X),
    "points of two spaces": (lambda m, x, s: m.spatial.distance_matrix(x * s, x[:, :1]), ROWS),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_scipy_refuses_is_refused(name):
    call, x = CALLS[name]
    one = np.float64(1.0)
    with pytest.raises(ValueError):  # noqa: PT011 - in SciPy's words
        call(scipy, x, one)
    with pytest.raises(ValueError, match=r"^(check at .*: )?expected"):
        call(sloped, ad.tensor(x), ad.tensor(one))
    with pytest.raises(ValueError, match="expected"):
        ad.jit(lambda x, s: call(sloped, x, s))(x, one)


def test_a_recorded_function_repeats_the_check():
    pulse = ad.jit(lambda t, bw: sloped.signal.gausspulse(t, 3.0, bw))
    np.testing.assert_allclose(pulse(X, 0.5), scipy.signal.gausspulse(X, 3.0, 0.5))
    with pytest.raises(ValueError, match="expected fc >= 0, bw > 0 and bwr < 0"):
        pulse(X, -0.5)
