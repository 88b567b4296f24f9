"""Dense layers of any axes: by hand, as Einstein sums, beside Keras, and misused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import layers
from nn.layers.einsum_equation import EinsumEquation

RANDOM = np.random.default_rng(0)

EQUATIONS = [  # with an output_shape, bias_axes, and the shape of a row
    ("ab,bc->ac", 3, "c", (4,)),
    ("abc,cd->abd", (None, 3), "d", (5, 4)),
    ("...x,xy->...y", 3, "y", (5, 5, 4)),
    ("abc,cde->abde", (5, 2, 3), "de", (5, 4)),
    ("abcd,cde->abe", (5, 3), None, (5, 2, 4)),
    ("abc,bd->adc", (3, 4), "d", (5, 4)),
    ("ab...,bc->ac...", 3, "c", (4, 2)),
    ("abc,bd->acd", (4, 3), "cd", (5, 4)),  # the product's axes in the order of the outputs
    ("abc,bcd->abd", (5, 3), "bd", (5, 4)),  # b is in all three: no plain matrix product
    ("abc,cd->ad", 3, None, (5, 4)),  # b is summed over in the inputs
    ("ab...,bc->ac...", (3, 2), "c", (4, 2)),  # with the length of the ellipsis, as in Keras
]


def test_a_projection_to_heads_by_hand():
    kernel = np.zeros((2, 2, 1))
    kernel[0, 0], kernel[1, 1] = 1, 10  # a head for each feature
    layer = layers.EinsumDense("abc,cde->abde", (None, 2, 1), bias_axes="d")
    layer.build((None, 3, 2))
    layer.set_weights([kernel, np.array([[0.5], [0.0]])])
    assert layer(np.array([[[1.0, 2.0]]])).tolist() == [[[[1.5], [20]]]]


@given(st.sampled_from(EQUATIONS), st.integers(1, 3))
def test_it_is_an_einstein_sum(case, rows):
    equation, output_shape, _, row = case
    layer = layers.EinsumDense(equation, output_shape)
    x = RANDOM.normal(size=(rows, *row)).astype("f")
    result = layer(x)
    expected = np.einsum(equation, x, layer.kernel.numpy())
    np.testing.assert_allclose(result, expected, atol=1e-5)
    assert result.dtype == np.float32
    for n, known in zip(
        result.shape[1:], layer.compute_output_shape((None, *row))[1:], strict=True
    ):
        assert known in (n, None)


@pytest.mark.parametrize("equation", [case[0] for case in EQUATIONS])
def test_slopes(equation):
    _, output_shape, bias_axes, row = next(case for case in EQUATIONS if case[0] == equation)
    layer = layers.EinsumDense(equation, output_shape, bias_axes=bias_axes)
    layer.build((None, *row))

    def loss(x, *values):
        with nn.layers.weight.bound(layer.weights, values):
            return np.sum(layer(x) ** 2)

    values = [RANDOM.normal(size=w.shape) for w in layer.weights]
    ad.check_grads(loss, RANDOM.normal(size=(2, *row)), *values, order=1)


def test_products_are_matrix_products():
    model = nn.Sequential([layers.EinsumDense("abc,cde->abde", (5, 2, 3), input_shape=(5, 4))])
    model.compile("sgd", "mse")
    x = RANDOM.normal(size=(4, 5, 4)).astype("f")
    model.fit(x, RANDOM.normal(size=(4, 5, 2, 3)).astype("f"), verbose=0)
    assert ".dot(" in model.train_source()
    assert "einsum(" not in model.train_source()


def test_the_first_weights_have_the_variance_of_their_fans():
    nn.utils.set_random_seed(0)
    layer = layers.EinsumDense("abc,cde->abde", (None, 10, 40), kernel_initializer="he_normal")
    layer.build((None, 5, 50))
    assert layer.kernel.numpy().var() == pytest.approx(2 / 50, rel=0.05)
    attention = layers.MultiHeadAttention(10, 40, kernel_initializer="he_normal")
    attention.build((None, 5, 50), (None, 5, 50))
    variances = [w.numpy().var() for w in attention.weights if w.name == "kernel"]
    assert variances == pytest.approx([2 / 50, 2 / 50, 2 / 50, 2 / 400], rel=0.05)


@pytest.mark.parametrize("case", EQUATIONS[:8], ids=[case[0] for case in EQUATIONS[:8]])
def test_outputs_shapes_and_training_are_those_of_keras(keras, case):
    equation, output_shape, bias_axes, row = case
    x, y = RANDOM.normal(size=(6, *row)).astype("f"), RANDOM.normal(size=(6, 1)).astype("f")

    def model_of(library):
        made = library.layers.EinsumDense(
            equation, output_shape, activation="tanh", bias_axes=bias_axes
        )
        inputs = library.Input(row)
        hidden = made(inputs)
        pooled = (
            library.layers.Flatten()(hidden)
            if None not in hidden.shape[1:]
            else (library.layers.GlobalAveragePooling1D()(hidden))
        )
        model = library.Model(inputs, library.layers.Dense(1)(pooled))
        model.compile(library.optimizers.SGD(0.05), "mse")
        return model

    ours, theirs = model_of(nn), model_of(keras)
    assert ours.layers[1].compute_output_shape((None, *row)) == theirs.layers[1].output.shape
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    theirs.set_weights(ours.get_weights())
    for model in (ours, theirs):
        model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-5)


def test_the_first_variance_is_that_of_keras(keras):
    variances = []
    for library in (nn, keras):
        library.utils.set_random_seed(0)
        layer = library.layers.EinsumDense("abc,cde->abde", (None, 10, 40))
        layer.build((None, 5, 50))
        variances.append(np.var(layer.get_weights()[0]))
    assert variances[0] == pytest.approx(variances[1], rel=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EinsumEquation.of("ab->ac", 2), "expected an equation such as 'ab,bc->ac'"),
        (lambda: EinsumEquation.of("ab,bc->ac", 3), "expected inputs of 2 axes for the equation"),
        (
            lambda: layers.EinsumDense("abc,cd->abd", 3)(np.ones((1, 2, 4))),
            "output_shape to have the lengths of the axes 'bd'",
        ),
        (
            lambda: layers.EinsumDense("abc,cd->abd", (3, 2))(np.ones((1, 2, 4))),
            r"the same as in the inputs, got \(3, 2\)",
        ),
        (
            lambda: layers.EinsumDense("ab,bc->ac", 3, bias_axes="x")(np.ones((1, 2))),
            "expects bias_axes among those of the outputs",
        ),
        (
            lambda: layers.EinsumDense("ab,bc->ac", (None,))(np.ones((1, 2))),
            "expects a known length of axis 'c'",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_other_inputs_than_built_for():
    layer = layers.EinsumDense("ab,bc->ac", 3)
    layer(np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"an axis 'b' of length 2 in 'ab,bc->ac', got"):
        layer(np.ones((1, 4)))
