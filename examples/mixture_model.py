# %% [markdown]
"""# A mixture of normal distributions, fitted by its slope.

Measurements of three kinds of things, without a note of which is which. The density of a
measurement is a weighted sum over the kinds, and its logarithm a `logsumexp`. Maximizing the
likelihood finds the kinds: no rule of its own is needed, as expectation maximization has.
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import special, stats  # before: from scipy import special, stats

RANDOM = np.random.default_rng(0)
WEIGHTS, MEANS, SCALES = np.array([0.3, 0.5, 0.2]), np.array([-3.0, 0.0, 4.0]), [0.6, 1.0, 0.8]
KIND = RANDOM.choice(3, size=600, p=WEIGHTS)
X = RANDOM.normal(MEANS[KIND], np.array(SCALES)[KIND])

# %% [markdown]
# ## The likelihood
#
# The parameters are a dict. Weights are made positive and to sum to 1 by `log_softmax`, scales
# positive by `exp`.


# %%
def log_densities(parameters: Any, x: Any) -> Any:
    """Return the logarithm of weight times density, a row per measurement and a column per kind."""
    log_weights = special.log_softmax(parameters["weights"])
    scales = np.exp(parameters["scales"])
    return log_weights + stats.norm.logpdf(x[:, None], parameters["means"], scales)


def loss(parameters: Any) -> Any:
    """Return minus the mean log likelihood."""
    return -np.mean(special.logsumexp(log_densities(parameters, X), axis=1))


# %% [markdown]
# ## The fit
#
# SciPy's minimizers take one vector. `ad.ravel` makes one of the dict, and a function that restores
# the dict.
# `ad.jit` records the loss with its slope once, and then runs them as straight NumPy code.


# %%
START = {"weights": np.zeros(3), "means": np.array([-1.0, 0.0, 1.0]), "scales": np.zeros(3)}


def fit() -> tuple[Any, list[float]]:
    """Return the parameters, and the loss after each step."""
    vector, as_parameters = ad.ravel(START)
    value_and_slope = ad.jit(ad.value_and_grad(lambda vector: loss(as_parameters(vector))))
    losses = [loss(START)]
    found = minimize(
        value_and_slope,
        vector,
        jac=True,
        method="BFGS",
        callback=lambda intermediate_result: losses.append(intermediate_result.fun),
    )
    return as_parameters(found.x), losses


def picture(parameters: Any) -> Plot:
    """Plot the measurements with the density of each kind."""
    x = np.linspace(X.min(), X.max(), 300)
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.hist(X, bins=50, density=True, color="lightgray")
    for density, color in zip(np.exp(log_densities(parameters, x)).T, COLORS, strict=False):
        axes.plot(x, density, color=color)
    axes.set_xlabel("measurement")
    return Plot("Three kinds, found without labels", figure)


def mixture() -> Finding:
    """Fit the mixture, and compare it with the one that made the data."""
    parameters, losses = fit()
    order = np.argsort(parameters["means"])
    means = parameters["means"][order]
    weights = special.softmax(parameters["weights"])[order]
    kind = np.argmax(log_densities(parameters, X)[:, order], axis=1)
    right = np.mean(kind == KIND)
    return Finding(
        "A mixture model",
        "Which three kinds of measurements are there?",
        f"means {np.round(means, 2)} (made with {MEANS}), weights {np.round(weights, 2)}; "
        f"{right:.0%} of the measurements are assigned to the right kind, "
        f"after {len(losses) - 1} steps",
        pictures={"mixture_model.png": picture(parameters)},
        reached=bool(np.max(np.abs(means - MEANS)) < 0.3 and right > 0.9),
    )


if __name__ == "__main__":
    mixture().show()
