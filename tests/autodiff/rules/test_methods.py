"""Methods of universal functions at positions that may be traced."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
REPEATED = np.array([0, 2, 0])


@pytest.mark.parametrize("function", [np.add, np.subtract])
@pytest.mark.parametrize("index", [lambda i: i, lambda i: (i,), lambda i: (..., i)])
def test_adding_at_traced_positions(function, index):
    def added(x, i):
        y = x * 1
        function.at(y, index(i), 1.0)
        function.at(y, index(i), x * x)
        return y

    jitted = ad.jit(added)
    slopes = ad.jit(ad.grad(lambda x, i: added(x, i) @ [1.0, 10.0, 100.0]))
    for i in (REPEATED, REPEATED - 1):
        expected = X.copy()
        function.at(expected, index(i), X * X + 1)
        assert_array_equal(jitted(X, i), expected)
        sign = function(0, 1)
        assert_array_equal(slopes(X, i), [1, 10, 100] + sign * 2 * X * 10.0 ** (i % 3))
    with pytest.raises(IndexError, match="out of bounds"):
        jitted(X, REPEATED + 1)


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.multiply, np.hypot, np.negative])
def test_other_functions_at_traced_positions(function):
    weights = np.array([1.0, 10.0, 100.0])

    def edited(x, i):
        y = x * 1
        function.at(y, i, *[2.0 * x[::-1]] * (function.nin - 1))
        return y

    jitted = ad.jit(edited)
    slope = ad.grad(lambda x, i: edited(x, i) @ weights)
    jitted_slope, through = ad.jit(slope), ad.grad(lambda x, i: jitted(x, i) @ weights)
    for i in (REPEATED, REPEATED - 1):
        assert_array_equal(jitted(X, i), edited(X, i))
        np.testing.assert_allclose(jitted_slope(X, i), slope(X, i))
        np.testing.assert_allclose(through(X, i), slope(X, i))
        tangent = ad.jvp(lambda x, i=i: jitted(x, i), (X,), (weights,))[1]
        np.testing.assert_allclose(tangent, ad.jacobian(edited)(X, i) @ weights)
    with pytest.raises(IndexError, match="out of bounds"):
        jitted(X, REPEATED + 1)


def test_accumulate_without_an_axis_is_for_vectors():
    x = ad.tensor(X.reshape(1, -1))
    for function in (np.add, np.maximum):
        assert_array_equal(function.accumulate(x[0], axis=None).numpy(), function.accumulate(X))
        with pytest.raises(ValueError, match=r"one axis.*test_methods\.py:\d+"):
            function.accumulate(x, axis=None)


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.add, np.multiply, np.hypot])
@pytest.mark.parametrize("dtype", [np.float32, np.longdouble])
@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_a_method_computes_in_the_dtype_that_is_passed(function, dtype, method):
    x = np.array([[1.1, -2.3], [0.7, 5.9]])
    expected = getattr(function, method)(x, dtype=dtype)
    found = getattr(function, method)(ad.tensor(x), dtype=dtype)
    assert found.dtype == expected.dtype == dtype
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


@pytest.mark.skipif(not hasattr(np, "cumulative_sum"), reason="NumPy 2.1 has it")
def test_running_sums_of_a_number_have_one_entry():
    assert_array_equal(np.cumulative_sum(ad.tensor(3.0)).numpy(), [3.0])
    assert_array_equal(np.cumulative_sum(ad.tensor(3.0), include_initial=True).numpy(), [0, 3])
    assert_array_equal(np.cumulative_sum(ad.tensor([3.0, 4])).numpy(), [3, 7])
    assert_array_equal(np.cumulative_prod(ad.tensor([3.0, 4])).numpy(), [3, 12])


def test_sorting_in_place_takes_the_options_of_numpy():
    for options in ({"kind": "stable"}, {"axis": 0, "kind": "quicksort"}, {"stable": True}):
        x = np.array([[3.0, 1.0], [2.0, 5.0]])
        t = ad.tensor(x)
        t.sort(**options)
        np.testing.assert_array_equal(t.numpy(), np.sort(x, **options))


def test_a_reduction_from_no_positions_is_empty():
    nowhere = np.array([], int)
    for function in (np.multiply, np.maximum, np.hypot):
        expected = function.reduceat(X.reshape(1, -1), nowhere, axis=-1)
        found = function.reduceat(ad.tensor(X.reshape(1, -1)), nowhere, axis=-1)
        assert found.shape == expected.shape == (1, 0)
        assert found.dtype == expected.dtype


def test_hypot_of_zeros_and_others_is_smooth():
    x = np.array([0.0, 0.0, 3.0, 4.0])
    expected = (np.eye(4) - np.outer(x, x) / 25) / 5
    for f in (np.hypot.reduce, lambda x: np.hypot.reduceat(x, [0])[0]):
        np.testing.assert_allclose(ad.hessian(f)(x), expected, atol=1e-15)
    assert ad.grad(np.hypot.reduce)(np.array([-2.0])) == -1


ROWS = np.array([[2.3, 0.7, 1.4], [3.6, 1.2, 0.45]])


@pytest.mark.parametrize("x", [ROWS, ROWS.T, ROWS[::-1]], ids=["C", "F", "reversed"])
def test_entries_are_taken_in_the_order_of_memory(x):
    special = pytest.importorskip("scipy.special")
    for axis in (None, (1, 0)):
        expected = special.kl_div.reduce(x, axis=axis)
        assert special.kl_div.reduce(ad.tensor(x), axis=axis).item() == expected


@pytest.mark.parametrize("ufunc", [np.add, np.hypot, np.greater, np.divmod])
@pytest.mark.parametrize("mask", [True, np.array([[True], [False]]), np.array([True, False])])
def test_outer_writes_to_out_where_a_mask_is_true(ufunc, mask):
    def f(x, z):
        targets = (z + 1, z + 2)[: ufunc.nout]
        ufunc.outer(x, [1.0, 2.0], where=mask, out=targets)
        return sum(target * (z + 3) for target in targets)

    x, z = np.array([3.5, 4.25]), np.arange(4.0).reshape(2, 2)
    expected = f(x, z)
    for found in (ad.vjp(f, x, z)[0], ad.jit(f)(x, z)):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    ad.check_grads(f, x, z, order=1)


def test_a_mask_needs_a_value_for_each_result():
    x = ad.tensor(np.array([0.5, 3.5]))
    with pytest.raises(NotImplementedError, match=r"Use np\.where\(mask, np\.divmod\(t\), value\)"):
        np.divmod(x, 2.0, out=(x * 1, None), where=np.array([True, False]))


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float32])
@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_float_power_computes_in_doubles_also_into_a_narrow_array(dtype, method):
    x = np.array([[1, 2, 3], [2, 1, 2]], dtype)

    def f(x, out):
        getattr(np.float_power, method)(x.astype(dtype), out=out)
        return out

    out = np.zeros(3 if method == "reduce" else (2, 3), np.float32)
    expected = f(x, out.copy())
    found = ad.vjp(lambda out: f(ad.tensor(x.astype(float)), out * 1), out)[0]
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum])
def test_values_of_at_may_have_more_axes_of_length_one(ufunc):
    def f(x):
        x = x * 1
        ufunc.at(x, (slice(None), 0), x.T * 2)
        return x

    x = np.array([[1.0], [2.0], [3.0]])
    for found in (ad.vjp(f, x)[0], ad.jit(f)(x)):
        assert_array_equal(found, f(x))
    ad.check_grads(f, x, order=1)
    for shape in ((1, 1, 2), (2, 2)):
        with pytest.raises(ValueError, match="broadcast"):
            ufunc.at(ad.tensor(np.ones((2, 3))), (0, [0, 1]), np.ones(shape))


def test_outer_of_integers_refuses_a_plain_target_by_name():
    a = np.array([1, 2])
    assert_array_equal(ad.jit(np.multiply.outer)(a, a), np.multiply.outer(a, a))
    with pytest.raises(TypeError, match="out= of a traced result must be a Tensor"):
        ad.jit(lambda a: np.multiply.outer(a, a, out=np.zeros((2, 2))))(a)
