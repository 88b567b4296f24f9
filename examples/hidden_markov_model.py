# %% [markdown]
"""# A hidden Markov model: the dishonest casino.

A casino switches between a fair die and a loaded one, unseen (Durbin et al. 1998, section 3.2).
From 300 throws alone, when was the die loaded, and how? The likelihood is a sum over all 2³⁰⁰
paths, which a `logsumexp` per throw adds up.
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import special  # before: from scipy import special

STAY = np.array([[0.95, 0.05], [0.10, 0.90]])  # the chances of going from one die to the other
FACES = np.array([np.full(6, 1 / 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]])


def throw(count: int, random: np.random.Generator) -> tuple[Any, Any]:
    """Return which die is used at each throw, and the face it shows."""
    dice, faces = [0], []
    for _ in range(count):
        faces.append(random.choice(6, p=FACES[dice[-1]]))
        dice.append(random.choice(2, p=STAY[dice[-1]]))
    return np.array(dice[:-1]), np.array(faces)


DICE, THROWS = throw(300, np.random.default_rng(1))

# %% [markdown]
# ## The likelihood
#
# `log_forward[i]` is the log probability of all throws so far, with die i in use now. One step
# multiplies by the chances of staying or switching, sums over the die before, and multiplies by the
# chance of the face (Rabiner 1989, equation 20).


# %%
def log_likelihood(log_chances: Any, log_stay: Any) -> Any:
    """Return the log probability of all throws.

    Args:
        log_chances: of the face that was thrown, a row per throw and a column per die.
        log_stay: of going from one die (row) to another (column).
    """
    log_forward = np.log(0.5) + log_chances[0]
    for chances in log_chances[1:]:
        log_forward = special.logsumexp(log_forward[:, None] + log_stay, axis=0) + chances
    return special.logsumexp(log_forward)


def loss(parameters: Any) -> Any:
    """Return minus the mean log likelihood of unnormalized logarithms."""
    log_faces = special.log_softmax(parameters["faces"], axis=1)
    log_stay = special.log_softmax(parameters["stay"], axis=1)
    return -log_likelihood(log_faces[:, THROWS].T, log_stay) / len(THROWS)


# %% [markdown]
# ## When was the die loaded?
#
# Textbooks compute it by a second pass, backward over the throws. That pass is the backward pass of
# automatic differentiation: the slope of the log likelihood in the log chance of a die at a throw
# **is** the probability that this die was in use.


# %%
def chance_of_each_die(parameters: Any) -> Any:
    """Return the probabilities of the dice at each throw, given all throws."""
    log_faces = special.log_softmax(parameters["faces"], axis=1)
    log_stay = special.log_softmax(parameters["stay"], axis=1)
    return ad.grad(log_likelihood)(log_faces[:, THROWS].T, log_stay)


def picture(loaded: Any) -> Plot:
    """Plot the probability of the loaded die, above the throws where it was in use."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(
        range(len(DICE)), DICE, color="lightgray", step="mid", label="loaded, in fact"
    )
    axes.plot(loaded, color=COLORS[0], label="probability of the loaded die")
    axes.set_xlabel("throw")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.15), ncols=2)
    return Plot("Caught by its throws", figure)


# %%
START = {
    "stay": np.array([[2.0, 0.0], [0.0, 2.0]]),
    "faces": np.array([np.zeros(6), [0, 0, 0, 0, 0, 1.0]]),  # the second likes the six
}


def casino() -> Finding:
    """Fit both dice, and tell when the loaded one was in use."""
    vector, as_parameters = ad.ravel(START)
    value_and_slope = ad.value_and_grad(lambda vector: loss(as_parameters(vector)))
    found = minimize(value_and_slope, vector, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    parameters = as_parameters(found.x)
    loaded = chance_of_each_die(parameters)[:, 1]
    six = special.softmax(parameters["faces"], axis=1)[1, 5]
    right = np.mean((loaded > 0.5) == DICE)
    return Finding(
        "A hidden Markov model",
        "When was the die loaded, and how?",
        f"it shows a six with probability {six:.2f} (made with 0.5), and {right:.0%} "
        f"of the throws are attributed to the right die, after {found.nit} steps",
        pictures={"hidden_markov_model.png": picture(loaded)},
        reached=bool(right > 0.75 and abs(six - 0.5) < 0.15),
    )


if __name__ == "__main__":
    casino().show()
