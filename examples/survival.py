# %% [markdown]
"""# A survival fit: how much longer does remission last?

Remissions of 42 children with leukemia, in weeks, half of them treated with 6-MP (Freireich et al.
1963). Some were still in remission at the end of the study: their times are **censored**, and count
by the probability of lasting longer, `logsf`, where the others count by their density, `logpdf`.
"""

# %%
from typing import Any

import numpy as np
from curves import COLORS, Plot
from finding import Finding
from matplotlib.figure import Figure
from scipy.optimize import minimize

import autodiff as ad
from autodiff.scipy import stats  # before: from scipy import stats

TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"  # + is censored
CONTROL = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
RECORDS = [*TREATED.split(), *CONTROL.split()]
WEEKS = np.array([float(record.rstrip("+")) for record in RECORDS])
ENDED = np.array([not record.endswith("+") for record in RECORDS])
IS_TREATED = np.repeat([1.0, 0.0], 21)

# %% [markdown]
# ## The likelihood
#
# Times have a Weibull distribution; the treatment multiplies them by exp(gain). This is the
# accelerated failure time model.


# %%
def loss(parameters: Any) -> Any:
    """Return minus the log likelihood of log scale, gain by treatment, and log shape."""
    log_scale, gain, log_shape = parameters
    times = stats.weibull_min(np.exp(log_shape), scale=np.exp(log_scale + gain * IS_TREATED))
    return -np.sum(np.where(ENDED, times.logpdf(WEEKS), times.logsf(WEEKS)))


# %% [markdown]
# ## The fit
#
# The second derivatives serve twice. Newton's method takes its steps by them, and at the optimum
# their inverse is the covariance of the estimates, which gives the standard errors.


# %%
def fit() -> tuple[Any, Any, int]:
    """Return the estimates, their standard errors, and the number of steps."""
    slope, curvature = ad.jit(ad.grad(loss)), ad.jit(ad.hessian(loss))
    found = minimize(
        loss, np.array([2.0, 0.0, 0.0]), jac=slope, hess=curvature, method="trust-exact"
    )
    return found.x, np.sqrt(np.diag(np.linalg.inv(curvature(found.x)))), found.nit


def kaplan_meier(weeks: Any, ended: Any) -> tuple[Any, Any]:
    """Return the times, and the share that lasts longer (Kaplan and Meier 1958)."""
    times = np.unique(weeks[ended])
    at_risk = np.sum(weeks >= times[:, None], axis=1)
    ends = np.sum((weeks == times[:, None]) & ended, axis=1)
    shares = np.cumprod(1 - ends / at_risk)
    return np.array([0, *times, weeks.max()]), np.array([1, *shares, shares[-1]])


def picture(parameters: Any) -> Plot:
    """Plot the shares in remission: as observed, and as fitted."""
    log_scale, gain, log_shape = parameters
    weeks = np.linspace(0, 35, 200)
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for treated, label, color in ((1.0, "6-MP", COLORS[1]), (0.0, "placebo", COLORS[0])):
        chosen = treated == IS_TREATED
        axes.step(
            *kaplan_meier(WEEKS[chosen], ENDED[chosen]), where="post", color=color, label=label
        )
        scale = np.exp(log_scale + gain * treated)
        axes.plot(
            weeks, stats.weibull_min.sf(weeks, np.exp(log_shape), scale=scale), "--", color=color
        )
    axes.set_xlabel("weeks")
    axes.set_ylabel("share in remission")
    axes.legend()
    return Plot("Observed (steps) and fitted (dashed)", figure)


def survival() -> Finding:
    """Estimate by how much the treatment prolongs remission."""
    parameters, errors, steps = fit()
    gain, error = parameters[1], errors[1]
    low, high = np.exp(gain - 1.96 * error), np.exp(gain + 1.96 * error)
    return Finding(
        "A survival fit",
        "By which factor does the treatment prolong remission?",
        f"{np.exp(gain):.2f}, between {low:.2f} and {high:.2f} with 95% confidence (gain "
        f"{gain:.3f} ± {error:.3f}), after {steps} steps",
        pictures={"survival.png": picture(parameters)},
        reached=bool(low > 1),
    )


if __name__ == "__main__":
    survival().show()
