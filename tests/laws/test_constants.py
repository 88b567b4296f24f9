"""Functions that are constant by decision are recorded, and have slope zero."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples, is_constant, projected, results, tensors

CONSTANTS = [key for key in DOMAINS if is_constant(key)]


@every(CONSTANTS)
@given(data=st.data())
@examples(4)
def test_constants_are_recorded_and_have_slope_zero(key, data):
    call = data.draw(calls(key))
    assert all(leaf.node.primitive.is_constant for leaf in results(call.run(*tensors(call))))
    everything = range(len(call.arrays))
    for slope, array in zip(
        ad.grad(projected(call.run, call.arrays), everything)(*call.arrays),
        call.arrays,
        strict=True,
    ):
        np.testing.assert_array_equal(slope, np.zeros_like(array))
