# %% [markdown]
"""# Chapter 6: beyond dense layers.

Three networks whose shape follows from the data: images have neighborhoods, sequences have an
order, and what is known about a passenger comes from two sources.

This chapter isn't part of `course.py`; it takes about half a minute.
"""

# %%
from typing import Any

import numpy as np
from chapter_3_keras import passengers
from curves import Curves, Digits, Plot
from finding import Finding

import nn
from nn.callbacks import EarlyStopping
from nn.datasets import mnist
from nn.layers import (
    LSTM,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
)
from nn.models import Model, Sequential
from nn.utils import set_random_seed

# %% [markdown]
# ## 6.1 A convolutional network
#
# The dense network of chapter 5 doesn't know which pixels are neighbors. A convolution does: each
# of its filters is a picture of 3 by 3 weights, which is laid over every place of the image, with
# the same weights at each. So a stroke is recognized wherever it is. `MaxPooling2D` keeps the
# strongest response in each square of four, which halves the size of the image.
#
# The first layer has 32 filters of 9 weights and a bias, 320 parameters; a dense layer with as many
# outputs would have 17 million.


# %%
def convolutional_model() -> Sequential:
    """Make a network of two convolutions that classifies the ten digits."""
    set_random_seed(6)
    model = Sequential()
    model.add(Input((28, 28, 1)))
    model.add(Conv2D(32, 3, activation="relu"))
    model.add(MaxPooling2D())
    model.add(Conv2D(64, 3, activation="relu"))
    model.add(MaxPooling2D())
    model.add(Flatten())
    model.add(Dropout(0.5))
    model.add(Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def convolution(verbose: Any = 0) -> Finding:
    """Exercise 6.1: read at least 97 % of 2,000 digits."""
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    model = convolutional_model()
    history = model.fit(x_train[..., None] / 255, y_train, epochs=8, verbose=verbose)
    predicted = model.predict(x_test[..., None] / 255, verbose=0).argmax(axis=1)
    accuracy = np.mean(predicted == y_test)
    misread = np.flatnonzero(predicted != y_test)[:30]
    return Finding(
        "6.1 A convolutional network",
        "Does it read at least 97 % of the 2,000 test digits? (The dense network: 95 %.)",
        f"{'yes' if accuracy >= 0.97 else 'NO'}, {accuracy:.1%}, after {len(history.epoch)} epochs",
        pictures={
            "convolution_misread.png": Digits(x_test[misread], y_test[misread], predicted[misread])
        },
        reached=bool(accuracy >= 0.97),
    )


if __name__ == "__main__":
    convolution(verbose="auto").show()

# %% [markdown]
# ## 6.2 A recurrent network
#
# A row of 20 random numbers; two of them are marked, one in each half. What is the sum of the two
# (Hochreiter and Schmidhuber 1997)? A recurrent layer reads the row number by number, and keeps a
# state from one to the next. An `LSTM` has gates that decide what to keep: it must remember the
# first number over all those that follow.
#
# Always predicting 1 has a mean squared error of 1/6, the variance of the sum.


# %%
def marked_sums(count: int, steps: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of numbers and marks, of shape (count, steps, 2), and the sums of the marked."""
    random = np.random.default_rng(count)
    numbers, marks = random.random((count, steps)), np.zeros((count, steps))
    rows = np.arange(count)
    marks[rows, random.integers(0, steps // 2, count)] = 1
    marks[rows, random.integers(steps // 2, steps, count)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1)


def recurrence(verbose: Any = 0) -> Finding:
    """Exercise 6.2: add up the two marked numbers of a row of 20."""
    x_train, y_train = marked_sums(4000)
    x_test, y_test = marked_sums(500)
    set_random_seed(6)
    model = Sequential([Input((20, 2)), LSTM(32), Dense(1)])
    model.compile(nn.optimizers.Adam(0.005), "mean_squared_error")
    history = model.fit(
        x_train, y_train, validation_data=(x_test, y_test), epochs=25, verbose=verbose
    ).history
    error = model.evaluate(x_test, y_test, verbose=0)
    guess = [float(np.var(y_test))] * len(history["loss"])
    lines = {"training": history["loss"], "new rows": history["val_loss"], "always 1": guess}
    return Finding(
        "6.2 A recurrent network",
        "How large is the mean squared error of the sum, on rows that it has never seen?",
        f"{error:.5f}; {guess[0]:.3f} if it always predicted 1",
        pictures={
            "recurrence.png": Curves(
                "It learns to remember a number", "mean squared error", lines, log=True
            )
        },
        reached=error < 0.005,
    )


if __name__ == "__main__":
    recurrence(verbose="auto").show()

# %% [markdown]
# ## 6.3 Two inputs
#
# What is known of a passenger comes from two lists: the person (age, family, sex) and the ticket
# (class, fare, port). A **functional** model says how values flow: each input has its own
# layer, and their outputs are joined.


# %%
PERSON, TICKET = [1, 2, 3, 5], [0, 4, 6, 7, 8]  # columns of the predictors


def two_inputs_model() -> Model:
    """Make a classifier of passengers with one input for the person, and one for the ticket."""
    set_random_seed(6)
    person, ticket = Input((len(PERSON),), name="person"), Input((len(TICKET),), name="ticket")
    joined = Concatenate()([Dense(16, "relu")(person), Dense(16, "relu")(ticket)])
    model = Model([person, ticket], Dense(2, "softmax")(Dense(16, "relu")(joined)))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def two_inputs(verbose: Any = 0) -> Finding:
    """Exercise 6.3: predict survival from the person and the ticket."""
    predictors, survived = passengers()
    model = two_inputs_model()
    history = model.fit(
        {"person": predictors[:, PERSON], "ticket": predictors[:, TICKET]},
        survived,
        epochs=30,
        validation_split=0.3,
        callbacks=[EarlyStopping(patience=5, restore_best_weights=True)],
        verbose=verbose,
    )
    accuracy = max(history.history["val_accuracy"])
    return Finding(
        "6.3 Two inputs",
        "How many passengers that it has never seen does it classify correctly?",
        f"{accuracy:.1%}",
        pictures={
            "two_inputs.png": Plot("A person and a ticket: the accuracy", history.plot("accuracy"))
        },
        reached=accuracy > 0.75,
    )


if __name__ == "__main__":
    two_inputs(verbose="auto").show()

# %%
EXERCISES = (convolution, recurrence, two_inputs)
