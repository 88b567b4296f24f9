"""Observers: each is notified of its own thread or task alone, and none stays open."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.core.observer import Observer, is_observed, notify_plain, observers, observing
from autodiff.display.working.working import of_function

SOON = 20  # seconds within which a thread must get to where others wait for it


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Check that no observer stays open."""
    yield
    assert observers == []
    assert not is_observed()


def test_observers_are_notified_where_a_traced_value_becomes_plain():
    seen = []
    x = ad.tensor([1.0, 2.0])
    with observing(Observer(on_plain=lambda node, how: seen.append((node.value.tolist(), how)))):
        x[0].item(), x.numpy(), x.tolist()
        max(0, x[1])
    x[0].item()
    both = [1.0, 2.0]
    assert seen == [(1.0, "item"), (both, "numpy"), (both, "tolist"), (True, "__bool__")]


def test_an_observer_is_notified_while_others_are_closed():
    seen = []

    def close(_node, _how):
        del observers[1:]

    with observing(Observer(on_plain=lambda node, how: seen.append(how))):
        observers.extend([Observer(), Observer(on_plain=close, in_all_threads=True)])
        notify_plain(Node(np.ones(2)), "item")
    assert seen == ["item"]


def test_the_innermost_observer_is_notified_of_cotangents():
    outer, inner = [], []
    with observing(Observer(on_cotangent=lambda node, g: outer.append(g))):
        ad.grad(lambda x: 3 * x)(1.0)
        with observing(Observer(on_cotangent=lambda node, g: inner.append(g))):
            ad.grad(lambda x: 5 * x)(1.0)
    ad.grad(lambda x: 7 * x)(1.0)
    assert (outer, inner) == ([1.0, 3.0], [1.0, 5.0])


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["open", "close", "node"]))))
def test_interleaved_contexts_observe_their_own_nodes(steps):
    contexts = [contextvars.copy_context() for _ in range(3)]
    stacks = [[] for _ in contexts]
    results = []  # of each observer: what it has seen, and what it should have
    for which, step in steps:
        context, stack = contexts[which], stacks[which]
        if step == "open":
            seen, expected = [], []
            results.append((seen, expected))
            block = observing(Observer(on_node=seen.append))
            context.run(block.__enter__)
            stack.append((block, expected))
        elif step == "close" and stack:
            context.run(stack.pop()[0].__exit__, None, None, None)
        elif step == "node":
            order = context.run(Node, None).order
            for _, expected in stack:
                expected.append(order)
    for context, stack in zip(contexts, stacks, strict=True):
        while stack:
            context.run(stack.pop()[0].__exit__, None, None, None)
    assert all(seen == expected for seen, expected in results)


def polynomial(degree, met=lambda: None):
    """Make a function that others can meet half-way, with a value named after its degree."""

    def loss(x):
        middle = ad.name(x**degree, f"power_{degree}")
        met()
        return (middle * degree).sum() if middle.sum() > 0 else middle.sum()

    return loss


def show_by_explain(f, x):
    return str(ad.explain(f)(x))


def show_by_draw(f, x):
    return ad.draw(f)(x).text()


def threads_that_overlap(show, degrees, x):
    """Run readers at once: all are inside of their functions at one time."""
    meeting = threading.Barrier(len(degrees))
    functions = [polynomial(degree, lambda: meeting.wait(SOON)) for degree in degrees]
    with ThreadPoolExecutor(len(degrees)) as pool:
        return list(pool.map(lambda f: show(f, x), functions))


@pytest.mark.parametrize("show", [show_by_explain, show_by_draw])
def test_readers_that_overlap_in_threads_show_what_they_show_alone(show):
    x = np.array([1.0, 2.0])
    alone = [show(polynomial(degree), x) for degree in (2, 3, 4)]
    assert threads_that_overlap(show, (2, 3, 4), x) == alone


def test_the_first_to_come_may_be_the_first_to_go():
    entered, left = threading.Event(), threading.Event()
    seen = []

    def first():
        with observing(Observer(on_node=seen.append)):
            entered.set()
            assert left.wait(SOON)

    def second():
        with observing(Observer(on_node=seen.append)):
            left.set()
            thread.join(SOON)

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(SOON)
    second()
    ad.tensor(1.0)
    assert seen == []


def test_readers_that_overlap_in_tasks():
    x = np.array([1.0, 2.0])

    async def main(degrees):
        meeting = threading.Barrier(len(degrees))
        functions = [polynomial(degree, lambda: meeting.wait(SOON)) for degree in degrees]
        return await asyncio.gather(
            *(asyncio.to_thread(show_by_explain, f, x) for f in functions)
        )  # fmt: skip

    assert asyncio.run(main((2, 3))) == [show_by_explain(polynomial(d), x) for d in (2, 3)]


def test_a_task_that_outlives_its_observer_is_not_observed():
    seen = []

    async def later(started):
        await started.wait()
        assert not is_observed()
        return ad.tensor(2.0) * 3

    async def main():
        started = asyncio.Event()
        with observing(Observer(on_node=seen.append)):
            task = asyncio.create_task(later(started))
        with observing(Observer(on_plain=lambda node, how: seen.append(how))):
            started.set()
            bool(await task > 0)

    asyncio.run(main())
    assert seen == ["__bool__"]


def in_another_thread(work):
    """Run work in a thread of its own; whatever it raises is raised here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(SOON)


def test_decisions_of_another_thread_are_not_shown():
    def decide():
        t = ad.tensor(3.0) * 2
        return t.item() if t > 0 else 0.0

    def loss(x):
        return x * in_another_thread(decide)

    assert of_function(loss, None, (2.0,), {}).decisions == []


def test_jit_lets_another_thread_read_its_own_values():
    def decide():
        t = ad.tensor(3.0) * 2
        return t.item() if t > 0 else 0.0

    f = ad.jit(lambda x: x * in_another_thread(decide))
    assert f(2.0) == f(2.0) == 12.0


def test_jit_refuses_decisions_about_its_values_in_any_thread():
    f = ad.jit(lambda x: x if in_another_thread(lambda: bool(x > 0)) else -x)
    with pytest.raises(ad.RecordingError, match="decision"):
        f(2.0)


def test_recordings_that_overlap_in_threads():
    x = np.array([1.0, 2.0])
    functions = [ad.jit(ad.grad(lambda x, d=d: (x**d).sum())) for d in (2, 3, 4, 5)]
    start = threading.Barrier(4)

    def run(f):
        start.wait(SOON)
        return f(x)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, functions))
    for d, slope in zip((2, 3, 4, 5), found, strict=True):
        np.testing.assert_allclose(slope, d * x ** (d - 1))


def test_an_observer_that_raises_is_closed():
    def refuse(_, how):
        raise ValueError(how)

    with pytest.raises(ValueError, match="item"), observing(Observer(on_plain=refuse)):
        ad.tensor(1.0).item()


def test_no_notification_without_observers():
    notify_plain(Node(1.0), "item")
    assert ad.tensor(1.0).item() == 1.0
