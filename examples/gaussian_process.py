# %% [markdown]
"""# Gaussian process regression.

A Gaussian process is a distribution over functions: the values at any points are jointly normal,
and those at close points are alike. How close, how large and how noisy are three numbers, which are
fitted to the data by maximizing the likelihood (Rasmussen and Williams 2006, chapter 5).
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, GRAY, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import stats  # before: from scipy import stats

# %% [markdown]
# ## The data
#
# Thirty noisy values of a function that we pretend not to know, with a gap where there are none.


# %%
def true_function(x: Any) -> Any:
    """Return the function that is to be found."""
    return np.sin(2 * x) + 0.5 * x


RANDOM = np.random.default_rng(3)
X = np.sort(np.concatenate([RANDOM.uniform(-3, 0, 15), RANDOM.uniform(1.2, 3, 15)]))
NOISE = 0.2
Y = true_function(X) + NOISE * RANDOM.normal(size=len(X))

# %% [markdown]
# ## The likelihood
#
# The covariance of two values decreases with the distance of their points. The parameters are the
# logarithms of the height, the length and the noise, so that any number is allowed.


# %%
def covariance(a: Any, b: Any, height: Any, length: Any) -> Any:
    """Return the covariances of the values at points a and points b."""
    return height**2 * np.exp(-0.5 * ((a[:, None] - b) / length) ** 2)


def loss(parameters: Any) -> Any:
    """Return minus the log likelihood of the data."""
    height, length, noise = np.exp(parameters)
    of_data = covariance(X, X, height, length) + noise**2 * np.eye(len(X))
    return -stats.multivariate_normal.logpdf(Y, cov=of_data)


# %% [markdown]
# ## The fit
#
# SciPy's minimizer calls for the slope at each step: `jac=ad.grad(loss)`. The prediction at a new
# point is the normal distribution of its value, given the data.


# %%
def predict(x: Any, parameters: Any) -> tuple[Any, Any]:
    """Return the mean and the standard deviation of the function's values at points."""
    height, length, noise = np.exp(parameters)
    of_data = covariance(X, X, height, length) + noise**2 * np.eye(len(X))
    across = covariance(x, X, height, length)
    weights = np.linalg.solve(of_data, across.T)
    return weights.T @ Y, np.sqrt(height**2 - np.sum(weights.T * across, axis=1))


def picture(x: Any, parameters: Any) -> Plot:
    """Plot the prediction with a band of two standard deviations."""
    mean, deviation = predict(x, parameters)
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(x, mean - 2 * deviation, mean + 2 * deviation, color=COLORS[1], alpha=0.2)
    axes.plot(x, mean, color=COLORS[1], label="prediction ± 2 standard deviations")
    axes.plot(x, true_function(x), "--", color=GRAY, label="the function")
    axes.plot(X, Y, "o", color=COLORS[0], label="data")
    axes.legend()
    return Plot("Unsure where there are no data", figure)


def regression() -> Finding:
    """Fit the process, and predict the function."""
    found = minimize(loss, np.zeros(3), jac=ad.grad(loss), method="L-BFGS-B")
    height, length, noise = np.exp(found.x)
    x = np.linspace(-3, 3, 121)
    mean, deviation = predict(x, found.x)
    inside = np.mean(np.abs(mean - true_function(x)) < 2 * deviation)
    return Finding(
        "Gaussian process regression",
        "How large, how wide and how noisy is the function?",
        f"height {height:.2f}, length {length:.2f}, noise {noise:.2f} (made with {NOISE}); the "
        f"band holds {inside:.0%} of the function, after {found.nit} steps",
        pictures={"gaussian_process.png": picture(x, found.x)},
        reached=bool(found.success and abs(noise - NOISE) < 0.1 and inside > 0.9),
    )


if __name__ == "__main__":
    regression().show()
