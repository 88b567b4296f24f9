"""Programs in pieces return what the NumPy source returns; here Python interprets the pieces."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.autodiff.compiler.native.interpreted import interpreted, native_module
from tests.laws.table import examples

OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a * 0.5 - b,
    lambda a, b: a * b,
    lambda a, b: a / (1 + b * b),
    lambda a, _: np.tanh(a),
    lambda a, _: np.exp(-a * a),
    lambda a, _: np.maximum(a, 0),
    lambda a, b: np.minimum(a, b),
    lambda a, b: np.where(a > b, a, b),
    lambda a, b: np.where(a == b, 1.0, 0.0),
    lambda a, b: a * (a > b),
    lambda a, _: np.abs(a),
    lambda a, _: np.sqrt(a * a + 1),
    lambda a, _: np.sign(a),
    lambda a, _: -a,
    lambda a, _: a**2,
    lambda a, _: a.T,
    lambda a, _: a[::-1],
    lambda a, _: a.reshape(9)[::-1].reshape(3, 3),
    lambda a, _: a[[2, 0, 1]],
    lambda a, b: a @ b / 3,
    lambda a, b: a @ b.T / 3,
    lambda a, _: a - a.mean(0),
    lambda a, _: a - a.mean(1, keepdims=True),
    lambda a, _: a * a.sum(),
    lambda a, _: a + a.max(1, keepdims=True),
    lambda a, _: a + a.min(0),
    lambda a, b: a + b[1],
    lambda a, b: a + b[:, :1],
    lambda a, b: np.concatenate([a[:1], b[1:]]),
    lambda a, b: a @ b[0] + b,
    lambda a, b: (a * b).sum((0, 1)) + a,
    lambda a, _: np.sort(a, 0),
]


@st.composite
def programs(draw):
    """Draw steps that each combine two earlier values, and which values are returned."""
    steps = [
        (draw(st.sampled_from(OPERATIONS)), draw(st.integers(-5, -1)), draw(st.integers(-5, -1)))
        for _ in range(draw(st.integers(1, 10)))
    ]
    returned = draw(st.lists(st.integers(0, len(steps) + 4), min_size=1, max_size=4))

    def run(x, y):
        values = [x, y, x * 1, y + x, x[0] + 1.5 * y]
        for operation, i, j in steps:
            values.append(operation(values[i], values[j]))
        return tuple(values[i] for i in returned)

    return run


def compare(f, *args):
    """Compare the leaves of both, their shapes and their dtypes."""
    got = interpreted(f, *args)
    with np.errstate(all="ignore"):
        jitted = ad.jit(f)
        compiled, leaves = jitted.prepared(*args)
        expected = compiled.flat(leaves)
    for a, b in zip(got, expected, strict=True):
        assert type(a) is type(b)
        if isinstance(b, (np.ndarray, np.generic)):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            is_narrow = np.float32 in (b.dtype, *(x.dtype for x in args))
            tolerance = 2e-4 if is_narrow else 1e-10
            scale = np.nan_to_num(np.abs(b)).max(initial=1)
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)
        else:
            assert a == b


@pytest.mark.slow
@given(
    programs(),
    st.sampled_from(["f4", "f8"]),
    st.sampled_from(["C", "F", "reversed", "read-only"]),
    st.integers(0, 2**32 - 1),
)
@examples(60)
def test_a_program_in_pieces_returns_what_the_numpy_source_does(f, dtype, layout, seed):
    random = np.random.default_rng(seed)
    x, y = np.round(random.normal(size=(2, 3, 3)), 1).astype(dtype)
    if layout == "F":
        x = np.asfortranarray(x)
    elif layout == "reversed":
        x = x[::-1, ::-1]
    elif layout == "read-only":
        x.setflags(write=False)
    compare(f, x, y)


@pytest.mark.slow
@given(programs(), st.sampled_from(["f4", "f8"]), st.integers(0, 2**32 - 1))
@examples(60)
def test_slopes_in_pieces_are_those_of_the_numpy_source(f, dtype, seed):
    def total(x, y):
        return sum((np.arange(1.0, 1.0 + z.size).reshape(z.shape) * z).sum() for z in f(x, y))

    x, y = np.random.default_rng(seed).normal(size=(2, 3, 3)).astype(dtype)
    compare(ad.value_and_grad(total, argnums=(0, 1)), x, y)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0, -0.0])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nan_infinities_and_signed_zeros(operation, bad):
    x, y = np.random.default_rng(0).normal(size=(2, 3, 3))
    x[0, 1] = y[1, 1] = bad
    compare(lambda a, b: operation(a * 1, b + 0.5), x, y)


NUMBERS = (
    2, 0.5, True, -0.0, np.nan, np.inf, 1e30, np.float16(0.3), np.float32(0.1), np.float64(0.1),
    np.longdouble(0.1), np.int64(2), np.bool(True),
)  # fmt: skip
WITH_NUMBERS = [
    lambda x, n: x + n,
    lambda x, n: n * x,
    lambda x, n: x / n,
    lambda x, n: np.maximum(x, n),
    lambda x, n: x < n,
    lambda x, n: x >= n,
    lambda x, n: x == n,
    lambda x, n: n != x,
    lambda x, n: np.where(x > 0, x, n),
    lambda x, n: np.where(x, n, 1.0),
    lambda x, n: x * n < n,
]


@pytest.mark.parametrize("operation", WITH_NUMBERS)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{type(n).__name__} {n}")
def test_numbers_promote_as_in_numpy(operation, number):
    values = np.array([-1.5, 0.1, 0.3, 2.0, np.nan, -0.0])
    for x in (values, values.astype(np.float32), values > 0):

        def f(x):
            return operation(x[:] if x.dtype == bool else x * 1, number)

        (got,) = interpreted(f, x)
        with np.errstate(all="ignore"):
            expected = f(x)
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_integers_beyond_64_bits(dtype):
    def f(x):
        return x * 2 < 2**70, x + 2**70

    for got, expected in zip(interpreted(f, np.ones(3, dtype)), f(np.ones(3, dtype)), strict=True):
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "?"])
@pytest.mark.parametrize("ones", [np.ones(3), np.ones(3, np.float32), np.ones(3, int)])
def test_products_with_ones_have_numpys_dtype(ones, dtype):
    x = np.round(np.random.default_rng(0).normal(size=(3, 3)) * 3).astype(dtype)
    for got, expected in zip(
        interpreted(lambda x: (ones @ x, x @ ones), x), (ones @ x, x @ ones), strict=True
    ):
        assert got.dtype == expected.dtype
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("parts", [(slice(1), slice(1, 2)), (slice(-1), slice(1, None))])
def test_a_product_of_slices_of_what_is_returned(parts):
    def f(x, y):
        sums = x.sum(0) * 2
        return sums, sums[parts[0]] @ sums[parts[1]], (x + y)[parts[0]] @ y

    compare(f, *np.random.default_rng(0).normal(size=(2, 3, 3)))


@pytest.mark.parametrize(
    ("count", "axis"), [(2, None), (2, 1), (2, -2), (32, 0), (33, 0), (33, None)]
)
def test_concatenated_arrays(count, axis):
    x, y = np.random.default_rng(0).normal(size=(2, 3, 3))
    compare(lambda x, y: np.concatenate([x * 2, y] * (count // 2) + [x] * (count % 2), axis), x, y)


def test_a_chain_is_one_loop():
    module, _ = native_module(lambda x: np.maximum(x * 2 + 1, 0) / (1 + x * x), np.ones((4, 5)))
    assert module.pieces.count("for i0 in range(4)") == 1
    assert module.pieces.count("[i0, i1] = ") == 1
    assert not module.calls


def test_what_has_no_form_stays_a_call_between_two_pieces():
    module, _ = native_module(lambda x: np.sort(x * 2, 0) + 1, np.ones((4, 5)))
    assert module.names == ["piece_1", "piece_2"]
    assert "sort" in module.calls[0].primitive.name


def test_slices_are_read_from_their_base():
    module, _ = native_module(lambda x: (x * 2)[1:, :2] + (x * 2)[:3, 1:], np.ones((4, 3)))
    assert "scaled[i0 + 1, i1] + scaled[i0, i1 + 1]" in module.pieces
    assert not module.calls


@pytest.mark.slow
def test_the_steps_of_a_loop_are_compiled():
    def last(xs):
        def step(h, x):
            h = np.tanh(h * 0.5 + x)
            return h, h[:, 1:]

        carry, outputs = ad.scan(step, np.zeros((2, 3)), xs)
        return (carry * carry).sum() + outputs.sum()

    xs = np.random.default_rng(0).normal(size=(4, 2, 3))
    compare(ad.value_and_grad(last), xs)
    module, _ = native_module(ad.value_and_grad(last), xs)
    assert "for t in range(4)" in module.main.text
    assert {call.primitive.name for call in module.calls} >= {"looped", "looped_back"}
    assert "np.tanh" in module.pieces


INDICES = [slice(1, None), slice(None, -1), slice(None, None, -2), slice(3, 0, -1), 2, -1]


@pytest.mark.slow
@given(st.lists(st.tuples(*[st.sampled_from(INDICES)] * 2), min_size=1, max_size=4))
@examples(40)
def test_slopes_of_slices_are_added_in_loops(indices):
    x = np.arange(20.0).reshape(4, 5)

    def total(x):
        return sum(np.sum(x[index] ** 3) * k for k, index in enumerate(indices, 1))

    module, _ = native_module(ad.grad(total), x)
    assert [value.primitive.name for value in module.calls] == []
    compare(ad.grad(total), x)


def test_slopes_of_other_indices_stay_calls():
    module, _ = native_module(
        ad.grad(lambda x: np.sum(x[[0, 2]] ** 2 + x[None, 1] ** 2)), np.ones(3)
    )
    assert [value.primitive.name for value in module.calls] == ["scatter"]


@pytest.mark.parametrize(
    "index",
    [np.s_[1:, [0, 2]], np.s_[[0, 1], 2], np.s_[np.arange(3) > 0], np.s_[None, 1], np.s_[...]],
)
def test_slopes_of_mixed_indices(index):
    def total(x):
        return np.sum(x[index] ** 2) + np.sum(x[0] ** 3)

    compare(ad.grad(total), np.arange(12.0).reshape(3, 4))


NAMES = ["i0", "i1", "y_i", "y_so_far", "math", "np", "range", "piece_1", "rows"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_user_are_not_those_of_loops(name):
    def f(x):
        y = x * 2
        other = ad.name(y + 1, name)
        total = (other * y + np.i0(y)).sum(axis=0)
        return [y, other, total, (other * total).sum()]

    x = np.arange(6.0).reshape(2, 3) / 4
    for ours, theirs in zip(interpreted(f, x), f(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("number", [np.int64(3), np.float64(0.5), np.longdouble(2), np.uint8(3), 3])
def test_edits_by_numbers_of_numpy_keep_float32(number):
    def f(x):
        y = x * 2
        y += number
        return [np.stack([x, x]), y, y.prod()]

    x = np.arange(3, dtype=np.float32)
    for ours, theirs in zip(interpreted(f, x), f(x), strict=True):
        assert np.asarray(ours).dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_numbers_of_float64_stay_so_where_the_result_is_converted():
    def f(x, b):
        y = x.copy()
        y *= b
        return [(x - b).astype(np.float32), y]

    x, b = np.array([16777216.0], np.float32), np.float64(16777217)
    for ours, theirs in zip(interpreted(f, x, b), f(x, b), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.slow
def test_the_work_grows_as_the_number_of_steps():
    def running_sums(x):
        v = x * 1
        for k in range(1, len(v)):
            v[k] += v[k - 1]
        return v

    def calls_of(length):
        count, before = itertools.count(), sys.getprofile()
        sys.setprofile(lambda *_: next(count))
        try:
            native_module(running_sums, np.ones(length))
        finally:
            sys.setprofile(before)
        return next(count)

    calls_of(2)  # imports
    assert calls_of(120) < 2.3 * calls_of(60)
