"""The law that a Python number may stand where SciPy's functions take an array."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("scipy")
import autodiff as ad
from tests.laws.oracle import tried
from tests.laws.scipy_table import SCIPY
from tests.laws.table import calls, every, examples, results


@every(tuple(SCIPY))
@given(data=st.data())
@examples(2)
def test_a_number_stands_for_an_array_beside_traced_ones(key, data):
    call = data.draw(calls(key))
    if len(call.arrays) < 2:
        return
    place = data.draw(st.integers(0, len(call.arrays) - 1))
    number = data.draw(st.sampled_from([2, 1.5, True]))
    plain = [number if i == place else x for i, x in enumerate(call.arrays)]
    expected, error = tried(lambda: call.run(*plain))
    if error:
        return
    traced = [x if x is number else ad.tensor(x) for x in plain]
    found, refusal = tried(lambda: call.run(*traced))
    if refusal:
        assert isinstance(refusal, (TypeError, ValueError, NotImplementedError)), refusal
        return
    for ours, theirs in zip(results(found), results(expected), strict=True):
        ours = ours.numpy() if isinstance(ours, ad.Tensor) else ours
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, strict=True)
