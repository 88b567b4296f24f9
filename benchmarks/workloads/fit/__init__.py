"""Training of small networks: the time of a step, and of the first step, which compiles."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.checks import learned
from benchmarks.workload import AtMost, Engine, Workload
from benchmarks.workloads.fit import by_hand, jax_optax, keras_like, pytorch, scikit_learn
from benchmarks.workloads.fit.networks import DIGITS, NETWORKS, TITANIC, WIDE, Network

__all__ = ["WORKLOADS", "compiling", "training"]

NATIVE = "ours, machine code"
JAX, KERAS_JAX, BY_HAND = "JAX, jitted, and optax", "Keras on JAX", "NumPy by hand"
PYTORCH, SCIKIT_LEARN = "PyTorch, fused Adam", "scikit-learn"
BACKENDS = {"jax": KERAS_JAX, "torch": "Keras on PyTorch", "tensorflow": "Keras on TensorFlow"}
NOTE = (
    "All shuffle the rows, take the short last batch too, and track the mean loss and accuracy; "
    "scikit-learn and one of the hand-written loops track the loss only. scikit-learn makes one "
    "output of two classes. JAX's step gathers its batch itself, which is faster."
)
TARGETS = {
    TITANIC: {BY_HAND: 0.92, JAX: 0.8, PYTORCH: 0.2, SCIKIT_LEARN: 0.25, KERAS_JAX: 0.3},
    DIGITS: {BY_HAND: 0.95, JAX: 0.85, PYTORCH: 0.5, SCIKIT_LEARN: 0.4, KERAS_JAX: 0.5},
    WIDE: {BY_HAND: 0.95, JAX: 0.85, PYTORCH: 1.0, SCIKIT_LEARN: 0.6, KERAS_JAX: 1.0},
}
NATIVE_TARGETS = {
    TITANIC: {JAX: 0.55, BY_HAND: 0.6, PYTORCH: 0.12},
    DIGITS: {JAX: 0.6, BY_HAND: 0.65, PYTORCH: 0.3},
    WIDE: {JAX: 0.9, BY_HAND: 0.8, PYTORCH: 0.85},
}


def training(network: Network) -> Workload:
    """Train one network: the same layers in each engine, with Adam, in float32."""
    engines = (
        *_keras_and_ours(keras_like.training, network),
        Engine(NATIVE, partial(keras_like.training, "nn", network, jit_compile="wait"), ("numba",)),
        Engine(JAX, partial(jax_optax.prepare, network), ("jax", "optax")),
        Engine(PYTORCH, partial(pytorch.prepare, network), ("torch",)),
        Engine(SCIKIT_LEARN, partial(scikit_learn.prepare, network), ("scikit-learn",)),
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
        tuple(
            AtMost(engine, limit, of)
            for engine, targets in (("ours", TARGETS), (NATIVE, NATIVE_TARGETS))
            for of, limit in targets.get(network, {}).items()
        ),
        learned,
        network.steps,
        NOTE,
    )


def compiling(network: Network) -> Workload:
    """Take the first step of a new model, which compiles it."""
    return Workload(
        f"compile-{network.name}",
        "compile",
        f"The first training step, which compiles: network {'-'.join(map(str, network.widths))}",
        "compile",
        _keras_and_ours(keras_like.compiling, network),
        (AtMost("ours", 0.050),),
    )


def _keras_and_ours(prepare: Any, network: Network) -> tuple[Engine, ...]:
    return (
        Engine("ours", partial(prepare, "nn", network)),
        *(
            Engine(
                name, partial(keras_like.on_backend, backend, prepare, network), ("keras", backend)
            )
            for backend, name in BACKENDS.items()
        ),
    )


WORKLOADS = (*map(training, NETWORKS), compiling(DIGITS))
