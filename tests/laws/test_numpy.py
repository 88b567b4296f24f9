"""NumPy is the oracle: values, shapes and dtypes agree, or a call is refused.

For arguments of every dtype, size and layout; called on Tensors, traced, and jitted.
"""

import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.indexing import write
from autodiff.core.primitive import Primitive
from tests.laws.domains import DOMAINS
from tests.laws.drawing import Draw
from tests.laws.expressions import EXPRESSIONS
from tests.laws.kinds import of_every_kind
from tests.laws.numpy_forms import MORE
from tests.laws.numpy_programs import programs, run
from tests.laws.oracle import MANNERS, difference
from tests.laws.table import calls, examples, name_of, results

FINITE = (np.interp,)  # whose points must increase

INTERNAL = (write,)  # whose arguments are arrays

SEEDS = st.integers(0, 2**32 - 1)
KEYS = [key for key in DOMAINS if not isinstance(key, Primitive)]


def check(call, seed, key=None):
    """Compare each kind of call with NumPy's, for arguments of a kind drawn by the seed."""
    random = np.random.default_rng(seed)
    arrays = of_every_kind([np.asarray(a) for a in call.arrays], random, special=key not in FINITE)
    for name, manner in MANNERS.items():
        found = difference(call.run, arrays, manner, seed)
        described = [(a.dtype.name, a.shape, a.tolist()) for a in arrays]
        assert not found, f"{call} [{name}] of {described}: {found}"


def with_numpys_numbers(call):
    """Return a call whose ints and floats are NumPy's, which widen float32 as operands."""

    def converted(x):
        return np.asarray(x)[()] if type(x) in (int, float) else x

    def function(*args, **options):
        return call.function(*map(converted, args), **{n: converted(x) for n, x in options.items()})

    return replace(call, function=function)


@pytest.mark.parametrize("key", [pytest.param(key, id=name_of(key)) for key in KEYS])
@given(data=st.data(), seed=SEEDS)
@examples(6)
def test_a_function_is_that_of_numpy(key, data, seed):
    call = data.draw(calls(key))
    if call.arrays:
        check(call, seed, key)


@pytest.mark.parametrize("key", [pytest.param(key, id=name_of(key)) for key in KEYS])
@given(data=st.data(), seed=SEEDS)
@examples(4)
def test_lists_and_numbers_of_python_beside_a_traced_value_are_as_in_numpy(key, data, seed):
    call = data.draw(calls(key))
    if len(call.arrays) < 2 or key in INTERNAL:
        return
    random = np.random.default_rng(seed)
    traced = int(random.integers(len(call.arrays)))
    lists = [a if i == traced else np.asarray(a).tolist() for i, a in enumerate(call.arrays)]
    array = np.asarray(call.arrays[traced])
    narrow = array.astype(np.complex64 if array.dtype.kind == "c" else np.float32)
    arrays = [(narrow if random.random() < 0.5 else array)[()]]

    def function(array):
        return call.run(*(array if i == traced else part for i, part in enumerate(lists)))

    found = difference(function, arrays, MANNERS["tensors"], seed)
    assert not found, f"{call} with {lists}: {found}"


@pytest.mark.parametrize("key", [pytest.param(key, id=name_of(key)) for key in KEYS])
@given(data=st.data())
@examples(4)
def test_numbers_of_numpy_among_the_options_widen_float32_as_in_numpy(key, data):
    call = data.draw(calls(key))
    numbers = [x for x in (*call.args, *call.options.values()) if type(x) in (int, float)]
    is_recent = np.lib.NumpyVersion(np.__version__) >= "2.2.0" or "percentile" not in key.__name__
    if call.arrays and numbers and is_recent:
        arrays = [np.float32(a) if np.asarray(a).dtype == float else a for a in call.arrays]
        found = difference(with_numpys_numbers(call).run, arrays, MANNERS["tensors"], 0)
        assert not found, f"{call} in float32: {found}"


@pytest.mark.parametrize("key", [pytest.param(key, id=name_of(key)) for key in KEYS])
@given(data=st.data())
@examples(4)
def test_python_floats_do_not_widen_float32_in_jitted_functions(key, data):
    call = data.draw(calls(key))
    if not call.arrays or float not in map(type, call.args):
        return
    arrays = [np.float32(a) if np.asarray(a).dtype == float else a for a in call.arrays]
    args = replace(call, function=lambda *args, **options: args).run(*arrays)

    def f(*args):
        return call.function(*args, **call.options)

    try:
        found = results(ad.jit(f)(*args))
    except (ad.RecordingError, NotImplementedError, TypeError):
        return
    for ours, theirs in zip(found, results(f(*args)), strict=True):
        assert np.asarray(ours).dtype == np.asarray(theirs).dtype, f"{call} in float32"


@pytest.mark.parametrize("name", MORE)
@given(data=st.data(), seed=SEEDS)
@examples(3)
def test_a_method_or_form_is_that_of_numpy(name, data, seed):
    check(MORE[name].draw(Draw(data.draw)), seed)


@pytest.mark.parametrize("text", EXPRESSIONS)
@given(seed=SEEDS)
@examples(12)
def test_an_expression_is_that_of_numpy(text, seed):
    random = np.random.default_rng(seed)
    arrays = of_every_kind([random.normal(size=(3, 3)), random.normal(size=3)], random)
    for name, manner in MANNERS.items():
        found = difference(EXPRESSIONS[text], arrays, manner, seed)
        described = [(a.dtype.name, a.shape, a.tolist()) for a in arrays]
        assert not found, f"[{name}] of {described}: {found}"


@pytest.mark.slow
@given(programs(), SEEDS)
@examples(300)
def test_a_program_is_that_of_numpy(program, seed):
    random = np.random.default_rng(zlib.crc32(repr(program).encode()) + seed)
    starts = [random.normal(size=(2, 3)), random.normal(size=(3,))]
    arrays = of_every_kind(starts, random)
    for name, manner in MANNERS.items():
        found = difference(lambda *arrays: run(program, *arrays), arrays, manner, seed)
        described = [(a.dtype.name, a.tolist()) for a in arrays]
        assert not found, f"{program} [{name}] of {described}: {found}"
