# %% [markdown]
"""# Chapter 4: fine-tuning.

A model that runs isn't yet a good one. Here we compare learning rates, widths and depths, and
evaluate on rows that the model hasn't been trained on, because it may have memorized the others.

All models predict who survived the Titanic, as in chapter 3.
"""

# %%
from collections.abc import Sequence
from typing import Any

import numpy as np
from chapter_3_keras import passengers
from curves import Plot
from finding import Finding

from nn.callbacks import EarlyStopping, History
from nn.datasets import titanic
from nn.layers import Dense
from nn.models import Sequential
from nn.optimizers import SGD
from nn.plotting import compare
from nn.utils import set_random_seed, to_categorical


def new_model(widths: Sequence[int], optimizer: Any = "adam") -> Sequential:
    """Make a classifier with hidden layers of these widths, with the same weights at every call."""
    set_random_seed(4)
    model = Sequential()
    for width in widths:
        model.add(Dense(width, activation="relu"))
    model.add(Dense(2, activation="softmax"))
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(widths: Sequence[int], **options: Any) -> History:
    """Train a classifier on the passengers, and return its history."""
    predictors, target = passengers()
    return new_model(widths).fit(predictors, target, verbose=0, **options)


# %% [markdown]
# ## 4.1 Learning rates
#
# The slope sets the direction of a step, the learning rate its length. Too small a rate learns
# almost nothing. Too large a rate overshoots the minimum, and often ends where the loss is flat:
# the model predicts the same for everybody, and the slopes that would correct it are 0. What it
# predicts differs between seeds and machines.
#
# The predictors aren't scaled, which makes it hard to find a good rate.


# %%
def learning_rates() -> Finding:
    """Exercise 4.1: three learning rates, from too small to too large."""
    predictors, survived = titanic.load_data()
    histories = {}
    for rate in ("0.000001", "0.01", "1"):
        model = new_model([100, 100], SGD(learning_rate=float(rate)))
        history = model.fit(predictors, to_categorical(survived), epochs=10, verbose=0)
        histories[f"learning rate {rate}"] = history
    small, right, large = (history.history["loss"][-1] for history in histories.values())
    figure = compare(histories, "loss")
    figure.axes[0].set_yscale("log")
    return Finding(
        "4.1 Learning rates",
        "Which of the rates 0.000001, 0.01 and 1 learns best?",
        f"0.01: a loss of {right:.2f} after 10 epochs; {small:.2f} and {large:.2f} with the others",
        pictures={
            "learning_rates.png": Plot("Too small makes no progress, too large overshoots", figure)
        },
        reached=right < min(small, large),
    )


if __name__ == "__main__":
    learning_rates().show()

# %% [markdown]
# ## 4.2 Validation
#
# With `validation_split=0.3` the last 30 % of the rows aren't used for training. The score on them
# estimates the score on passengers that the model has never seen.


# %%
def validation() -> Finding:
    """Exercise 4.2: evaluate the model on rows that it hasn't seen."""
    history = train([100, 100], epochs=10, validation_split=0.3).history
    accuracy = history["val_accuracy"][-1]
    return Finding(
        "4.2 Validation",
        "How many passengers that it has never seen does it classify correctly?",
        f"{accuracy:.1%}, and {history['accuracy'][-1]:.1%} of those it learned from",
        reached=accuracy > 0.75,
    )


if __name__ == "__main__":
    validation().show()

# %% [markdown]
# ## 4.3 Early stopping
#
# How many epochs are enough? Allow many, and stop when the validation loss hasn't improved for two
# epochs.


# %%
def early_stopping() -> Finding:
    """Exercise 4.3: stop when the validation loss doesn't improve."""
    monitor = EarlyStopping(patience=2)
    history = train([100, 100], epochs=30, validation_split=0.3, callbacks=[monitor])
    losses = history.history["val_loss"]
    return Finding(
        "4.3 Early stopping",
        "When does training of at most 30 epochs stop?",
        f"after {len(losses)}; the best was epoch {np.argmin(losses) + 1} with"
        f" {min(losses):.3f}, and the next two weren't better",
        pictures={
            "early_stopping.png": Plot(
                "Training stops when validation doesn't improve", history.plot()
            )
        },
        reached=len(losses) < 30,
    )


if __name__ == "__main__":
    early_stopping().show()

# %% [markdown]
# ## 4.4 Wider networks
#
# Ten nodes in each of two layers, or a hundred? The same rows, the same epochs, the same stopping.


# %%
def train_each(models: dict[str, Sequence[int]], epochs: int, share: float) -> dict[str, History]:
    """Train models of several shapes, and return their histories."""
    return {
        label: train(
            widths,
            epochs=epochs,
            validation_split=share,
            callbacks=[EarlyStopping(patience=2)],
        )
        for label, widths in models.items()
    }


def best_losses(histories: dict[str, History]) -> list[float]:
    """List the smallest validation loss of each training run."""
    return [min(history.history["val_loss"]) for history in histories.values()]


def wider() -> Finding:
    """Exercise 4.4: compare a narrow network with a wide one."""
    histories = train_each({"10 and 10 nodes": [10, 10], "100 and 100 nodes": [100, 100]}, 15, 0.2)
    narrow, wide = best_losses(histories)
    return Finding(
        "4.4 Wider networks",
        "Does a network of 100 nodes per layer do better than one of 10?",
        f"{_verdict(narrow, wide)}: its best validation loss is {wide:.3f}, the other's"
        f" {narrow:.3f}",
        pictures={"wider.png": Plot("A wider network learns faster", compare(histories))},
    )


def _verdict(before: float, after: float) -> str:
    return "yes" if after < before else "no"


if __name__ == "__main__":
    wider().show()

# %% [markdown]
# ## 4.5 Deeper networks
#
# One hidden layer of 50 nodes, or three of them? The difference is small, and chance: of the seeds
# 0 to 7, three layers win with 5.


# %%
def deeper() -> Finding:
    """Exercise 4.5: compare a shallow network with a deep one."""
    histories = train_each({"one layer of 50": [50], "three layers of 50": [50, 50, 50]}, 20, 0.4)
    shallow, deep = best_losses(histories)
    return Finding(
        "4.5 Deeper networks",
        "Do three hidden layers do better than one?",
        f"{_verdict(shallow, deep)}: its best validation loss is {deep:.3f}, the other's"
        f" {shallow:.3f}",
        pictures={"deeper.png": Plot("One hidden layer and three", compare(histories))},
    )


if __name__ == "__main__":
    deeper().show()

# %% [markdown]
# ## 4.6 Capacity
#
# The more weights, the more a network can learn, and the more it can **memorize**. Trained for 60
# epochs, a large network improves on its training rows and gets worse on the others: it overfits. A
# tiny network can't memorize, but it misses patterns that are there: it underfits.


# %%
def capacity() -> Finding:
    """Exercise 4.6: compare three sizes, from too small to too large."""
    sizes = {"2": [2], "20": [20], "200 and 200": [200, 200]}
    histories = {
        label: train(widths, epochs=60, validation_split=0.4) for label, widths in sizes.items()
    }
    losses = {
        label: (history.history["loss"][-1], history.history["val_loss"][-1])
        for label, history in histories.items()
    }
    learned, unseen = losses["200 and 200"]
    return Finding(
        "4.6 Capacity",
        "What is the loss on training/unseen rows after 60 epochs, by the number of nodes?",
        "; ".join(f"{label}: {seen:.2f}/{new:.2f}" for label, (seen, new) in losses.items()),
        pictures={
            "capacity.png": Plot(
                "Overfitting: 200 and 200 nodes, 60 epochs",
                histories["200 and 200"].plot("loss"),
            )
        },
        reached=unseen > learned,
    )


if __name__ == "__main__":
    capacity().show()

# %%
EXERCISES = (learning_rates, validation, early_stopping, wider, deeper, capacity)
