"""Layers of the user: weights, losses, masks, and a transformer block."""

import numpy as np

from tests.nn.tutorials.data import LABELS, X, Y


def custom_layer(keras):
    """Layers in layers, and a sum that is kept as state."""
    layers, ops = (keras.layers, keras.ops)

    class Linear(layers.Layer):
        def __init__(self, units=32, **kw):
            super().__init__(**kw)
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(
                shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
            )
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

        def call(self, inputs):
            return ops.matmul(inputs, self.w) + self.b

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    class ComputeSum(layers.Layer):
        def __init__(self, input_dim):
            super().__init__()
            self.total = self.add_weight(initializer="zeros", shape=(input_dim,), trainable=False)

        def call(self, inputs):
            self.total.assign_add(ops.sum(inputs, axis=0))
            return inputs

    class MLPBlock(layers.Layer):
        def __init__(self):
            super().__init__()
            self.linear_1 = Linear(16)
            self.linear_2 = Linear(8)
            self.linear_3 = Linear(1)

        def call(self, inputs):
            x = self.linear_1(inputs)
            x = keras.activations.relu(x)
            x = self.linear_2(x)
            x = keras.activations.relu(x)
            return self.linear_3(x)

    inputs = keras.Input(shape=(8,))
    s = ComputeSum(8)
    model = keras.Model(inputs, MLPBlock()(s(inputs)))
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")

    def run():
        h = model.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0)
        return (h.history["loss"], model.predict(X, verbose=0), ops.convert_to_numpy(s.total))

    return model, run


def regularized(keras):
    """A layer that adds to the loss."""
    layers, ops = (keras.layers, keras.ops)

    class ActivityRegularizationLayer(layers.Layer):
        def __init__(self, rate=0.01, **kw):
            super().__init__(**kw)
            self.rate = rate

        def call(self, inputs):
            self.add_loss(self.rate * ops.mean(inputs))
            return inputs

    model = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.001)),
            ActivityRegularizationLayer(),
            layers.Dense(3),
        ]
    )
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss=loss_fn,
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )

    def run():
        h = model.fit(X, LABELS, epochs=3, batch_size=16, shuffle=False, verbose=0)
        return h.history

    return model, run


def masked(keras):
    """A layer that uses a mask."""
    layers, ops = (keras.layers, keras.ops)

    class TemporalSplit(layers.Layer):
        def call(self, inputs):
            return ops.split(inputs, 2, axis=1)

        def compute_mask(self, inputs, mask=None):  # noqa: ARG002
            if mask is None:
                return None
            return ops.split(mask, 2, axis=1)

    class TemporalSoftmax(layers.Layer):
        def __init__(self, **kw):
            super().__init__(**kw)
            self.supports_masking = True

        def call(self, inputs, mask=None):
            e = ops.exp(inputs) * ops.cast(ops.expand_dims(mask, -1), "float32")
            return e / ops.sum(e, axis=1, keepdims=True)

    i = keras.Input(shape=(6,), dtype="int32")
    x = layers.Embedding(20, 4, mask_zero=True)(i)
    x = layers.Dense(1)(x)
    o = TemporalSoftmax()(x)
    m = keras.Model(i, layers.Flatten()(o))
    m.compile(keras.optimizers.SGD(0.1), "mse")
    d = np.random.default_rng(6).integers(0, 20, (16, 6))
    d[:, 0] = 1

    def run():
        return m.fit(
            d,
            np.eye(6, dtype="float32")[np.arange(16) % 6],
            epochs=2,
            batch_size=4,
            shuffle=False,
            verbose=0,
        ).history

    return m, run


def text_transformer(keras):
    """Text classification with a transformer block."""
    layers, ops = (keras.layers, keras.ops)

    class TransformerBlock(layers.Layer):
        def __init__(self, embed_dim, num_heads, ff_dim, rate=0.0):
            super().__init__()
            self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
            self.ffn = keras.Sequential(
                [layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)]
            )
            self.layernorm1 = layers.LayerNormalization(epsilon=1e-06)
            self.layernorm2 = layers.LayerNormalization(epsilon=1e-06)
            self.dropout1 = layers.Dropout(rate)
            self.dropout2 = layers.Dropout(rate)

        def call(self, inputs):
            attn_output = self.att(inputs, inputs)
            attn_output = self.dropout1(attn_output)
            out1 = self.layernorm1(inputs + attn_output)
            ffn_output = self.dropout2(self.ffn(out1))
            return self.layernorm2(out1 + ffn_output)

    class TokenAndPositionEmbedding(layers.Layer):
        def __init__(self, maxlen, vocab_size, embed_dim):
            super().__init__()
            self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
            self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

        def call(self, x):
            maxlen = ops.shape(x)[-1]
            positions = ops.arange(start=0, stop=maxlen, step=1)
            return self.token_emb(x) + self.pos_emb(positions)

    inputs = layers.Input(shape=(10,))
    x = TokenAndPositionEmbedding(10, 40, 8)(inputs)
    x = TransformerBlock(8, 2, 16)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(6, activation="relu")(x)
    outputs = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    r = np.random.default_rng(3)
    x = r.integers(0, 40, (48, 10))
    y = r.integers(0, 2, 48)

    def run():
        return model.fit(
            x, y, batch_size=16, epochs=2, shuffle=False, verbose=0, validation_data=(x, y)
        ).history

    return model, run
