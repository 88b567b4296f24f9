"""Errors for invalid targets, and the names of losses."""

import numpy as np
import pytest

import nn
from nn import losses
from nn.losses import get
from nn.losses.labels import require_classes_in_range, require_labels, require_probabilities
from nn.losses.shapes import require_same_shape

N = None


@pytest.mark.parametrize("axes", [(4,), (4, 3), (4, 3, 2)])
@pytest.mark.parametrize("name", ["mse", "mae", "huber", "binary_crossentropy", "hinge", "poisson"])
def test_an_axis_of_width_1_that_one_lacks(name, axes):
    y, p = np.random.default_rng(0).uniform(0.1, 0.9, (2, *axes))
    expected = get(name)(y, p)
    for target, output in [(y, p[..., None]), (y[..., None], p)]:
        assert get(name)(target, output) == pytest.approx(expected, rel=1e-6)
        get(name).validate(target, (N, *output.shape[1:]))
        rows = type(get(name)).rowwise(target, output)
        assert rows.shape == (axes if len(axes) == 1 else axes[:-1])


def test_a_column_with_other_rows_is_refused():
    with pytest.raises(
        ValueError, match=r"got y of shape \(4, 1\) and predictions of shape \(5, 1"
    ):
        get("mse")(np.zeros(4), np.zeros((5, 1)))


def test_the_error_for_a_wrong_width_names_both_widths():
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(N, 2\).*3 units, or y 2 columns"):
        get("mse").validate(np.zeros((4, 3)), (N, 2))


def test_a_wrong_number_of_rows():
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(5, 1\)"):
        get("mse")(np.zeros((4, 1)), np.zeros((5, 1)))


@pytest.mark.parametrize("y", [np.array([0, 2, 1]), np.array([[0], [2], [1]])])
def test_class_numbers_with_categorical_crossentropy(y):
    with pytest.raises(ValueError, match=r"to_categorical.*'sparse_categorical_crossentropy'"):
        get("categorical_crossentropy").validate(y, (N, 3))
    with pytest.raises(ValueError, match="to_categorical"):
        losses.categorical_crossentropy(y, np.full((3, 3), 1 / 3))


def test_categorical_crossentropy_of_one_column_is_an_error_that_advises_binary():
    with pytest.raises(ValueError, match="Use binary_crossentropy"):
        get("categorical_crossentropy").validate(np.zeros((3, 1)), (N, 1))


def test_one_hot_targets_with_sparse_are_an_error_that_advises_categorical():
    with pytest.raises(ValueError, match=r"'categorical_crossentropy', or np\.argmax"):
        get("sparse_categorical_crossentropy").validate(np.eye(3), (N, 3))


def test_class_numbers_with_binary_crossentropy():
    with pytest.raises(ValueError, match="sparse_categorical_crossentropy"):
        get("binary_crossentropy").validate(np.array([0, 1]), (N, 2))


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [([0, 1, 3], "3 in row 2"), ([0, -1, 1], "-1 in row 1"), ([0.5, 1.0, 2.0], "0.5 in row 0"),
     ([[0], [1], [7]], "7 in row 2"), ([0.0, np.nan, 1.0], "nan in row 1")],
)  # fmt: skip
def test_labels_out_of_range(labels, wrong):
    loss, labels = get("sparse_categorical_crossentropy"), np.array(labels)
    with pytest.raises(ValueError, match=f"from 0 to 2.*got {wrong}"):
        loss.validate(labels, (N, 3))
    with pytest.raises(ValueError, match=f"got {wrong}"):
        loss(labels, np.full((3, 3), 1 / 3))


def test_labels_in_range_and_ignored_ones_are_accepted():
    get("sparse_categorical_crossentropy").validate(np.array([0.0, 2.0]), (N, 3))
    losses.SparseCategoricalCrossentropy(ignore_class=-1).validate(np.array([-1, 2]), (N, 3))


@pytest.mark.parametrize("labels", [[[-1], [1]], [[1], [2]]])
def test_binary_targets_out_of_range(labels):
    with pytest.raises(ValueError, match="targets from 0 to 1"):
        get("binary_crossentropy").validate(np.array(labels), (N, 1))


def test_a_function_is_not_checked():
    get(lambda y_true, y_pred: y_pred[:, 0] * y_true).validate(np.zeros(3), (N, 1))


@pytest.mark.parametrize(
    ("name", "made"),
    [("mse", "MeanSquaredError"), ("MSE", "MeanSquaredError"), ("bce", "BinaryCrossentropy"),
     ("MAPE", "MeanAbsolutePercentageError"), ("KLD", "KLDivergence"), ("logcosh", "LogCosh"),
     ("SparseCategoricalCrossentropy", "SparseCategoricalCrossentropy"), ("huber", "Huber")],
)  # fmt: skip
def test_names(name, made):
    assert type(get(name)) is getattr(losses, made)
    assert get(name).name == name


def test_other_ways_to_specify_a_loss():
    loss = losses.MeanSquaredError()
    assert get(loss) is loss
    assert loss.name == "mean_squared_error"
    assert isinstance(get(losses.Huber), losses.Huber)
    assert isinstance(get(losses.mse), losses.MeanSquaredError)

    def pinball(y_true, y_pred):
        return np.mean(np.maximum(y_true - y_pred, 0.0), axis=-1)

    assert get(pinball).name == "pinball"
    assert get(pinball)([[2.0]], [[1.0]]) == 1.0


def test_the_error_for_an_unknown_loss_suggests_the_nearest():
    with pytest.raises(ValueError, match="'categorical_crossentropy'"):
        get("categorical_crossentrop")


@pytest.mark.parametrize("wrong", [None, 3, dict])
def test_other_types_than_losses_are_refused(wrong):
    with pytest.raises(TypeError, match="expected a loss as a name"):
        get(wrong)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_a_loss_is_recreated_from_its_config(name):
    made = get(name)
    again = type(made).from_config(made.get_config())
    assert (again.name, again.get_config()) == (made.name, made.get_config())


@pytest.mark.parametrize(
    ("loss", "target", "output"),
    [
        ("mse", (10,), (None, 4, 1)),
        ("mse", (10, 2), (None, 4, 2)),
        ("mse", (10, 1, 1), (None, 4, 1)),
        ("binary_crossentropy", (10,), (None, 4, 4, 1)),
        ("categorical_crossentropy", (10, 3), (None, 4, 3)),
        ("sparse_categorical_crossentropy", (10,), (None, 4, 3)),
        ("sparse_categorical_crossentropy", (10, 1), (None, 4, 4, 3)),
    ],
)
def test_the_advice_for_a_forgotten_flatten(loss, target, output):
    with pytest.raises(ValueError, match=r"put Flatten\(\) before the first Dense layer"):
        losses.get(loss).validate(np.zeros(target), output)


def test_the_advice_for_one_target_per_row_and_several_outputs():
    with pytest.raises(ValueError, match=r"last layer 1 unit, as y has one number per row\. If y"):
        losses.get("mse").validate(np.zeros(10), (None, 3))


def test_the_advice_for_an_axis_too_many():
    with pytest.raises(ValueError, match=r"Remove the last axis of y: y\[\.\.\., 0\]"):
        losses.get("categorical_crossentropy").validate(np.zeros((10, 3, 1)), (None, 3))


@pytest.mark.slow
@pytest.mark.parametrize("base", ["CategoricalCrossentropy", "BinaryCrossentropy"])
def test_a_subclass_with_its_own_call_is_used_after_a_softmax_or_sigmoid(base):
    class Scaled(getattr(losses, base)):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * super().call(y_true, y_pred)

    activation = "softmax" if base[0] == "C" else "sigmoid"
    model = nn.Sequential([nn.layers.Dense(2, activation, input_shape=(3,))])
    x, y = np.ones((4, 3)), np.eye(2)[[0, 1, 1, 0]]
    found = []
    for loss in (getattr(losses, base)(), Scaled(3.0)):
        model.compile("sgd", loss)
        found.append(model.evaluate(x, y, verbose=0))
    assert found[1] == pytest.approx(3 * found[0])


CLASSES = [c for n in nn.losses.__all__ if isinstance(c := getattr(nn.losses, n), type)]
WITH_FIXED_ARGUMENTS = [c for c in CLASSES if c not in (nn.losses.Loss, losses.FunctionLoss)]


@pytest.mark.parametrize("cls", WITH_FIXED_ARGUMENTS)
@pytest.mark.parametrize("wrong", ["dtype", "fn", "function", "reductions"])
def test_an_argument_that_does_not_exist_is_not_suggested(cls, wrong):
    with pytest.raises(TypeError) as caught:
        cls(**{wrong: None})
    assert f"mean '{wrong}'" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "output", "advice"),
    [
        ((10, 1, 2), (None, 1, 3), "Give the last layer 2 units, or y 3 columns"),
        ((10, 2, 1), (None, 4, 1), "Give y the shape of the predictions"),
        ((10,), (None, 1), r"Give y a last axis of width 1: y\.reshape"),
        ((10,), (None, 3), "Give the last layer 1 unit"),
        ((10, 1, 1), (None, 3), r"Remove the last axis of y: y\[\.\.\., 0\]"),
        ((10, 1, 1, 1), (None, 3), "Give y the shape of the predictions"),
        ((10, 2, 2, 1), (None, 2, 3), r"Remove the last axis of y: y\[\.\.\., 0\]"),
        ((10, 4), (None, 3), "Give the last layer 4 units, or y 3 columns"),
        ((10, 4), (None, 2, 3), r"put Flatten\(\) before"),
        ((10, 1), (None, 2, 3), r"put Flatten\(\) before"),
    ],
)
def test_the_advice_for_shapes_that_differ(target, output, advice):
    with pytest.raises(ValueError, match=advice):
        require_same_shape("loss", target, output)


OF_ONE_SHAPE = [
    losses.mean_squared_error, losses.mean_absolute_error, losses.mean_absolute_percentage_error,
    losses.mean_squared_logarithmic_error, losses.huber, losses.log_cosh, losses.poisson,
    losses.kl_divergence, losses.hinge, losses.squared_hinge, losses.categorical_hinge,
    losses.binary_crossentropy, losses.binary_focal_crossentropy, losses.categorical_crossentropy,
    losses.categorical_focal_crossentropy, losses.cosine_similarity, losses.dice, losses.tversky,
]  # fmt: skip


@pytest.mark.parametrize("function", OF_ONE_SHAPE, ids=lambda function: function.__name__)
def test_functions_refuse_shapes_that_numpy_would_broadcast(function):
    p = np.full((4, 3), 1 / 3)
    for target in (np.ones((4, 1)), np.ones((1, 3)), np.ones(3), np.ones((4, 3, 2))):
        with pytest.raises(ValueError, match=r"of one shape|one column per class"):
            function(target, p)


@pytest.mark.parametrize(
    ("target", "output", "advice"),
    [
        ((10, 3), (None, 3), "If y is one-hot"),
        ((10, 4, 3), (None, 4, 3), "If y is one-hot"),
        ((10, 2), (None, 3), r"Give y one class number per row\."),
        ((10, 5, 5), (None, 4, 3), r"Give y one class number per row\."),
        ((10, 5), (None, 4, 3), r"put Flatten\(\) before"),
        ((11,), (10, 3), r"of shape \(10,\), got y of shape \(11,\) .* Give y one"),
    ],
)
def test_the_advice_for_class_numbers(target, output, advice):
    with pytest.raises(ValueError, match=advice):
        require_labels("loss", target, output)


def test_class_numbers_may_be_along_any_axis():
    require_labels("loss", (10, 4), (None, 4, 3))
    require_labels("loss", (10, 4, 1), (None, 4, 3))
    require_labels("loss", (10, 4), (None, 3, 4), axis=1)
    require_labels("loss", (10, 1, 4), (None, 3, 4), axis=1)
    with pytest.raises(ValueError, match="one class number per row"):
        require_labels("loss", (10, 4), (None, 3, 4))


@pytest.mark.parametrize(
    ("labels", "ignored", "found"),
    [
        ([0, 1, 2], None, ""),
        ([0, 3, 1], None, "got 3 in row 1"),
        ([0, 1, -1], None, "got -1 in row 2"),
        ([0.0, 1.5, 3.0], None, r"got 1\.5 in row 1"),
        ([0, -1, 2], -1, ""),
        ([0, -1, 3], -1, "got 3 in row 2"),
        ([5, 1], 5, ""),
        ([[0, 1], [2, 3]], None, "got 3 in row 1"),
        ([[0, -2], [2, 3]], None, "got -2 in row 0"),
    ],
)
def test_class_numbers_out_of_range_are_named(labels, ignored, found):
    if not found:
        require_classes_in_range("loss", np.array(labels), 3, ignored)
        return
    with pytest.raises(ValueError, match=f"from 0 to 2, .* {found} of y"):
        require_classes_in_range("loss", np.array(labels), 3, ignored)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-0.1, 1), (0, 1.1), (0.2, 0.3)])
def test_targets_of_probabilities(low, high):
    y = np.array([[low, 0.25], [0.25, high]])
    if low >= 0 and high <= 1:
        require_probabilities("loss", y)
    else:
        with pytest.raises(ValueError, match=f"from 0 to 1, got {low if low < 0 else high}"):
            require_probabilities("loss", y)


@pytest.mark.parametrize(
    "loss", [losses.SparseCategoricalCrossentropy(), losses.CategoricalGeneralizedCrossEntropy()]
)
def test_classes_of_steps_are_those_of_the_last_axis(loss):
    loss.validate(np.full((2, 2), 3), (N, 2, 4))
    with pytest.raises(ValueError, match=r"from 0 to 1, .* got 3"):
        loss.validate(np.full((2, 4), 3), (N, 4, 2))
    loss.validate(np.full((2, 4), 3), (N, 4, None))  # their number isn't known
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        first = losses.SparseCategoricalCrossentropy(axis=1)
        first.validate(np.full((2, 2), 3), (N, 4, 2))
        with pytest.raises(ValueError, match=r"from 0 to 1, .* got 3"):
            first.validate(np.full((2, 4), 3), (N, 2, 4))
