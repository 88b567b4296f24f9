"""What a layer is called on: arrays, lists and frames of real numbers; the rest is refused."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import layers
from tests.nn.layers.test_layers_of_keras import LAYERS
from tests.nn.odd_inputs import ROWS, odd_inputs

NUMERIC = {
    "dense": (layers.Dense(1), layers.EinsumDense("ab,bc->ac", 1), layers.Activation("relu")),
    "conv": (layers.Conv1D(1, 1), layers.DepthwiseConv2D(1), layers.SeparableConv1D(1, 1)),
    "pool": (layers.MaxPooling2D(), layers.GlobalAveragePooling1D()),
    "other": tuple(
        layer for make, _ in LAYERS.values() if not (layer := make(layers)).takes_structures
    ),
}


@pytest.mark.parametrize("family", NUMERIC)
def test_inputs_that_are_not_numbers_are_refused(family):
    for layer in NUMERIC[family]:
        for kind, (value, part) in odd_inputs().items():
            if layer.casts_integers or kind not in ("strings", "a large number"):
                with pytest.raises((TypeError, ValueError), match=f"(?s)expect.*({part})"):
                    layer(value)


@pytest.mark.parametrize("kind", odd_inputs())
def test_models_refuse_them_too(kind):
    value, part = odd_inputs()[kind]
    start = nn.Input((2,))
    models = [
        nn.Sequential([start, layers.Dense(1)]), nn.Model(start, layers.Dense(1)(start))
    ]  # fmt: skip
    for model in models[: 1 if kind == "a dictionary" else 2]:
        with pytest.raises((TypeError, ValueError), match=f"(?s)expect.*({part})"):
            model(value)


@pytest.mark.parametrize("container", [list, np.array])
def test_traced_numbers_may_be_in_a_list(container):
    layer = layers.Dense(1, kernel_initializer="ones")
    assert ad.grad(lambda t: layer(container([[t, 2 * t]])).sum())(1.0) == 3
    mse = nn.losses.MeanSquaredError()
    assert ad.grad(lambda t: mse(np.zeros((1, 2)), container([[t, 2 * t]])))(1.0) == 5
    with pytest.raises(TypeError, match=r"got the Tensor.*Pass its number: t\.item\(\)"):
        nn.Sequential([layer]).predict([[ad.tensor(1.0)]])


def test_sparse_rows_are_refused_with_the_cure():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"It is sparse: pass inputs\.toarray\(\)"):
        layers.Dense(1)(sparse.eye_array(3, format="csr"))


def test_missing_entries_become_nan():
    layer = layers.Dense(1, kernel_initializer="ones")
    masked = np.ma.masked_array(np.ones((2, 2)), [[True, False], [False, False]])
    for value in (masked, [[None, 1], [1, 1]], np.array([[None, 1], [1, 1]])):
        np.testing.assert_array_equal(layer(value), [[np.nan], [2]])
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.asmatrix(ROWS)
    assert type(layer(matrix)) is np.ndarray
    assert layers.Flatten()(np.array([["a", None]], object)).dtype == object


def test_the_advice_names_the_list_that_was_passed():
    x = np.ones((2, 3), np.float32)
    with pytest.raises(TypeError, match=r"got a list of 2.*Concatenate\(\)\(inputs\)\.$"):
        layers.Dense(1)([x, x])
