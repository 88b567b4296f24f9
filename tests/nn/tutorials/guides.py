"""From Keras's guides: metrics with weights, losses of layers, masks, states, texts in images."""

import numpy as np

from tests.nn.tutorials.data import LABELS, X, Y

RANDOM = np.random.default_rng(8)
TOKENS = RANDOM.integers(0, 20, (32, 6))
STEPS = RANDOM.normal(size=(32, 6, 4)).astype("float32")


def one_step(keras, model, function, variables=None):
    """Make a step of a model's optimizer; the function returns a loss, and the outputs."""
    variables = model.trainable_weights if variables is None else variables
    if keras.__name__ == "nn":
        result, slopes = model.loss_and_gradients(function, variables)
        model.optimizer.apply(slopes, variables)
        return result
    import torch

    model.zero_grad()
    result = function()
    result[0].backward()
    with torch.no_grad():
        model.optimizer.apply([v.value.grad for v in variables], variables)
    return result


def weighted_metrics(keras):
    """The train_step of the guide, with weights, metrics and weighted metrics."""

    class CustomModel(keras.Model):
        def train_step(self, data):
            x, y, weights = data if len(data) == 3 else (*data, None)

            def forward():
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=weights)
                return loss, y_pred

            loss, y_pred = one_step(keras, self, forward)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred, sample_weight=weights)
            return {metric.name: metric.result() for metric in self.metrics}

    inputs = keras.Input((8,))
    model = CustomModel(inputs, keras.layers.Dense(1)(inputs))
    model.compile(
        keras.optimizers.SGD(0.05), "mse", metrics=["mae", "mse"], weighted_metrics=["mae"]
    )

    def run():
        options = {"batch_size": 16, "shuffle": False, "verbose": 0}
        weighted = model.fit(X, Y, sample_weight=Y[:, 0] + 1, **options).history
        return (
            sorted(weighted.items()), sorted(model.fit(X, Y, **options).history.items()),
            [metric.name for metric in model.metrics],
        )  # fmt: skip

    return model, run


def endpoint(keras):
    """A model without a compiled loss, whose layers add losses and keep a metric."""
    layers, ops = keras.layers, keras.ops

    class Endpoint(layers.Layer):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.loss = keras.losses.BinaryCrossentropy(from_logits=True)
            self.accuracy = keras.metrics.BinaryAccuracy()

        def call(self, targets, logits):
            self.add_loss(self.loss(targets, logits))
            self.accuracy.update_state(targets, logits)
            return ops.sigmoid(logits)

    inputs, targets = keras.Input((8,), name="inputs"), keras.Input((1,), name="targets")
    logits = layers.Dense(1, kernel_regularizer="l2")(inputs)
    model = keras.Model([inputs, targets], Endpoint(name="predictions")(targets, logits))
    model.compile(keras.optimizers.SGD(0.05))

    def run():
        data = {"inputs": X, "targets": (Y > 0).astype("float32")}
        history = model.fit(data, epochs=2, batch_size=16, shuffle=False, verbose=0).history
        return sorted(history.items())

    return model, run


def masked_softmax(keras):
    """A layer that makes a mask, one that passes it on, and one that needs it."""
    layers, ops = keras.layers, keras.ops

    class Embedding(layers.Layer):
        def build(self, _):
            self.table = self.add_weight(shape=(20, 5), initializer="random_normal")

        def call(self, inputs):
            return ops.take(self.table, ops.cast(inputs, "int32"), axis=0)

        def compute_mask(self, inputs, mask=None):  # noqa: ARG002
            return ops.not_equal(inputs, 0)

    class Relu(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.supports_masking = True

        def call(self, inputs):
            return ops.relu(inputs)

    class TemporalSoftmax(layers.Layer):
        def call(self, inputs, mask=None):
            if mask is None:
                raise ValueError("no mask")
            counts = ops.expand_dims(ops.cast(mask, "float32"), -1)
            powers = ops.exp(inputs) * counts
            return powers / ops.sum(powers * counts, axis=1, keepdims=True)

    inputs = keras.Input((None,), dtype="int32")
    outputs = TemporalSoftmax()(layers.Dense(1)(Relu()(Embedding()(inputs))))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.5), "mse")

    def run():
        tokens = np.maximum(TOKENS, np.arange(6) == 0)
        return model.fit(
            tokens, TOKENS[..., None] / 20, batch_size=16, shuffle=False, verbose=0
        ).history, [w.name for w in model.weights]

    return model, run


def stateful(keras):
    """A recurrence that goes on in the next batch, in a model of a fixed number of rows."""
    layers = keras.layers
    inputs = keras.Input(batch_shape=(16, 6, 4))
    hidden = layers.LSTM(3, stateful=True, return_sequences=True)(inputs)
    model = keras.Model(inputs, layers.Dense(1)(layers.GRU(3, stateful=True)(hidden)))
    model.compile(keras.optimizers.SGD(0.1), "mse")

    def run():
        x, options = STEPS[:16], {"batch_size": 16, "verbose": 0}
        found = [model.predict(x, **options), model.predict(x, **options)]
        for layer in model.layers[1:3]:
            layer.reset_state()
        found.append(model.predict(x, **options))
        return found, len(model.get_weights()), model.count_params()

    return model, run


def captcha(keras):
    """Texts in images, by the loss of alignments."""
    layers = keras.layers

    class CTCLayer(layers.Layer):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.loss = keras.losses.CTC()

        def call(self, y_true, y_pred):
            self.add_loss(self.loss(y_true, y_pred))
            return y_pred

    image, labels = keras.Input((8, 6, 1), name="image"), keras.Input((3,), name="label")
    x = layers.Conv2D(3, 3, padding="same", activation="relu")(image)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(layers.Reshape((8, 18))(x))
    x = layers.Dense(5, activation="softmax", name="scores")(x)
    model = keras.Model([image, labels], CTCLayer(name="ctc")(labels, x))
    model.compile(keras.optimizers.SGD(0.05))

    def run():
        images = RANDOM_IMAGES
        data = {"image": images, "label": np.array([[1, 2, 0], [3, 3, 4]] * 8, "float32")}
        history = model.fit(data, epochs=2, batch_size=8, shuffle=False, verbose=0).history
        reader = keras.Model(model.inputs[0], model.get_layer("scores").output)
        scores = reader.predict(images[:2], verbose=0)
        labels, sums = keras.ops.ctc_decode(scores, np.array([8, 5]))
        return history, scores, labels, sums

    return model, run


RANDOM_IMAGES = RANDOM.random((16, 8, 6, 1)).astype("float32")


def centralized(keras):
    """An optimizer that changes gradients in `apply`, and an activation called on a Symbol."""
    ops = keras.ops

    class Centralized(keras.optimizers.SGD):
        def apply(self, gradients, trainable_variables=None):
            changed = [
                g - ops.mean(g, axis=0, keepdims=True) if g.ndim > 1 else g for g in gradients
            ]
            return super().apply(changed, trainable_variables)

    inputs = keras.Input((8,))
    hidden = keras.layers.Dense(6, kernel_constraint="unit_norm")(inputs)
    outputs = keras.layers.Dense(3)(keras.activations.tanh(hidden) * 2)
    model = keras.Model(inputs, outputs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(Centralized(0.1), loss)

    def run():
        options = {"batch_size": 16, "shuffle": False, "verbose": 0}
        return model.fit(X, LABELS, epochs=2, **options).history, model.get_weights()

    return model, run


def attention_names(keras):
    """Names after attention, which has layers inside in Keras."""
    layers = keras.layers
    inputs = keras.Input((6, 4))
    x = layers.Dropout(0.0)(layers.MultiHeadAttention(2, 3)(inputs, inputs))
    model = keras.Model(inputs, layers.Dropout(0.0)(layers.Softmax()(x)))
    return model, lambda: [layer.name for layer in model.layers]
