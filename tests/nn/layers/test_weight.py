import operator

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

import autodiff as ad
import nn
from nn.layers.weight import Weight, bound

matrices = arrays(np.float32, (2, 3), elements=st.floats(-8, 8, width=32))


def make(value, name="kernel"):
    return Weight(value, name=name, layer="dense")


EXPRESSIONS = [
    lambda w, x: w + x,
    lambda w, x: x - w,
    lambda w, x: x @ w.T,
    lambda w, x: np.matmul(x, w.T),
    lambda w, x: np.maximum(w, x) * 2,
    lambda w, x: np.minimum(x, w),
    lambda w, x: np.matmul(x, np.transpose(w)),
    lambda w, x: np.concatenate([x, w]),
    lambda w, x: np.stack((w, x)),
    lambda w, x: np.where(x > 0, w, x),
    lambda w, x: np.sum(w) + x[0, 0],
    lambda w, x: w[0] * x,
    lambda w, _x: -w,
    lambda w, _x: w**2,
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@given(value=matrices, x=matrices)
def test_a_weight_behaves_as_its_value(expression, value, x):
    expected = expression(value, x)
    result = expression(make(value), x)
    assert type(result) is type(expected)
    assert result.dtype == expected.dtype
    np.testing.assert_allclose(result, expected, rtol=3e-7)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_bound_weight_is_traced_on_either_side_of_a_tensor(expression):
    value = np.array([[1, -2, 3], [0.5, 4, -1]])
    x = np.array([[2, 1, -1], [3, 0.25, 1]])
    weight = make(np.zeros((2, 3)))

    def through_weight(v, x):
        with bound([weight], [v]):
            return np.sum(expression(weight, x) ** 2)

    def plainly(v, x):
        return np.sum(expression(v, x) ** 2)

    for argnums in (0, 1, (0, 1)):
        slopes = ad.grad(through_weight, argnums)(value, x)
        expected = ad.grad(plainly, argnums)(value, x)
        assert np.array_equal(np.array(slopes), np.array(expected))


def test_binding_ends_even_when_the_block_fails():
    weight = make([1.0, 2.0])
    original = weight.value
    with pytest.raises(IndexError), bound([weight], [np.array([5.0, 6.0])]):
        weight[7]
    assert weight.value is original


@pytest.mark.parametrize(
    ("values", "message"),
    [([], "expected 1 arrays.*dense/kernel.*got 0"), ([np.zeros(3)], r"'dense/kernel'.*\(3,\)")],
)
def test_binding_needs_a_value_of_the_right_shape_for_each_weight(values, message):
    with pytest.raises(ValueError, match=message), bound([make([1.0, 2.0])], values):
        pass


def test_assigning_writes_in_place_so_that_views_stay_views():
    weight = make([1.0, 2.0])
    view = weight.value
    weight.assign([3, 4])
    assert view.tolist() == [3, 4]
    weight.assign(make([5.0, 6.0]))
    assert view.tolist() == [5, 6]
    with pytest.raises(ValueError, match=r"'dense/kernel' expects.*\(2,\).*got \(3,\)"):
        weight.assign([1, 2, 3])


def test_numpy_returns_a_copy():
    weight = make([1.0, 2.0])
    copy = weight.numpy()
    weight.assign([0, 0])
    assert copy.tolist() == [1, 2]


def test_an_in_place_operator_keeps_the_weight():
    weight = make([1.0, 2.0])
    same = weight
    weight += 1
    assert weight is same
    assert weight.value.tolist() == [2, 3]


def test_a_weight_converts_to_an_array_and_stays_traced_while_bound():
    weight = make([1.0, 2.0])
    assert np.asarray(weight).tolist() == [1, 2]

    def squares(value):
        with bound([weight], [value]):
            return (np.asarray(weight) ** 2).sum()

    assert ad.grad(squares)(np.array([3.0, 4.0])).tolist() == [6, 8]


def test_the_properties_of_a_weight_are_those_of_an_array():
    weight = make(np.zeros((2, 3)))
    assert (weight.shape, weight.ndim, weight.size, len(weight)) == ((2, 3), 2, 6, 2)
    assert weight.dtype == np.float32
    assert weight.path == "dense/kernel"
    assert repr(weight) == "<Weight dense/kernel shape=(2, 3)>"


def test_layers_bound_to_float64_compute_in_it_traced_or_not():
    model = nn.Sequential([nn.layers.Dense(3, input_shape=(2,)), nn.layers.Dense(1)])
    parameters = [weight.astype(np.float64) / 3 for weight in model.get_weights()]

    def f(parameters):
        with model.bound(parameters):
            return model(np.array([[0.1, 0.2]])).sum()

    assert f(parameters) == ad.value_and_grad(f)(parameters)[0]
    assert np.asarray(f(parameters)).dtype == np.float64
    assert model(np.array([[0.1, 0.2]])).dtype == np.float32


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [("ff", "float32"), ("fd", "float64"), ("df", "float64"), ("dd", "float64")],
)
def test_one_value_in_float64_makes_all_computations_so(dtypes, expected):
    layer = nn.layers.Dense(2)
    layer.build((None, 3))
    kernel, bias = (
        np.zeros(w.shape, dtype) for w, dtype in zip(layer.weights, dtypes, strict=True)
    )
    x = np.float64([[1, 2, 3]])
    with bound(layer.weights, [kernel, bias]):
        assert layer(x).dtype == expected
        assert layer.weights[0].value is kernel
        assert layer.weights[1].value is bias
    assert layer(x).dtype == np.float32


def test_a_weight_changes_by_sums_and_differences():
    weight, other = make([1.0, 2.0]), make([0.5, 1.0])
    view = weight.value
    for change, expected in (
        (lambda: weight.assign_add(other), [1.5, 3]), (lambda: weight.assign_sub(other), [1, 2]),
        (lambda: weight.assign_sub([1, 1]), [0, 1]), (lambda: weight.assign_add([2, 2]), [2, 3]),
        (lambda: np.add(weight, other, out=weight), [2.5, 4]),
        (lambda: np.subtract(weight, 1, out=weight, where=np.array([True, False])), [1.5, 4]),
    ):  # fmt: skip
        found = change()
        assert found is None or found is weight
        assert view.tolist() == weight.value.tolist() == expected
    assert float(make(3.0)) == 3
    assert Weight([1.0], name="alone").path == "alone"


@pytest.mark.parametrize("trainable", [False, True])
def test_what_is_assigned_to_a_bound_weight_lasts_until_the_end(trainable):
    weight = Weight([1.0, 2.0], name="w", trainable=trainable)

    def loss(value):
        with bound([weight], [value]):
            weight.assign(np.float64([3, 4]) + 0 * weight.value)
            assert weight.dtype == np.float32
            return np.sum(weight.value**2)

    value, slope = ad.value_and_grad(loss)(np.float32([1, 2]))
    assert (value, slope.tolist()) == (25, [6, 8] if trainable else [0, 0])
    assert weight.value.tolist() == [1, 2]


@pytest.mark.parametrize("apply", [operator.add, operator.mul, operator.matmul])
def test_a_weight_takes_part_in_operators_on_either_side(apply):
    value, x = np.float32([[1, 2], [3, 4]]), np.float32([[2, 0], [1, 3]])
    weight = make(value)
    for other in (x, ad.tensor(x)):
        for found, expected in (
            (apply(weight, other), apply(value, x)), (apply(other, weight), apply(x, value))
        ):  # fmt: skip
            plain = found.numpy() if isinstance(found, ad.Tensor) else found
            np.testing.assert_array_equal(plain, expected)
