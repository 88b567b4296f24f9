# %% [markdown]
# # See the slopes
#
# A network with two nodes in its hidden layer predicts one number. By how much would a change of
# each weight change its squared error? Autodiff shows its working in three ways: a picture, the
# derivation in formulas, and a page to step through.
#
# It needs only Python packages: `pip install -e ".[examples]"`, no Graphviz.

# %%
from pathlib import Path

import numpy as np

import autodiff as ad


def relu(node_input):
    """Return the input where it is positive, else 0."""
    return np.maximum(0, node_input)


def squared_error(weights, input_data, target):
    """Return the squared error of the network's prediction."""
    node_0_input = (input_data * weights["node_0"]).sum()
    node_0_output = relu(node_0_input)
    node_1_input = (input_data * weights["node_1"]).sum()
    node_1_output = relu(node_1_input)
    hidden_layer_outputs = np.array([node_0_output, node_1_output])
    prediction = (hidden_layer_outputs * weights["output"]).sum()
    error = prediction - target
    return error**2


weights = {"node_0": [2, 4], "node_1": [4, -5], "output": [2, 7]}
input_data, target = np.array([3, 5]), 50

# %% [markdown]
# ## The picture
#
# Each box is a value, with its slope below: how much the squared error changes per unit change of
# the value. Blue slopes are positive, orange ones negative. The weights of `node_1` have slope 0:
# its relu is inactive, so they have no effect.


# %%
def picture():
    """Draw every value and every slope."""
    return ad.draw(squared_error)(weights, input_data, target)


# %% [markdown]
# ## The derivation
#
# The chain rule, one step at a time, with the names of the code above. It ends with a formula for
# each slope, as you would derive it by hand.


# %%
def derivation():
    """Explain every slope."""
    return ad.explain(squared_error)(weights, input_data, target)


# %% [markdown]
# ## The page
#
# The same, one step at a time, in your browser: the arrow keys go forward and back. Select a value
# to see where its slope comes from, and change a weight to update everything: what if `node_1` had
# the weights 4 and 5?
#
# `ad.show(squared_error)(weights, input_data, target)` makes such a page and opens it.


# %%
def main(folder):
    """Print the derivation, and save the picture and the page."""
    print(derivation())
    folder.mkdir(exist_ok=True)
    saved = [
        picture().save(folder / f"see_the_slopes.{ending}") for ending in ("svg", "png", "html")
    ]
    print("\nLook at them:", *saved, sep="\n  ")
    return saved


if __name__ == "__main__":
    here = Path(globals().get("__file__", "examples/see_the_slopes.py"))  # none in a notebook
    main(here.resolve().parent.parent / "pictures")
