"""draw, explain and train_source of every kind of layer, of several inputs, and of texts."""

import json
import re
import warnings

import numpy as np
import pytest

import nn
from nn import layers
from nn.pictures.images import images_of

RANDOM = np.random.default_rng(0)
IMAGE, STEPS, TABLE = (6, 6, 2), (4, 3), (4,)
KINDS = {
    "convolution": (lambda: layers.Conv2D(2, 3, activation="relu"), IMAGE),
    "transposed": (lambda: layers.Conv2DTranspose(2, 3), IMAGE),
    "sequence": (lambda: layers.Conv1D(2, 3, padding="causal"), STEPS),
    "pooling": (lambda: layers.MaxPooling2D(2), IMAGE),
    "upsampling": (lambda: layers.UpSampling2D(2), IMAGE),
    "simple recurrent": (lambda: layers.SimpleRNN(2), STEPS),
    "lstm": (lambda: layers.LSTM(2, return_sequences=True), STEPS),
    "gru": (lambda: layers.GRU(2, go_backwards=True), STEPS),
    "both ways": (lambda: layers.Bidirectional(layers.GRU(2)), STEPS),
    "each step": (lambda: layers.TimeDistributed(layers.Dense(2)), STEPS),
    "batch": (lambda: layers.BatchNormalization(), TABLE),
    "layer": (lambda: layers.LayerNormalization(), STEPS),
    "group": (lambda: layers.GroupNormalization(2), IMAGE),
    "noise": (lambda: layers.GaussianNoise(0.1), TABLE),
    "normalization": (lambda: layers.Normalization(mean=1.0, variance=2.0), TABLE),
    "bins": (lambda: layers.Discretization([0.0], output_mode="one_hot"), TABLE),
    "attention": (lambda: Own(layers.MultiHeadAttention(2, 2)), STEPS),
    "merging": (lambda: Own(joining(layers.Add())), TABLE),
    "nested": (
        lambda: nn.Sequential([nn.Input(TABLE), layers.Dense(3, "relu"), layers.Dense(2)]),
        TABLE,
    ),
}


def joining(layer):
    return lambda a, b: layer([a, b])


class Own(layers.Layer):
    """Call a layer of two inputs on one."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, inputs):
        return self.function(inputs, inputs)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_layer_is_shown(kind, tmp_path):
    make, shape = KINDS[kind]
    layer = make()
    model = nn.Sequential([nn.Input(shape), layer, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = RANDOM.normal(size=(2, *shape)).astype("f"), np.ones((2, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawing = model.draw(x[0], y[0])
        drawing.save(tmp_path / "page.html")
        explained = str(model.explain(x[0], y[0], depth=1))
        model.fit(x, y, verbose=0)
        source = model.train_source()
    assert "loss = " in drawing.dot
    assert "loss" in (tmp_path / "page.html").read_text("utf-8")
    assert "Forward" in explained
    if not isinstance(layer, layers.GaussianNoise):  # which does nothing in prediction
        assert type(layer).__name__ in drawing.dot
    assert f"# {layer.name}" in source or isinstance(layer, Own | nn.Model | layers.Wrapper)


def test_labels_have_sizes():
    model = nn.Sequential(
        [nn.Input(IMAGE), layers.Conv2D(2, (3, 2), activation="relu"), layers.MaxPooling2D(2),
         layers.Flatten(), layers.Dense(3)]
    )  # fmt: skip
    dot = model.draw().dot
    for label in ("Conv2D 2 3×2 relu", "MaxPooling2D 2×2", "Dense 3"):
        assert f"<B>{label}  </B>" in dot


def recurrent_model(layer):
    return nn.Sequential([nn.Input((3, 2)), layer, layers.Dense(1)])


@pytest.mark.parametrize(
    "layer",
    [
        layers.SimpleRNN(2), layers.LSTM(2), layers.GRU(2), layers.RNN(layers.LSTMCell(2)),
        layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(2)]),
    ],
)  # fmt: skip
def test_a_recurrent_layer_is_one_box_that_unrolls_on_request(layer):
    model, x = recurrent_model(layer), RANDOM.random((3, 2))
    closed, opened = model.draw(x).dot, model.draw(x, unroll=True).dot
    assert "step 1" not in closed
    assert "Cell" not in closed
    assert closed.count(f"<B>{type(layer).__name__} ") == 1
    for step in (1, 2, 3):
        assert f"step {step}" in opened
    assert "step 4" not in opened
    assert "step 1" not in model.draw(x).dot  # again


@pytest.mark.slow
def test_unrolled_values_are_those_of_the_recorded_layer():
    model, x = recurrent_model(layers.LSTM(2)), RANDOM.random((1, 3, 2)).astype("f")
    title = model.draw(x, unroll=True).dot
    assert f"{model.predict(x, verbose=0).item():.4g}".replace("-", "−").rstrip("0") in title


def two_inputs():
    a, b = nn.Input((2,), name="a"), nn.Input((3,), name="b")
    model = nn.Model([a, b], layers.Dense(1, name="d")(np.concatenate([a, b], axis=1)))
    model.compile("sgd", "mse")
    return model


ROWS = [np.ones(2), np.full(3, 2.0)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "x", [ROWS, {"a": ROWS[0], "b": ROWS[1]}, [ROWS[0].tolist(), ROWS[1].tolist()]]
)
def test_several_inputs_are_drawn_and_explained(x):
    model = two_inputs()
    dot = model.draw(x, [1.0]).dot
    assert "d/kernel" in dot
    assert str(model.explain(x, [1.0])).startswith("Forward")
    batch = [part[np.newaxis] for part in ROWS]
    assert model.draw(batch, [[1.0]]).dot.count("d/kernel") == dot.count("d/kernel")
    assert str(model.explain(batch, [[1.0]])) == str(model.explain(x, [1.0]))
    several = [np.repeat(part, 2, axis=0) for part in batch]
    with pytest.raises(ValueError, match=r"one row, of shape \[\(2,\), \(3,\)\], got shape"):
        model.explain(several, [[1.0]])


@pytest.mark.slow
def test_inputs_of_other_ranks_by_name_in_any_order():
    a, b = nn.Input((2,), name="a"), nn.Input((3, 4), name="b")
    model = nn.Model({"b": b, "a": a}, layers.Dense(1)(np.concatenate([a, b[:, :, 0]], axis=1)))
    rows = {"b": np.ones((3, 4)), "a": np.ones(2)}
    batch = {key: part[np.newaxis] for key, part in rows.items()}
    assert model.draw(rows).dot == model.draw(batch).dot
    listed = nn.Model([b, a], model.output)
    for x in (rows, dict(reversed(rows.items())), [rows["b"], rows["a"]]):
        assert listed.draw(x).dot.count("label") == listed.draw(batch).dot.count("label")


def test_rows_of_ones_by_default():
    assert "x[1]" in two_inputs().draw().dot
    sequence = nn.Sequential([nn.Input((None, 2)), layers.GRU(1)])
    with pytest.raises(ValueError, match=r"known input shape.*\(None, None, 2\)"):
        sequence.draw()


@pytest.mark.parametrize("x", [[np.ones(2)], {"a": ROWS[0], "c": ROWS[1]}, 3.0])
def test_other_inputs_are_refused(x):
    with pytest.raises(ValueError, match="one value for each input, a, b"):
        two_inputs().draw(x)


@pytest.mark.slow
def test_texts_are_drawn_without_slopes():
    model = nn.Sequential(
        [
            nn.Input((1,), dtype="string"),
            layers.StringLookup(vocabulary=["a"]),
            layers.Embedding(2, 2, name="e"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    for x in (["a"], [["a"]], np.array(["a"], object)):
        assert "e/embeddings" in model.draw(x, [1.0] if np.ndim(x) == 1 else [[1.0]]).dot
    assert "e/embeddings" in str(model.explain(["a"], [1.0]))


@pytest.mark.parametrize("as_list", [False, True])
def test_numbers_beside_texts_are_drawn_with_slopes(as_list):
    word, size = nn.Input((1,), dtype="string", name="word"), nn.Input((2,), name="size")
    scaled = layers.Normalization(name="scaled")
    scaled.adapt([[1.0, 2.0], [3.0, 5.0]])
    found = layers.StringLookup(vocabulary=["a"], output_mode="one_hot")(word)
    parts = np.concatenate([found, scaled(size)], axis=1)
    inputs = [word, size] if as_list else {"word": word, "size": size}
    model = nn.Model(inputs, layers.Dense(1)(parts))
    x = [["a"], [1.0, 2.0]] if as_list else {"word": ["a"], "size": [1.0, 2.0]}
    dot = model.draw(x).dot
    assert ("x[1]" if as_list else "x['size']") in dot.replace("&#x27;", "'")
    assert "scaled/variance" in dot
    assert "weights[" not in dot  # the count that Normalization keeps for files alone


def test_several_outputs_are_drawn():
    x = nn.Input((2,))
    model = nn.Model(x, [layers.Dense(1, name="p")(x), layers.Dense(2, name="q")(x)])
    model.compile("sgd", ["mse", "mse"])
    dot = model.draw([1.0, 2.0], [[1.0], [1.0, 2.0]]).dot
    assert "p/kernel" in dot
    assert "q/kernel" in dot


@pytest.mark.slow
def test_a_convolutional_lstm_is_one_box_with_images():
    layer = layers.ConvLSTM2D(2, 3, name="moving")
    model = nn.Sequential([nn.Input((3, 4, 4, 1)), layer, layers.Flatten(), layers.Dense(1)])
    x = RANDOM.random((3, 4, 4, 1))
    closed, opened = model.draw(x).dot, model.draw(x, unroll=True).dot
    assert "<B>ConvLSTM2D 2 3×3 tanh  </B>" in closed
    assert {"moving", "moving/conv_lstm_cell/kernel"} <= images_of(model).keys()
    assert "step 1" not in closed
    assert "step 3" in opened


def test_the_filters_and_maps_of_a_transposed_convolution_are_images():
    layer = layers.Conv2DTranspose(2, 3, strides=2, activation="relu")
    model = nn.Sequential([nn.Input((3, 3, 1)), layer, layers.Flatten(), layers.Dense(1)])
    dot = model.draw(RANDOM.random((3, 3, 1))).dot
    assert "<B>Conv2DTranspose 2 3×3 relu  </B>" in dot
    assert {"x", layer.name, f"{layer.name}/kernel"} <= images_of(model).keys()
    assert dot.count("pixels of values") == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["MultiHeadAttention", "GroupQueryAttention"])
def test_attention_is_one_box_that_opens_on_request(kind):
    x = nn.Input((4, 3))
    attended = getattr(layers, kind)(2, 2, 1, name="heads")(x, x)
    model = nn.Model(x, layers.Dense(1)(layers.Flatten()(attended)))
    closed = model.draw().dot
    assert closed.count(f"<B>{kind}  </B>") == 1
    assert "softmax" not in closed
    dot = model.draw(RANDOM.random((4, 3)), depth=2).dot
    assert dot.count("<B>Projection  </B>") == 4
    for part in ("query", "key", "value", "attention_output"):
        assert f"heads/{part}" in dot
    assert "softmax" in dot
    query, value = nn.Input((2, 3)), nn.Input((4, 3))
    model = nn.Model([query, value], layers.Flatten()(layers.Attention()([query, value])))
    dot = model.draw([RANDOM.random((2, 3)), RANDOM.random((4, 3))]).dot
    assert "<B>Attention  </B>" in dot
    assert "softmax" not in dot  # one box


@pytest.mark.slow
def test_both_directions_are_in_the_picture():
    model = recurrent_model(layers.Bidirectional(layers.LSTM(2, name="l"), name="both"))
    dot = model.draw(RANDOM.random((3, 2))).dot
    for text in ("both: Bidirectional", "forward_l", "backward_l", "concatenate", "LSTM 2 tanh"):
        assert text in dot


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "shape", "weight"),
    [
        (layers.ConvLSTM1D(1, 2, name="a"), (2, 3, 1), "a/conv_lstm_cell/kernel"),
        (layers.Conv1DTranspose(1, 2, name="a"), (3, 1), "a/kernel"),
        (layers.Conv2DTranspose(1, 2, name="a"), (2, 2, 1), "a/kernel"),
        (layers.Bidirectional(layers.GRU(1, name="a")), (2, 1), "backward_a/gru_cell/kernel"),
        (layers.RNN([layers.GRUCell(1, name="a")]), (2, 1), "a/kernel"),
    ],
)
def test_explanations_derive_the_slope_of_the_weights(layer, shape, weight):
    model = nn.Sequential([nn.Input(shape), layer, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = RANDOM.random(shape).astype("f")
    explanation = model.explain(x, 1.0, of=weight)
    assert f"∂loss/∂({weight})" in str(explanation)
    _, slopes = model.loss_and_gradients(
        lambda: nn.losses.MeanSquaredError()([[1.0]], model(x[None]))
    )
    place = [w.path for w in model.trainable_weights].index(weight)
    np.testing.assert_allclose(explanation.slopes[weight], slopes[place], rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_explanations_derive_attention():
    x = nn.Input((2, 1))
    attended = layers.MultiHeadAttention(1, 1, use_bias=False, name="heads")(x, x)
    model = nn.Model(x, layers.Dense(1)(layers.Flatten()(attended)))
    model.compile("sgd", "mse")
    text = str(model.explain(RANDOM.random((2, 1)), 1.0, of="heads/query/kernel"))
    assert "∂loss/∂(heads/query/kernel)" in text
    assert "softmax" in text


def test_derivations_and_pages_name_where_the_user_created_layers():
    model = nn.Sequential([
        nn.layers.Dense(2, "relu", input_shape=(2,)),
        nn.layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    printed = str(model.explain([1.0, 2.0], [1.0]))
    assert 'nn.layers.Dense(2, "relu", input_shape=(2,)),' in printed
    assert 'model.compile("sgd", "mse")' in printed
    assert "core.py" not in printed


@pytest.mark.slow
def test_a_page_leaves_layers_closed_and_shows_the_users_code(tmp_path):
    model = nn.Sequential([nn.layers.Dense(2, "relu", input_shape=(2,), name="hidden")])
    for depth, is_open in ((None, False), (2, True)):
        path = model.draw([1.0, 2.0], depth=depth).save(tmp_path / "page.html")
        content = json.loads(re.findall(r'id="content">(.*?)</script>', path.read_text())[0])
        names = [box["name"] for box in content["boxes"]]
        assert any("Dense 2 relu" in name for name in names) != is_open
        assert not content["refusal"]
        (piece,) = content["sources"]
        assert any("model = nn.Sequential" in line for line in piece["lines"])


def test_equal_layers_are_one_box_unless_folding_is_refused():
    model = nn.Sequential(
        [nn.layers.Dense(2, input_shape=(2,)), *[nn.layers.Dense(2) for _ in "ab"]]
    )
    assert "×3" in model.draw().text()
    assert "×3" not in model.draw(fold=False).text()
