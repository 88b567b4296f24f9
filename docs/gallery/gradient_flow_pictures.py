# %% [markdown]
# # Pictures of gradient flow
#
# Slopes travel from the loss back to the first layer. On the way they shrink or grow.

# %%
import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn

plt.style.use(nn.pictures.STYLE)

rng = np.random.default_rng(0)
ROWS = rng.normal(size=(64, 50))


def sizes(activation, scale, depth=20, residual=False):
    """Return the size of the slope at each layer of a deep network."""
    weights = [rng.normal(0, scale / np.sqrt(50), (50, 50)) for _ in range(depth)]
    x = ad.tensor(ROWS)
    layers = []
    for w in weights:
        layers.append(x)
        x = x + activation(x @ w) if residual else activation(x @ w)
    (x**2).mean().backward()
    return [np.abs(layer.grad).mean() for layer in layers]


def picture(ways):
    """Plot the size of the slopes, layer by layer."""
    _, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
    for name, values in ways.items():
        axes.semilogy(range(1, len(values) + 1), values, "o-", label=name, markersize=3)
    axes.set_xlabel("layer, from the input to the loss")
    axes.set_ylabel("mean size of the slope")
    axes.legend(frameon=False)
    plt.show()


def relu(x):
    """Return the positive part."""
    return np.maximum(0, x)


def sigmoid(x):
    """Return the logistic function."""
    return 1 / (1 + np.exp(-x))


# %% [markdown]
# ## Vanishing slopes: the sigmoid

# %%
picture({"sigmoid": sizes(sigmoid, 1.0), "tanh": sizes(np.tanh, 1.0)})

# %% [markdown]
# ## The scale of the initial weights

# %%
picture({f"relu, scale {scale}": sizes(relu, scale) for scale in (0.7, 1.0, 1.414, 2.0)})

# %% [markdown]
# ## A residual connection keeps the slopes

# %%
picture({"plain": sizes(np.tanh, 0.5), "residual": sizes(np.tanh, 0.5, residual=True)})

# %% [markdown]
# ## Slopes through time: a recurrent network

# %%


def through_time(scale, steps=30):
    """Return the size of the slope at each step of a recurrent network."""
    w = rng.normal(0, scale / np.sqrt(20), (20, 20))
    state, states = ad.tensor(rng.normal(size=20)), []
    for _ in range(steps):
        states.append(state)
        state = np.tanh(state @ w)
    (state**2).sum().backward()
    return [np.abs(state.grad).mean() for state in states]


picture({f"scale {scale}": through_time(scale) for scale in (0.6, 1.0, 1.4)})

# %% [markdown]
# ## The distribution of slopes, layer by layer

# %%
_, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
x, layers = ad.tensor(ROWS), []
for _ in range(6):
    layers.append(x)
    x = np.tanh(x @ rng.normal(0, 0.18, (50, 50)))
(x**2).mean().backward()
axes.violinplot([np.log10(np.abs(layer.grad) + 1e-12).ravel() for layer in layers])
axes.set_xlabel("layer")
axes.set_ylabel("log10 of the size")
plt.show()

# %% [markdown]
# ## Where the slope of an image is: saliency

# %%
image = np.zeros((16, 16))
image[4:12, 6:10] = 1
edge = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def edges(image):
    """Add up the squared response of a filter for vertical edges."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return ((windows * edge).sum((2, 3)) ** 2).sum()


_, (left, right) = plt.subplots(1, 2, figsize=(6, 3), layout="constrained")
left.imshow(image, cmap="Greys")
left.grid(visible=False)
right.imshow(ad.grad(edges)(image), cmap="RdBu")
right.grid(visible=False)
left.set_title("image")
right.set_title("slope")
plt.show()

# %% [markdown]
# ## A Jacobian, and a Hessian


# %%
def chain(x):
    """Return the energy of a chain of springs."""
    return ((x[1:] - x[:-1]) ** 2).sum() + (x**4).sum() / 4


_, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3), layout="constrained")
at = np.linspace(-1, 1, 12)
left.imshow(ad.jacobian(lambda x: np.cumsum(np.sin(x)))(at), cmap="RdBu")
left.grid(visible=False)
right.imshow(ad.hessian(chain)(at), cmap="RdBu")
right.grid(visible=False)
left.set_title("Jacobian of a cumulative sum")
right.set_title("Hessian of a chain of springs")
plt.show()
