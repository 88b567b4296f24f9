# %% [markdown]
"""# Find the settings of the digit recognizer.

How wide should the network be, how much penalty, which rate? A halving search tries many random
settings on few rows, and goes on with the best third on three times as many, until a few are left.
Most settings are bad, and cost little.

`python search.py` takes ten seconds, and saves `search.png`: the settings, with their
scores in each round.
"""

# %%
import argparse
import warnings
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.stats import loguniform
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - publishes the search
from sklearn.model_selection import HalvingRandomSearchCV

from nn.datasets import mnist
from nn.pictures.style import STYLE
from nn.wrappers import MLPClassifier

plt.style.use(STYLE)

# %% [markdown]
# ## The settings
#
# Rates and penalties are drawn evenly over powers of ten: 0.001 to 0.01 is as likely as 0.01 to
# 0.1.

# %%
SETTINGS = {
    "hidden_layer_sizes": [(16,), (32,), (64,), (128,), (64, 64)],
    "learning_rate_init": loguniform(1e-4, 1e-1),
    "alpha": loguniform(1e-5, 1e1),
}


def search(rows: int = 4000, least: int = 150, processes: int = 2) -> HalvingRandomSearchCV:
    """Search the settings for the first rows of the digits.

    Args:
        rows: the most of them; the last round uses about as many.
        least: the number in the first round, which decides how many settings are tried.
        processes: how many train at the same time, in processes of their own.
    """
    images, labels = mnist.load_data()[0]
    found = HalvingRandomSearchCV(
        MLPClassifier(max_iter=30, tol=1e-3, random_state=0),
        SETTINGS,
        resource="n_samples",
        min_resources=least,
        max_resources=rows,
        cv=3,
        n_jobs=processes,
        random_state=0,
    )
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):  # 30 epochs do
        return found.fit(images[:rows].reshape(rows, -1) / 255, labels[:rows])


# %% [markdown]
# ## What it found


# %%
def picture(found: HalvingRandomSearchCV) -> Figure:
    """Draw the rate and the penalty of each setting, colored by its score, larger in each round."""
    results: dict[str, Any] = found.cv_results_
    figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
    for place in np.unique(results["iter"]):
        chosen = results["iter"] == place
        points = axes.scatter(
            np.float64(results["param_learning_rate_init"][chosen]),
            np.float64(results["param_alpha"][chosen]),
            c=results["mean_test_score"][chosen],
            s=40 * 3**place,
            vmin=0,
            vmax=1,
            alpha=0.8,
            edgecolors="black",
            label=f"{chosen.sum()} settings on {results['n_resources'][chosen][0]} rows",
        )
    axes.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="penalty, alpha")
    axes.legend(loc="upper left", fontsize="small", markerscale=0.4)
    figure.colorbar(points, label="accuracy on rows that were left out")
    width = " and ".join(map(str, found.best_params_["hidden_layer_sizes"]))
    axes.set_title(f"The best: {width} units, {found.best_score_:.1%} right")
    return figure


# %%
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Find the settings of the digit recognizer.")
    parser.add_argument("--save", type=Path, default=Path("search.png"), help="the picture's file")
    arguments = parser.parse_args()
    best = search()
    print(f"{best.best_score_:.1%} of the digits are right with")
    for name, value in best.best_params_.items():
        print(f"  {name} = {value}")
    picture(best).savefig(arguments.save, dpi=150)
    print(f"saved {arguments.save}")
