# %% [markdown]
# # Pictures of learning rates
#
# The learning rate is the most important number of a training run.

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn
from nn.layers import Dense, Input
from nn.optimizers import SGD, Adam, schedules

plt.style.use(nn.pictures.STYLE)

rng = np.random.default_rng(0)
x = rng.normal(size=(256, 3))
y = np.sin(x @ np.array([1.0, -1.0, 0.5]))


def losses(optimizer, epochs=15):
    """Return the loss after each epoch of a small network."""
    nn.utils.set_random_seed(0)
    model = nn.Sequential([Input((3,)), Dense(16, "tanh"), Dense(1)])
    model.compile(optimizer, "mse")
    return model.fit(x, y, epochs=epochs, verbose=0).history["loss"]


def curves(optimizers):
    """Plot the loss of each optimizer, epoch by epoch."""
    _, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
    for name, optimizer in optimizers.items():
        axes.semilogy(losses(optimizer), label=name)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss")
    axes.legend(frameon=False)
    plt.show()


# %% [markdown]
# ## Too small, right, too large: one weight

# %%
_, rows = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained", sharey=True)
line = np.linspace(-2.2, 2.2, 100)
for axes, rate in zip(rows, (0.05, 0.4, 1.02), strict=True):
    w, points = 2.0, [2.0]
    for _ in range(8):
        w = w - rate * ad.grad(lambda w: w**2)(w)
        points.append(w)
    axes.plot(line, line**2, color="dimgray")
    axes.plot(points, np.square(points), "o-", color="C1")
    axes.set_title(f"learning rate {rate}")
plt.show()

# %% [markdown]
# ## SGD with four rates

# %%
curves({f"SGD({rate})": SGD(rate) for rate in (0.001, 0.01, 0.1, 0.5)})

# %% [markdown]
# ## Adam with four rates

# %%
curves({f"Adam({rate})": Adam(rate) for rate in (0.0003, 0.003, 0.03, 0.3)})

# %% [markdown]
# ## The loss after training, by the rate

# %%
rates = np.geomspace(1e-4, 3, 8)
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
with warnings.catch_warnings(action="ignore"):  # of losses that overflow
    axes.loglog(rates, [losses(SGD(rate), 6)[-1] for rate in rates], "o-", label="SGD")
    axes.loglog(rates, [losses(Adam(rate), 6)[-1] for rate in rates], "o-", label="Adam")
axes.set_xlabel("learning rate")
axes.set_ylabel("loss after 6 epochs")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Schedules

# %%
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for schedule in (
    schedules.ExponentialDecay(0.1, 100, 0.5),
    schedules.CosineDecay(0.1, 400),
    schedules.CosineDecayRestarts(0.1, 100),
    schedules.PiecewiseConstantDecay([150, 300], [0.1, 0.05, 0.01]),
    schedules.PolynomialDecay(0.1, 400, 0.0, power=2.0),
):
    axes.plot([float(schedule(step)) for step in range(400)], label=type(schedule).__name__)
axes.set_xlabel("step")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## A constant rate, and one that decays

# %%
curves({"constant": SGD(0.6), "cosine": SGD(schedules.CosineDecay(0.6, 120))})
