"""What a layer is called on: arrays, lists and frames of real numbers; the rest is refused."""

import datetime as dt

import numpy as np
import pytest

import nn
from nn import layers
from tests.nn.layers.test_layers_of_keras import LAYERS

ROWS = np.ones((2, 3))


def bad_inputs():
    """Return inputs that no layer of numbers takes, with a part of the message."""
    return {
        "a dictionary": ({"a": ROWS}, "dict"),
        "nothing": (None, "None"),
        "a name": ("abc", "'abc'"),
        "a generator": ((row for row in ROWS), "generator"),
        "a set": ({1, 2}, "set"),
        "rows of several lengths": ([[1, 2], [3]], "lengths"),
        "strings": (np.array([["a"] * 3]), "string"),
        "complex numbers": (ROWS * 1j, "imaginary part"),
        "a list of complex numbers": ([[1j]], "imaginary part"),
        "dates": (np.array([["2020-01-01"] * 3], "M8[D]"), "times to numbers"),
        "a list of dates": ([[dt.date(2020, 1, 1)]], "times to numbers"),
        "durations": (np.ones((2, 3), "m8[s]"), "times to numbers"),
        "a large number": (np.array([[10**400] * 3], object), "401 digits"),
    }


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
        for kind, (value, part) in bad_inputs().items():
            if layer.casts_integers or kind not in ("strings", "a large number"):
                with pytest.raises((TypeError, ValueError), match=f"(?s)expect.*{part}"):
                    layer(value)


@pytest.mark.parametrize("kind", bad_inputs())
def test_models_refuse_them_too(kind):
    value, part = bad_inputs()[kind]
    start = nn.Input((3,))
    models = [
        nn.Sequential([start, layers.Dense(1)]), nn.Model(start, layers.Dense(1)(start))
    ]  # fmt: skip
    for model in models[: 1 if kind == "a dictionary" else 2]:
        with pytest.raises((TypeError, ValueError), match=f"(?s)expect.*{part}"):
            model(value)


def test_sparse_rows_are_refused_with_the_cure():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"It is sparse: pass inputs\.toarray\(\)"):
        layers.Dense(1)(sparse.eye_array(3, format="csr"))


def test_missing_entries_become_nan():
    layer = layers.Dense(1, kernel_initializer="ones")
    masked = np.ma.masked_array(ROWS, [[True, False, False], [False] * 3])
    for value in (masked, [[None, 1, 1], [1, 1, 1]], np.array([[None, 1, 1], [1, 1, 1]])):
        np.testing.assert_array_equal(layer(value), [[np.nan], [3]])
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.asmatrix(ROWS)
    assert type(layer(matrix)) is np.ndarray
    assert layers.Flatten()(np.array([["a", None]], object)).dtype == object
