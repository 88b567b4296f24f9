# %% [markdown]
"""# Chapter 2, derived: the chain rule, step by step.

In chapter 2 we derived slopes by hand, and autodiff found the same numbers. `ad.explain` writes the
**derivation** down as well. It shows the forward pass line by line, as in the code, with the
numbers inserted. Then it applies the chain rule backward, from the error to the weights, and ends
with one formula for each slope.

Every formula equals the one derived by hand, letter by letter; see `by hand` in each exercise.
"""

# %%
from typing import Any

import numpy as np
from chapter_1_forward import DEEP_WEIGHTS, WEIGHTS, WORKER, first_workers, predict_deep
from chapter_2_slopes import (
    CAUTIOUS_WEIGHTS,
    INPUTS,
    LEARNING_RATE,
    NODE_INPUTS,
    NODE_TARGET,
    NODE_WEIGHTS,
    TARGET,
    WEIGHTS_0,
    mean_squared_error,
    scaled_workers,
    slope_of_deep_prediction,
    slope_of_node,
    slope_of_squared_error,
    squared_error,
    squared_error_of_deep,
)
from derived import Derived

import autodiff as ad

# %% [markdown]
# ## 2.1 How a change of weights changes the error
#
# By hand: the square has the slope `2 * error`. The error has the slope of the prediction. A weight
# of the output is multiplied by a hidden node; a weight of a hidden node by an entry of the row,
# and the node by its weight in the output.


# %%
def weights_and_error() -> Derived:
    """Derive the slopes of exercise 2.1."""
    return Derived(
        "2.1 How weights change accuracy",
        ad.explain(squared_error)(WEIGHTS_0, INPUTS, TARGET),
        {
            "weights['node_0']": "2 · row · weights['output'][0] · error",
            "weights['node_1']": "2 · row · weights['output'][1] · error",
            "weights['output']": "2 · hidden · error",
        },
        by_path(slope_of_squared_error(WEIGHTS_0, INPUTS, TARGET)),
    )


def by_path(slopes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Name the slopes as the code names the weights: weights['node_0']."""
    return {f"weights[{node!r}]": slope for node, slope in slopes.items()}


if __name__ == "__main__":
    weights_and_error().show()

# %% [markdown]
# ## 2.2 Many rows: the mean squared error
#
# By hand: the slope of a mean is the mean of the slopes. Several paths meet at each weight, one for
# each row: they are added up, and divided by the number of rows. We take three workers whose hidden
# nodes are all active.


# %%
def many_rows() -> Derived:
    """Derive the slopes of exercise 2.2, for three workers."""
    rows, wages = (part[[0, 1, 6]] for part in first_workers(7))
    each = [
        slope_of_squared_error(CAUTIOUS_WEIGHTS, row, wage)
        for row, wage in zip(rows, wages, strict=True)
    ]
    over_rows = "(row₁ · errors[0] + row₂ · errors[1] + row₃ · errors[2]) / 3"
    return Derived(
        "2.2 Scaling up to many rows",
        ad.explain(mean_squared_error, of="weights")(CAUTIOUS_WEIGHTS, rows, wages),
        {
            "weights['node_0']": f"2 · weights['output'][0] · {over_rows}",
            "weights['node_1']": f"2 · weights['output'][1] · {over_rows}",
            "weights['output']": f"2 · {over_rows.replace('row', 'hidden')}",
        },
        by_path({node: np.mean([slope[node] for slope in each], axis=0) for node in WEIGHTS}),
    )


if __name__ == "__main__":
    many_rows().show()

# %% [markdown]
# ## 2.3 Calculating slopes
#
# By hand: `2 * inputs * error`.


# %%
def squared_error_of_node(weights: Any, inputs: Any, target: float) -> Any:
    """Return the squared error of the prediction of a single node."""
    error = (weights * inputs).sum() - target
    return error**2


def calculating_slopes() -> Derived:
    """Derive the slope of exercise 2.3."""
    return Derived(
        "2.3 Calculating slopes",
        ad.explain(squared_error_of_node)(NODE_WEIGHTS, NODE_INPUTS, NODE_TARGET),
        {"weights": "2 · inputs · error"},
        {"weights": slope_of_node(NODE_WEIGHTS)},
    )


if __name__ == "__main__":
    calculating_slopes().show()

# %% [markdown]
# ## 2.4 Improving the weights
#
# One step changes the weights, and so the error: the formula is the same, only the numbers in it
# are smaller.


# %%
def improving_weights() -> Derived:
    """Derive the slope of exercise 2.4, at the updated weights."""
    updated = NODE_WEIGHTS - LEARNING_RATE * slope_of_node(NODE_WEIGHTS)
    return Derived(
        "2.4 Improving model weights",
        ad.explain(squared_error_of_node)(updated, NODE_INPUTS, NODE_TARGET),
        {"weights": "2 · inputs · error"},
        {"weights": slope_of_node(updated)},
    )


if __name__ == "__main__":
    improving_weights().show()

# %% [markdown]
# ## 2.5 Many updates
#
# With all 534 workers at once, the rows are a matrix. By hand: the slope of each weight is its
# column times the errors, added up over the rows, which is a product with the transposed matrix,
# times 2, divided by 534.


# %%
def mse_of_all(weights: Any, rows: Any, wages: Any) -> Any:
    """Average the squared errors of a single node for all rows."""
    errors = rows @ weights - wages
    return np.mean(errors**2)


def many_updates() -> Derived:
    """Derive the slope of exercise 2.5, at the start."""
    rows, wages = scaled_workers()
    weights = np.zeros(3)
    return Derived(
        "2.5 Making many updates",
        ad.explain(mse_of_all, argnums=0)(weights, rows, wages),
        {"weights": "2 · rowsᵀ @ errors / 534"},
        {"weights": 2 * rows.T @ (rows @ weights - wages) / len(rows)},
    )


if __name__ == "__main__":
    many_updates().show()

# %% [markdown]
# ## 2.6 A round of backward propagation
#
# By hand: as in 2.1, repeated for each layer. A node of the first layer feeds both nodes of the
# second, so two paths lead back to it, and their slopes are added.


# %%
def backward_propagation() -> Derived:
    """Derive all slopes of exercise 2.6."""
    wage = 5.5
    error = predict_deep(WORKER, DEEP_WEIGHTS) - wage
    slopes = slope_of_deep_prediction(WORKER, DEEP_WEIGHTS)
    return Derived(
        "2.6 A round of backpropagation",
        ad.explain(squared_error_of_deep, argnums=0)(DEEP_WEIGHTS, WORKER, wage),
        {
            "weights['node_0_0']": f"2 · row · ({both_paths(0)}) · error",
            "weights['node_0_1']": f"2 · row · ({both_paths(1)}) · error",
            "weights['node_1_0']": "2 · weights['output'][0] · hidden_0 · error",
            "weights['node_1_1']": "2 · weights['output'][1] · hidden_0 · error",
            "weights['output']": "2 · hidden_1 · error",
        },
        by_path({node: 2 * error * slope for node, slope in slopes.items()}),
    )


def both_paths(node: int) -> str:
    """Write the slope for a node of the first layer: a sum over the nodes of the second."""
    return (
        f"weights['node_1_0'][{node}] · weights['output'][0]"
        f" + weights['node_1_1'][{node}] · weights['output'][1]"
    )


if __name__ == "__main__":
    backward_propagation().show()

# %%
DERIVATIONS = (
    weights_and_error,
    many_rows,
    calculating_slopes,
    improving_weights,
    many_updates,
    backward_propagation,
)
