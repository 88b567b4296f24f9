"""Random draws in a jitted function: recorded by ad.sample, refused otherwise."""

import os
import random
import secrets
import sys
import threading
import types
import uuid
from collections import deque
from functools import cached_property, partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler.threads import LOOPS

X = np.array([1.0, 2.0, 3.0])

MODULE = types.ModuleType("settings_of_a_test")
MODULE.rng = np.random.default_rng(0)
MODULE.inner = types.ModuleType("settings_of_a_test.inner")
MODULE.inner.rng = np.random.default_rng(0)
sys.modules["settings_of_a_test"] = MODULE
RNG = np.random.default_rng(0)
BITS = np.random.PCG64(0)
SEEDS = np.random.SeedSequence(0)
PYTHONS = random.Random(0)
SYSTEM = random.SystemRandom()
LEGACY = np.random.RandomState(0)


class InClass:
    rng = np.random.default_rng(0)

    def noisy(self, x):
        return x + self.rng.random()

    @classmethod
    def from_class(cls, x):
        return x + cls.rng.random()


class Inherits(InClass):
    pass


class InSlots:
    __slots__ = ("rng",)

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x + self.rng.random()


class Deep:
    def __init__(self, rng):
        self.parts = {"noise": deque([(1, InSlots())])}
        self.parts["noise"][0][1].rng = rng

    @property
    def source(self):
        return self.parts["noise"][0][1].rng

    @cached_property
    def cached(self):
        return self.parts["noise"][0][1].rng

    def through_a_property(self, x):
        return x + self.source.random()

    def through_a_cached_property(self, x):
        return x + self.cached.random()

    def by_a_computed_name(self, x):
        return x + getattr(self, "sour" + "ce").random()


class Makes:
    """Creates a generator in the first call and keeps it."""

    rng = None

    def __call__(self, x):
        if self.rng is None:
            self.rng = np.random.default_rng(0)
        return x + self.rng.random()


def decorated(function):
    rng = np.random.default_rng(0)

    def wrapped(x):
        return function(x) + rng.random()

    return wrapped


def imports(x):
    import settings_of_a_test

    return x + settings_of_a_test.rng.random()


def helper(x):
    return x + RNG.random()


DIRECT = {
    "class attribute": InClass().noisy,
    "inherited": Inherits().noisy,
    "class method": InClass.from_class,
    "slots": InSlots(),
    "module": lambda x: x + MODULE.rng.random(),
    "submodule": lambda x: x + MODULE.inner.rng.random(),
    "imported inside": imports,
    "global": lambda x: x + RNG.random(),
    "helper": lambda x: helper(x) * 2,
    "partial": partial(lambda rng, x: x + rng.random(), np.random.default_rng(0)),
    "default": lambda x, rng=RNG: x + rng.random(),
    "decorator": decorated(lambda x: x),
    "property": Deep(np.random.default_rng(0)).through_a_property,
    "cached property": Deep(np.random.default_rng(0)).through_a_cached_property,
    "bound method": lambda x, draw=RNG.random: x + draw(),
    "bits": lambda x: x + BITS.random_raw(),
    "seeds": lambda x: x + np.random.default_rng(SEEDS.spawn(1)[0]).random(),
    "spawned": lambda x: x + RNG.spawn(1)[0].random(),
    "shuffled": lambda x: x * RNG.permutation(3)[0],
    "Python's": lambda x: x + PYTHONS.random(),
    "Python's global": lambda x: x + random.random(),
    "Python's choice": lambda x: x * random.choice([1, 2]),
    "legacy": lambda x: x + LEGACY.randn(),
    "legacy global": lambda x: x + np.random.normal(),  # noqa: NPY002
    "made at the first call": Makes(),
    "list": lambda x, rngs=([RNG],): x + rngs[0][0].random(),
}
UNSEEDED = {
    "default_rng": lambda x: x + np.random.default_rng().random(),
    "Generator": lambda x: x + np.random.Generator(np.random.PCG64()).random(),
    "RandomState": lambda x: x + np.random.RandomState().rand(),
    "RandomState with a seed": lambda x: (
        x + np.random.RandomState(3).rand()
    ),  # it asks all the same
    "Random": lambda x: x + random.Random().random(),
    "SystemRandom": lambda x: x + random.SystemRandom().random(),
    "one SystemRandom": lambda x: x + SYSTEM.random(),
    "secrets": lambda x: x + secrets.randbelow(10),
    "urandom": lambda x: x + os.urandom(1)[0],
    "uuid": lambda x: x + uuid.uuid4().int % 7,
}


@pytest.mark.parametrize("where", DIRECT)
def test_a_draw_from_a_generator_is_refused(where):
    with pytest.raises(ad.RecordingError, match=r"from a generator directly.*ad\.sample"):
        ad.jit(DIRECT[where])(X)


@pytest.mark.parametrize("where", UNSEEDED)
def test_a_draw_without_a_seed_is_refused(where):
    with pytest.raises(
        ad.RecordingError, match=r"without a seed at test_randomness\.py:\d+.*ad\.s"
    ):
        ad.jit(UNSEEDED[where])(X)


def test_patched_functions_are_restored():
    before = os.urandom, random._urandom, random.Random.seed
    for f in UNSEEDED.values():
        with pytest.raises(ad.RecordingError):
            ad.jit(f)(X)
    assert (os.urandom, random._urandom, random.Random.seed) == before
    assert len({random.Random().random() for _ in range(3)}) == 3


@pytest.fixture
def alone(monkeypatch):
    """Leave out the threads that other tests have left behind."""
    existing = threading.enumerate
    left = set(existing()) - {threading.current_thread()}
    monkeypatch.setattr(threading, "enumerate", lambda: [x for x in existing() if x not in left])


@pytest.mark.usefixtures("alone")
def test_a_name_that_is_computed_is_followed_too():
    f = Deep(np.random.default_rng(0)).by_a_computed_name
    with pytest.raises(ad.RecordingError, match="from a generator directly"):
        ad.jit(f)(X)


@pytest.mark.usefixtures("alone")
def test_a_name_that_is_computed_is_followed_beside_threads_of_loops():
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name=f"{LOOPS}_0")
    thread.start()
    try:
        test_a_name_that_is_computed_is_followed_too()
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + np.random.default_rng(3).random(3),
        lambda x: x * random.Random(3).random(),
        lambda x: x + np.random.Generator(np.random.MT19937(3)).random(3),
        lambda x: x + np.random.default_rng(np.random.SeedSequence(3).spawn(2)[1]).random(3),
    ],
)
def test_seeded_generators_draw_the_same_in_every_call(f):
    jitted = ad.jit(f)
    for _ in range(2):
        np.testing.assert_array_equal(jitted(X), f(X))


def test_a_seed_that_is_an_argument_is_part_of_the_program():
    def f(x, seed):
        return x + np.random.default_rng(seed).random(3)

    jitted = ad.jit(f)
    for seed in (1, 2, 1):
        np.testing.assert_array_equal(jitted(X, seed), f(X, seed))
    with pytest.raises(TypeError):
        jitted(X, np.int64(1))


DRAWS = [
    lambda rng: partial(rng.random, 3),
    lambda rng: lambda: rng.normal(size=3),
    lambda rng: lambda: rng.integers(0, 5, 3) + rng.random(3),
]


@given(st.lists(st.sampled_from(range(3)), min_size=1, max_size=4), st.integers(0, 5))
def test_through_sample_the_same_seed_draws_the_same(draws, seed):
    def run(wrap):
        rng = np.random.default_rng(seed)

        def f(x):
            for draw in draws:
                x = x * 2 + ad.sample(DRAWS[draw](rng))
            return x

        function = wrap(f)
        return [function(X) for _ in range(3)]

    np.testing.assert_array_equal(run(ad.jit), run(lambda f: f))


def test_sample_may_use_system_entropy():
    system = random.SystemRandom()
    f = ad.jit(
        lambda x: x + ad.sample(system.random) + ad.sample(lambda: np.random.default_rng().random())
    )
    assert len({f(1.0) for _ in range(4)}) == 4


@pytest.mark.parametrize("first", [True, False])
def test_a_direct_draw_besides_sample_is_refused(first):
    rng = np.random.default_rng(0)

    def f(x):
        if first:
            return x + rng.random() + ad.sample(rng.random)
        return x + ad.sample(rng.random) + rng.random()

    state = rng.bit_generator.state
    with pytest.raises(ad.RecordingError, match="directly"):
        ad.jit(f)(X)
    assert rng.bit_generator.state == state


@pytest.mark.parametrize(
    ("make", "draw"),
    [
        (lambda: np.random.SeedSequence(3), lambda seeds: seeds.spawn(1)),
        (lambda: np.random.default_rng(3), lambda rng: rng.random()),
        (lambda: np.random.default_rng(3).bit_generator, lambda bits: bits.random_raw()),
    ],
)
def test_a_new_generator_may_be_kept_until_it_is_drawn_from(make, draw):
    kept = []

    def new(x):
        kept.append(make())
        return x * 2

    def drawn(x):
        draw(kept[-1])
        return x * 2

    np.testing.assert_array_equal(ad.jit(new)(X), X * 2)
    with pytest.raises(ad.RecordingError, match="directly"):
        ad.jit(lambda x: new(x) + drawn(x))(X)


def test_a_kept_generator_whose_start_is_not_known_is_refused():
    kept = []
    with pytest.raises(ad.RecordingError, match="directly"):
        ad.jit(lambda x: (kept.append(random.Random(3)), x * 2)[1])(X)


def test_unreachable_generators_are_ignored():
    other = np.random.default_rng(0)

    class Holder:
        def __init__(self):
            self.unrelated, self.scale = other, 2.0

    holder = Holder()

    @ad.primitive
    def draws_elsewhere(x):
        sys.modules["settings_of_a_test"].inner.rng.random()
        return x

    ad.derivative(draws_elsewhere, x=lambda g, z, x: g)
    f = ad.jit(lambda x: x * holder.scale)
    np.testing.assert_array_equal(f(X), X * 2)


def test_the_search_for_generators_calls_no_code_of_other_objects():
    class Watchful:  # as torch.distributed.reduce_op, which warns
        def __getattribute__(self, name):
            raise AssertionError(f"{name} was read")

    bystander = Watchful()
    name = "sin"  # a computed name, so that every object of the process is looked at
    assert ad.jit(lambda x: getattr(np, name)(x))(0.0) == 0
    assert type(bystander) is Watchful


def test_draws_of_other_threads_do_not_count():
    begun, drawn = threading.Event(), threading.Event()

    def other():
        begun.wait(10)
        random.random()
        drawn.set()

    def f(x):
        begun.set()
        drawn.wait(10)
        return x * 2

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert ad.jit(f)(np.float64(3)) == 6  # in the second attempt, with another thread alive
    finally:
        begun.set()
        thread.join()


def test_a_function_that_reaches_ever_more_objects_is_not_taken_to_draw():
    drawn = np.random.default_rng(0)
    drawn.random()  # no function reaches it
    kept = []

    @ad.jit
    def double(x):
        kept.extend([i] for i in range(6000))
        return 2 * x

    assert double(1.5) == 3.0
    assert len(kept) % 6000 == 0
    assert drawn.random() == np.random.default_rng(0).random(2)[1]


def test_the_second_draw_of_a_recording_follows_the_first():
    def f(x, rng):
        noise = ad.sample(rng.normal, size=3)
        return x + noise, np.argwhere(ad.sample(rng.integers, 0, 5, size=3) > 0)

    first, second = np.random.default_rng(0), np.random.default_rng(0)
    found, expected = ad.jit(lambda x: f(x, first))(1.0), f(1.0, second)
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1], strict=True)  # of no rows
    assert first.random() == second.random()
