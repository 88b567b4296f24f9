"""Training steps of networks beyond Dense: a convnet, an LSTM, an embedding, normalization."""

from __future__ import annotations

from functools import partial

from benchmarks.checks import learned
from benchmarks.workload import AtMost, Engine, Workload
from benchmarks.workloads.fit.keras_like import on_backend
from benchmarks.workloads.layers import pytorch
from benchmarks.workloads.layers.keras_like import BATCH, NETWORKS, STEPS, training

__all__ = ["WORKLOADS"]

JAX, PYTORCH = "Keras on JAX", "PyTorch, fused Adam"
NATIVE = "ours, machine code"
TITLES = {
    "convnet": "a convnet for digits, 28×28×1: Conv 32 3×3, pool, Conv 64 3×3, pool, Dense 10",
    "lstm": "an LSTM of 32 over 20 steps of 8, Dense 1",
    "embedding": "an embedding of 10,000 words in 16, the mean over 40 words, Dense 1",
    "normalization": "20-64-64-1 with BatchNormalization after each hidden layer",
}
TARGETS = {
    "convnet": {JAX: 0.9, PYTORCH: 2.0},
    "lstm": {JAX: 2.0},
    "embedding": {JAX: 0.9},
    "normalization": {JAX: 0.6},
}
NATIVE_TARGETS = {"convnet": {JAX: 0.7, PYTORCH: 1.3}, "lstm": {JAX: 1.0}}


def _workload(name: str) -> Workload:
    engines = [
        Engine("ours", partial(training, "nn", name)),
        Engine(NATIVE, partial(training, "nn", name, jit_compile="wait"), ("numba",)),
    ]
    for backend, title in (("jax", JAX), ("torch", "Keras on PyTorch")):
        prepare = partial(on_backend, backend, training, name)
        engines.append(Engine(title, prepare, ("keras", backend)))
    if name == "convnet":
        engines.append(Engine(PYTORCH, pytorch.convnet, ("torch",)))
    return Workload(
        f"layers-{name}",
        "layers",
        f"A training step of {TITLES[name]}; batch of {BATCH}, Adam, float32",
        name,
        tuple(engines),
        tuple(
            AtMost(engine, limit, of)
            for engine, targets in (("ours", TARGETS), (NATIVE, NATIVE_TARGETS))
            for of, limit in targets.get(name, {}).items()
        ),
        partial(learned, share=1.0),
        STEPS,
    )


WORKLOADS = tuple(map(_workload, NETWORKS))
