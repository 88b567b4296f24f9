"""The parts of the training step that fit runs."""

import math

import pytest

from benchmarks.parts import parts_of_a_step
from benchmarks.workloads.fit.networks import Network


@pytest.mark.slow
def test_the_parts_of_a_step():
    network = Network("small", (10, 8, 2), batch=32, rows=320, epochs=1)
    parts = parts_of_a_step(network, turns=20)
    whole, total = parts.pop("a step of fit"), parts.pop("all of these")
    assert set(parts) == {"products of matrices", "other functions", "the optimizer"}
    assert all(part > 0 for part in (*parts.values(), whole))
    assert math.isclose(total, sum(parts.values()))
