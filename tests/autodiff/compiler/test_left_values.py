"""A value that a jitted function leaves outside of its results is refused."""

from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
HISTORY = []


class Layer:
    kept = None

    def __init__(self):
        self.output = None

    def __call__(self, x):
        self.output = 2 * x
        return self.output.sum()

    def table(self, x):
        if self.output is None:
            self.output = ad.tensor(np.arange(3.0))
        return (self.output * x).sum()

    def first(self, x):
        if self.output is None:
            self.output = x.mean()
        return x - self.output

    @classmethod
    def of_class(cls, x):
        cls.kept = x * 2
        return x.sum()


def into_a_list(x):
    HISTORY.append(x * 2)
    return x.sum()


def into_a_global(x):
    global LAST
    LAST = x * 2
    return x.sum()


def closures():
    """Return functions that leave a value in what they close over, by the place."""
    kept, table, pair = [], {}, ([], 1)
    queue, space, layer = deque(), SimpleNamespace(), Layer()
    total = 0.0

    def into_a_variable(x):
        nonlocal total
        total = total + x.sum()
        return x.sum()

    return {
        "kept[0]": lambda x: kept.append(x * 2) or x.sum(),
        "table['loss']": lambda x: table.update(loss=x * 2) or x.sum(),
        "pair[0][0]": lambda x: pair[0].append(x * 2) or x.sum(),
        "queue[0]": lambda x: queue.append(x * 2) or x.sum(),
        "space.x": lambda x: space.__setattr__("x", x * 2) or x.sum(),
        "Layer.output": lambda x: layer(x),
        "total": into_a_variable,
        "HISTORY[0]": into_a_list,
        "LAST": into_a_global,
        "Layer.kept": lambda x: Layer.of_class(x),
    }


@pytest.fixture(autouse=True)
def clean():
    yield
    HISTORY.clear()
    globals().pop("LAST", None)
    Layer.kept = None


@pytest.mark.parametrize("place", closures())
@pytest.mark.parametrize("transform", [ad.jit, lambda f: ad.grad(ad.jit(f))])
def test_a_value_that_is_left_outside_is_refused(place, transform):
    name = place.replace("[0]", "[1]") if place.startswith(("kept", "HIST", "queue")) else place
    name = "pair[0][1]" if place.startswith("pair") else name
    f = closures()[place]
    with pytest.raises(ad.RecordingError, match="puts a value that it computes into") as refusal:
        transform(f)(X)
    assert f"into {name}, which is outside of it" in str(refusal.value)


def test_a_penalty_in_a_list_is_not_lost():
    def loss(x):
        penalties = []

        @ad.jit
        def layer(x):
            penalties.append((x**2).sum())
            return x.sum()

        return layer(x) + sum(penalties)

    with pytest.raises(ad.RecordingError, match="Return the value"):
        ad.grad(loss)(X)
    np.testing.assert_allclose(ad.grad(ad.jit(loss))(X), 1 + 2 * X)  # the list is inside here


def test_the_method_of_an_argument_is_refused_as_a_change_of_attributes():
    with pytest.raises(ad.RecordingError, match="changes attributes of an argument"):
        ad.jit(Layer())(X)


def test_what_only_the_first_call_makes_may_stay():
    layer, plain = Layer(), Layer()
    jitted = ad.jit(lambda x: layer.first(x))
    for x in (X, 3 * X, X - 1):
        np.testing.assert_allclose(jitted(x), plain.first(x))


def test_a_table_of_constants_may_stay():
    layer = Layer()
    jitted = ad.jit(lambda x: layer.table(x))
    for x in (X, 3 * X, X - 1):
        np.testing.assert_allclose(jitted(x), (np.arange(3) * x).sum())
    assert isinstance(layer.output, ad.Tensor)


@given(st.lists(st.sampled_from([1.0, 2.0]), max_size=3), st.integers(0, 3))
def test_constants_may_be_left(numbers, count):
    kept = []

    def f(x):
        kept.extend(numbers)
        kept.extend(ad.tensor(np.ones(2)) * 2 for _ in range(count))
        kept.append(x.shape)
        return x * 2

    np.testing.assert_array_equal(ad.jit(f)(X), 2 * X)


def test_what_an_earlier_recording_has_left_is_a_constant():
    kept = []
    with pytest.raises(ad.RecordingError, match="puts a value"):
        ad.jit(lambda x: kept.append(x) or x * 2)(X)
    np.testing.assert_array_equal(ad.jit(lambda x: x * kept[0])(2 * X), 2 * X**2)


def test_local_containers_and_arguments_may_hold_values():
    def f(x, parts):
        local, table = [], {}
        for i in range(3):
            local.append(x * i)
            table[i] = x.sum() * i
        parts["new"] = x * 5
        return sum(local) + sum(table.values())

    parts, plain = {"old": X}, {"old": X}
    np.testing.assert_allclose(ad.jit(f)(X, parts), f(X, plain))
    np.testing.assert_array_equal(parts["new"], plain["new"])
