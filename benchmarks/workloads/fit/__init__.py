"""Training small networks: the time of a step."""

from __future__ import annotations

from functools import partial

from benchmarks.checks import learned
from benchmarks.workload import AtMost, Engine, Workload
from benchmarks.workloads.fit import by_hand, jax_optax, keras_like, pytorch, scikit_learn
from benchmarks.workloads.fit.networks import DIGITS, NETWORKS, TITANIC, WIDE, Network

__all__ = ["WORKLOADS", "workload"]

JAX, KERAS_JAX, BY_HAND = "JAX, jitted, and optax", "Keras on JAX", "NumPy by hand"
PYTORCH, SCIKIT_LEARN = "PyTorch, fused Adam", "scikit-learn"
AIMS = {
    TITANIC: {BY_HAND: 0.92, JAX: 0.8, PYTORCH: 0.2, SCIKIT_LEARN: 0.25, KERAS_JAX: 0.3},
    DIGITS: {BY_HAND: 0.95, JAX: 0.85, PYTORCH: 0.5, SCIKIT_LEARN: 0.4, KERAS_JAX: 0.5},
    WIDE: {BY_HAND: 0.95, JAX: 0.85, PYTORCH: 1.0, SCIKIT_LEARN: 0.6, KERAS_JAX: 1.0},
}


def workload(network: Network) -> Workload:
    """Train one network: each engine the same layers, with Adam, in float32."""
    engines = (
        Engine("ours", partial(keras_like.prepare, "nn", network)),
        Engine(JAX, partial(jax_optax.prepare, network), ("jax", "optax")),
        Engine(PYTORCH, partial(pytorch.prepare, network), ("torch",)),
        Engine(SCIKIT_LEARN, partial(scikit_learn.prepare, network), ("scikit-learn",)),
        Engine(KERAS_JAX, partial(keras_like.keras, "jax", network), ("keras", "jax")),
        Engine("Keras on PyTorch", partial(keras_like.keras, "torch", network), ("keras", "torch")),
        Engine(
            "Keras on TensorFlow",
            partial(keras_like.keras, "tensorflow", network),
            ("keras", "tensorflow"),
        ),
        Engine(f"{BY_HAND}, loss only", partial(by_hand.prepare, network, accuracy=False)),
        Engine(BY_HAND, partial(by_hand.prepare, network)),
    )
    widths = "-".join(map(str, network.widths))
    return Workload(
        f"fit-{network.name}",
        "fit",
        f"A training step of a network {widths}, batch of {network.batch}, Adam, float32",
        f"{widths}, batch of {network.batch}",
        engines,
        tuple(AtMost("ours", limit, of) for of, limit in AIMS.get(network, {}).items()),
        learned,
        network.steps,
    )


WORKLOADS = tuple(workload(network) for network in NETWORKS)
