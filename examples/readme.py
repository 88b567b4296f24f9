# %% [markdown]
# # The pictures of the README
#
# A network with two nodes in its hidden layer, one observation, and the squared
# error. Run this file to make `readme.svg` and `readme_steps.svg` beside it again.

# %%
from pathlib import Path

import numpy as np

import autodiff as ad


def loss(weights, row, target):
    """Return the squared error of the network's prediction for one row."""
    hidden = np.maximum(0, row @ weights["hidden"])
    error = hidden @ weights["output"] - target
    return error**2


weights = {"hidden": [[2, 1], [1, -2]], "output": [1, 1]}
row, target = np.array([2, 3]), 3

# %%
if __name__ == "__main__":
    beside = Path(globals().get("__file__", "readme.py"))  # a notebook has no __file__
    picture = ad.draw(loss)(weights, row, target)
    picture.save(beside.with_suffix(".svg"))
    picture.steps().save(beside.with_name("readme_steps.svg"))
