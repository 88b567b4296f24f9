"""Linear in time and memory, flat in the stack."""

import sys
import tracemalloc

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.graph import Node, between
from tests.laws.memory import without_collector


def chain(x, steps):
    for _ in range(steps):
        x = x * 0.999999 + 1e-7
    return x


@pytest.mark.slow
def test_a_chain_of_a_million_operations_differentiates_and_is_freed():
    with without_collector():
        slope = ad.grad(chain)(2.0, 500_000)
        assert slope == pytest.approx(0.999999**500_000)
        tracemalloc.start()
        start = tracemalloc.get_traced_memory()[0]
        t = chain(ad.tensor(2.0), 20_000)
        held = tracemalloc.get_traced_memory()[0] - start
        del t
        left = tracemalloc.get_traced_memory()[0] - start
        tracemalloc.stop()
    assert held > 20_000 * 50
    assert left < held / 20  # some is in the interpreter's own pools


def visited(results, arguments):
    return between([r.node for r in results], [a.node for a in arguments])[0]


def test_the_walk_visits_only_relevant_nodes():
    x = ad.tensor(2.0)
    before = chain(x, 100)
    y = before * 1.0
    beside = chain(ad.tensor(1.0), 100)  # younger than y, but not computed from it
    result = y * y + beside
    later = chain(result, 100)
    between_them = visited([result], [y])
    assert len(between_them) == 2
    assert len(visited([later], [result])) == 200
    assert not visited([before], [y])


class Counted:
    """A counter of the runs of an operation's rule."""

    def __init__(self):
        self.runs = 0
        self.square = ad.primitive(lambda x: x * x)
        ad.derivative(self.square, x=lambda g, z, x: self.counted(g * 2 * x))

    def counted(self, slope):
        self.runs += 1
        return slope


def test_every_operation_is_pulled_back_once_however_many_paths_lead_through_it():
    counted = Counted()

    def f(x):
        for _ in range(30):
            x = counted.square(x)
            x = x / (x + x)  # two paths to every operation: 2**30 paths in all
        return x

    ad.grad(f)(1.5)
    assert counted.runs == 30


def entries(x):
    total = 0.0
    for i in range(len(x)):
        total = total + x[i] * x[i]
    return total


def rows(x):
    return np.sum(np.array([row * 2.0 for row in x[:, None]]))


def written(x):
    return sum(ad.grad(lambda v: v * v)(value) for value in x)


def work(f, n):
    """Count what the slope of ``f`` over ``n`` entries takes: Python's calls, and bytes allocated.

    No clock is read, so a busy machine counts the same. The peak of the memory in use shows what is
    allocated between two calls.
    """
    calls = allocated = held = 0

    def count(*_event):
        nonlocal calls, allocated, held
        calls += 1
        now, peak = tracemalloc.get_traced_memory()
        allocated += peak - held
        held = now
        tracemalloc.reset_peak()

    x, slope = np.ones(n), ad.grad(f)
    with without_collector():
        tracemalloc.start()
        sys.setprofile(count)
        try:
            slope(x)
        finally:
            sys.setprofile(None)
            tracemalloc.stop()
    return np.array([calls, allocated])


def copied(x):
    """Do quadratic work in few calls: every step copies the whole array."""
    for _ in range(len(x)):
        x = x + 1
    return x[0]


def paired(x):
    """Do quadratic work in many calls."""
    for _ in range(len(x)):
        for _ in range(len(x)):
            abs(1)
    return x[0]


def growth(f):
    short, long = 100, 800
    work(f, short)  # what is made once is made here
    return work(f, long) / work(f, short)


@pytest.mark.slow
@pytest.mark.parametrize("f", [entries, rows, written])
def test_a_loop_over_the_entries_of_an_array_takes_linear_work(f):
    assert np.all(growth(f) < 10)  # 8 times as long: quadratic work would be up to 64 times as much


@pytest.mark.slow
@pytest.mark.parametrize(("f", "kind"), [(paired, 0), (copied, 1)])
def test_quadratic_work_is_detected(f, kind):
    assert growth(f)[kind] > 16


def nodes_of(result):
    seen, stack = set(), [result.node]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack += [parent for parent in node.inputs if isinstance(parent, Node)]
    return seen


def test_a_list_of_all_entries_is_the_array_itself():
    x = ad.tensor(np.arange(1000.0))
    nodes = nodes_of(np.asarray(x) * x)
    assert len(nodes) == 2
    assert x.node in nodes


@pytest.mark.slow
def test_memory_of_a_slope_is_linear_too():
    peaks = []
    for n in (500, 4000):
        tracemalloc.start()
        ad.grad(entries)(np.ones(n))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 12 * peaks[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "read", [lambda x: x[:, None], lambda x: x[::2, None], lambda x: x[None].T]
)
def test_an_edit_of_a_large_view_reaches_every_entry(read):
    def edited(x):
        read(x)[...] = 2 * read(x)
        return x * 1

    x = np.arange(20_001.0)
    expected = edited(x.copy())
    for found in (edited(ad.tensor(x)), ad.jit(edited)(x.copy())):
        np.testing.assert_array_equal(found, expected)
    slope = ad.grad(lambda x: edited(x * 1).sum())(x)
    np.testing.assert_array_equal(slope[1:], (expected / np.maximum(x, 1))[1:])
