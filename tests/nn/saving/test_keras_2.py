"""Files of Keras 2: of Keras 2.15, and written here as TensorFlow 2.10 wrote them."""

import json
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.saving import load_model

h5py = pytest.importorskip("h5py")

RNG = np.random.default_rng(0)


def initializer(name, **options):
    return {"class_name": name, "config": options}


def layer(kind, name, inbound=None, /, **options):
    """Return the config of a layer as Keras 2 writes it."""
    config = {"name": name, "trainable": True, "dtype": "float32", **options}
    entry = {"class_name": kind, "config": config}
    return entry if inbound is None else entry | {"name": name, "inbound_nodes": inbound}


def dense(name, units, inbound=None, **options):
    return layer(
        "Dense", name, inbound, units=units, use_bias=True,
        activation=options.pop("activation", "linear"),
        kernel_initializer=initializer("GlorotUniform", seed=None),
        bias_initializer=initializer("Zeros"), kernel_constraint=None, bias_constraint=None,
        kernel_regularizer=options.pop("penalty", None), bias_regularizer=None,
        activity_regularizer=None, **options,
    )  # fmt: skip


def start(name, shape, /, **options):
    config = {"batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False,
              "ragged": False, "name": name}  # fmt: skip
    return {"class_name": "InputLayer", "config": config, **options}


def convolution(name, **options):
    return layer(
        "Conv2D", name, filters=2, kernel_size=[3, 3], strides=[1, 1], padding="same",
        data_format="channels_last", dilation_rate=[1, 1], groups=1, activation="relu",
        use_bias=True, kernel_initializer=initializer("GlorotUniform", seed=None),
        bias_initializer=initializer("Zeros"), kernel_regularizer=None, bias_regularizer=None,
        activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **options,
    )  # fmt: skip


def normalization(name):
    return layer(
        "BatchNormalization", name, axis=[3], momentum=0.99, epsilon=0.001, center=True,
        scale=True, beta_initializer=initializer("Zeros"), gamma_initializer=initializer("Ones"),
        moving_mean_initializer=initializer("Zeros"), beta_regularizer=None,
        moving_variance_initializer=initializer("Ones"), gamma_regularizer=None,
        beta_constraint=None, gamma_constraint=None,
    )  # fmt: skip


def recurrent(kind, name, units, **options):
    return layer(
        kind, name, return_sequences=options.pop("return_sequences", False), return_state=False,
        go_backwards=False, stateful=False, unroll=False, time_major=False, units=units,
        activation="tanh", recurrent_activation="sigmoid", use_bias=True,
        kernel_initializer=initializer("GlorotUniform", seed=None),
        recurrent_initializer=initializer("Orthogonal", gain=1.0, seed=None),
        bias_initializer=initializer("Zeros"), kernel_regularizer=None,
        recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
        kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
        recurrent_dropout=0.0, implementation=2, **options,
    )  # fmt: skip


def write(path, config, weights, training=None, states=None):
    """Write a whole model.

    Args:
        path: the file.
        config: the class and the config of the model.
        weights: the names and the arrays of each layer, by its name.
        training: the arguments of ``compile``.
        states: the arrays of the optimizer, by their names.
    """
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = "2.10.0", "tensorflow"
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        group.attrs["backend"], group.attrs["keras_version"] = b"tensorflow", b"2.10.0"
        for name, arrays in weights.items():
            write_arrays(group.create_group(name), arrays)
        if training:
            file.attrs["training_config"] = json.dumps(training)
            write_arrays(file.create_group("optimizer_weights"), states or {})
    return path


def write_arrays(group, arrays):
    group.attrs["weight_names"] = [name.encode() for name in arrays]
    for name, value in arrays.items():
        group[name] = value


def drawn(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def sequential(*layers):
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": [*layers]}}


@pytest.mark.slow
def test_dense_layers_with_their_compile(tmp_path):
    kernel, bias = drawn(3, 2), drawn(2)
    training = {
        "loss": "binary_crossentropy",
        "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
            "name": "accuracy", "dtype": "float32", "fn": "binary_accuracy"}}]],
        "weighted_metrics": None, "loss_weights": None,
        "optimizer_config": {"class_name": "Adam", "config": {
            "name": "Adam", "learning_rate": 0.002, "decay": 0.0, "beta_1": 0.9, "beta_2": 0.999,
            "epsilon": 1e-07, "amsgrad": False}},
    }  # fmt: skip
    penalty = {"class_name": "L2", "config": {"l2": 0.25}}
    config = sequential(
        start("dense_input", [3]),
        dense("dense", 2, activation="sigmoid", penalty=penalty, batch_input_shape=[None, 3]),
        layer("Dropout", "dropout", rate=0.5, noise_shape=None, seed=None),
    )
    weights = {"dense": {"dense/kernel:0": kernel, "dense/bias:0": bias}, "dropout": {}}
    state = {"Adam/iter:0": np.int64(3), "Adam/dense/kernel/m:0": drawn(3, 2)}
    path = write(tmp_path / "model.h5", config, weights, training, state)
    with pytest.warns(UserWarning, match="the optimizer starts over"):
        model = load_model(path)
    x = drawn(4, 3)
    expected = 1 / (1 + np.exp(-(x @ kernel + bias)))
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)
    assert model.optimizer.learning_rate == 0.002
    assert model.metrics_names == ["loss", "binary_accuracy"]
    np.testing.assert_allclose(model.losses[0], 0.25 * np.sum(kernel**2), rtol=1e-5)
    model.fit(x, np.eye(2)[[0, 1, 0, 1]], verbose=0)


def test_the_rate_decays_as_it_did(tmp_path):
    training = {
        "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "m"}},
        "metrics": None, "weighted_metrics": None, "loss_weights": None,
        "optimizer_config": {"class_name": "SGD", "config": {
            "name": "SGD", "learning_rate": 0.1, "decay": 0.5, "momentum": 0.0,
            "nesterov": False}},
    }  # fmt: skip
    config = sequential(start("i", [3]), dense("dense", 1))
    weights = {"dense": {"dense/kernel:0": drawn(3, 1), "dense/bias:0": drawn(1)}}
    model = load_model(write(tmp_path / "model.h5", config, weights, training))
    model.optimizer.iterations = 2
    assert model.optimizer.learning_rate == pytest.approx(0.1 / (1 + 0.5 * 2))


@pytest.mark.slow
def test_a_convolutional_network(tmp_path):
    arrays = {
        "conv2d/kernel:0": drawn(3, 3, 1, 2), "conv2d/bias:0": drawn(2),
    }  # fmt: skip
    scales = {
        f"bn/{name}:0": abs(drawn(2)) for name in ("gamma", "beta", "moving_mean", "moving_var")
    }
    config = sequential(
        convolution("conv2d", batch_input_shape=[None, 4, 4, 1]),
        normalization("bn"),
        layer("MaxPooling2D", "pool", pool_size=[2, 2], padding="valid", strides=[2, 2],
              data_format="channels_last"),
        layer("LeakyReLU", "leaky", alpha=0.5),
        layer("Flatten", "flatten", data_format="channels_last"),
        dense("dense", 2),
    )  # fmt: skip
    last = {"dense/kernel:0": drawn(8, 2), "dense/bias:0": drawn(2)}
    weights = {"conv2d": arrays, "bn": scales, "pool": {}, "leaky": {}, "flatten": {}}
    model = load_model(write(tmp_path / "model.h5", config, weights | {"dense": last}))
    made = nn.Sequential(
        [
            nn.Input((4, 4, 1)),
            nn.layers.Conv2D(2, 3, padding="same", activation="relu"),
            nn.layers.BatchNormalization(),
            nn.layers.MaxPooling2D(),
            nn.layers.LeakyReLU(negative_slope=0.5),
            nn.layers.Flatten(),
            nn.layers.Dense(2),
        ]
    )
    made.set_weights([*arrays.values(), *scales.values(), *last.values()])
    x = drawn(3, 4, 4, 1)
    np.testing.assert_array_equal(model.predict(x, verbose=0), made.predict(x, verbose=0))


@pytest.mark.slow
def test_words_and_recurrent_layers(tmp_path):
    inner = recurrent("LSTM", "lstm", 2, return_sequences=True, unit_forget_bias=True)
    config = sequential(
        layer("Embedding", "embedding", batch_input_shape=[None, 5], input_dim=7, output_dim=3,
              embeddings_initializer=initializer("RandomUniform", minval=-0.05, maxval=0.05,
                                                 seed=None),
              embeddings_regularizer=None, activity_regularizer=None, embeddings_constraint=None,
              mask_zero=True, input_length=5),
        layer("Bidirectional", "both", layer=inner, merge_mode="concat"),
        recurrent("GRU", "gru", 2, reset_after=True),
    )  # fmt: skip
    shapes = {
        "embedding": [(7, 3)], "gru": [(4, 6), (2, 6), (2, 6)],
        "both": [(3, 8), (2, 8), (8,), (3, 8), (2, 8), (8,)],
    }  # fmt: skip
    weights = {
        name: {f"{name}/{i}:0": drawn(*shape) for i, shape in enumerate(shapes[name])}
        for name in ("embedding", "both", "gru")
    }
    model = load_model(write(tmp_path / "model.h5", config, weights))
    made = nn.Sequential(
        [
            nn.Input((5,)),
            nn.layers.Embedding(7, 3, mask_zero=True),
            nn.layers.Bidirectional(nn.layers.LSTM(2, return_sequences=True)),
            nn.layers.GRU(2),
        ]
    )
    made.set_weights([array for arrays in weights.values() for array in arrays.values()])
    x = np.array([[1, 2, 6, 0, 0], [3, 3, 3, 3, 0]])
    np.testing.assert_array_equal(model.predict(x, verbose=0), made.predict(x, verbose=0))


def test_a_functional_model(tmp_path):
    """A shared layer, a nested model, and two inputs."""
    nested = sequential(start("ni", [2]), dense("n", 2))["config"]
    config = {
        "class_name": "Functional",
        "config": {
            "name": "model", "trainable": True,
            "layers": [
                start("a", [3], name="a", inbound_nodes=[]),
                start("b", [3], name="b", inbound_nodes=[]),
                dense("shared", 2, [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]),
                layer("Concatenate", "both", [[["shared", 0, 0, {}], ["shared", 1, 0, {}]]],
                      axis=-1),
                dense("middle", 2, [[["both", 0, 0, {}]]]),
                {"class_name": "Sequential", "config": nested | {"name": "inner"}, "name": "inner",
                 "inbound_nodes": [[["middle", 0, 0, {}]]]},
                layer("Add", "add", [[["inner", 1, 0, {}], ["middle", 0, 0, {}]]]),
            ],
            "input_layers": [["a", 0, 0], ["b", 0, 0]],
            "output_layers": [["add", 0, 0]],
        },
    }  # fmt: skip
    shapes = {"shared": (3, 2), "middle": (4, 2), "inner": (2, 2)}
    weights = {
        name: {f"{name}/kernel:0": drawn(*shape), f"{name}/bias:0": drawn(2)}
        for name, shape in shapes.items()
    }
    model = load_model(write(tmp_path / "model.h5", config, weights))
    a, b = drawn(4, 3), drawn(4, 3)
    (k, c), (m, d), (n, e) = (list(arrays.values()) for arrays in weights.values())
    middle = np.concatenate([a @ k + c, b @ k + c], axis=1) @ m + d
    expected = middle @ n + e + middle
    np.testing.assert_allclose(model.predict([a, b], verbose=0), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["weights.h5", "model.weights.h5"])
def test_weights_alone(name, tmp_path):
    """Up to TensorFlow 2.11, Keras wrote both names alike."""
    path, arrays = tmp_path / name, {"dense/kernel:0": drawn(3, 2), "dense/bias:0": drawn(2)}
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        write_arrays(file.create_group("dense"), arrays)
    model = nn.Sequential([nn.layers.Dense(2, input_shape=(3,))])
    model.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), arrays.values()))


WRITTEN = Path(__file__).parent / "keras_2"  # by write.py there, with Keras 2.15


def written(name):
    """Return the inputs, the targets, the predictions, and the weights after another epoch."""
    data: dict[str, list] = {}
    with np.load(WRITTEN / f"{name}.npz") as arrays:
        for key in sorted(arrays):
            data.setdefault(key[:-3], []).append(arrays[key])
    x, y = (part if len(part) > 1 else part[0] for part in (data["x"], data["y"]))
    return x, y, data


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    ["images.h5", "words.h5", "sequences.h5", "functional.h5", "words.keras", "functional.keras"],
)
def test_a_training_of_keras_2_continues(file):
    x, y, data = written(file.partition(".")[0])
    model = load_model(WRITTEN / file)
    found = model.predict(x, verbose=0)
    found = found if isinstance(found, list) else [found]
    for mine, other in zip(found, data["predictions"], strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    for mine, other in zip(model.get_weights(), data["weights"], strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["words", "functional"])
def test_weights_of_keras_2(name):
    x, _, data = written(name)
    model = nn.models.clone_model(load_model(WRITTEN / f"{name}.h5"))
    model.load_weights(WRITTEN / f"{name}.weights.h5")
    found = model.predict(x, verbose=0)
    found = found if isinstance(found, list) else [found]
    for mine, other in zip(found, data["predictions"], strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
