# %% [markdown]
"""# Bayesian optimization: find a minimum in a dozen experiments.

Where each value costs an experiment, a Gaussian process says what is known about the function: a
mean and a standard deviation at each point. The next experiment is made where it is expected to
improve on the best one most (Jones, Schonlau and Welch 1998, "Efficient Global Optimization of
Expensive Black-Box Functions").
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, GRAY, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import linalg, stats  # before: from scipy import linalg, stats

# %% [markdown]
# ## The experiment
#
# A function of one number with two minima, of which the left one isn't the lowest (Forrester,
# Sóbester and Keane 2008).

# %%
LOWEST = 0.757249


def experiment(x: Any) -> Any:
    """Return the value at a point between 0 and 1."""
    return (6 * x - 2) ** 2 * np.sin(12 * x - 4)


# %% [markdown]
# ## What is known
#
# The height and the length of the Gaussian process are fitted to the experiments so far, by the
# slope of their likelihood.


# %%
def covariance(a: Any, b: Any, parameters: Any) -> Any:
    """Return the covariances of the values at points a and points b."""
    height, length = np.exp(parameters)
    return height**2 * np.exp(-0.5 * ((a[:, None] - b) / length) ** 2)


def loss(parameters: Any, x: Any, y: Any) -> Any:
    """Return minus the log likelihood of the experiments."""
    of_data = covariance(x, x, parameters) + 1e-6 * np.eye(len(x))
    return -stats.multivariate_normal.logpdf(y, cov=of_data)


def predict(points: Any, parameters: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """Return the mean and the standard deviation at points."""
    of_data = covariance(x, x, parameters) + 1e-6 * np.eye(len(x))
    across = covariance(points, x, parameters)
    weights = linalg.solve(of_data, across.T, assume_a="pos")
    variance = np.exp(parameters[0]) ** 2 - np.sum(weights.T * across, axis=1)
    return weights.T @ y, np.sqrt(np.maximum(variance, 1e-10))


# %% [markdown]
# ## Where to look next
#
# The expected improvement is high where the mean is low or the deviation is high. It has many
# maxima: the highest of a hundred points is the start of the climb.


# %%
def improvement(points: Any, parameters: Any, x: Any, y: Any) -> Any:
    """Return by how much experiments at points are expected to be lower than the best so far."""
    mean, deviation = predict(points, parameters, x, y)
    gain = np.min(y) - mean
    z = gain / deviation
    return gain * stats.norm.cdf(z) + deviation * stats.norm.pdf(z)


def next_point(parameters: Any, x: Any, y: Any) -> float:
    """Return the point of the highest expected improvement."""

    def minus_log(point: Any) -> Any:
        return -np.log(improvement(point, parameters, x, y)[0] + 1e-12)

    points = np.linspace(0, 1, 101)
    start = points[np.argmax(improvement(points, parameters, x, y))]
    return float(minimize(minus_log, [start], jac=ad.grad(minus_log), bounds=[(0, 1)]).x[0])


# %% [markdown]
# ## The search


# %%
def search(count: int = 9) -> tuple[Any, Any, Any]:
    """Return the points and values of all experiments, and the parameters of the process."""
    x, parameters = np.array([0.0, 0.5, 1.0]), np.log([5.0, 0.2])
    for _ in range(count):
        y = experiment(x)
        parameters = minimize(
            loss, parameters, (x, y), jac=ad.grad(loss), bounds=[(0, 4), (-3, 0)]
        ).x
        x = np.append(x, next_point(parameters, x, y))
    return x, experiment(x), parameters


def picture(x: Any, y: Any, parameters: Any) -> Plot:
    """Plot the function, what is known about it, and the experiments, numbered at first."""
    points = np.linspace(0, 1, 201)
    mean, deviation = predict(points, parameters, x[:6], y[:6])
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    band = mean - 2 * deviation, mean + 2 * deviation
    axes.fill_between(points, *band, color=COLORS[1], alpha=0.2)
    axes.plot(points, mean, color=COLORS[1], label="known after six experiments")
    axes.plot(points, experiment(points), "--", color=GRAY, label="the function")
    axes.plot(x, y, "o", color=COLORS[0], label="experiments")
    for number, place in enumerate(zip(x[:8], y[:8], strict=True), 1):
        axes.annotate(str(number), place, (0, 6), textcoords="offset points", ha="center")
    axes.legend(frameon=False, loc="upper left")
    return Plot("The experiments gather at the minimum", figure)


def optimization() -> Finding:
    """Search the minimum."""
    x, y, parameters = search()
    best = x[np.argmin(y)]
    return Finding(
        "Bayesian optimization",
        "Where is the minimum of a function, in a dozen experiments?",
        f"at {best:.3f} (exactly {LOWEST:.3f}), where it is {y.min():.2f}, after {len(x)}",
        pictures={"bayesian_optimization.png": picture(x, y, parameters)},
        reached=bool(abs(best - LOWEST) < 0.01),
    )


if __name__ == "__main__":
    optimization().show()
