"""JAX with optax: one jitted step whose state is donated, called in a loop over shuffled batches.

The step gathers its batch itself, which is faster. It tracks the loss and the accuracy.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.workload import Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["prepare"]


def prepare(network: Network) -> Run:
    """Make the network, and return the function that trains it for some epochs."""
    import jax
    import jax.numpy as jnp
    import optax

    rng = np.random.default_rng(0)
    x, labels = (jnp.asarray(a) for a in network.one_hot())
    optimizer = optax.adam(0.001)
    initial = jax.nn.initializers.glorot_uniform()
    parameters: Any = [
        (initial(jax.random.key(i), shape, jnp.float32), jnp.zeros(shape[1], jnp.float32))
        for i, shape in enumerate(pairwise(network.widths))
    ]

    def loss_of(parameters: Any, x: Any, labels: Any) -> Any:
        for w, b in parameters[:-1]:
            x = jax.nn.relu(x @ w + b)
        w, b = parameters[-1]
        logits = x @ w + b
        return optax.softmax_cross_entropy(logits, labels).mean(), logits

    @partial(jax.jit, donate_argnums=0)
    def step(state: Any, x: Any, labels: Any, indices: Any) -> Any:
        parameters, moments, total, correct = state
        x, labels = x[indices], labels[indices]
        (loss, logits), slopes = jax.value_and_grad(loss_of, has_aux=True)(parameters, x, labels)
        updates, moments = optimizer.update(slopes, moments, parameters)
        correct += (logits.argmax(axis=1) == labels.argmax(axis=1)).sum()
        return optax.apply_updates(parameters, updates), moments, total + loss * len(x), correct

    model = [parameters, optimizer.init(parameters)]

    def run() -> list[float]:
        losses = []
        for _ in range(network.epochs):
            state = (*model, jnp.zeros(()), jnp.zeros((), int))
            order = rng.permutation(len(x)).astype("int32")
            for start in range(0, len(x), network.batch):
                state = step(state, x, labels, order[start : start + network.batch])
            *model[:], total, _ = state
            losses.append(float(total) / len(x))
        return [losses[0], losses[-1]]

    return run
