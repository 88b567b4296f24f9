"""What a call recorded stays as it was, whatever happens to its arguments afterwards."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Call
from tests.laws.scipy_table import SCIPY
from tests.laws.table import calls, every, examples, is_constant, projected

SLOPED = [key for key in (*DOMAINS, *SCIPY) if not is_constant(key)]
REFUSALS = (TypeError, ValueError, NotImplementedError)  # of a traced value in a plain array


def copied(tree, found):
    """Copy all arrays in a structure, and collect the copies."""
    if isinstance(tree, np.ndarray):
        found.append(tree.copy())
        return found[-1]
    if isinstance(tree, dict):
        return {key: copied(value, found) for key, value in tree.items()}
    return type(tree)(copied(v, found) for v in tree) if type(tree) in (list, tuple) else tree


def spoil(array):
    if array.dtype.kind in "fc":
        array.fill(np.nan)
    elif array.dtype == bool:
        np.logical_not(array, out=array)
    elif array.dtype.kind in "iu":
        array.fill(0)


@every(SLOPED)
@given(data=st.data())
@examples(2)
def test_a_pullback_does_not_see_edits_of_the_arguments(key, data):
    drawn, found = data.draw(calls(key)), []
    args, options = copied((drawn.args, drawn.options), found)
    call = Call(args, options, drawn.function)
    arrays = call.arrays
    place = data.draw(st.integers(0, len(arrays) - 1))
    f = projected(call.run, arrays)
    try:
        out, pullback = ad.vjp(lambda x: f(*arrays[:place], x, *arrays[place + 1 :]), arrays[place])
    except REFUSALS:
        return
    before = pullback(np.ones_like(out))
    for array in found:
        spoil(array)
    np.testing.assert_array_equal(pullback(np.ones_like(out)), before)
