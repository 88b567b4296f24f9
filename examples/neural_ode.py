# %% [markdown]
"""# A neural differential equation: learn how a pendulum moves.

A network returns the speed of a state's change, and the solver of the differential equation turns
it into a motion (Chen et al. 2018, "Neural Ordinary Differential Equations"). The weights are
fitted to a measured motion, by slopes through the solver.
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy.integrate import odeint  # before: from scipy.integrate import odeint

# %% [markdown]
# ## The data
#
# The angle and the speed of a pendulum with friction, four times a second. The network isn't told
# the law.

# %%
TIMES = np.linspace(0, 10, 41)


def pendulum(state: Any, t: float) -> Any:  # noqa: ARG001 - odeint passes it
    """Return the change of angle and speed per second."""
    angle, speed = state
    return [speed, -2.0 * np.sin(angle) - 0.2 * speed]


MOTION = odeint(pendulum, [2.0, 0.0], TIMES)
MEASURED = MOTION + 0.01 * np.random.default_rng(0).normal(size=MOTION.shape)

# %% [markdown]
# ## The network
#
# It has one hidden layer. `ad.ravel` makes one vector of its weights, as SciPy requires, and a
# function that restores them.

# %%
RANDOM = np.random.default_rng(1)
START, unravel = ad.ravel(
    {"in": RANDOM.normal(size=(2, 16)), "bias": np.zeros(16), "out": np.zeros((16, 2))}
)


def field(states: Any, t: float, weights: Any) -> Any:  # noqa: ARG001
    """Return the change per second of many states in a row."""
    hidden = np.tanh(states.reshape(-1, 2) @ weights["in"] + weights["bias"])
    return (hidden @ weights["out"]).ravel()


# %% [markdown]
# ## The loss
#
# From each measured state the network predicts the next two. All these short motions are solved at
# once, as one state of 78 numbers.


# %%
def loss(vector: Any) -> Any:
    """Return the mean squared error of the predictions."""
    found = odeint(field, MEASURED[:-2].ravel(), TIMES[:3], args=(unravel(vector),), rtol=1e-5)
    error_1 = found[1].reshape(-1, 2) - MEASURED[1:-1]
    error_2 = found[2].reshape(-1, 2) - MEASURED[2:]
    return np.mean(error_1**2 + error_2**2)


# %% [markdown]
# ## The fit
#
# In the end the network starts from the first state alone, and predicts the whole motion.


# %%
def picture(predicted: Any) -> Plot:
    """Plot the measured and the predicted motion."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for i, name in enumerate(("angle", "speed")):
        axes.plot(TIMES, MEASURED[:, i], "o", color=COLORS[i], label=name)
        axes.plot(TIMES, predicted[:, i], color=COLORS[i])
    axes.set_xlabel("seconds")
    axes.legend()
    return Plot("Measured (dots), and predicted from the first state", figure)


def motion() -> Finding:
    """Fit the network, and predict the motion."""
    found = minimize(
        ad.value_and_grad(loss), START, jac=True, method="BFGS", options={"maxiter": 100}
    )
    predicted = odeint(field, MOTION[0], TIMES, args=(unravel(found.x),))
    error = np.sqrt(np.mean((predicted - MOTION) ** 2))
    return Finding(
        "A neural differential equation",
        "Can a network learn the law of a pendulum from one motion?",
        f"it predicts ten seconds with an error of {error:.2f} (angles up to 2), after "
        f"{found.nit} steps",
        pictures={"neural_ode.png": picture(predicted)},
        reached=bool(error < 0.1),
    )


if __name__ == "__main__":
    motion().show()
