"""A training in as many processes as mpiexec starts; prints its times as JSON.

    OMP_NUM_THREADS=1 mpiexec -n 2 python -m benchmarks.processes.training

The wide network, 784-512-512-10, in batches of 512, by Adam. Wall time is that of the slowest
process; the processor's time is that of process 0, and depends little on what else runs on the
machine. Other work only adds to the wall time, so that the fastest epoch is the nearest to that of
a quiet machine.
"""

from __future__ import annotations

import json
import statistics
import time

import numpy as np

BATCHES, ROWS, EPOCHS = 5, 512, 20


def main() -> None:
    """Train, and print the times."""
    import nn
    from nn.training.step import TrainStep

    distribution = nn.distribution.DataParallel()
    nn.distribution.set_distribution(distribution)
    nn.utils.set_random_seed(1)
    random = np.random.default_rng(0)
    x = random.normal(size=(BATCHES * ROWS, 784)).astype(np.float32)
    y = random.integers(0, 10, len(x))
    hidden = [nn.layers.Dense(512, "relu") for _ in range(2)]
    model = nn.Sequential([nn.Input((784,)), *hidden, nn.layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=ROWS, verbose=0)  # records the step
    wall, processor = [], []
    for _ in range(EPOCHS):
        before, used = time.perf_counter(), time.process_time()
        history = model.fit(x, y, batch_size=ROWS, verbose=0)
        wall.append((time.perf_counter() - before) / BATCHES)
        processor.append((time.process_time() - used) / BATCHES)
    step, begun = model.step(TrainStep), time.process_time()
    for _ in range(20):
        model.optimizer.step(step.store.parameters, step.store.gradients)
    update = (time.process_time() - begun) / 20
    if distribution.rank == 0:
        found = {
            "median": statistics.median(wall),
            "fastest": min(wall),
            "processor": statistics.median(processor),
            "update": update,
            "loss": history.history["loss"][-1],
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main()
