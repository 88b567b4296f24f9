# %% [markdown]
"""# Chapter 2: slopes, and how a network learns from them.

A network learns by changing its weights so that its error decreases. The slope of the error shows
the direction: where it is positive, a smaller weight makes the error smaller, and the steeper it
is, the more the error changes.

Every slope here is computed three ways: by hand, by autodiff, and by nudging (see `three_ways.py`).
"""

# %%
from typing import Any

import numpy as np
from chapter_1_forward import (
    DEEP_WEIGHTS,
    WEIGHTS,
    WORKER,
    Weights,
    first_workers,
    predict,
    predict_deep,
    predict_rows,
    slope_of_deep_prediction,
    slope_of_prediction,
)
from curves import Curves
from finding import Finding
from three_ways import in_short, three_ways

import autodiff as ad

# %% [markdown]
# ## 2.1 How a change of weights changes the error
#
# The error is the prediction minus the target. For the inputs 4 and 1 the network below predicts
# 6 + 11 = 17, which is 6 too much. Without `node_0` the prediction is exact: 11.
#
# We minimize the **square** of the error: it is never negative, and it is 0 only when the
# prediction is exact. Its slope is `2 * error` times the slope of the prediction.
# Integers and plain lists work too; nothing has to be rewritten for autodiff.
#
# The picture shows the whole computation from left to right, each value with its slope below it.

# %%
INPUTS = np.array([4, 1])
TARGET = 11
WEIGHTS_0 = {"node_0": [1, 2], "node_1": [3, -1], "output": [1, 1]}
WEIGHTS_1 = {"node_0": [1, 2], "node_1": [3, -1], "output": [0, 1]}


def squared_error(weights: Weights, row: Any, target: float) -> Any:
    """Return the squared error of the prediction for one row."""
    error = predict(row, weights) - target
    return error**2


def slope_of_squared_error(weights: Weights, row: Any, target: float) -> dict[str, np.ndarray]:
    """Derive by hand: twice the error, times the slope of the prediction."""
    error = predict(row, weights) - target
    slopes = slope_of_prediction(row, weights)
    return {node: 2 * error * slope for node, slope in slopes.items()}


def weights_and_error() -> Finding:
    """Exercise 2.1: two sets of weights for one row."""
    error_0 = predict(INPUTS, WEIGHTS_0) - TARGET
    error_1 = predict(INPUTS, WEIGHTS_1) - TARGET
    return Finding(
        "2.1 How weights change accuracy",
        "What are the errors of two sets of weights, for one row?",
        f"{error_0} with the first, {error_1} with the second",
        three_ways(
            lambda weights: squared_error(weights, INPUTS, TARGET),
            WEIGHTS_0,
            slope_of_squared_error(WEIGHTS_0, INPUTS, TARGET),
        ),
        {"computation_graph.svg": ad.draw(squared_error)(WEIGHTS_0, INPUTS, TARGET)},
    )


if __name__ == "__main__":
    weights_and_error().show()

# %% [markdown]
# ## 2.2 Many rows: the mean squared error
#
# One row may be right by chance. A set of weights is evaluated by the mean of the squared errors
# over many rows, and the slope of a mean is the mean of the slopes.

# %%
CAUTIOUS_WEIGHTS = {
    "node_0": np.array([0.25, 0.125]),
    "node_1": np.array([-0.31, 0.19]),
    "output": np.array([1.5, 0.25]),
}


def mean_squared_error(weights: Weights, rows: Any, targets: Any) -> Any:
    """Average the squared errors of all rows."""
    errors = np.array(predict_rows(rows, weights)) - targets
    return np.mean(errors**2)


def many_rows() -> Finding:
    """Exercise 2.2: two sets of weights for a hundred workers."""
    rows, wages = first_workers(100)
    each = [
        slope_of_squared_error(CAUTIOUS_WEIGHTS, row, wage)
        for row, wage in zip(rows, wages, strict=True)
    ]
    mse_0 = mean_squared_error(WEIGHTS, rows, wages)
    mse_1 = mean_squared_error(CAUTIOUS_WEIGHTS, rows, wages)
    return Finding(
        "2.2 Scaling up to many rows",
        "Which weights are better for 100 workers, by the mean squared error?",
        f"the second: {mse_1:.1f}, and the first {mse_0:.1f}",
        three_ways(
            lambda weights: mean_squared_error(weights, rows, wages),
            CAUTIOUS_WEIGHTS,
            {node: np.mean([slope[node] for slope in each], axis=0) for node in WEIGHTS},
        ),
    )


if __name__ == "__main__":
    many_rows().show()

# %% [markdown]
# ## 2.3 Calculating slopes
#
# The smallest network of all is one node: multiply and add up. Its squared error has the slope
#
#     2 * inputs * error
#
# For the numbers below the prediction is 1·2 + 0·1 + 2·3 = 8, the error 8 - 5 = 3, and the slope
# 2 · [2 1 3] · 3 = [12 6 18].

# %%
NODE_INPUTS = np.array([2, 1, 3])
NODE_WEIGHTS = np.array([1, 0, 2])
NODE_TARGET = 5
LEARNING_RATE = 0.01


def node_error(weights: Any) -> Any:
    """Predict with a single node, and subtract the target."""
    return (weights * NODE_INPUTS).sum() - NODE_TARGET


def slope_of_node(weights: Any) -> Any:
    """Derive by hand the slope of the squared error of a single node."""
    return 2 * NODE_INPUTS * node_error(weights)


def calculating_slopes() -> Finding:
    """Exercise 2.3: the slope of one node's squared error."""
    by_hand = slope_of_node(NODE_WEIGHTS)
    return Finding(
        "2.3 Calculating slopes",
        "What is the slope of one node's squared error?",
        f"2 * inputs * error = {in_short(by_hand)}",
        three_ways(lambda weights: node_error(weights) ** 2, NODE_WEIGHTS, by_hand),
    )


if __name__ == "__main__":
    calculating_slopes().show()

# %% [markdown]
# Would we have noticed a mistake? `ad.check_slope` compares a slope by hand with the other two, and
# suggests what is wrong. Here the 2 was forgotten:

# %%
if __name__ == "__main__":
    forgot_the_2 = NODE_INPUTS * node_error(NODE_WEIGHTS)
    print(ad.check_slope(lambda weights: node_error(weights) ** 2, forgot_the_2, NODE_WEIGHTS))

# %% [markdown]
# ## 2.4 Improving the weights
#
# Subtract a small fraction of the slope from the weights: the fraction is the learning rate. All
# three slopes were positive, so all three weights decrease, and with them the error.


# %%
def improving_weights() -> Finding:
    """Exercise 2.4: one step of gradient descent."""
    updated = NODE_WEIGHTS - LEARNING_RATE * slope_of_node(NODE_WEIGHTS)
    return Finding(
        "2.4 Improving model weights",
        "By how much does one step against the slope reduce the error?",
        f"from {node_error(NODE_WEIGHTS)} to {node_error(updated):.2f},"
        f" with the weights {in_short(updated)}",
        three_ways(lambda weights: node_error(weights) ** 2, updated, slope_of_node(updated)),
    )


if __name__ == "__main__":
    improving_weights().show()

# %% [markdown]
# ## 2.5 Many updates
#
# One step isn't enough; many are. This time the node predicts all 534 wages of the survey from
# education and experience, both standardized (mean 0, standard deviation 1), and a column of ones,
# whose weight is a base wage. All weights start at 0, and every step uses the slope of the mean
# squared error over all rows,
#
#     2 * (rows * errors).mean()
#
# We take the steps with `ad.grad`, and again with the slope by hand: both end at the same place.

# %%
N_UPDATES = 40
STEP = 0.05


def scaled_workers() -> tuple[np.ndarray, np.ndarray]:
    """Return a column of ones and two scaled columns, shape (534, 3), and the wages."""
    rows, wages = first_workers(534)
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return np.column_stack([np.ones(len(rows)), scaled]), wages


def many_updates() -> Finding:
    """Exercise 2.5: gradient descent on real rows."""
    rows, wages = scaled_workers()

    def mse(weights: Any) -> Any:
        return np.mean((rows @ weights - wages) ** 2)

    def slope_by_hand(weights: Any) -> Any:
        errors = rows @ weights - wages
        return 2 * (rows * errors[:, np.newaxis]).mean(axis=0)

    weights = by_hand = np.zeros(3)
    history = [mse(weights)]
    for _ in range(N_UPDATES):
        weights = weights - STEP * ad.grad(mse)(weights)
        by_hand = by_hand - STEP * slope_by_hand(by_hand)
        history.append(mse(weights))

    best = mse(np.linalg.lstsq(rows, wages)[0])
    return Finding(
        "2.5 Making many updates",
        f"How low does the mean squared error of all wages get in {N_UPDATES} steps?",
        f"from {history[0]:.1f} to {history[-1]:.2f}; the minimum for one node is {best:.2f}",
        three_ways(mse, weights, slope_by_hand(weights)),
        {
            "gradient_descent.png": Curves(
                "Each step against the slope lowers the error",
                "mean squared error",
                {"one node": history, "the best that one node can do": [best] * len(history)},
                x_label="updates",
                first=0,
            )
        },
        reached=bool(np.allclose(weights, by_hand)),
    )


if __name__ == "__main__":
    many_updates().show()

# %% [markdown]
# ## 2.6 A round of backward propagation
#
# In the network of chapter 1 with two hidden layers, the slopes propagate from the error back to
# the first weights; follow them in the picture from right to left. Our worker earns 5.50 dollars an
# hour, so the prediction of 6.50 is 1 too much, and the backward pass starts with the slope
# `2 * error = 2`.


# %%
def squared_error_of_deep(weights: Weights, row: Any, wage: float) -> Any:
    """Return the squared error of the network with two hidden layers."""
    error = predict_deep(row, weights) - wage
    return error**2


def backward_propagation() -> Finding:
    """Exercise 2.6: all slopes of a network with two hidden layers, and a picture of them."""
    wage = 5.5
    error = predict_deep(WORKER, DEEP_WEIGHTS) - wage
    slopes = slope_of_deep_prediction(WORKER, DEEP_WEIGHTS)
    learned = {node: DEEP_WEIGHTS[node] - 0.001 * 2 * error * slopes[node] for node in slopes}
    after = predict_deep(WORKER, learned) - wage
    return Finding(
        "2.6 A round of backpropagation",
        "How do the slopes propagate back through two hidden layers?",
        f"see the picture; a step of 0.001 takes the error from {error:.2f} to {after:.2f}",
        three_ways(
            lambda weights: squared_error_of_deep(weights, WORKER, wage),
            DEEP_WEIGHTS,
            {node: 2 * error * slope for node, slope in slopes.items()},
        ),
        {
            "backpropagation.svg": ad.draw(squared_error_of_deep)(DEEP_WEIGHTS, WORKER, wage),
        },
    )


if __name__ == "__main__":
    backward_propagation().show()

# %%
EXERCISES = (
    weights_and_error,
    many_rows,
    calculating_slopes,
    improving_weights,
    many_updates,
    backward_propagation,
)
