# %% [markdown]
"""# Chapter 1: from inputs to a prediction.

A neural network turns a row of numbers into a prediction: multiply by weights, add up, pass on.
Here the network is written by hand in plain NumPy and predicts the hourly wage of a worker from
two numbers, the years of education and the years of experience.

Each exercise also asks for a **slope**: by how much does the prediction change when a weight
grows a little? We derive it by hand, and compare it with autodiff, which differentiates the code
below unchanged, and with nudging each weight (see `three_ways.py`).
"""

# %%
from collections.abc import Mapping
from typing import Any

import numpy as np
from finding import Finding
from three_ways import in_short, three_ways

from nn.datasets import hourly_wages

Weights = Mapping[str, Any]  # from the name of a node to its weights, one for each input

WORKER = np.array([12, 4])  # 12 years of education, 4 of experience
WEIGHTS = {
    "node_0": np.array([0.5, 0.25]),
    "node_1": np.array([-0.25, 0.5]),
    "output": np.array([1.0, 0.5]),
}

# %% [markdown]
# ## 1.1 Forward propagation
#
# Two hidden nodes take the same inputs, each with its own weights. The output takes the hidden
# nodes. By hand, for our worker:
#
#     node_0 =  0.5  * 12 + 0.25 * 4 =  7
#     node_1 = -0.25 * 12 + 0.5  * 4 = -1
#     output =  1.0  *  7 + 0.5 * -1 =  6.5
#
# The slopes are just as easy. A weight of the output is multiplied by a hidden node, so that node
# is its slope. A weight of a hidden node is multiplied by an input, and then by a weight of the
# output: its slope is the product of these two.


# %%
def predict_linear(row: Any, weights: Weights) -> Any:
    """Predict with two hidden nodes and no activation."""
    node_0 = (row * weights["node_0"]).sum()
    node_1 = (row * weights["node_1"]).sum()
    hidden = np.array([node_0, node_1])
    return (hidden * weights["output"]).sum()


def forward_propagation() -> Finding:
    """Exercise 1.1: compute the prediction for one worker."""
    by_hand = {
        "node_0": 1.0 * WORKER,
        "node_1": 0.5 * WORKER,
        "output": np.array([7, -1]),
    }
    return Finding(
        "1.1 Forward propagation",
        "What wage does a network of two hidden nodes predict?",
        f"{predict_linear(WORKER, WEIGHTS):.2f} dollars an hour",
        three_ways(lambda weights: predict_linear(WORKER, weights), WEIGHTS, by_hand),
    )


if __name__ == "__main__":
    forward_propagation().show()

# %% [markdown]
# ## 1.2 The rectified linear activation
#
# Without an activation the whole network is only a weighted sum of its inputs. `relu` makes it
# nonlinear: negative numbers become 0, positive ones are unchanged. Above, `node_1` was -1, so now
# it is inactive, and the output is 7.
#
# The slopes of an inactive node are 0: it stays inactive when its weights change a little, and its
# weight in the output is multiplied by 0. **Three** of the six slopes are 0 now.


# %%
def relu(value: Any) -> Any:
    """Return the value where it is positive, else 0."""
    return max(0, value)


def predict(row: Any, weights: Weights) -> Any:
    """Predict with two hidden nodes, each rectified."""
    node_0 = relu((row * weights["node_0"]).sum())
    node_1 = relu((row * weights["node_1"]).sum())
    hidden = np.array([node_0, node_1])
    return (hidden * weights["output"]).sum()


def rectified_linear() -> Finding:
    """Exercise 1.2: the same worker, with an activation."""
    by_hand = {
        "node_0": 1.0 * WORKER,
        "node_1": 0 * WORKER,
        "output": np.array([7, 0]),
    }
    return Finding(
        "1.2 Rectified linear activation",
        "What does it predict when hidden nodes can't be negative?",
        f"{predict(WORKER, WEIGHTS):.2f} dollars an hour, as node_1 is inactive",
        three_ways(lambda weights: predict(WORKER, weights), WEIGHTS, by_hand),
    )


if __name__ == "__main__":
    rectified_linear().show()

# %% [markdown]
# ## 1.3 Many rows
#
# The same network predicts for every row of a table: a loop over the rows, a list of results.
# These are the first five workers of a real survey of 1985.
#
# The slope of the **sum** of all predictions is the sum of the slopes of each. Row by row, a hidden
# node either lets a slope through (it is positive) or not.


# %%
def first_workers(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return education and experience, shape (count, 2), and the wages of the first workers."""
    predictors, wages = hourly_wages.load_data()
    names = hourly_wages.feature_names
    columns = [names.index("education_yrs"), names.index("experience_yrs")]
    return predictors[:count, columns].astype(float), wages[:count].astype(float)


def predict_rows(rows: Any, weights: Weights) -> list[Any]:
    """Predict for one row after the other."""
    return [predict(row, weights) for row in rows]


def slope_of_prediction(row: Any, weights: Weights) -> dict[str, np.ndarray]:
    """Derive by hand the slope of `predict`, by the chain rule."""
    slopes, hidden = {}, []
    for position, node in enumerate(("node_0", "node_1")):
        before = (row * weights[node]).sum()
        slope_of_relu = 1 if before > 0 else 0
        slopes[node] = weights["output"][position] * slope_of_relu * row
        hidden.append(relu(before))
    return {**slopes, "output": np.array(hidden)}


def many_rows() -> Finding:
    """Exercise 1.3: the same network for several workers."""
    rows, wages = first_workers(5)
    each = [slope_of_prediction(row, WEIGHTS) for row in rows]
    by_hand = {node: sum(slope[node] for slope in each) for node in WEIGHTS}
    return Finding(
        "1.3 Many rows of data",
        "What does it predict for the first five workers of the survey?",
        f"{in_short(predict_rows(rows, WEIGHTS))}; they earn {in_short(wages)}",
        three_ways(lambda weights: sum(predict_rows(rows, weights)), WEIGHTS, by_hand),
    )


if __name__ == "__main__":
    many_rows().show()

# %% [markdown]
# ## 1.4 Two hidden layers
#
# A second hidden layer takes the outputs of the first. By hand, for our worker and the weights
# below:
#
#     first layer:   0.5 * 12 + 0.25 * 4 = 7       0.25 * 12 - 0.5 * 4 = 1
#     second layer:  1.0 *  7 + 1.0  * 1 = 8       0.5  *  7 - 1.0 * 1 = 2.5
#     output:        0.5 *  8 + 1.0  * 2.5 = 6.5
#
# The slopes are computed backward, from the output to the inputs: each node's slope is the sum,
# over the nodes that it feeds, of their slope times the weight between them. A weight's slope is
# then the value that it is multiplied by, times the slope of the node that it leads to.

# %%
DEEP_WEIGHTS = {
    "node_0_0": np.array([0.5, 0.25]),
    "node_0_1": np.array([0.25, -0.5]),
    "node_1_0": np.array([1.0, 1.0]),
    "node_1_1": np.array([0.5, -1.0]),
    "output": np.array([0.5, 1.0]),
}


def predict_deep(row: Any, weights: Weights) -> Any:
    """Predict with two hidden layers of two nodes each."""
    node_0_0 = relu((row * weights["node_0_0"]).sum())
    node_0_1 = relu((row * weights["node_0_1"]).sum())
    hidden_0 = np.array([node_0_0, node_0_1])
    node_1_0 = relu((hidden_0 * weights["node_1_0"]).sum())
    node_1_1 = relu((hidden_0 * weights["node_1_1"]).sum())
    hidden_1 = np.array([node_1_0, node_1_1])
    return (hidden_1 * weights["output"]).sum()


def slope_of_deep_prediction(row: Any, weights: Weights) -> dict[str, np.ndarray]:
    """Derive by hand the slope of `predict_deep`: forward for values, backward for slopes."""
    first = np.array([weights["node_0_0"], weights["node_0_1"]])
    second = np.array([weights["node_1_0"], weights["node_1_1"]])
    hidden_0 = np.maximum(0, first @ row)
    hidden_1 = np.maximum(0, second @ hidden_0)

    slope_1 = weights["output"] * (hidden_1 > 0)
    slope_0 = (slope_1 @ second) * (hidden_0 > 0)
    return {
        "node_0_0": slope_0[0] * row,
        "node_0_1": slope_0[1] * row,
        "node_1_0": slope_1[0] * hidden_0,
        "node_1_1": slope_1[1] * hidden_0,
        "output": hidden_1,
    }


def two_hidden_layers() -> Finding:
    """Exercise 1.4: a deeper network, and the chain rule through it."""
    return Finding(
        "1.4 Multi-layer networks",
        "What does a network with two hidden layers predict?",
        f"{predict_deep(WORKER, DEEP_WEIGHTS):.2f} dollars an hour",
        three_ways(
            lambda weights: predict_deep(WORKER, weights),
            DEEP_WEIGHTS,
            slope_of_deep_prediction(WORKER, DEEP_WEIGHTS),
        ),
    )


if __name__ == "__main__":
    two_hidden_layers().show()

# %%
EXERCISES = (forward_propagation, rectified_linear, many_rows, two_hidden_layers)
