"""An edit of a plain array of an outer scope is refused, and undone."""

import functools
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
from autodiff.compiler.outer_arrays import OuterArrays
from autodiff.compiler.reachable_objects import ReachableObjects

TOTAL = np.zeros(3)
MODULES = sys.modules
STATE = {"w": [np.zeros(3), (np.zeros(3), "text")]}


class Counter:
    shared = np.zeros(3)

    def __init__(self):
        self.total = np.zeros(3)

    def step(self, x):
        self.total[0] += 1
        return x * 2

    def step_of_class(self, x):
        self.shared[0] += 1
        return x * 2


class Slotted:
    __slots__ = ("total",)

    def __init__(self):
        self.total = np.zeros(3)


COUNTER, SLOTTED = Counter(), Slotted()


def of_a_global(x):
    TOTAL[0] += 1
    return x * 2


def of_an_element(x):
    STATE["w"][0][1] = 5
    return x * 2


def of_a_tuple_in_a_list(x):
    STATE["w"][1][0].fill(2)
    return x * 2


def of_an_attribute(x):
    np.add(COUNTER.total, 1, out=COUNTER.total)
    return x * 2


def of_a_slot(x):
    SLOTTED.total[:] = 3
    return x * 2


def of_a_default(x, total=TOTAL):
    total += 1
    return x * 2


def of_a_keyword(x, *, total=TOTAL):
    total += 1
    return x * 2


def through_a_view(x):
    row = TOTAL[1:]
    row[0] = 3
    return x * 2


def in_a_helper(x):
    return of_a_global(x)


def in_a_nested_function(x):
    def bump():
        TOTAL[0] += 1

    bump()
    return x * 2


def by_a_computed_name(x):
    getattr(COUNTER, "to" + "tal")[0] += 1
    return x * 2


def twice(total, x):
    total *= 2
    total += 1
    return x * 2


HELPER = r"TOTAL of of_a_global \(test_outer_arrays\.py:\d+\)"


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (of_a_global, "TOTAL"),
        (of_an_element, r"STATE\['w'\]\[0\]"),
        (of_a_tuple_in_a_list, r"STATE\['w'\]\[1\]\[0\]"),
        (of_an_attribute, r"Counter\.total"),
        (of_a_slot, r"Slotted\.total"),
        (of_a_default, "total"),
        (of_a_keyword, "total"),
        (through_a_view, "TOTAL"),
        (in_a_helper, HELPER),
        (in_a_nested_function, "TOTAL"),
        (by_a_computed_name, r"Counter\.total"),
        (COUNTER.step, r"Counter\.total"),
        (COUNTER.step_of_class, r"Counter\.shared"),
        (functools.partial(twice, TOTAL), r"total of twice \(test_outer_arrays\.py:\d+\)"),
        (ad.grad(of_a_global), "TOTAL"),
        (ad.jit(of_a_global), HELPER + "|TOTAL"),
    ],
)
def test_an_edit_is_refused_by_name_and_undone(function, name):
    whole = [TOTAL, STATE["w"][0], STATE["w"][1][0], COUNTER.total, COUNTER.shared, SLOTTED.total]
    jitted = ad.jit(function)
    for _ in range(2):
        with pytest.raises(ad.RecordingError, match=rf"isn't its argument, ({name}): .*ad\.assign"):
            jitted(1.0)
        assert not np.any(whole)


def test_an_edit_of_what_is_closed_over_is_refused():
    total = np.zeros(2)

    def step(x):
        total.sort()
        total[1] = -1
        return x * total

    with pytest.raises(ad.RecordingError, match=r"step \(test_outer_\w+.py:\d+\) .* total:"):
        ad.jit(step)(1.0)
    assert not np.any(total)


def test_an_edit_of_an_array_of_objects_is_refused_and_undone():
    counts = np.array([1, 10**30], object)

    def step(x):
        counts[0] += 1
        return x * 2

    for _ in range(2):
        with pytest.raises(ad.RecordingError, match=r"isn't its argument, counts: "):
            ad.jit(step)(1.0)
        assert list(counts) == [1, 10**30]
    assert ad.jit(lambda x: x * int(counts[1]))(2.0) == 2e30


def test_a_recording_that_fails_leaves_arrays_as_they_were():
    def fails(x):
        TOTAL[0] += 1
        return {}[x.shape]

    with pytest.raises(KeyError, match=r"\(\)"):
        ad.jit(fails)(1.0)
    assert not np.any(TOTAL)


def test_reading_copying_and_editing_own_arrays_is_allowed():
    weights = np.arange(3.0)

    @ad.jit
    def f(x):
        work = weights.copy()
        work += 1
        fresh = np.zeros(3)
        fresh[1] = weights[2]
        return x * work + fresh + weights[::-1]

    np.testing.assert_array_equal(f(2.0), [4, 7, 6])
    np.testing.assert_array_equal(weights, [0, 1, 2])


def test_a_primitive_may_edit_since_it_runs_in_each_call():
    calls = np.zeros(1)

    @ad.primitive
    def double(x):
        calls[0] += 1
        return x * 2

    ad.derivative(double, x=lambda g, z, x: 2 * g)
    f = ad.jit(lambda x: double(x) + 1)
    assert [f(1.0), f(2.0)] == [3.0, 5.0]
    assert calls[0] >= 2


def test_a_sampled_function_may_edit_since_it_runs_in_each_call():
    position = np.zeros(1, int)

    def next_number():
        position[0] += 1
        return position * 1.0

    f = ad.jit(lambda x: x + ad.sample(next_number))
    assert [f(0.0)[0], f(0.0)[0]] == [1.0, 2.0]


def test_several_threads_may_record_and_assign_at_once():
    total, errors = np.zeros(1), []

    def add(x):
        ad.assign(total, ad.live(total) + x)

    def run():
        try:
            for _ in range(10):
                ad.jit(add)(1.0)
        except ad.RecordingError as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


class Key:
    """A key that adds an entry to its dictionary when it is named."""

    def __repr__(self):
        TABLE["named"] = np.ones(1)
        return "key"


TABLE = {Key(): np.ones(2)}


def test_a_dictionary_may_change_while_its_arrays_are_collected():
    assert ad.jit(lambda x: x * sum(a.sum() for a in TABLE.values()))(1.0) == 3


WHOLE = st.sampled_from((np.int8, np.float16, np.float32, np.float64, np.complex64, bool, "M8[s]"))


@given(st.data())
def test_contents_of_any_dtype_and_layout_are_restored(data):
    shape = data.draw(array_shapes(min_dims=0, min_side=1, max_side=3))
    array = data.draw(arrays(data.draw(WHOLE), shape))
    array = data.draw(st.sampled_from((array, array.T, array[..., None][::-1])))
    before, other = array.tobytes(), data.draw(arrays(array.dtype, array.shape))
    kept = OuterArrays(ReachableObjects((lambda: array,)))
    array[...] = other
    changed = array.tobytes() != before
    assert bool(kept.edited()) == changed
    kept.restore()
    assert array.tobytes() == before


def test_a_name_for_all_modules_does_not_reach_them():
    """A step of ``nn`` reaches such a name, and took seconds where many modules were loaded."""

    def f(x):
        return x * len(MODULES)

    reachable = ReachableObjects([f])
    assert len(reachable.objects) < 20
    assert len(OuterArrays(reachable)._kept) < 20
