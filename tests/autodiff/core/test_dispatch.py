"""NumPy's functions on Tensors: what has a derivative is recorded, what hasn't is refused."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

THREE = np.array([1.0, 2.0, 3.0])


def loss_with(f):
    return lambda x: (f(x) * [1.0, 10.0, 100.0]).sum()


def test_ufunc_methods():
    assert_array_equal(ad.grad(lambda x: np.add.reduce(x))(THREE), [1, 1, 1])
    assert_array_equal(ad.grad(lambda x: np.multiply.reduce(x))(THREE), [6, 3, 2])
    assert_array_equal(ad.grad(lambda x: np.minimum.reduce(x))(THREE), [1, 0, 0])
    assert_array_equal(ad.grad(loss_with(np.add.accumulate))(THREE), [111, 110, 100])
    grid = np.arange(6.0).reshape(2, 3)
    assert np.add.reduce(ad.tensor(grid)).shape == (3,)  # along the first axis, unlike np.sum
    assert np.add.reduce(ad.tensor(grid), axis=1).shape == (2,)


def test_methods_of_other_universal_functions():
    assert_array_equal(ad.grad(lambda x: np.subtract.reduce(x))(THREE), [1, -1, -1])
    assert_array_equal(ad.grad(loss_with(lambda x: np.add.reduceat(x, [0, 1, 0])))(THREE),
                       [101, 110, 100])  # fmt: skip
    assert_array_equal(ad.grad(lambda x: np.multiply.outer(x, THREE).sum())(THREE), [6, 6, 6])


def test_at_edits_a_tensor_where_positions_repeat():
    def counted(x):
        total = ad.tensor(np.zeros(2))
        np.add.at(total, [0, 1, 0], x)
        return (total * [1.0, 10.0]).sum()

    assert_array_equal(ad.grad(counted)(THREE), [1, 10, 1])
    t = ad.tensor(THREE)
    np.multiply.at(t, [0, 0], 2.0)
    assert_array_equal(t.numpy(), [4, 2, 3])


def test_at_into_a_plain_array_is_refused():
    with pytest.raises(TypeError, match=r"np\.add\.at .*test_dispatch\.py:.*ad\.tensor"):
        np.add.at(np.zeros(3), [0, 0], ad.tensor(THREE)[:2])


def test_where_with_out_keeps_excluded_entries():
    mask = np.array([True, False, True])

    def f(x):
        out = x * 10
        np.square(x, out=out, where=mask)
        return out.sum()

    assert_array_equal(ad.grad(f)(THREE), [2, 10, 6])
    with pytest.raises(
        NotImplementedError, match=r"np\.exp.*where=.*test_dispatch\.py:.*np\.where"
    ):
        np.exp(ad.tensor(THREE), where=mask)


def test_dtype_of_a_universal_function():
    y = np.exp(ad.tensor(THREE), dtype=np.float32)
    assert y.dtype == np.float32
    assert_array_equal(y.numpy(), np.exp(THREE, dtype=np.float32))
    assert ad.grad(lambda x: np.exp(x, dtype="f4").sum())(THREE).dtype == float
    with pytest.raises(NotImplementedError, match="dtype=int64"):
        np.add(ad.tensor(THREE), 1, dtype=int)


def test_out_of_a_function_and_of_a_method():
    values = ad.tensor(np.zeros(3))
    assert np.cumsum(ad.tensor(THREE), out=values) is values
    assert_array_equal(values.numpy(), [1, 3, 6])
    ad.tensor(THREE).cumprod(out=values)
    assert_array_equal(values.numpy(), [1, 2, 6])
    with pytest.raises(TypeError, match="out="):
        np.sum(ad.tensor(THREE), out=np.zeros(()))


def test_out_of_some_of_several_results():
    def loss(x, is_written):
        out = tuple(x * 0 if wanted else None for wanted in is_written)
        found = np.modf(x * 1.5, out=out)
        assert all(y is z for y, z in zip(found, out, strict=True) if z is not None)
        assert_array_equal(found[0].numpy(), [0.5, 0, 0.5])
        assert_array_equal(found[1].numpy(), [1, 3, 4])
        return (found[0] * found[1]).sum()

    for is_written in ((True, True), (True, False), (False, True)):
        assert_array_equal(ad.grad(loss)(THREE, is_written), [1.5, 4.5, 6])


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_of_values_in_out_than_of_results_is_refused(count):
    targets = tuple(ad.tensor(0.0) for _ in range(count))
    with pytest.raises(TypeError, match=rf"results, 1, got {count} at test_dispatch\.py:.*out=t\."):
        np.sum(ad.tensor(THREE), out=targets)
    assert all(target.item() == 0 for target in targets)


def test_a_tensor_on_either_side():
    t = ad.tensor(THREE)
    for out in (np.subtract(THREE, t), THREE - t, np.float64(1) - t, [1.0, 2.0, 3.0] - t):
        assert isinstance(out, ad.Tensor)
        assert_array_equal(ad.grad(lambda x: (THREE - x).sum())(THREE), [-1, -1, -1])


def test_queries_of_the_shape_return_plain_values():
    t = ad.tensor(THREE)
    assert np.shape(t) == (3,)
    assert np.ndim(t) == 1
    assert np.size(t) == 3
    assert np.allclose(t, THREE)
    assert np.result_type(t, np.float32) == np.float64


def test_an_unknown_function_is_refused_at_the_call():
    with pytest.raises(NotImplementedError) as caught:
        ad.grad(lambda x: np.histogram(x)[0].sum())(THREE)
    for part in ("np.histogram", "test_dispatch.py:", "np.bincount", "t.numpy()"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "option", [{"where": np.array([True, False, True])}, {"casting": "unsafe"}]
)
def test_an_unknown_option_is_refused_at_the_call(option):
    with pytest.raises(NotImplementedError) as caught:
        ad.grad(lambda x: np.exp(x, **option).sum())(THREE)
    for part in ("exp", next(iter(option)), "test_dispatch.py:"):
        assert part in str(caught.value)


def test_a_mistaken_call_is_refused_as_by_numpy():
    t = ad.tensor(THREE)
    with pytest.raises(TypeError):
        np.exp(t, t, t)
    with pytest.raises(TypeError):
        np.sum(t, unknown=3)
    with pytest.raises(ValueError, match="axis 3"):
        np.sum(t, axis=3)


def test_the_line_is_the_users_where_numpy_is_in_between():
    def user(x):
        return np.vectorize(float)(x)  # NumPy calls float() for each entry

    with pytest.raises(TypeError, match=r"test_dispatch\.py:") as caught:
        ad.grad(lambda x: user(x).sum())(THREE)
    assert "slope" in str(caught.value)


def test_out_receives_the_result_of_plain_integers():
    counts = np.array([[1, 2], [4, 8]])
    t = ad.tensor(np.zeros((2, 2)))
    np.median(counts, axis=0, out=t[0])
    np.einsum("ij->j", counts, out=t[1])
    assert_array_equal(t.numpy(), [[2.5, 5], [5, 10]])


def test_results_that_would_overwrite_each_other_are_refused():
    t = ad.tensor(np.arange(6.0).reshape(2, 3))
    for out in ((t[0], t[0]), (t[0], t[0, ::-1])):
        with pytest.raises(ValueError, match=r"share memory \(at test_dispatch\.py:"):
            np.divmod(t[1], 2, out=out)
    np.divmod(t[1], 2, out=(t[0], t[1]))
    assert_array_equal(t.numpy(), [[1, 2, 2], [1, 0, 1]])
