"""The time of an all-reduce of float32 numbers, by their number; prints it as JSON.

mpiexec -n 2 python -m benchmarks.processes.sums [LARGEST]
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

SIZES = [2**power for power in range(0, 23, 2)]
TURNS = 100


def main() -> None:
    """Measure all sizes in turns, and print the tenth part's, which other work disturbs least."""
    from nn.distribution import DataParallel

    distribution = DataParallel()
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    arrays = {size: np.ones(size, np.float32) for size in SIZES if size <= largest}
    one, seconds = np.ones(1), {size: [] for size in arrays}
    for _ in range(TURNS):
        for size, array in arrays.items():
            distribution.communicator.add_up(one)  # all begin together
            begun = time.perf_counter()
            distribution.communicator.add_up(array)
            seconds[size].append(time.perf_counter() - begun)
    if distribution.rank == 0:
        print(json.dumps({size: sorted(found)[TURNS // 10] for size, found in seconds.items()}))


if __name__ == "__main__":
    main()
