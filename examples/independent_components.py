# %% [markdown]
"""# Independent component analysis: three voices, three microphones.

Each microphone hears a different mixture of all voices. Nothing is known but that the voices are
independent and have heavy tails. The matrix that separates them maximizes the likelihood (MacKay
1996): with sources s = W x, it is the product of their densities, times |det W|.
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

RANDOM = np.random.default_rng(0)
TIME = np.linspace(0, 1, 1500)
SOURCES = np.stack([
    stats.laplace.rvs(size=len(TIME), random_state=1),
    np.sin(40 * TIME) ** 5 * 2,
    stats.t.rvs(3, size=len(TIME), random_state=2) * (np.sin(9 * TIME) > 0),
])  # fmt: skip
MIXING = RANDOM.normal(size=(3, 3))
HEARD = MIXING @ SOURCES

# %% [markdown]
# ## The likelihood
#
# The density of a source is the hyperbolic secant, whose tails are heavier than the normal's.


# %%
def loss(vector: Any) -> Any:
    """Return minus the mean log likelihood of an unmixing matrix, which is laid out in a vector."""
    unmixing = np.reshape(vector, (3, 3))
    separated = unmixing @ HEARD
    volume = np.linalg.slogdet(unmixing)[1]
    return -np.mean(np.sum(stats.hypsecant.logpdf(separated), axis=0)) - volume


def picture(separated: Any) -> Plot:
    """Plot voices, mixtures and separated voices, one below the other."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    columns = (("voices", SOURCES), ("heard", HEARD), ("separated", separated))
    for column, (title, signals) in enumerate(columns):
        for row, (signal, color) in enumerate(zip(signals, COLORS, strict=False)):
            axes = figure.add_subplot(3, 3, 3 * row + column + 1)
            axes.plot(TIME, signal, color=GRAY if column == 1 else color, linewidth=0.5)
            axes.axis("off")
            if row == 0:
                axes.set_title(title, fontsize=10)
    return Plot("Separated, up to sign and volume", figure)


# %% [markdown]
# ## The fit
#
# The voices come back in any order, with any sign and volume. We compare by correlation.


# %%
def separation() -> Finding:
    """Find the matrix that separates the voices."""
    value_and_slope = ad.jit(ad.value_and_grad(loss))
    found = minimize(value_and_slope, np.eye(3).ravel(), jac=True, method="L-BFGS-B")
    separated = np.reshape(found.x, (3, 3)) @ HEARD
    alike = np.abs(np.corrcoef(SOURCES, separated)[:3, 3:])
    order = np.argmax(alike, axis=1)
    before = np.max(np.abs(np.corrcoef(SOURCES, HEARD)[:3, 3:]), axis=1)
    after = np.max(alike, axis=1)
    return Finding(
        "Independent component analysis",
        "Which voices are in the mixtures?",
        f"correlations with the voices {np.round(after, 3)} (of the best microphones "
        f"{np.round(before, 2)}), after {found.nit} steps",
        pictures={"independent_components.png": picture(separated[order])},
        reached=bool(len(set(order)) == 3 and np.min(after) > 0.98),
    )


if __name__ == "__main__":
    separation().show()
