"""Memory that one graph frees is kept for the next."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np, autodiff as ad

x, w = np.ones((32, 784)), np.ones((784, 50))
slope = ad.grad(lambda w: np.tanh(x @ w).sum())

def new_pages(runs):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(runs):
        slope(w)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

new_pages(20)
print(new_pages(100))
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is told")
def test_a_graph_takes_the_memory_that_the_last_one_freed():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 100  # less than a page in each run; the arrays fill 200
