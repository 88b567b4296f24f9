import numpy as np
import pytest

import autodiff as ad
from nn.layers import Dense
from nn.models import Model, Sequential
from nn.optimizers import SGD
from nn.training.function_of_weights import function_of_weights
from nn.training.preparation import prepare


def small_model(**options):
    layers = [Dense(3, "tanh", name="hidden", input_shape=(2,), **options), Dense(1, name="last")]
    model = Sequential(layers)
    model.compile("sgd", "mean_squared_error")
    return model


X, Y = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[1.0], [2.0]])


@pytest.mark.parametrize(
    "options", [{}, {"kernel_regularizer": "l2", "activity_regularizer": "l1"}]
)
def test_it_is_the_loss_that_training_lowers(options):
    model = small_model(**options)
    function, arguments = function_of_weights(model, prepare(X, Y))
    assert function(*arguments) == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-6)
    slopes = ad.grad(function)(*arguments)
    before = model.get_weights()
    model.train_on_batch(X, Y)
    for weight, slope, after in zip(before, slopes, model.get_weights(), strict=True):
        np.testing.assert_allclose(weight - 0.01 * slope, after, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("activation", "loss", "target"),
    [
        ("softmax", "categorical_crossentropy", [0.0, 1.0]),
        ("softmax", "sparse_categorical_crossentropy", 1),
        ("sigmoid", "binary_crossentropy", [0.0, 1.0]),
    ],
)
def test_a_cross_entropy_is_computed_from_the_scores_as_in_training(activation, loss, target):
    model = Sequential([Dense(2, activation, input_shape=(2,), name="dense")])
    model.compile(SGD(1.0), loss)
    model.set_weights([[[30.0, -30.0], [0.0, 0.0]], [0.0, 0.0]])  # confidently wrong
    x, y = np.array([[1.0, 0.0]]), np.array([target])
    function, arguments = function_of_weights(model, prepare(x, y))
    assert function(*arguments) == pytest.approx(model.evaluate(x, y, verbose=0))
    slopes = model.explain(x[0], y[0]).slopes
    assert slopes["dense/bias"].all()
    model.train_on_batch(x, y)
    np.testing.assert_allclose(slopes["dense/bias"], -model.get_weights()[1], rtol=1e-6)


def test_without_targets_it_is_the_prediction():
    model = small_model()
    function, arguments = function_of_weights(model, prepare(X))
    np.testing.assert_allclose(function(*arguments), model.predict(X, verbose=0), rtol=1e-6)


def test_a_drawing_names_weights_layers_inputs_and_targets():
    drawing = small_model().draw(X[:1], Y[:1])
    assert drawing.title.startswith("loss = ")
    for word in ("hidden/kernel", "last/bias", "Dense 3 tanh", "mean_squared_error", ">y<"):
        assert word in drawing.dot


def test_depth_opens_the_layers():
    model = small_model()
    closed, opened = (model.draw(X, depth=depth).dot for depth in (1, 2))
    assert "tanh" in opened
    assert closed.count("->") < opened.count("->")


@pytest.mark.parametrize(
    ("x", "units", "loss", "y"),
    [
        ([1.0, -2.0], 1, "mean_squared_error", 1.0),
        ([1.0, -2.0], 2, "mean_squared_error", [1.0, 0.0]),
        ([1.0, -2.0], 2, "sparse_categorical_crossentropy", 1),
        ([3.0], 1, "mean_squared_error", 1.0),
        ([3.0], 1, "mean_squared_error", [1.0]),
    ],
)
def test_a_row_needs_no_axis_for_the_batch(x, units, loss, y):
    model = Sequential([Dense(units, input_shape=(len(x),))])
    model.compile("sgd", loss)
    assert model.draw(x, y).dot == model.draw([x], [y]).dot
    assert model.draw(x).dot == model.draw([x]).dot


def test_a_model_that_has_seen_no_data_is_drawn_with_its_weights():
    assert "first/kernel" in Sequential([Dense(1, name="first")]).draw(X).dot


def test_numbers_for_one_column_are_rows():
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mean_squared_error")
    assert model.draw([1.0, 2.0], [3.0, 4.0]).dot == model.draw([[1.0], [2.0]], [[3.0], [4.0]]).dot


def test_without_x_a_row_of_ones_is_drawn():
    assert small_model().draw().title.startswith("prediction = ")
    with pytest.raises(ValueError, match=r"draw without x, got none\. Pass x"):
        Sequential([Dense(1)]).draw()


def test_a_subclassed_model_can_be_drawn():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1, name="dense_of_own")

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model(X)
    assert "dense_of_own/kernel" in model.draw(X).dot


def test_a_loss_is_drawn_of_a_compiled_model_only():
    with pytest.raises(RuntimeError, match="expects compile before a loss is shown"):
        Sequential([Dense(1)]).draw(X, Y)
