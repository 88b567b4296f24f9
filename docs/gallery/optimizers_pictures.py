# %% [markdown]
# # Pictures of optimizers
#
# The same start, the same slopes, and other ways down.

# %%
import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn
from nn import optimizers

plt.style.use(nn.pictures.STYLE)


def valley(p):
    """Return a valley that is ten times as steep in one direction."""
    return p[0] ** 2 / 20 + p[1] ** 2 / 2


def banana(p):
    """Return Rosenbrock's curved valley."""
    return (1 - p[0]) ** 2 + 5 * (p[1] - p[0] ** 2) ** 2


def bumpy(p):
    """Return a bowl with waves."""
    return (p**2).sum() / 10 + np.sin(2 * p[0]) * np.cos(2 * p[1])


def path(f, start, optimizer, steps=60):
    """Return the points that an optimizer visits."""
    point = np.array(start, np.float32)
    points = [point.copy()]
    optimizer.build_slots(2, [slice(0, 2)])
    for _ in range(steps):
        optimizer.step(point, ad.grad(f)(point))
        points.append(point.copy())
    return np.array(points)


def picture(f, start, ways, reach=4.0, steps=60):
    """Draw the paths of optimizers over the contours of a function."""
    a, b = np.meshgrid(np.linspace(-reach, reach, 120), np.linspace(-reach, reach, 120))
    _, axes = plt.subplots(figsize=(5.5, 4.5), layout="constrained")
    heights = np.array([f(p) for p in np.stack([a.ravel(), b.ravel()], 1)]).reshape(a.shape)
    axes.contour(a, b, np.log1p(heights - heights.min()), 18, cmap="Greys")
    axes.grid(visible=False)
    for name, optimizer in ways.items():
        axes.plot(*path(f, start, optimizer, steps).T, ".-", label=name, markersize=4)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.legend(frameon=True)
    plt.show()


# %% [markdown]
# ## Plain descent in a valley

# %%
picture(valley, (-3.5, 2), {"SGD": optimizers.SGD(1.0)})

# %% [markdown]
# ## Momentum overshoots, and gets there sooner

# %%
picture(
    valley,
    (-3.5, 2),
    {
        "SGD": optimizers.SGD(0.3),
        "momentum": optimizers.SGD(0.3, momentum=0.8),
        "Nesterov": optimizers.SGD(0.3, momentum=0.8, nesterov=True),
    },
)

# %% [markdown]
# ## Adam treats both directions alike

# %%
picture(valley, (-3.5, 2), {"SGD": optimizers.SGD(0.3), "Adam": optimizers.Adam(0.2)})

# %% [markdown]
# ## Steps by the sign: Lion

# %%
picture(valley, (-3.5, 2), {"Lion": optimizers.Lion(0.1), "Adam": optimizers.Adam(0.1)})

# %% [markdown]
# ## Adagrad slows down, RMSprop doesn't

# %%
picture(valley, (-3.5, 2), {"Adagrad": optimizers.Adagrad(0.5), "RMSprop": optimizers.RMSprop(0.1)})

# %% [markdown]
# ## A curved valley

# %%
picture(
    banana,
    (-1.5, 1.5),
    {"SGD": optimizers.SGD(0.02), "Adam": optimizers.Adam(0.1), "Nadam": optimizers.Nadam(0.1)},
    reach=2.2,
    steps=150,
)

# %% [markdown]
# ## Waves: who gets stuck?

# %%
picture(
    bumpy,
    (3.2, 3.0),
    {"SGD": optimizers.SGD(0.1), "momentum": optimizers.SGD(0.1, momentum=0.95)},
    steps=100,
)

# %% [markdown]
# ## The height over the steps

# %%
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for name, optimizer in {
    "SGD": optimizers.SGD(0.02),
    "momentum": optimizers.SGD(0.02, momentum=0.9),
    "Adam": optimizers.Adam(0.1),
    "RMSprop": optimizers.RMSprop(0.05),
}.items():
    axes.semilogy([banana(p) for p in path(banana, (-1.5, 1.5), optimizer, 150)], label=name)
axes.legend(frameon=False)
axes.set_xlabel("step")
plt.show()
