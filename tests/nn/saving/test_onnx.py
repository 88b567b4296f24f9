"""Models in ONNX files: ONNX Runtime gives the same predictions, for any number of rows."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from tests.laws.table import examples
from tests.nn.configs.layers import MORE_LAYERS, inputs_for, rows_for

from .kinds import KINDS, data, predict, train

HASHES = ("Hashing",)  # ONNX has none of strings, nor of numbers as strings
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells")  # not called by themselves
NAMES = sorted(MORE_LAYERS.keys() - {*HASHES, *CELLS})


def run(onnxruntime, path, inputs):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]
    inputs = [array.astype(object) if array.dtype.kind == "U" else array for array in inputs]
    return session.run(None, dict(zip(names, inputs, strict=True)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_model(onnxruntime, kind, tmp_path):
    model, path = kind(nn), tmp_path / "model.onnx"
    model.compile("sgd", "mse")
    train(model, kind)
    model.export(path)
    inputs = data(kind)[0]
    found = run(onnxruntime, path, inputs if isinstance(inputs, list) else [inputs])
    for mine, theirs in zip(predict(model, kind), found, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_each_layer(onnxruntime, name, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"

    @examples(2)
    @given(st.fixed_dictionaries(MORE_LAYERS[name]))
    def check(arguments):
        rows = np.random.default_rng(0).normal(size=(5, *rows_for(name))).astype(np.float32)
        inputs = inputs_for(name, rows)
        inputs = inputs if isinstance(inputs, list) else [inputs]
        model = functional(name, arguments, inputs)
        with np.errstate(invalid="ignore"):  # a variance may be drawn below 0
            model.export(path)
            expected = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        expected = expected if isinstance(expected, list) else [expected]
        for mine, theirs in zip(expected, run(onnxruntime, path, inputs), strict=True):
            assert mine.shape == theirs.shape
            np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)

    check()


def functional(name, arguments, inputs):
    """Return a model with one layer."""
    layer = getattr(nn.layers, name)(**arguments)
    starts = [
        nn.Input(x.shape[1:], dtype="string" if x.dtype.kind == "U" else x.dtype.name)
        for x in inputs
    ]
    if name in ("MultiHeadAttention", "GroupQueryAttention"):
        return nn.Model(starts[0], layer(starts[0], starts[0]))
    if "Attention" in name:
        return nn.Model(starts[0], layer([starts[0], starts[0]]))
    given = starts if len(starts) > 1 else starts[0]
    return nn.Model(given, layer(given))


OTHERS = {
    "ReLU": {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2},
    "ELU": {"alpha": 0.5},
    "LeakyReLU": {},
    "Softmax": {"axis": (1, 2)},
    "Flatten": {},
    "Dropout": {"rate": 0.5},
    "Dense": {"units": 3, "activation": "gelu"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_everyday_layers(onnxruntime, name, tmp_path):
    model = nn.Sequential([nn.Input((2, 3)), getattr(nn.layers, name)(**OTHERS[name])])
    model.export(tmp_path / "model.onnx")
    x = np.linspace(-2, 2, 30, dtype=np.float32).reshape(5, 2, 3)
    [found] = run(onnxruntime, tmp_path / "model.onnx", [x])
    np.testing.assert_allclose(model.predict(x, verbose=0), found, rtol=1e-4, atol=1e-5)


ACTIVATIONS = sorted(set(nn.activations.ACTIVATIONS) - {"threshold"})  # it needs arguments


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation(onnxruntime, name, tmp_path):
    model = nn.Sequential([nn.Input((6,)), nn.layers.Activation(name)])
    model.export(tmp_path / "model.onnx")
    x = np.linspace(-4, 4, 30, dtype=np.float32).reshape(5, 6)
    [found] = run(onnxruntime, tmp_path / "model.onnx", [x])
    np.testing.assert_allclose(model.predict(x, verbose=0), found, rtol=1e-4, atol=1e-5)


NUMBERS, TEXTS = np.array([[1, 3, 0], [7, -5, 100]]), np.array([["a", "", "zz"], ["é", "a", "c"]])
MODES = ("int", "one_hot", "multi_hot", "count")


@pytest.mark.parametrize(
    "layer",
    [
        *(nn.layers.IntegerLookup(vocabulary=[1, 3], output_mode=mode) for mode in MODES),
        *(nn.layers.IntegerLookup(vocabulary=[1, 3], output_mode=mode, num_oov_indices=3,
                                  mask_token=0) for mode in MODES),
        *(nn.layers.StringLookup(vocabulary=["é", "a"], output_mode=mode, mask_token="")
          for mode in MODES),
        nn.layers.StringLookup(vocabulary=["a"], output_mode="tf_idf", idf_weights=[0.5]),
        nn.layers.StringLookup(vocabulary=["é", "a", "c", "zz", ""], num_oov_indices=0),
        nn.layers.StringLookup(vocabulary=["a", "é"], invert=True),
        nn.layers.IntegerLookup(vocabulary=[5, 9], invert=True),
        nn.layers.HashedCrossing(7),
    ],
    ids=lambda layer: f"{type(layer).__name__}-{layer.output_mode}",
)  # fmt: skip
def test_tables(onnxruntime, layer, tmp_path):
    path = tmp_path / "model.onnx"
    x = TEXTS if getattr(layer, "key_dtype", None) == "U" and not layer.invert else NUMBERS
    inputs = [x[:, :1], x[:, 1:2]] if isinstance(layer, nn.layers.HashedCrossing) else [x]
    starts = [nn.Input(a.shape[1:], dtype="string" if x is TEXTS else "int64") for a in inputs]
    model = nn.Model(starts, layer(starts if len(starts) > 1 else starts[0]))
    model.export(path)
    [found] = run(onnxruntime, path, inputs)
    expected = model.predict(inputs, verbose=0)
    assert found.tolist() == expected.tolist()
    assert found.dtype in (expected.dtype, object)


def test_a_token_that_raises_an_error_is_minus_one(onnxruntime, tmp_path):
    layer = nn.layers.IntegerLookup(vocabulary=[1, 3], num_oov_indices=0)
    nn.Sequential([nn.Input((3,), dtype="int64"), layer]).export(tmp_path / "model.onnx")
    [found] = run(onnxruntime, tmp_path / "model.onnx", [NUMBERS])
    assert found.tolist() == [[0, 1, -1], [-1, -1, -1]]


@pytest.mark.usefixtures("onnxruntime")
@pytest.mark.parametrize(
    ("layer", "dtype", "message"),
    [
        (nn.layers.Hashing(3), "int64", "<Hashing .*a hash. Use the places that StringLookup"),
        (nn.layers.StringLookup(vocabulary=["a"], num_oov_indices=2), "string", "_indices=1"),
        (nn.layers.HashedCrossing(3), "string", "columns of whole numbers, got strings"),
    ],
    ids=lambda item: type(item).__name__,
)  # fmt: skip
def test_hashes_are_refused_by_name(layer, dtype, message, tmp_path):
    starts = [nn.Input((1,), dtype=dtype) for _ in range(2)]
    crosses = isinstance(layer, nn.layers.HashedCrossing)
    model = nn.Model(starts if crosses else starts[0], layer(starts if crosses else starts[0]))
    with pytest.raises(NotImplementedError, match=message):
        model.export(tmp_path / "model.onnx")


def test_each_public_layer_is_among_these():
    """A new layer is either run by ONNX Runtime here, or refused by name."""
    aliases = {"Layer", "InputLayer", "Wrapper", "Activation"}  # in other models of this file
    names = {
        layer.__name__
        for layer in vars(nn.layers).values()
        if isinstance(layer, type) and issubclass(layer, nn.Layer)
    }
    assert names - aliases == {*NAMES, *HASHES, *CELLS, *OTHERS}


def test_inputs_and_outputs_have_names(onnxruntime, tmp_path):
    a, b = nn.Input((2,), name="a"), nn.Input((3,), name="b")
    first, second = nn.layers.Dense(1, name="first")(a), nn.layers.Dense(2, name="second")(b)
    nn.Model([a, b], [first, second]).export(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    assert [entry.name for entry in session.get_inputs()] == ["a", "b"]
    assert [entry.name for entry in session.get_outputs()] == ["first", "second"]
    assert [entry.shape for entry in session.get_outputs()] == [["rows", 1], ["rows", 2]]


@pytest.mark.usefixtures("onnxruntime")
def test_a_model_is_as_it_was_after_its_export(tmp_path):
    layer = nn.layers.Dense(1, activity_regularizer="l2", input_shape=(2,))
    model = nn.Sequential([layer, nn.layers.BatchNormalization()])
    before = model.get_weights()
    model.export(tmp_path / "model.onnx")
    assert model.losses == []
    assert all(map(np.array_equal, before, model.get_weights()))


def test_layers_may_have_the_names_of_operators(onnxruntime, tmp_path):
    x = nn.Input((4,), name="matmul_1")
    names = ("add_2", "reshape_3", "reshape_4")
    hidden = nn.layers.Dense(4, name=names[0])(x)
    outputs = [nn.layers.Reshape((2, 2), name=name)(hidden) for name in names[1:]]
    model, path = nn.Model(x, outputs), tmp_path / "model.onnx"
    model.export(path)
    rows = np.ones((3, 4), np.float32)
    found = run(onnxruntime, path, [rows])
    for mine, theirs in zip(model.predict(rows, verbose=0), found, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


@pytest.mark.usefixtures("onnxruntime")
def test_what_cannot_be_exported(tmp_path):
    path = tmp_path / "model.onnx"
    with pytest.raises(ValueError, match="known lengths of all axes"):
        nn.Sequential([nn.Input((None, 3)), nn.layers.LSTM(2)]).export(path)
    with pytest.raises(ValueError, match="the format 'onnx', got 'tf_saved_model'"):
        nn.Sequential([nn.layers.Dense(1, input_shape=(2,))]).export(path, "tf_saved_model")
    assert not path.exists()


def test_the_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'slopes\[onnx\]'"):
        nn.Sequential([nn.layers.Dense(1, input_shape=(2,))]).export(tmp_path / "model.onnx")
