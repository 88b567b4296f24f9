# %% [markdown]
"""# Chapter 3: building models.

By hand, a network of a few nodes is instructive and a network of a hundred is tedious. `nn` builds
them from layers, with the names and the semantics of Keras: the models here run with Keras after
changing the imports.

Two data sets come with it: wages (predict a number) and the passengers of the Titanic (predict
who survived).
"""

# %%
import math
from typing import Any

import numpy as np
from curves import Curves
from finding import Finding
from three_ways import Slopes, nudge, three_ways

import autodiff as ad
from nn.datasets import hourly_wages, titanic
from nn.layers import Dense
from nn.losses import CategoricalCrossentropy
from nn.models import Sequential
from nn.utils import set_random_seed, to_categorical

# %% [markdown]
# ## 3.1 Specifying a model
#
# Each node of a `Dense` layer takes all outputs of the layer before it. So the layer has
# `inputs * nodes` weights, and one more number for each node, which is added: the bias.
#
#     9 predictors -> 50 nodes     9 * 50 + 50 =  500
#     50 nodes     -> 32 nodes    50 * 32 + 32 = 1632
#     32 nodes     -> the wage    32 *  1 +  1 =   33


# %%
def wage_model() -> Sequential:
    """Make a model with two hidden layers that predicts one number from 9 predictors."""
    set_random_seed(1)
    model = Sequential()
    model.add(Dense(50, activation="relu", input_shape=(9,)))
    model.add(Dense(32, activation="relu"))
    model.add(Dense(1))
    return model


def specifying() -> Finding:
    """Exercise 3.1: build a model."""
    model = wage_model()
    counts = [layer.count_params() for layer in model.layers]
    return Finding(
        "3.1 Specifying a model",
        "How many weights does a model with layers of 50, 32 and 1 nodes have?",
        f"{model.count_params():,}, as counted by hand: {' + '.join(map(str, counts))}",
        reached=counts == [9 * 50 + 50, 50 * 32 + 32, 32 * 1 + 1],
    )


if __name__ == "__main__":
    wage_model().summary()
    specifying().show()

# %% [markdown]
# ## 3.2 Compiling
#
# `compile` sets what is minimized (the loss) and how (the optimizer).
#
# The optimizer uses the slopes of the loss with respect to all 2,165 weights, computed by the chain
# rule as in chapter 2. Written for whole layers at once, the backward pass is six lines of NumPy.
#
# To compare so many slopes by a single number, we take one step of length 1 straight uphill, which
# is the direction of the slopes. How steep is it that way? As steep as the slopes are long: the
# square root of the sum of their squares.


# %%
def loss_and_slopes_by_hand(weights: list[Any], x: Any, y: Any) -> tuple[Any, list[Any]]:
    """Compute the mean squared error of `wage_model`, and its slopes by a backward pass."""
    kernel_0, bias_0, kernel_1, bias_1, kernel_2, bias_2 = weights
    hidden_0 = np.maximum(0, x @ kernel_0 + bias_0)
    hidden_1 = np.maximum(0, hidden_0 @ kernel_1 + bias_1)
    errors = hidden_1 @ kernel_2 + bias_2 - y

    slope_2 = 2 * errors / len(x)
    slope_1 = (slope_2 @ kernel_2.T) * (hidden_1 > 0)
    slope_0 = (slope_1 @ kernel_1.T) * (hidden_0 > 0)
    layers = ((x, slope_0), (hidden_0, slope_1), (hidden_1, slope_2))
    slopes = [part for inputs, slope in layers for part in (inputs.T @ slope, slope.sum(axis=0))]
    return np.mean(errors**2), slopes


def compiling() -> Finding:
    """Exercise 3.2: choose a loss and an optimizer, and look at the slopes that it uses."""
    predictors, wages = (array.astype(float) for array in hourly_wages.load_data())
    wages = wages[:, np.newaxis]
    model = wage_model()
    model.compile(optimizer="adam", loss="mean_squared_error")
    start = [weight.astype(float) for weight in model.get_weights()]
    loss, slopes = loss_and_slopes_by_hand(start, predictors, wages)
    length = math.sqrt(sum(np.sum(slope**2) for slope in slopes))

    def uphill(step: Any) -> list[Any]:
        return [w + step * slope / length for w, slope in zip(start, slopes, strict=True)]

    def loss_of_model(step: Any) -> Any:
        with model.bound(uphill(step)):
            return np.mean((model(predictors) - wages) ** 2)

    def loss_by_hand(step: Any) -> Any:
        return loss_and_slopes_by_hand(uphill(step), predictors, wages)[0]

    return Finding(
        "3.2 Compiling a model",
        "What is minimized, and how steep is it where training begins?",
        f"the {model.loss}, {loss:.0f} at first and {length:.0f} steep",
        Slopes(length, ad.grad(loss_of_model)(0.0), nudge(loss_by_hand, 0.0)),
    )


if __name__ == "__main__":
    compiling().show()

# %% [markdown]
# ## 3.3 Fitting
#
# `fit` goes through the rows in random batches of 32 and takes a step after each; one pass through
# all rows is an epoch. Baseline: always predicting the mean wage has a mean squared error of
# 26.4, the variance.


# %%
def fitting(verbose: Any = 0) -> Finding:
    """Exercise 3.3: train the model on the wages."""
    predictors, wages = hourly_wages.load_data()
    model = wage_model()
    model.compile(optimizer="adam", loss="mean_squared_error")
    history = model.fit(predictors, wages, epochs=20, verbose=verbose).history
    losses = history["loss"]
    return Finding(
        "3.3 Fitting a model",
        "How well does it learn the wages in 20 epochs?",
        f"mean squared error {losses[0]:.1f} -> {losses[-1]:.1f};"
        f" always predicting the mean: {np.var(wages):.1f}",
        pictures={
            "wages.png": Curves(
                "Fitting the wages",
                "mean squared error",
                {
                    "the model": losses,
                    "always predicting the mean wage": [float(np.var(wages))] * len(losses),
                },
                log=True,
            )
        },
        reached=bool(losses[-1] < np.var(wages)),
    )


if __name__ == "__main__":
    fitting(verbose="auto").show()

# %% [markdown]
# ## 3.4 Classification
#
# Who survived? For two classes the model has two outputs and `softmax`, which makes them positive
# and their sum 1, so that they are probabilities. The targets have two columns as well, by
# `to_categorical`: `[1 0]` for no, `[0 1]` for yes.
#
# The predictors have very different units, from 0 or 1 to hundreds of pounds. We scale each column
# to mean 0 and standard deviation 1, so that one learning rate suits all.
#
# The loss is the cross-entropy: minus the logarithm of the probability of the true class. Its slope
# with respect to the inputs of `softmax` is famously simple: the probabilities minus the targets.


# %%
def passengers() -> tuple[np.ndarray, np.ndarray]:
    """Return the scaled predictors, shape (1317, 9), and the targets in two columns."""
    predictors, survived = titanic.load_data()
    scaled = (predictors - predictors.mean(axis=0)) / predictors.std(axis=0)
    return scaled, to_categorical(survived)


def survival_model(verbose: Any = 0) -> tuple[Sequential, dict[str, list[float]]]:
    """Train a classifier on the Titanic, and return it with its history."""
    predictors, target = passengers()
    set_random_seed(1)
    model = Sequential()
    model.add(Dense(32, activation="relu", input_shape=(9,)))
    model.add(Dense(2, activation="softmax"))
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    return model, model.fit(predictors, target, epochs=20, verbose=verbose).history


def slope_of_crossentropy(logits: Any, targets: Any) -> Any:
    """Derive by hand: probabilities minus targets, for the mean over the rows."""
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return (probabilities - targets) / len(targets)


def classification(verbose: Any = 0) -> Finding:
    """Exercise 3.4: predict who survived the Titanic."""
    logits = np.array([[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]])
    targets = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    loss = CategoricalCrossentropy(from_logits=True)
    _, survived = titanic.load_data()
    _, history = survival_model(verbose)
    return Finding(
        "3.4 Classification",
        "How many of the Titanic's passengers does a model classify correctly?",
        f"{history['accuracy'][-1]:.1%}, and {1 - survived.mean():.1%} died; the loss fell from"
        f" {history['loss'][0]:.3f} to {history['loss'][-1]:.3f}",
        three_ways(
            lambda logits: loss(targets, logits), logits, slope_of_crossentropy(logits, targets)
        ),
        reached=history["accuracy"][-1] > 0.75,
    )


if __name__ == "__main__":
    classification(verbose="auto").show()

# %% [markdown]
# ## 3.5 Making predictions
#
# `predict` returns a row of two probabilities for each passenger; the second is that of surviving.
# What does the model predict for two people who aren't in the data? Both are 25 years old and
# travel alone from Southampton: a woman in the first class for 80 pounds and a man in the third
# class for 8.


# %%
def predicting() -> Finding:
    """Exercise 3.5: the probability of surviving."""
    model, _ = survival_model()
    raw, _ = titanic.load_data()
    #                     class age siblings parents fare male  Cherbourg Queenstown Southampton
    people = np.array(
        [
            [1.0, 25.0, 0.0, 0.0, 80.0, 0.0, 0.0, 0.0, 1.0],
            [3.0, 25.0, 0.0, 0.0, 8.0, 1.0, 0.0, 0.0, 1.0],
        ]
    )
    scaled = (people - raw.mean(axis=0)) / raw.std(axis=0)
    probability = model.predict(scaled, verbose=0)[:, 1]
    return Finding(
        "3.5 Making predictions",
        "How likely do a woman in the first class and a man in the third survive?",
        f"{probability[0]:.0%} and {probability[1]:.0%}",
        reached=bool(probability[0] > 0.5 > probability[1]),
    )


if __name__ == "__main__":
    predicting().show()

# %%
EXERCISES = (specifying, compiling, fitting, classification, predicting)
