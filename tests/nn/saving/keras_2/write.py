"""Write the files of this folder with Keras 2.15: models in the middle of their training.

    pip install "tensorflow-cpu==2.15.*"
    python tests/nn/saving/keras_2/write.py

Two are also archives of Keras 2, which it writes from version 2.13 on, and files of weights. Beside
each ``.h5`` file is an ``.npz`` with the data, the predictions of the model in the file, and
the weights after one more epoch.
"""

from pathlib import Path

import numpy as np
from tensorflow import keras

FOLDER = Path(__file__).parent
RANDOM = np.random.default_rng(0)
layers = keras.layers


def images():
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, padding="same", activation="relu", input_shape=(8, 8, 2)),
            layers.MaxPooling2D(),
            layers.DepthwiseConv2D(3),
            layers.Flatten(),
            layers.BatchNormalization(),  # of images, TensorFlow's variance is another
            layers.Dense(1),
        ]
    )
    return model, [RANDOM.normal(size=(8, 8, 8, 2))], [RANDOM.normal(size=(8, 1))], ["mse"]


def words():
    model = keras.Sequential(
        [
            layers.Embedding(11, 5, input_length=7, mask_zero=True),
            layers.LSTM(6, return_sequences=True),
            layers.GRU(4),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    y = RANDOM.integers(0, 2, (8, 1))
    return model, [RANDOM.integers(0, 11, (8, 7))], [y], ["binary_crossentropy"]


def sequences():
    model = keras.Sequential(
        [
            layers.Input((7, 3)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(3)),
            layers.SimpleRNN(3),
            layers.Dense(1),
        ]
    )
    return model, [RANDOM.normal(size=(8, 7, 3))], [RANDOM.normal(size=(8, 1))], ["mse"]


def functional():
    a, b = layers.Input((4,), name="a"), layers.Input((3,), name="b")
    x = layers.Concatenate()([layers.Dense(3)(a), layers.Dense(3, activation="tanh")(b)])
    x = layers.Add()([x, layers.Dense(6)(x)])
    outputs = [layers.Dense(1, name="u")(x), layers.Dense(2, activation="softmax", name="v")(x)]
    inputs = [RANDOM.normal(size=(8, 4)), RANDOM.normal(size=(8, 3))]
    targets = [RANDOM.normal(size=(8, 1)), np.eye(2)[RANDOM.integers(0, 2, 8)]]
    return keras.Model([a, b], outputs), inputs, targets, ["mse", "categorical_crossentropy"]


def write(make, optimizer):
    """Train a model, write it, train it for another epoch, and write its weights."""
    keras.utils.set_random_seed(1)
    model, x, y, losses = make()
    model.compile(optimizer, losses)
    options = {"batch_size": 4, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=2, **options)
    model.save(FOLDER / f"{make.__name__}.h5")
    if make in (words, functional):
        model.save(FOLDER / f"{make.__name__}.keras")
        model.save_weights(FOLDER / f"{make.__name__}.weights.h5")
    predictions = model.predict(x, verbose=0)
    predictions = predictions if isinstance(predictions, list) else [predictions]
    model.fit(x, y, **options)
    parts = {"x": x, "y": y, "predictions": predictions, "weights": model.get_weights()}
    arrays = {
        f"{name}_{i:02}": part for name, found in parts.items() for i, part in enumerate(found)
    }
    np.savez_compressed(FOLDER / f"{make.__name__}.npz", **arrays)


if __name__ == "__main__":
    write(images, keras.optimizers.SGD(0.05, momentum=0.9))
    write(words, keras.optimizers.Adam(0.01))
    write(sequences, keras.optimizers.Adam(0.01))
    write(functional, keras.optimizers.SGD(0.05, momentum=0.9))
