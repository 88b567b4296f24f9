# %% [markdown]
# # Pictures of layers
#
# One layer at a time: its values, and the slopes of its weights and of its input.

# %%
import matplotlib.pyplot as plt
import numpy as np

import nn
from nn import layers

plt.style.use(nn.pictures.STYLE)

nn.utils.set_random_seed(0)
rng = np.random.default_rng(1)


def drawn(layer, x):
    """Draw a layer, with the mean of its squared outputs as the loss."""
    model = nn.Sequential([nn.Input(x.shape[1:]), layer])
    model.compile("sgd", "mse")
    return model.draw(x, np.zeros_like(model.predict(x, verbose=0)))


# %% [markdown]
# ## Dense

# %%
drawn(layers.Dense(2), np.array([[1.0, 2.0, 3.0]]))

# %% [markdown]
# ## Dense with a relu

# %%
drawn(layers.Dense(3, "relu"), np.array([[1.0, -2.0]]))

# %% [markdown]
# ## A convolution over a sequence

# %%
drawn(layers.Conv1D(1, 3), np.arange(6.0).reshape(1, 6, 1))

# %% [markdown]
# ## A convolution over an image

# %%
picture = np.zeros((1, 6, 6, 1))
picture[0, 1:5, 2:4] = 1
drawn(layers.Conv2D(2, 3), picture)

# %% [markdown]
# ## The largest of each window

# %%
drawn(layers.MaxPooling2D(2), rng.normal(size=(1, 4, 4, 1)))

# %% [markdown]
# ## An embedding: rows of a table

# %%
drawn(layers.Embedding(4, 2), np.array([[2.0, 0.0, 2.0]]))

# %% [markdown]
# ## A recurrent layer

# %%
drawn(layers.SimpleRNN(2), rng.normal(size=(1, 3, 1)))

# %% [markdown]
# ## A normalization

# %%
drawn(layers.LayerNormalization(), np.array([[1.0, 2.0, 6.0]]))

# %% [markdown]
# ## The filters of a convolution that learned to find edges

# %%
images = rng.normal(size=(200, 8, 8, 1)).cumsum(axis=2)
edges = images[:, 1:-1, 2:] - images[:, 1:-1, :-2]
finder = nn.Sequential([nn.Input((8, 8, 1)), layers.Conv2D(1, 3)])
finder.compile(nn.optimizers.Adam(0.05), "mse")
finder.fit(images, edges, epochs=60, verbose=0)
_, axes = plt.subplots(figsize=(3.2, 2.6), layout="constrained")
shown = axes.imshow(finder.layers[0].get_weights()[0][:, :, 0, 0], cmap="RdBu")
axes.grid(visible=False)
plt.colorbar(shown)
axes.set_title("right minus left")
plt.show()

# %% [markdown]
# ## What a query attends to

# %%
time = np.linspace(0, 3, 24)
keys = np.stack([np.sin(2 * time), np.cos(2 * time)], 1)[np.newaxis].astype("float32")
_, weights = layers.Attention()([keys, keys], return_attention_scores=True)
_, axes = plt.subplots(figsize=(4, 3.4), layout="constrained")
axes.imshow(np.asarray(weights)[0])
axes.grid(visible=False)
axes.set_xlabel("key")
axes.set_ylabel("query")
plt.show()
