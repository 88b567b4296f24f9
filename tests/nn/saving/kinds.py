"""One model of each kind, made of the layers of ``nn`` or of Keras, with data for it."""

import numpy as np


def stacked(k):
    layers = k.layers
    return k.Sequential(
        [
            k.Input((6,)),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.0),
            layers.Dense(2),
        ]
    )


def several(k):
    """Two inputs, two outputs, and a layer that both use."""
    layers = k.layers
    a, b, shared = k.Input((6,), name="a"), k.Input((4,), name="b"), layers.Dense(5, "tanh")
    both = layers.Concatenate()([shared(a), shared(layers.Dense(6)(b))])
    outputs = [layers.Dense(2, name="first")(both), layers.Dense(1, name="second")(both)]
    return k.Model([a, b], outputs)


def nested(k):
    """A residual block in a model, which is called twice."""
    layers = k.layers
    x, z = k.Input((6,)), k.Input((6,))
    block = k.Model(x, layers.Add()([x, layers.Dense(6, "tanh")(x)]))
    stack = k.Sequential([k.Input((6,)), layers.Dense(6), layers.Dense(6)])
    return k.Model(z, block(stack(block(z))))


def images(k):
    layers = k.layers
    x = k.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = layers.MaxPooling2D()(layers.BatchNormalization()(y))
    y = layers.DepthwiseConv2D(2)(layers.SeparableConv2D(4, 3)(y))
    return k.Model(x, layers.Dense(2)(layers.Flatten()(y)))


def sequences(k):
    layers = k.layers
    x = k.Input((7, 3))
    y = layers.LSTM(4, return_sequences=True)(layers.Masking()(x))
    y = layers.Bidirectional(layers.GRU(3, return_sequences=True))(y)
    return k.Model(x, layers.Dense(2)(layers.SimpleRNN(3)(y)))


def cells(k):
    layers = k.layers
    x = k.Input((7, 3))
    y = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True)(x)
    return k.Model(x, layers.TimeDistributed(layers.Dense(2))(y))


def attention(k):
    layers = k.layers
    x = k.Input((5, 4))
    scaled = layers.Attention(use_scale=True)([x, x])  # a weight that is one number
    y = layers.Add()([x, layers.MultiHeadAttention(2, 3)(x, x), scaled])
    y = layers.LayerNormalization()(y)
    return k.Model(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y)))


def words(k):
    layers = k.layers
    x = k.Input((6,), dtype="int32")
    y = layers.GRU(3)(layers.Embedding(9, 4, mask_zero=True)(x))
    return k.Model(x, layers.Dense(2)(y))


KINDS = [stacked, several, nested, images, sequences, cells, attention, words]


def data(kind, rows=8):
    """Return inputs and targets for a kind of model."""
    rng = np.random.default_rng(0)
    shapes = {
        stacked: [(6,)], several: [(6,), (4,)], nested: [(6,)], images: [(8, 8, 3)],
        sequences: [(7, 3)], cells: [(7, 3)], attention: [(5, 4)], words: [(6,)],
    }  # fmt: skip
    outputs = {several: [(2,), (1,)], nested: [(6,)], cells: [(7, 2)]}.get(kind, [(2,)])
    if kind is words:
        inputs = [rng.integers(0, 9, (rows, 6)).astype(np.int32)]
    else:
        inputs = [rng.normal(size=(rows, *shape)).astype(np.float32) for shape in shapes[kind]]
    if kind is sequences:
        inputs[0][:, 5:] = 0  # masked
    targets = [rng.normal(size=(rows, *shape)).astype(np.float32) for shape in outputs]
    return _single(inputs), _single(targets)


def train(model, kind, epochs=1):
    """Train for some epochs, each the same."""
    x, y = data(kind)
    model.fit(x, y, epochs=epochs, batch_size=4, shuffle=False, verbose=0)


def predict(model, kind):
    """Return all outputs in one list."""
    outputs = model.predict(data(kind)[0], verbose=0)
    return outputs if isinstance(outputs, list) else [outputs]


def _single(arrays):
    return arrays if len(arrays) > 1 else arrays[0]
