"""Nested lists of blocks have the dtype, entries and memory layout of NumPy's."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.aliasing import lies

DTYPES = "?bBhHiIlLefdgFDG"


def nested(random, depth):
    """Draw a nested list of blocks of one shape, two at each level."""
    if depth:
        return [nested(random, depth - 1) for _ in range(2)]
    block = (random.normal(size=(2, 3)) * 100).astype(random.choice(list(DTYPES)))
    return np.asfortranarray(block) if random.random() < 0.5 else block


def traced(blocks):
    if isinstance(blocks, list):
        return [traced(part) for part in blocks]
    return ad.tensor(blocks) if blocks.dtype.kind in "fc" else blocks


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@given(seed=st.integers(0, 2**32 - 1), depth=st.integers(1, 3))
def test_blocks_are_joined_list_by_list(seed, depth):
    blocks = nested(np.random.default_rng(seed), depth)
    expected, found = np.block(blocks), np.block(traced(blocks))
    value = found.node.value if isinstance(found, ad.Tensor) else found
    assert (value.dtype, lies(value)) == (expected.dtype, lies(expected))
    np.testing.assert_array_equal(value, expected)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 600])
def test_large_blocks_have_the_common_dtype_as_in_numpy(n):
    b, c, a = (np.ones((n, n), dtype) for dtype in ("u2", "i1", "f4"))
    expected = np.block([[b, c], [b, a]])
    assert expected.dtype == (np.float64 if n == 1 else np.float32)
    for found in (
        np.block([[b, c], [b, ad.tensor(a)]]),
        ad.jit(lambda b, c, a: np.block([[b, c], [b, a]]))(b, c, a),
    ):
        assert found.dtype == expected.dtype


CASTING = st.sampled_from(["no", "equiv", "safe", "same_kind", "unsafe"])
ARRAYS = st.lists(
    st.builds(
        lambda dtype, axes: np.array([[0, 1, 3], [2, 5, 4], [1, 1, 0]], dtype).transpose(axes),
        st.sampled_from([*DTYPES, ">f8", ">i2"]),
        st.permutations(range(2)),
    ),
    min_size=1,
    max_size=3,
)


def agrees_with_numpy(join, arrays):
    """Check that a function of arrays has NumPy's result, or that both refuse to cast."""
    try:
        expected = join(arrays)
    except TypeError:
        with pytest.raises(TypeError, match=r"(can't|Cannot) cast"):
            ad.jit(join)(arrays)
        return
    found = ad.jit(join)(arrays)
    assert (found.dtype, lies(found)) == (expected.dtype, lies(expected))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("join", [np.concatenate, np.stack, np.hstack, np.vstack])
@given(arrays=ARRAYS, dtype=st.none() | st.sampled_from([*DTYPES, ">f8"]), casting=CASTING)
def test_arrays_are_joined_in_a_given_dtype(join, arrays, dtype, casting):
    agrees_with_numpy(lambda arrays: join(arrays, dtype=dtype, casting=casting), arrays)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("join", [np.concatenate, np.stack])
@given(arrays=ARRAYS, dtype=st.sampled_from(DTYPES), casting=st.none() | CASTING)
def test_arrays_are_joined_in_the_dtype_of_out(join, arrays, dtype, casting):
    options = {} if casting is None else {"casting": casting}

    def joined(arrays):
        return join(arrays, out=(join(arrays) * 0).astype(dtype), **options)

    agrees_with_numpy(joined, arrays)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
@example(array=np.float32([1, 2]), number=2j, dtype="f", casting="safe")
@given(
    array=st.sampled_from(DTYPES).map(np.array([1, 2]).astype),
    number=st.sampled_from([2, 300, 2.5, 1e300, True, 2j, np.float64(2), np.int8(3)]),
    dtype=st.none() | st.sampled_from("bfFd"),
    casting=CASTING,
)
def test_a_number_beside_arrays_adapts_to_them(array, number, dtype, casting):
    def joined(arrays):
        return np.concatenate([arrays[0], number], axis=None, dtype=dtype, casting=casting)

    agrees_with_numpy(joined, [array])


@pytest.mark.parametrize("join", [np.concatenate, np.stack, np.hstack, np.vstack])
def test_the_result_has_the_byte_order_of_its_dtype(join):
    agrees_with_numpy(lambda arrays: join(arrays, dtype=">f8"), [np.ones(2), np.ones(2, "f4")])


@pytest.mark.parametrize("join", [np.concatenate, np.stack])
def test_out_may_have_another_byte_order(join):
    def joined(arrays):
        return join(arrays, out=join(arrays).astype(">f8")) * 1

    agrees_with_numpy(joined, [np.ones(2), np.ones(2, "f4")])


@pytest.mark.parametrize("dtype", [None, "f4", "i1"])
def test_numbers_are_arrays_to_stack(dtype):
    def stacked(arrays):
        return np.stack(arrays=[arrays[0][0], 2.5], dtype=dtype, casting="safe")

    agrees_with_numpy(stacked, [np.float32([1, 2])])


@pytest.mark.parametrize("join", [np.concatenate, np.stack])
def test_a_dtype_beside_out_is_refused(join):
    x = np.ones((2, 2))
    with pytest.raises(TypeError, match=r"takes dtype= or out=, got both at test_joining\.py"):
        ad.jit(lambda x: join([x, x], out=join([x, x]) * 1, dtype="f4"))(x)


@pytest.mark.parametrize("options", [{}, {"casting": "unsafe"}])
def test_out_is_an_array(options):
    with pytest.raises(TypeError, match=r"test_joining\.py"):
        ad.jit(lambda x: np.concatenate([x, x], out=[0.0] * 4, **options))(np.ones(2))


def test_slopes_pass_a_joint_dtype():
    x, y = np.float32([1, 2]), np.array([3.0])
    slopes = ad.grad(lambda x, y: (np.concatenate([x, y], dtype="f4") ** 2).sum(), argnums=(0, 1))
    for found, expected in zip(slopes(x, y), (2 * x, 2 * y), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
