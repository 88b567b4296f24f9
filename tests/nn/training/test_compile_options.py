"""Arguments of compile in Keras's forms for several outputs: lists, mappings, loss weights."""

import numpy as np
import pytest

import nn
from nn.layers import Dense

X = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
Y = X[:, :1] - X[:, 1:2]


def model_of(module, regularizer=None, **choices):
    dense = module.layers.Dense(
        1, kernel_initializer="ones", kernel_regularizer=regularizer, name="out"
    )
    model = module.Sequential([module.Input((3,)), dense])
    model.compile("sgd", **choices)
    return model


def history(module, **choices):
    model = model_of(module, **choices)
    return model.fit(X, Y, batch_size=7, epochs=2, shuffle=False, verbose=0).history


CHOICES = [
    {"loss": "mse", "loss_weights": 2.0},
    {"loss": "mse", "loss_weights": [0.5]},
    {"loss": ["mse"], "loss_weights": [2]},
    {"loss": "mse", "loss_weights": 3.0, "regularizer": "l2"},
    {"loss": "mse", "metrics": {"out": "mae"}},
    {"loss": "mse", "metrics": {"out": ["mae", "mse"]}},
    {"loss": "mse", "metrics": [["mae", "mse"]]},
    {"loss": "mse", "metrics": ["mae", ["mse"]], "weighted_metrics": [["mape"]]},
]


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_scores_are_those_of_keras(choices, keras):
    mine, theirs = history(nn, **choices), history(keras, **choices)
    assert mine.keys() == theirs.keys()
    for name, values in mine.items():
        np.testing.assert_allclose(values, theirs[name], rtol=1e-4)


@pytest.mark.slow
def test_a_loss_in_a_mapping():
    assert history(nn, loss={"out": "mae"}) == history(nn, loss="mae")


@pytest.mark.slow
@pytest.mark.parametrize(
    "metrics",
    [{"out": ["mae", "mse"]}, [["mae", "mse"]], ["mae", ["mse"]], [{"out": "mae"}, "mse"]],
)
def test_nested_metrics_are_those_of_a_list(metrics):
    assert history(nn, loss="mse", metrics=metrics) == history(
        nn, loss="mse", metrics=["mae", "mse"]
    )


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"loss": ["mse", "mae"]},
            r"loss for the one output of the model \('out'\), got 2. Pass loss for it alone",
        ),
        ({"loss": {"ou": "mse"}}, "loss by the name of the output, 'out', got 'ou'"),
        ({"metrics": {"dense": "mae"}}, "metrics by the name of the output, 'out', got 'dense'"),
        ({"loss_weights": [1, 2]}, "loss_weights for the one output"),
        ({"loss_weights": {"x": 2.0}}, "loss_weights by the name of the output"),
    ],
)
def test_choices_for_other_outputs_raise_errors(choices, message):
    with pytest.raises(ValueError, match=message):
        model_of(nn, **{"loss": "mse", **choices})


def test_a_subclass_takes_any_name_for_its_output():
    class Line(nn.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    model = Line()
    model.compile("sgd", loss={"anything": "mse"}, metrics={"anything": ["mae"]})
    assert list(model.fit(X, Y, verbose=0).history) == ["loss", "mae"]


@pytest.mark.parametrize("metrics", ["mae", ["mae"]])
def test_metrics_passed_as_loss_weights_raise_an_error(metrics):
    with pytest.raises(TypeError, match=r"third argument, .* got 'mae'\. Write metrics="):
        nn.Sequential([Dense(1)]).compile("sgd", "mse", metrics)
