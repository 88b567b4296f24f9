"""What fit and compile refuse, and what they warn of."""

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.optimizers import SGD
from tests.nn.training.small_models import X, Y, make, start


def test_fit_before_compile():
    model = start(Dense(1))
    for action in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(RuntimeError, match=f"compile before {action.__name__}"):
            action(X, Y)
    assert model.predict(X, verbose=0).shape == (20, 1)


def test_a_loss_is_needed():
    model = start(Dense(1))
    model.compile("sgd")
    with pytest.raises(ValueError, match="a loss before fit"):
        model.fit(X, Y)


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        ({"optimizer": "adma"}, "adam"),
        ({"loss": "mean_squared_eror"}, "mean_squared_error"),
        ({"metrics": ["acuracy"]}, "accuracy"),
        ({"weighted_metrics": ["maee"]}, "mae"),
    ],
)
def test_unknown_names_are_refused_by_compile(arguments, nearest):
    with pytest.raises(ValueError, match=nearest):
        start(Dense(1)).compile(**arguments)


def test_a_metric_needs_no_list():
    assert make(metrics="mae").fit(X, Y, verbose=0).history.keys() == {"loss", "mae"}


def test_targets_are_needed():
    with pytest.raises(ValueError, match="y=None"):
        make().fit(X)


def test_targets_that_do_not_fit_the_outputs():
    with pytest.raises(ValueError, match=r"\(.*1\)"):
        make().fit(X, np.zeros((20, 2)), verbose=0)
    model = start(Dense(3, "softmax"))
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match="to_categorical"):
        model.fit(X, np.arange(20) % 3, verbose=0)
    with pytest.raises(ValueError, match="to_categorical"):
        model.fit(X, np.eye(3)[np.zeros(20, int)], verbose=0, validation_data=(X, np.arange(20)))


@pytest.mark.parametrize(
    "argument",
    [
        {"batch_size": -1},
        {"batch_size": 0},
        {"epochs": 1.5},
        {"epochs": -1},
        {"initial_epoch": -2},
        {"steps_per_epoch": 0},
        {"validation_steps": 0},
        {"validation_freq": 0},
        {"validation_freq": 1.5},
        {"validation_batch_size": 2.0},
    ],
)
def test_counts_are_whole_numbers(argument):
    with pytest.raises(ValueError, match=f"expected {next(iter(argument))} to be a whole number"):
        make().fit(X, Y, verbose=0, validation_data=(X, Y), **argument)


@pytest.mark.parametrize("size", [0, -3, 2.5])
def test_batch_sizes_are_whole_numbers_everywhere(size):
    for action in (make().evaluate, make().predict):
        with pytest.raises(ValueError, match="expected batch_size to be a whole number"):
            action(X, **({"y": Y} if action.__name__ == "evaluate" else {}), batch_size=size)


def test_a_loss_that_is_not_reduced_cannot_be_minimized():
    with pytest.raises(ValueError, match="one number"):
        start(Dense(1)).compile("sgd", nn.losses.MeanSquaredError(reduction="none"))


def test_validation_data_is_a_pair():
    with pytest.raises(ValueError, match=r"validation_data as \(x, y\)"):
        make().fit(X, Y, validation_data=X)


def test_a_diverging_loss_is_reported_once_with_the_rate():
    model = start(Dense(1))
    model.compile(SGD(lr=1e6), "mse")
    with pytest.warns(RuntimeWarning, match=r"smaller learning rate \(it is 1e\+06\)") as warnings:
        history = model.fit(X, Y, epochs=20, verbose=0).history
    assert len(warnings) == 1
    assert not np.isfinite(history["loss"][-1])
    assert len(history["loss"]) == 20


def test_a_loss_that_is_infinite_from_the_start_has_its_own_warning():
    model = start(Dense(1))
    model.compile("sgd", "mse")
    with pytest.warns(RuntimeWarning, match="in the first batch, before any update") as warnings:
        model.fit(X * 1e30, Y, epochs=3, verbose=0)
    assert len(warnings) == 1
    with pytest.warns(RuntimeWarning, match="nan in the first batch.*make a new model"):
        model.fit(X, Y, verbose=0)


def test_freezing_after_training_requires_compile():
    model = make()
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    with pytest.raises(ValueError, match="Call compile again"):
        model.fit(X, Y, verbose=0)
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    assert [np.array_equal(*pair) for pair in zip(before, after, strict=True)] == [1, 1, 0, 0]


def test_scores_need_data():
    with pytest.raises(RuntimeError, match="Call fit first"):
        make().scores()


@pytest.mark.slow
def test_the_loss_decides_whether_a_missing_class_is_a_warning():
    x = np.random.default_rng(0).normal(size=(40, 4))
    model = nn.Sequential([Dense(4, "softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning, match="no row of class 3"):
        model.fit(x, np.repeat([1, 2, 3], [14, 14, 12]), verbose=0, validation_split=0.3)
    model = nn.Sequential([Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse")
    model.fit(x, np.arange(40) // 2, verbose=0, validation_split=0.3)
