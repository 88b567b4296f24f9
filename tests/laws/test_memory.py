"""No reference cycles: with the garbage collector off, a dropped graph is freed."""

import gc
import weakref

import numpy as np
import pytest

import autodiff as ad
from tests.laws.memory import without_collector

X = np.array([[0.5, 1.0], [1.5, 2.0]])


def loss(x):
    y = np.tanh(x @ x) + x[0] * x[:, :1]
    y[0] = y[1] * 2
    row = y[1]
    row += 1
    z = np.array([y[0, 0], y[1, 1], 1.0])
    return np.sum(y) + z.sum() + np.max(x) + np.mean(np.concatenate([x, y]))


def backward():
    x = ad.tensor(X)
    loss(x).backward()
    return x.grad


CASES = {
    "grad": lambda: ad.grad(loss)(X),
    "value_and_grad": lambda: ad.value_and_grad(loss)(X),
    "grad of a structure": lambda: ad.grad(lambda p: loss(p["x"]))({"x": X, "y": [1, 2]}),
    "vjp": lambda: ad.vjp(np.tanh, X)[1](X),
    "second order": lambda: ad.grad(lambda x: np.sum(ad.grad(loss)(x) ** 2))(X),
    "elementwise_grad": lambda: ad.elementwise_grad(np.tanh)(X),
    "backward": backward,
    "forward alone": lambda: loss(ad.tensor(X)),
    "views": lambda: ad.tensor(X).T[0].reshape(-1, 1)[:],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_there_are_no_reference_cycles(name):
    CASES[name]()
    with without_collector():
        result = CASES[name]()
        assert gc.collect() == 0
        del result
        assert gc.collect() == 0


@pytest.mark.slow
def test_a_dropped_graph_is_freed_at_once():
    with without_collector():
        kept = weakref.ref(large := X * 1.0)
        t = np.tanh(np.asarray(ad.tensor(large)) * 2)
        del large
        t.sum().backward()
        del t
        assert kept() is None


@pytest.mark.slow
def test_the_graph_of_a_transform_is_freed_when_it_returns():
    seen = []

    def f(x):
        seen.append(weakref.ref(x.node.value))
        return np.sum(np.exp(x * 1.0))

    with without_collector():
        ad.grad(lambda x: f(x * 2.0))(X)
        assert seen[0]() is None


@pytest.mark.slow
def test_a_graph_with_cyclic_errors_is_freed():
    """A traceback holds frames; catching an error must not keep the graph alive in a cycle."""

    def failing(x):
        return np.sum(x @ np.ones(3))

    def tensors():
        gc.collect()
        return {id(o) for o in gc.get_objects() if issubclass(type(o), ad.Tensor)}

    with without_collector():
        before = tensors()
        with pytest.raises(ValueError, match="matmul"):
            ad.grad(failing)(X)
        assert tensors() <= before
