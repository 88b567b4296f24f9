"""Functions whose results have no slopes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

BIG = 2**53 + np.array([1, 0, 2])  # in float64 the first two are equal


@pytest.mark.parametrize("run", [lambda f: f, ad.jit], ids=["eager", "jit"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.uint64, bool])
def test_keys_of_several_dtypes_are_not_converted(run, dtype):
    other = np.array([1, 1, 0])
    by_big = run(lambda x: np.lexsort((BIG, x.astype(dtype))))
    by_other = run(lambda x: np.lexsort((x.astype(dtype), BIG)))
    traced = ad.tensor(other.astype(float))
    assert_array_equal(by_big(traced), np.lexsort((BIG, other)))
    assert_array_equal(by_other(traced), np.lexsort((other, BIG)))


@pytest.mark.parametrize("text", [np.array_repr, np.array_str, np.array2string])
def test_jit_refuses_the_text_of_an_argument(text):
    x = np.array([1.5, 2.0])
    assert ad.vjp(lambda a: a * len(text(a)), x)[0][0] == 1.5 * len(text(x))
    with pytest.raises(ad.RecordingError, match="as text"):
        ad.jit(lambda a: a * len(text(a)))(x)


@pytest.mark.parametrize("text", [np.array_repr, np.array_str, np.array2string])
@pytest.mark.parametrize("value", [1.5, [1.5, 2.0], 3])
def test_the_text_of_a_traced_array_is_that_of_an_array(text, value):
    assert text(ad.tensor(value)) == text(np.asarray(ad.tensor(value).numpy()))


def test_jit_refuses_the_smallest_dtype_of_a_number_but_not_of_an_array():
    with pytest.raises(ad.RecordingError, match="min_scalar_type"):
        ad.jit(lambda a: a * (np.min_scalar_type(a) == np.uint8))(np.int64(5))
    x = np.ones(2, np.float32)
    assert ad.jit(lambda a: a * (np.min_scalar_type(a) == np.float32))(x).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[np.triu_indices_from(x, 1)],
        lambda x: x[np.tril_indices_from(x, k=-1)],
        lambda x: x[np.diag_indices_from(x)],
    ],
)
def test_positions_of_a_triangle_depend_on_the_shape_alone(f):
    x = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(ad.jit(f)(x), f(x))
    np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))
    ad.check_grads(f, x)
