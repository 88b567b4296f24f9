"""Functional models: several inputs, shared layers, frozen parts, operations."""

import numpy as np

from tests.nn.tutorials.data import IMAGES, X, Y


def functional_multi(keras):
    """Three inputs and two outputs."""
    layers = keras.layers
    title_input = keras.Input(shape=(None,), name="title")
    body_input = keras.Input(shape=(None,), name="body")
    tags_input = keras.Input(shape=(4,), name="tags")
    t = layers.Embedding(50, 8)(title_input)
    b = layers.Embedding(50, 8)(body_input)
    t = layers.LSTM(6)(t)
    b = layers.LSTM(5)(b)
    x = layers.concatenate([t, b, tags_input])
    priority = layers.Dense(1, name="priority")(x)
    dept = layers.Dense(3, name="department")(x)
    model = keras.Model(
        inputs=[title_input, body_input, tags_input],
        outputs={"priority": priority, "department": dept},
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss={
            "priority": keras.losses.BinaryCrossentropy(from_logits=True),
            "department": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
        metrics={"department": ["accuracy"]},
    )
    r = np.random.default_rng(1)
    d = {
        "title": r.integers(0, 50, (32, 5)),
        "body": r.integers(0, 50, (32, 9)),
        "tags": r.integers(0, 2, (32, 4)).astype("float32"),
    }
    y = {
        "priority": r.integers(0, 2, (32, 1)).astype("float32"),
        "department": np.eye(3, dtype="float32")[r.integers(0, 3, 32)],
    }

    def run():
        return model.fit(d, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history

    return model, run


def shared_resnet(keras):
    """A small residual network, and its features."""
    layers = keras.layers
    inputs = keras.Input(shape=(12, 12, 1), name="img")
    x = layers.Conv2D(8, 3, activation="relu")(inputs)
    x = layers.Conv2D(8, 3, activation="relu")(x)
    block_1_output = layers.MaxPooling2D(3, padding="same")(x)
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(block_1_output)
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(x)
    x = layers.add([x, block_1_output])
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.0)(x)
    out = layers.Dense(4, activation="softmax")(x)
    model = keras.Model(inputs, out, name="toy_resnet")
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["acc"])

    def run():
        h = model.fit(
            IMAGES, np.arange(16) % 4, epochs=3, batch_size=4, shuffle=False, verbose=0
        ).history
        feats = keras.Model(model.inputs, [layer.output for layer in model.layers])
        outs = feats.predict(IMAGES[:2], verbose=0)
        return (
            h,
            [np.shape(o) for o in outs],
            model.evaluate(IMAGES, np.arange(16) % 4, verbose=0),
        )

    return model, run


def siamese(keras):
    """Two inputs through one network, with a contrastive loss."""
    layers, ops = (keras.layers, keras.ops)

    def euclidean_distance(vects):
        x, y = vects
        s = ops.sum(ops.square(x - y), axis=1, keepdims=True)
        return ops.sqrt(ops.maximum(s, keras.backend.epsilon()))

    def loss(margin=1):

        def contrastive_loss(y_true, y_pred):
            square_pred = ops.square(y_pred)
            margin_square = ops.square(ops.maximum(margin - y_pred, 0))
            return ops.mean((1 - y_true) * square_pred + y_true * margin_square)

        return contrastive_loss

    inp = keras.Input((8,))
    x = layers.BatchNormalization()(inp)
    x = layers.Dense(10, activation="tanh")(x)
    embedding_network = keras.Model(inp, x)
    i1 = keras.Input((8,))
    i2 = keras.Input((8,))
    merge = layers.Lambda(euclidean_distance, output_shape=(1,))(
        [embedding_network(i1), embedding_network(i2)]
    )
    out = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(merge))
    model = keras.Model(inputs=[i1, i2], outputs=out)
    model.compile(loss=loss(1), optimizer=keras.optimizers.SGD(0.1), metrics=["accuracy"])

    def run():
        return model.fit(
            [X, X[::-1].copy()], Y, epochs=2, batch_size=16, shuffle=False, verbose=0
        ).history

    return model, run


def transfer(keras):
    """A frozen base under a new head."""
    layers = keras.layers
    base = keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
        ],
        name="base",
    )
    base.trainable = False
    inputs = keras.Input(shape=(12, 12, 1))
    x = layers.Rescaling(scale=2.0, offset=-1)(inputs)
    x = base(x, training=False)
    outputs = layers.Dense(1)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    y = (np.arange(16) % 2).astype("float32")

    def run():
        h1 = model.fit(IMAGES, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
        base.trainable = True
        base.layers[1].trainable = False  # batch normalization goes on as it is
        model.compile(
            optimizer=keras.optimizers.SGD(0.01),
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.BinaryAccuracy()],
        )
        h2 = model.fit(IMAGES, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
        return (
            h1,
            h2,
            len(model.trainable_weights),
            len(model.non_trainable_weights),
            [w.shape for w in model.weights],
        )

    return model, run


def ops_model(keras):
    """Operations on Symbols."""
    layers, ops = (keras.layers, keras.ops)
    x = keras.Input((6, 4))
    h = layers.Dense(5)(x)
    a = ops.softmax(ops.matmul(h, ops.transpose(h, (0, 2, 1))) / ops.sqrt(5.0), axis=-1)
    y = ops.mean(ops.matmul(a, h), axis=1)
    z = ops.concatenate([y, ops.max(h, axis=1), ops.sum(ops.relu(x), axis=(1,))], axis=-1)
    z = ops.where(z > 0, z, 0.1 * z)
    z = ops.reshape(z, (-1, 7, 2))
    z = ops.squeeze(ops.expand_dims(ops.sum(z, axis=-1), 1), 1)
    m = keras.Model(x, layers.Dense(1)(ops.split(z, [3], axis=1)[0]))
    m.compile(keras.optimizers.SGD(0.05), "mse")
    d = np.random.default_rng(5).normal(size=(16, 6, 4)).astype("float32")

    def run():
        return (
            m.fit(d, d[:, 0, :1], epochs=3, batch_size=4, shuffle=False, verbose=0).history,
            m.count_params(),
        )

    return m, run
