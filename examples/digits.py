# %% [markdown]
"""# Chapter 5: reading handwritten digits.

The last step of the course: from tables to images, with 8,000 digits for training and 2,000 others
for testing, each of 28 by 28 pixels. For the network an image is a row of 784 numbers, and the
prediction is a row of ten probabilities.
"""

# %%
from typing import Any

import numpy as np
from curves import Digits, Plot
from finding import Finding

from nn.callbacks import EarlyStopping
from nn.datasets import mnist
from nn.layers import Dense, Dropout
from nn.models import Sequential
from nn.utils import set_random_seed, to_categorical

GOAL = 0.93

# %% [markdown]
# ## 5.1 From images to rows
#
# The 28 rows of pixels are laid end to end (`reshape`), and gray levels from 0 to 255 become
# numbers from 0 to 1.


# %%
def as_rows(images: np.ndarray) -> np.ndarray:
    """Lay out each image of 28 by 28 gray levels as a row of 784 numbers from 0 to 1."""
    return images.reshape(len(images), 784) / 255


def images() -> Finding:
    """Exercise 5.1: describe the inputs of the network."""
    (x_train, y_train), (x_test, _) = mnist.load_data()
    counts = np.bincount(y_train)
    return Finding(
        "5.1 Stepping up to images",
        "What is the input of the network for a handwritten digit?",
        f"{as_rows(x_train).shape[1]} numbers; {len(x_train):,} digits for training"
        f" ({counts.min()} to {counts.max()} of each), {len(x_test):,} for testing",
    )


if __name__ == "__main__":
    images().show()

# %% [markdown]
# ## 5.2 The network
#
# Two hidden layers, of 100 and of 50 nodes. `Dropout` sets a fifth of the nodes to 0 at random in
# each training step, so that no node can depend on a single other one: the network overfits less.
#
# A tenth of the training digits decides when to stop, and the weights of the best epoch are kept.
# The 2,000 test digits are used once, at the very end.


# %%
def digit_model() -> Sequential:
    """Make a network of two hidden layers that classifies the ten digits."""
    set_random_seed(5)
    model = Sequential()
    model.add(Dense(100, activation="relu", input_shape=(784,)))
    model.add(Dropout(0.2))
    model.add(Dense(50, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def recognizing(verbose: Any = 0) -> Finding:
    """Exercise 5.2: train on 8,000 digits, read 2,000 others."""
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    model = digit_model()
    history = model.fit(
        as_rows(x_train),
        to_categorical(y_train),
        epochs=25,
        validation_split=0.1,
        callbacks=[EarlyStopping(patience=5, restore_best_weights=True)],
        verbose=verbose,
    )
    predicted = model.predict(as_rows(x_test), verbose=0).argmax(axis=1)
    accuracy = np.mean(predicted == y_test)
    chosen = np.concatenate(
        [np.flatnonzero(predicted == y_test)[:20], np.flatnonzero(predicted != y_test)[:10]]
    )
    return Finding(
        "5.2 Your own digit recognizer",
        f"Does it read at least {GOAL:.0%} of 2,000 digits that it has never seen?",
        f"{'yes' if accuracy >= GOAL else 'NO'}, {accuracy:.1%}, after {len(history.epoch)} epochs",
        pictures={
            "digits.png": Digits(x_test[chosen], y_test[chosen], predicted[chosen]),
            "digits_training.png": Plot(
                "Learning to read digits: the accuracy", history.plot("accuracy")
            ),
        },
        reached=bool(accuracy >= GOAL),
    )


if __name__ == "__main__":
    recognizing(verbose="auto").show()

# %%
EXERCISES = (images, recognizing)
