"""Changed attributes of arguments take effect in each call, as in the plain function."""

import io
import itertools
import weakref
from contextvars import ContextVar
from functools import partial
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler import jit

X = np.array([1.0, 2.0, 3.0])


class Layer:
    offset = 0.0

    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x):
        return x * self.scale + self.offset


class Slotted:
    __slots__ = ("power", "unset")

    def __init__(self, power):
        self.power = power


class Model:
    def __init__(self):
        self.w = np.ones(3)
        self.rate = 0.5
        self.layers = [Layer(2.0), Layer(np.full(3, 3.0))]
        self.named = {"shift": np.zeros(3)}
        self.slotted = Slotted(2)
        self.how = "plain"
        self.seen = []

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        x = x * self.w * self.rate + self.named["shift"]
        return x**self.slotted.power if self.how == "plain" else -x

    @property
    def doubled(self):
        return self.rate * 2

    def fit(self):
        self.seen.append(1.0)


def plain(model, x):
    return model.forward(x) * model.doubled


CHANGES = {
    "array in place": lambda m: m.w.__setitem__(0, m.w[0] + 1),
    "array replaced": lambda m: setattr(m, "w", m.w * 2),
    "number": lambda m: setattr(m, "rate", m.rate + 0.25),
    "entry of an object in a list": lambda m: setattr(m.layers[0], "scale", m.layers[0].scale + 1),
    "array of an object in a list": lambda m: m.layers[1].scale.__imul__(2),
    "list": lambda m: m.layers.append(Layer(1.5)),
    "dict": lambda m: m.named.__setitem__("shift", m.named["shift"] + 1),
    "slot": lambda m: setattr(m.slotted, "power", 3 - m.slotted.power),
    "string": lambda m: setattr(m, "how", "other"),
    "attribute of the class, hidden": lambda m: setattr(m.layers[0], "offset", 1.0),
    "nothing": lambda _: None,
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:jit has recorded:RuntimeWarning")
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=5))
def test_changed_attributes_are_read_in_each_call(changes):
    model, jitted = Model(), jit(plain)
    slope = jit(ad.grad(lambda model, x: plain(model, x).sum(), 1))
    outer = ad.grad(lambda x: jitted(model, x).sum())
    for change in ["nothing", *changes]:
        CHANGES[change](model)
        np.testing.assert_allclose(jitted(model, X), plain(model, X))
        right = ad.grad(lambda x: plain(model, x).sum())(X)
        np.testing.assert_allclose(slope(model, X), right)
        np.testing.assert_allclose(outer(X), right)


def test_an_attribute_of_the_class():
    class Own(Layer):
        offset = 0.0

    f = jit(lambda layer, x: layer(x))
    layer = Own(2.0)
    np.testing.assert_array_equal(f(layer, X), X * 2)
    Own.offset = 1.0
    np.testing.assert_array_equal(f(layer, X), X * 2 + 1)


def test_unread_attributes_are_ignored():
    recorded = []

    @jit
    def f(model, x):
        recorded.append(1)
        return model.forward(x)

    model = Model()
    for _ in range(12):
        f(model, X)
        model.fit()
        model.unrelated = object()
    assert len(recorded) == 1


def test_a_method_that_is_jitted():
    class Net:
        def __init__(self):
            self.w = np.ones(3)

        @jit
        def forward(self, x):
            return (self.w * x).sum()

    net = Net()
    assert net.forward(X) == 6.0
    net.w[:] = 2
    assert net.forward(X) == 12.0
    np.testing.assert_array_equal(ad.grad(net.forward)(X), [2.0, 2.0, 2.0])
    net.w[:] = 3
    np.testing.assert_array_equal(ad.grad(net.forward)(X), [3.0, 3.0, 3.0])


@pytest.mark.parametrize(
    "change",
    [
        lambda m, x: setattr(m, "w", x * 2),
        lambda m, _: setattr(m, "rate", m.rate + 1),
        lambda m, _: m.seen.append(1),
    ],
)
def test_a_change_of_an_attribute_while_it_runs_is_refused(change):
    def f(model, x):
        change(model, x)
        return x * model.rate * model.w

    with pytest.raises(ad.RecordingError, match=r"changes attributes of an argument \(Model\)"):
        jit(f)(Model(), X)


def test_attributes_created_in_the_first_call_are_kept():
    class Lazy:
        w = None

        def __call__(self, x):
            if self.w is None:
                self.w = np.full(3, 2.0)
            return x * self.w

    f, layer = jit(lambda layer, x: layer(x)), Lazy()
    for _ in range(2):
        np.testing.assert_array_equal(f(layer, X), X * 2)


class Valued:
    """Equal to others of its name, whatever its rate."""

    def __init__(self, rate):
        self.name, self.rate = "valued", rate

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)


def module_with(rate):
    module = ModuleType("settings_of_a_test")
    module.rate = rate
    return module


def function_with(rate):
    def f():
        return 0

    f.rate = rate
    return f


HELD = {
    "a bound method": (
        lambda: Layer(2.0).__call__, lambda held, x: held(x),
        lambda held: setattr(held.__self__, "scale", 3.0),
    ),
    "a tuple of objects": (
        lambda: (Layer(2.0), 5), lambda held, x: held[0](x) * held[1],
        lambda held: setattr(held[0], "scale", 3.0),
    ),
    "a partial application": (
        lambda: partial(np.multiply, np.ones(3)), lambda held, x: held(x),
        lambda held: held.args[0].fill(5.0),
    ),
    "keywords of a partial application": (
        lambda: partial(lambda x, *, c: x * c[0], c=[2.0]), lambda held, x: held(x),
        lambda held: held.keywords["c"].insert(0, 4.0),
    ),
    "a method of an array": (
        lambda: np.ones(3).dot, lambda held, x: held(x), lambda held: held.__self__.fill(3.0),
    ),
    "a method of a dict": (
        lambda: {"c": 2.0}.get, lambda held, x: x * held("c"),
        lambda held: held.__self__.update(c=3.0),
    ),
    "a module": (
        lambda: module_with(2.0), lambda held, x: x * held.rate,
        lambda held: setattr(held, "rate", 3.0),
    ),
    "a class": (
        lambda: type("Made", (), {"rate": 2.0, "__module__": __name__}),
        lambda held, x: x * held.rate, lambda held: setattr(held, "rate", 3.0),
    ),
    "an attribute of a function": (
        lambda: function_with(2.0), lambda held, x: x * held.rate,
        lambda held: setattr(held, "rate", 3.0),
    ),
    "an object with its own equality": (
        lambda: Valued(2.0), lambda held, x: x * held.rate,
        lambda held: setattr(held, "rate", 3.0),
    ),
    "a function with a default": (
        lambda: eval("lambda x, k=2: x * k"), lambda held, x: held(x),
        lambda held: setattr(held, "__defaults__", (3,)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_objects_of_an_argument_may_change(name):
    make, read, change = HELD[name]
    held = make()
    jitted = jit(lambda held, x: read(held, x))
    for _ in range(2):
        np.testing.assert_array_equal(jitted(held, X), read(held, X))
        change(held)
    np.testing.assert_array_equal(jitted(held, X), read(held, X))


def test_a_method_or_an_equal_object_is_recorded_once():
    runs = []

    def read(held, x):
        runs.append(1)
        return x * (held(x) if callable(held) else held.rate)

    jitted, layer = jit(read), Layer(2.0)
    for _ in range(3):
        jitted(layer.__call__, X)
        jitted(Valued(2.0), X)
    assert len(runs) == 2


STREAMS = {
    "a list's iterator": lambda: iter([1.0, 2.0]),
    "a generator": lambda: (x for x in (1.0, 2.0)),
    "a counter": itertools.count,
    "a file": lambda: io.StringIO("1\n2\n"),
    "a view of a dict": lambda: {"a": 1.0}.values(),
    "a weak reference": lambda: weakref.ref(Layer),
    "a context variable": lambda: ContextVar("held", default=1.0),
    "the step of an iterator": lambda: iter([1.0, 2.0]).__next__,
    "a tuple with an iterator": lambda: (iter([1.0]), 2),
}


@pytest.mark.parametrize("name", STREAMS)
def test_iterators_are_refused(name):
    with pytest.raises(
        TypeError, match=r"can't read an iterator, .* read_nothing \(test_argument_state\.py:\d+\)"
    ):
        jit(read_nothing)(STREAMS[name](), X)
    layer = Layer(2.0)
    layer.scale = STREAMS[name]()
    with pytest.raises(TypeError, match="can't read an iterator"):
        jit(read_scale)(layer, X)


def read_nothing(held, x):
    del held
    return x * 2


def read_scale(layer, x):
    return x if layer.scale is None else x * 2


class Scale:
    def __init__(self, factor):
        self.factor = factor
        self.calls = 0

    def total(self, x):
        return (x * self.factor).sum()

    __call__ = total

    def counted(self, x):
        self.calls += 1
        return x * self.calls


def numbers_of(result):
    return np.hstack(result if isinstance(result, tuple) else [result])


WAYS_TO_HOLD = {
    "a bound method": lambda held: ad.jit(held.total),
    "an object that is called": lambda held: ad.jit(held),
    "a partial application": lambda held: ad.jit(partial(Scale.total, held)),
    "under a transform": lambda held: ad.jit(ad.grad(held.total)),
    "under two": lambda held: ad.jit(ad.value_and_grad(ad.checkpoint(held.total))),
    "jitted twice": lambda held: ad.jit(ad.jit(held.total)),
    "a jitted one differentiated": lambda held: ad.grad(ad.jit(held.total)),
    "a method of an array": lambda held: ad.jit(held.factor.dot),
}


@pytest.mark.parametrize("hold", WAYS_TO_HOLD.values(), ids=WAYS_TO_HOLD)
def test_the_object_of_a_jitted_method_may_change(hold):
    held = Scale(np.ones(3))
    jitted = hold(held)
    before = numbers_of(jitted(X))
    held.factor *= 3
    np.testing.assert_array_equal(numbers_of(jitted(X)), 3 * before)
    held.factor *= 2
    np.testing.assert_array_equal(numbers_of(jitted(X)), 6 * before)


def test_a_jitted_method_that_changes_its_object_is_refused():
    with pytest.raises(ad.RecordingError, match="changes attributes"):
        ad.jit(Scale(1.0).counted)(X)


class Chosen:
    def __init__(self, powers, weights):
        self.powers, self.weights = powers, weights

    def __call__(self, x):
        return sum(x**power for power in sorted(self.powers)) * self.weights.sum()


@pytest.mark.parametrize("kind", [set, frozenset, list, tuple])
def test_other_items_of_a_collection_take_effect(kind):
    chosen = Chosen(kind([1.0, 2.0]), np.ones(1))
    jitted = ad.jit(lambda chosen, x: chosen(x))
    for powers in ([1.0, 2.0], [2.0, 3.0], [3.0], [1.0, 2.0]):
        chosen.powers = kind(powers)
        np.testing.assert_allclose(jitted(chosen, X), chosen(X))


@pytest.mark.parametrize(("kind", "add"), [(set, set.add), (list, list.append)])
def test_items_that_are_replaced_in_place_take_effect(kind, add):
    chosen = Chosen(kind([1.0, 2.0]), np.ones(1))
    jitted = ad.jit(lambda chosen, x: chosen(x))
    for power in (3.0, 4.0, 5.0):
        np.testing.assert_allclose(jitted(chosen, X), chosen(X))
        chosen.powers.pop()
        add(chosen.powers, power)


def test_equal_bytes_of_another_dtype_take_effect():
    weights = np.array([1.0, 2.0])
    chosen = Chosen([1.0], weights)
    jitted = ad.jit(lambda chosen, x: chosen(x))
    for dtype in (np.float64, np.int64, np.uint64, np.float64):
        chosen.weights = weights.view(dtype)
        np.testing.assert_allclose(jitted(chosen, X), chosen(X))


@pytest.mark.parametrize("hold", [ad.jit, lambda f: ad.jit(ad.value_and_grad(f))])
def test_a_partial_application_to_what_cannot_change_takes_the_quick_path(hold):
    applied = hold(partial(partial(lambda np, power, x: np.sum(x**power), np), 2))
    for _ in range(2):
        np.testing.assert_array_equal(numbers_of(applied(X))[0], np.sum(X**2))
    assert len(applied._known) == 1
