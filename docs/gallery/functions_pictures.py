# %% [markdown]
# # Pictures of functions
#
# `ad.draw(f)(*args)` runs a function and draws every value with its slope: blue is positive, orange
# is negative.

# %%
import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn

plt.style.use(nn.pictures.STYLE)

# %% [markdown]
# ## A square

# %%
ad.draw(lambda x: x**2)(3.0)

# %% [markdown]
# ## A product of two


# %%
def product(x, y):
    """Multiply two numbers."""
    return x * y


ad.draw(product)(3.0, -2.0)

# %% [markdown]
# ## One value, used twice


# %%
def twice(x):
    """Use a value on two paths; their slopes add up."""
    return np.sin(x) * np.exp(-x)


ad.draw(twice)(1.0)

# %% [markdown]
# ## A dot product


# %%
def dot(w, x):
    """Multiply and add up."""
    return w @ x


ad.draw(dot)(np.array([1.0, -2.0, 0.5]), np.array([2.0, 1.0, 4.0]))

# %% [markdown]
# ## A squared error


# %%
def squared_error(weights, x, target):
    """Return the squared error of one node."""
    error = (weights * x).sum() - target
    return error**2


ad.draw(squared_error)(np.array([0, 2, 1]), np.array([1, 2, 3]), 0)

# %% [markdown]
# ## A maximum: the slope goes to the larger one

# %%
ad.draw(lambda x, y: np.maximum(x, y))(2.0, 5.0)

# %% [markdown]
# ## A tie: the slope is shared

# %%
ad.draw(lambda x: np.max(x))(np.array([4.0, 1.0, 4.0]))

# %% [markdown]
# ## A softmax with cross-entropy: p − y


# %%
def cross_entropy(logits, truth):
    """Return the cross-entropy of a softmax."""
    shifted = logits - logits.max()
    probabilities = np.exp(shifted) / np.exp(shifted).sum()
    return -np.log(probabilities[truth])


ad.draw(cross_entropy)(np.array([2.0, 1.0, 0.1]), 0)

# %% [markdown]
# ## A loop of three steps


# %%
def newton(x, target):
    """Approximate a square root by three steps of Newton's method."""
    for _ in range(3):
        x = (x + target / x) / 2
    return x


ad.draw(newton, argnums=1)(1.0, 2.0)

# %% [markdown]
# ## A standard deviation

# %%
ad.draw(lambda x: np.std(x))(np.array([1.0, 2.0, 6.0]))

# %% [markdown]
# ## An in-place edit


# %%
def clipped(x):
    """Set negative entries to 0."""
    y = x * 2
    y[y < 0] = 0
    return y.sum()


ad.draw(clipped)(np.array([-1.0, 3.0]))

# %% [markdown]
# ## A function and its first three derivatives

# %%
x = np.linspace(-4, 4, 200)
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
f = np.tanh
for order in range(4):
    axes.plot(x, f(x), label=f"derivative {order}" if order else "tanh")
    f = ad.elementwise_grad(f)
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Activations and their slopes

# %%
activations = {
    "relu": lambda x: np.maximum(0, x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "swish": lambda x: x / (1 + np.exp(-x)),
}
_, rows = plt.subplots(1, 4, figsize=(9, 2.4), layout="constrained", sharey=True)
for axes, (name, f) in zip(rows, activations.items(), strict=True):
    axes.plot(x, f(x), label="value")
    axes.plot(x, ad.elementwise_grad(f)(x), "--", label="slope")
    axes.set_title(name)
    axes.set_ylim(-0.5, 2)
rows[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Tangents


# %%
def wave(x):
    """Return a wave that gets steeper."""
    return np.sin(x * x / 2)


_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
x = np.linspace(0, 4, 300)
axes.plot(x, wave(x), color="black")
for at in np.linspace(0.3, 3.7, 8):
    value, slope = ad.value_and_grad(wave)(at)
    near = np.array([at - 0.25, at + 0.25])
    axes.plot(near, value + slope * (near - at), linewidth=3)
axes.set_ylim(-1.5, 1.5)
plt.show()

# %% [markdown]
# ## A field of slopes: the steepest way up a hill


# %%
def hill(x, y):
    """Return the height of two peaks."""
    return np.exp(-((x - 1) ** 2) - y**2) + 0.7 * np.exp(-((x + 1) ** 2) - (y - 0.5) ** 2)


a, b = np.meshgrid(np.linspace(-3, 3, 21), np.linspace(-2, 2, 15))
up_a, up_b = ad.elementwise_grad(hill, argnums=(0, 1))(a, b)
_, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.contourf(a, b, hill(a, b), 15)
axes.grid(visible=False)
axes.quiver(a, b, up_a, up_b, alpha=0.7, color="white")
plt.show()
