# %% [markdown]
# # Pictures of networks
#
# Networks by hand in NumPy, and with Keras's names: `model.draw(x, y)` draws a row.

# %%
import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn
from nn.layers import Add, Concatenate, Dense, Input

plt.style.use(nn.pictures.STYLE)

nn.utils.set_random_seed(0)

# %% [markdown]
# ## Two hidden nodes


# %%
def two_nodes(weights, x, target):
    """Return the squared error of a network with two hidden nodes."""
    node_0 = np.maximum(0, (x * weights["node_0"]).sum())
    node_1 = np.maximum(0, (x * weights["node_1"]).sum())
    hidden = np.array([node_0, node_1])
    return ((hidden * weights["output"]).sum() - target) ** 2


WEIGHTS = {"node_0": [2, 4], "node_1": [4, -5], "output": [2, 7]}
ad.draw(two_nodes)(WEIGHTS, np.array([3, 5]), 50)

# %% [markdown]
# ## The same, where both nodes are active

# %%
ad.draw(two_nodes)({**WEIGHTS, "node_1": [4, 5]}, np.array([3, 5]), 50)

# %% [markdown]
# ## A hidden layer as a matrix


# %%
def with_matrices(hidden, output, x, target):
    """Return the squared error of a network written with matrices."""
    return ((np.tanh(x @ hidden) @ output - target) ** 2).sum()


rng = np.random.default_rng(0)
ad.draw(with_matrices)(
    rng.normal(size=(2, 3)), rng.normal(size=3), np.array([1.0, -1.0]), np.array(0.5)
)

# %% [markdown]
# ## Layers in scopes, folded


# %%
def deep(weights, x):
    """Return the energy of three layers, each in a scope."""
    for number, w in enumerate(weights):
        with ad.scope(f"layer_{number}"):
            x = np.tanh(x @ w)
    return (x**2).sum()


LAYERS = [rng.normal(size=(2, 2)) for _ in range(3)]
ad.draw(deep, depth=0)(LAYERS, np.array([1.0, 2.0]))

# %% [markdown]
# ## The same, opened

# %%
ad.draw(deep, depth=1)(LAYERS, np.array([1.0, 2.0]))

# %% [markdown]
# ## A model with Keras's names

# %%
small = nn.Sequential([Input((2,)), Dense(3, "relu", name="hidden"), Dense(1, name="output")])
small.compile("sgd", "mse")
small.draw(np.array([[1.0, 2.0]]), np.array([[1.0]]))

# %% [markdown]
# ## A classifier

# %%
classifier = nn.Sequential([Input((2,)), Dense(4, "tanh"), Dense(3, "softmax")])
classifier.compile("sgd", "categorical_crossentropy")
classifier.draw(np.array([[1.0, -1.0]]), np.array([[0.0, 1.0, 0.0]]))

# %% [markdown]
# ## Two inputs

# %%
person, ticket = Input((2,), name="person"), Input((3,), name="ticket")
joined = Concatenate()([Dense(2, "relu")(person), Dense(2, "relu")(ticket)])
two_inputs = nn.Model([person, ticket], Dense(1)(joined))
two_inputs.compile("sgd", "mse")
two_inputs.draw([np.ones((1, 2)), np.ones((1, 3))], np.ones((1, 1)))

# %% [markdown]
# ## A residual connection

# %%
start = Input((3,))
residual = nn.Model(start, Dense(1)(Add()([start, Dense(3, "relu")(start)])))
residual.compile("sgd", "mse")
residual.draw(np.ones((1, 3)), np.ones((1, 1)))

# %% [markdown]
# ## What a network has learned: a border between two moons

# %%
angle = rng.uniform(0, np.pi, 200)
side = np.arange(200) % 2
x = np.stack([np.cos(angle) + side, np.sin(angle) * (1 - 2 * side) + side / 2], 1)
x = x + rng.normal(0, 0.1, x.shape)
moons = nn.Sequential([Input((2,)), Dense(16, "tanh"), Dense(16, "tanh"), Dense(1, "sigmoid")])
moons.compile(nn.optimizers.Adam(0.02), "binary_crossentropy")
moons.fit(x, side, epochs=60, verbose=0)
a, b = np.meshgrid(np.linspace(-1.5, 2.5, 80), np.linspace(-1, 1.5, 60))
p = moons.predict(np.stack([a.ravel(), b.ravel()], 1), verbose=0).reshape(a.shape)
_, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.contourf(a, b, p, 20, cmap="RdBu", alpha=0.7)
axes.grid(visible=False)
axes.scatter(*x.T, c=side, cmap="RdBu", edgecolor="black")
plt.show()
