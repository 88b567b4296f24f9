"""A training in machine code; run by test_data_parallel.py."""

import json
import os
import sys

import numpy as np


def main(path, cache):
    os.environ["AUTODIFF_CACHE"] = cache  # before it is read
    import nn

    distribution = nn.distribution.DataParallel()
    nn.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(45, 4))
    model = nn.Sequential([nn.Input((4,)), nn.layers.Dense(5, "relu"), nn.layers.Dense(1)])
    model.compile("adam", "mse", jit_compile=True, distribution=distribution)
    history = model.fit(x, x.sum(axis=1), batch_size=20, epochs=3, verbose=0)
    if nn.distribution.is_main():
        with open(path, "w", encoding="utf-8") as file:
            json.dump(history.history["loss"], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
