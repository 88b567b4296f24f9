# %% [markdown]
"""# Variational inference: a normal distribution in place of a posterior.

How poisonous is a substance? Four doses were given to five animals each (Racine et al. 1986; Gelman
et al. 2013, section 3.7). The posterior of the two parameters of a logistic curve has no formula.
We look for the normal distribution that is closest to it: the one with the largest evidence lower
bound (ELBO), E[log posterior] + entropy.
"""

# %%
import math
from typing import Any

import numpy as np
from curves import COLORS, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import special, stats  # before: from scipy import special, stats

DOSES = np.array([-0.86, -0.30, -0.05, 0.73])  # logarithms of g/ml
DEATHS, ANIMALS = np.array([0, 1, 3, 5]), 5


# %%
def log_posterior(level: Any, steepness: Any) -> Any:
    """Return the log posterior, up to a constant, of parameters in arrays of one shape."""
    chance = special.expit(level[..., None] + steepness[..., None] * DOSES)
    likelihood = np.sum(stats.binom.logpmf(DEATHS, ANIMALS, chance), axis=-1)
    return likelihood + stats.norm.logpdf(level, 0, 2) + stats.norm.logpdf(steepness, 10, 5)


# %% [markdown]
# ## The evidence lower bound
#
# The mean over draws from the normal distribution must have a slope in its parameters. So the draws
# are made without parameters, once, and then moved: `mean + root @ draw`. The covariance is
# `root @ root.T` of a triangular matrix, with a positive diagonal.

# %%
DRAWS = np.random.default_rng(0).normal(size=(2, 400))


def unpack(parameters: Any) -> tuple[Any, Any]:
    """Return the mean, and the triangular root of the covariance."""
    diagonal = np.exp(parameters[2:4])
    root = np.array([[diagonal[0], 0.0], [parameters[4], diagonal[1]]])
    return parameters[:2], root


def loss(parameters: Any) -> Any:
    """Return minus the evidence lower bound."""
    mean, root = unpack(parameters)
    level, steepness = mean[:, None] + root @ DRAWS
    entropy = np.sum(parameters[2:4]) + 1 + math.log(2 * math.pi)
    return -np.mean(log_posterior(level, steepness)) - entropy


# %% [markdown]
# ## The posterior on a grid
#
# With two parameters only, the exact mean can be computed by summing over a grid, to compare.

# %%
LEVELS, STEEPNESS = np.meshgrid(np.linspace(-3, 6, 200), np.linspace(-3, 30, 200))


def exact() -> tuple[Any, Any]:
    """Return the posterior on the grid, and the means of the two parameters."""
    density = np.exp(log_posterior(LEVELS, STEEPNESS))
    density /= density.sum()
    return density, np.array([(density * LEVELS).sum(), (density * STEEPNESS).sum()])


def picture(density: Any, mean: Any, root: Any) -> Plot:
    """Plot the contours of the posterior and of the normal distribution."""
    normal = stats.multivariate_normal(mean, root @ root.T)
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    shares = np.array([0.05, 0.3, 0.6, 0.9])
    for values, color, style in (
        (density, COLORS[1], "solid"),
        (normal.pdf(np.stack([LEVELS, STEEPNESS], axis=-1)), COLORS[0], "dashed"),
    ):
        axes.contour(
            LEVELS, STEEPNESS, values, values.max() * shares, colors=color, linestyles=style
        )
    axes.plot([], color=COLORS[1], label="posterior")
    axes.plot([], "--", color=COLORS[0], label="closest normal distribution")
    axes.set_xlabel("level")
    axes.set_ylabel("steepness")
    axes.legend()
    return Plot("Close where most of the posterior is", figure)


def inference() -> Finding:
    """Find the closest normal distribution."""
    start = np.array([0.0, 10.0, 0.0, 1.0, 0.0])
    value_and_slope = ad.jit(ad.value_and_grad(loss))
    found = minimize(value_and_slope, start, jac=True, method="L-BFGS-B")
    mean, root = unpack(found.x)
    density, exact_mean = exact()
    deviations = np.sqrt(np.diag(root @ root.T))
    return Finding(
        "Variational inference",
        "How do level and steepness of the dose's effect look, given twenty animals?",
        f"means {np.round(mean, 2)} (exactly {np.round(exact_mean, 2)}), standard deviations "
        f"{np.round(deviations, 2)}, after {found.nit} steps",
        pictures={"variational_inference.png": picture(density, mean, root)},
        reached=bool(found.success and np.all(np.abs(mean - exact_mean) < 0.3 * deviations)),
    )


if __name__ == "__main__":
    inference().show()
