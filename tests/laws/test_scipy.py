"""The laws, over SciPy's functions: values, slopes to third order, dtypes, adjoints, jit."""

import itertools
import re
import warnings
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.drawing import Draw
from tests.laws.oracle import tried
from tests.laws.scipy_table import FACES, SCIPY
from tests.laws.table import (
    calls,
    every,
    examples,
    is_constant,
    made_complex,
    name_of,
    results,
    tensors,
)
from tests.laws.test_adjoints import check_adjoint
from tests.laws.test_dtypes import cast, check
from tests.laws.test_jit import CLOSE, check_jitted, other_values
from tests.laws.test_slopes import (
    check_second_slope_along_a_line,
    check_slope_along_a_line,
    check_third_slope_along_a_line,
)
from tests.laws.test_values import assert_same

SLOPED = [key for key in SCIPY if not is_constant(key)]
COMPLEX = [key for key in SLOPED if SCIPY[key].takes_complex]
EVERY = tuple(SCIPY)
REFUSALS = (TypeError, ValueError, NotImplementedError, ArithmeticError)
SLOW = {"chosen_parameter"}  # tested beside its module
OF_ARRAYS = re.compile(r"scipy\.(linalg|ndimage|special)\.")
IN_OWN_ORDER = re.compile(r"scipy\.(ndimage|optimize)\.")  # whatever the order of arguments
IS_RECENT = np.lib.NumpyVersion(np.__version__) >= "2.1.0"


def entries(x):
    return list(map(entries, x)) if x.ndim else x


def drawn(data, key):
    call = data.draw(calls(key))
    return made_complex(call) if SCIPY[key].takes_complex and data.draw(st.booleans()) else call


@every(EVERY)
@given(data=st.data())
@examples(2)
def test_a_value_is_that_of_scipy_also_of_lists(key, data):
    call = drawn(data, key)
    assert_same(call.run(*tensors(call)), call.run(*call.arrays))
    is_of_arrays = OF_ARRAYS.match(getattr(key, "__module__", None) or "")  # a ufunc has none
    if not is_of_arrays or not all(map(np.size, call.arrays)):
        return
    plain = None
    with suppress(AttributeError, TypeError, ValueError):  # not all of SciPy takes lists
        plain = call.run(*(array.tolist() for array in call.arrays))
    if plain is not None:
        assert_same(call.run(*map(entries, tensors(call))), plain)


@every([key for key in EVERY if SCIPY[key].takes_float32])
@given(data=st.data())
@examples(2)
def test_a_dtype_is_that_of_scipy(key, data):
    call = drawn(data, key)
    dtype = np.complex64 if np.iscomplexobj(call.arrays[0]) else np.float32
    # SciPy computes many wide results from what it has rounded to the dtype of the arguments.
    check(key, call, cast(call, dtype), dtype, to_all_digits=False)


@every([k for k in EVERY if SCIPY[k].takes_float32 or not isinstance(k, np.ufunc)])  # or it loops
@given(data=st.data())
@examples(2)
def test_rarer_dtypes_are_those_of_scipy_or_are_refused(key, data):
    call = data.draw(calls(key))
    for dtype in (np.float16, np.longdouble):
        narrow = cast(call, dtype)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                plain = results(narrow.run(*narrow.arrays))
            except Exception:  # SciPy has no such dtype for it, and says so in many ways
                continue
            try:
                traced = results(narrow.run(*tensors(narrow)))
            except (TypeError, ValueError, NotImplementedError) as error:
                if not re.search("float16|float128|complex256|has no derivative", str(error)):
                    raise
                continue
        assert [t.dtype for t in traced] == [p.dtype for p in plain]
        assert [t.shape for t in traced] == [p.shape for p in plain]
        close = 2e-2 if dtype is np.float16 else 1e-6
        for t, p in zip(traced, plain, strict=True):
            np.testing.assert_allclose(t.numpy(), p, rtol=close, atol=close)


@every(SLOPED)
@given(data=st.data())
@examples(3)
def test_slopes_are_the_measured_ones(key, data):
    check_slope_along_a_line(data.draw(calls(key)), SCIPY[key].close)


@every([key for key in SLOPED if SCIPY[key].numbers])
@given(data=st.data())
@examples(4)
def test_slopes_are_the_measured_ones_for_each_order_and_degree(key, data):
    domain = SCIPY[key]
    for numbers in itertools.product(*domain.numbers):
        drawn = domain.draw(Draw(data.draw, numbers))
        call = replace(drawn, function=drawn.function or FACES.get(key, key))
        if np.isfinite(call.run(*call.arrays)).all():  # there are orders beyond the degree
            check_slope_along_a_line(call, domain.close)
            check_second_slope_along_a_line(call, domain.close)


@every(COMPLEX)
@given(data=st.data())
@examples(2)
def test_slopes_of_complex_arguments_are_the_measured_ones(key, data):
    check_slope_along_a_line(made_complex(data.draw(calls(key))), SCIPY[key].close)


@every([key for key in SLOPED if name_of(key) not in {"frechet_power", *SLOW}])  # near log(0)
@given(data=st.data())
@examples(2)
def test_second_derivatives_are_the_measured_ones(key, data):
    check_second_slope_along_a_line(data.draw(calls(key)), SCIPY[key].close)


@every([key for key in SLOPED if name_of(key) not in {"frechet_power", *SLOW}])
@given(data=st.data())
@examples(1)
def test_third_derivatives_are_the_measured_ones(key, data):
    check_third_slope_along_a_line(data.draw(calls(key)), max(SCIPY[key].close, 1e-6))


@every([key for key in SLOPED if name_of(key) not in SLOW])
@given(data=st.data())
@examples(2)
def test_a_pullback_is_the_transpose_of_the_pushforward(key, data):
    check_adjoint(drawn(data, key), -0.5, SCIPY[key].close)


@pytest.mark.slow
@every([key for key in EVERY if IN_OWN_ORDER.match(getattr(key, "__module__", None) or "")])
@given(data=st.data())
@examples(2)
def test_a_result_has_the_byte_order_of_scipys(key, data):
    call = data.draw(calls(key)).map(lambda x: x.astype(x.dtype.newbyteorder(">")))
    theirs, wrong = tried(lambda: call.run(*call.arrays))
    if wrong is None:  # rank filters take the machine's order alone
        for our, their in zip(results(call.run(*tensors(call))), results(theirs), strict=True):
            assert np.ndim(our) == 0 or our.dtype.str == their.dtype.str


@pytest.mark.slow
@every([k for k in EVERY if name_of(k) not in SLOW | (set() if IS_RECENT else {"times"})])
@given(data=st.data())
@examples(1)
def test_a_jitted_function_agrees_with_eager_code(key, data):
    call = drawn(data, key)
    check_jitted(
        key, call, [other_values(a, in_order=True) for a in call.arrays], CLOSE[np.float64]
    )


@every([key for key in EVERY if not SCIPY[key].takes_complex])
@given(data=st.data())
@examples(2)
def test_complex_arguments_give_what_scipy_gives_or_are_refused(key, data):
    call = made_complex(data.draw(calls(key)))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            ours = call.run(*tensors(call))
        except REFUSALS:
            return
        assert_same(ours, call.run(*call.arrays))
