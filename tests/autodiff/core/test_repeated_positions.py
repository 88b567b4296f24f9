"""Where an index repeats positions, the value that stays is NumPy's, and so is its slope.

NumPy writes in an order that depends on the memory layout of the index and of the value.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.oracle import as_traced

SEEDS = st.integers(0, 2**32 - 1)
LAYOUTS = st.lists(st.tuples(st.sampled_from("tfsb"), st.integers(0, 2)), max_size=2)


def laid_out(array, layout):
    """Return the entries in a layout: transposed, flipped, strided, or each the same (b)."""
    for kind, axis in layout:
        axis %= array.ndim
        if kind == "t":
            array = np.asfortranarray(array)
        elif kind == "f":
            array = np.flip(np.flip(array, axis).copy(), axis)
        else:
            part = [slice(None)] * array.ndim
            part[axis] = slice(1) if kind == "b" else slice(None, None, 2)
            shared = array[tuple(part)] if kind == "b" else np.repeat(array, 2, axis)
            array = np.broadcast_to(shared, array.shape) if kind == "b" else shared[tuple(part)]
    return array


def test_a_worked_example():
    positions = np.asfortranarray([[0, 1], [1, 0]])  # read column by column: 0, 1, 1, 0
    values = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])  # 1, 3, 2, 4

    def written(values):
        z = 0 * values[0]
        z[positions] = values
        return z

    np.testing.assert_array_equal(written(values), [4, 2])
    slopes = ad.grad(lambda values: written(values) @ np.array([1.0, 10.0]))(values)
    np.testing.assert_array_equal(slopes, [[0, 10], [0, 1]])


def test_flat_is_written_in_c_order_and_repeats_its_values():
    positions = np.asfortranarray([[0, 1], [1, 0]])

    def written(values):
        z = np.zeros(2) * values.sum()
        z.flat[positions] = values
        return z

    for values in (np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0])):
        found, slope = ad.jvp(written, (values,), (values,))
        np.testing.assert_array_equal(found, written(values))
        np.testing.assert_array_equal(slope, written(values))


@given(
    seed=SEEDS,
    ndim=st.integers(1, 3),
    layouts=st.tuples(LAYOUTS, LAYOUTS),
    has_more_axes=st.booleans(),
    is_broadcast=st.booleans(),
    is_narrow=st.booleans(),
    is_traced=st.booleans(),
)
def test_slopes_are_those_of_the_values_that_stay(
    seed, ndim, layouts, has_more_axes, is_broadcast, is_narrow, is_traced
):
    random = np.random.default_rng(seed)
    shape = random.integers(1, 4, ndim)
    index = laid_out(random.integers(0, 2, shape), layouts[0])
    index = index.copy("K") if is_traced else index  # as a Tensor has it
    rows = (3,) if has_more_axes else ()
    own = [1 if is_broadcast and random.random() < 0.5 else n for n in shape]
    dtype = np.float32 if is_narrow else np.float64
    values = laid_out(random.normal(size=(*rows, *own)).astype(dtype), layouts[1])

    def written(values):
        z = np.zeros((*rows, 2)) * np.sum(values)
        positions = as_traced(index) if is_traced and isinstance(z, ad.Tensor) else index
        z[(..., positions) if rows else positions] = values
        return z

    expected = written(values)  # which is linear: the slope along the values is the result
    found, slope = ad.jvp(written, (values,), (values,))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(slope, expected)
    weights = random.normal(size=expected.shape)
    slopes = ad.grad(lambda values: np.sum(weights * written(values)))(values)
    np.testing.assert_allclose(np.sum(slopes * values), np.sum(weights * expected), 1e-5, 1e-6)
