"""Containers of Python's own modules are followed: changes take effect, edits are refused."""

import argparse
import array
import enum
import queue
import threading
import weakref
from collections import ChainMap, UserDict, UserList, deque
from contextvars import ContextVar
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

import autodiff as ad

X = np.arange(1.0, 4.0)


def of_objects(*items):
    found = np.empty(len(items), object)
    found[:] = items
    return found


def at_name(held):
    return held.rate


def at_key(held):
    return held["rate"]


def at_place(held):
    return held[0]


def set_name(held):
    held.rate = 5.0


def set_key(held):
    held["rate"] = 5.0


def set_place(held):
    held[0] = 5.0


CHANGED = {
    "SimpleNamespace": (lambda: SimpleNamespace(rate=1.0), at_name, set_name),
    "argparse": (lambda: argparse.Namespace(rate=1.0), at_name, set_name),
    "UserDict": (lambda: UserDict(rate=1.0), at_key, set_key),
    "ChainMap": (lambda: ChainMap({}, {"rate": 1.0}), at_key, lambda x: set_key(x.maps[1])),
    "UserList": (lambda: UserList([1.0]), at_place, set_place),
    "deque": (lambda: deque([1.0]), at_place, set_place),
    "objects": (lambda: of_objects(1.0), at_place, set_place),
    "array": (lambda: array.array("d", [1.0]), at_place, set_place),
    "bytearray": (lambda: bytearray([1]), at_place, lambda x: x.__setitem__(0, 5)),
}


class Model:
    def __init__(self, held):
        self.held = held

    def put(self, x):
        self.held.rate = x * 2
        return x


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_in_a_container_of_an_argument_takes_effect(name):
    make, read, change = CHANGED[name]
    model = Model(make())
    jitted = ad.jit(lambda model, x: x * read(model.held))
    assert np.array_equal(jitted(model, X), X)
    change(model.held)
    assert np.array_equal(jitted(model, X), X * 5)


def test_a_change_seen_through_a_read_only_view_of_a_dictionary():
    held = {"rate": 1.0}
    model = Model(MappingProxyType(held))
    jitted = ad.jit(lambda model, x: x * model.held["rate"])
    jitted(model, X)
    set_key(held)
    assert np.array_equal(jitted(model, X), X * 5)


@pytest.mark.parametrize("put", [Model.put, lambda m, x: (setattr(m, "more", x * 2), x)[1]])
def test_a_change_that_the_function_makes_is_refused(put):
    with pytest.raises(ad.RecordingError, match="changes attributes of an argument"):
        ad.jit(put)(Model(SimpleNamespace(rate=1.0)), X)


TOTAL = np.zeros(3)


class Options(enum.Enum):
    FIRST = TOTAL


def kept(kind, put):
    holder = kind()
    put(holder)
    return holder


class Owner:
    def __init__(self, w):
        self.w = w


HOLDERS = {
    "SimpleNamespace": (SimpleNamespace(w=TOTAL), lambda x: x.w),
    "UserDict": (UserDict(w=TOTAL), lambda x: x["w"]),
    "ChainMap": (ChainMap({"w": TOTAL}), lambda x: x["w"]),
    "MappingProxyType": (MappingProxyType({"w": [TOTAL]}), lambda x: x["w"][0]),
    "objects": (of_objects(TOTAL, 1), lambda x: x[0]),
    "Enum": (Options.FIRST, lambda x: x.value),
    "memoryview": (memoryview(TOTAL), np.asarray),
    "weakref": (weakref.ref(TOTAL), lambda x: x()),
    "flat": (TOTAL.flat, lambda x: x.base),
    "thread-local": (kept(threading.local, lambda x: setattr(x, "w", TOTAL)), lambda x: x.w),
    "queue": (kept(queue.Queue, lambda x: x.put(TOTAL)), lambda x: x.queue[0]),
    "ContextVar": (ContextVar("total", default=TOTAL), lambda x: x.get()),
    "values": ({"w": TOTAL}.values(), lambda x: next(iter(x))),
    "exception": (ValueError(TOTAL), lambda x: x.args[0]),
    "key": ({Owner(TOTAL): 1}, lambda x: next(iter(x)).w),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_an_edit_of_an_outer_array_in_a_container_is_refused_and_undone(name):
    held, read = HOLDERS[name]

    def f(x):
        total = read(held)
        total += 1
        return x

    with pytest.raises(ad.RecordingError, match="edits an array that isn't its argument"):
        ad.jit(f)(X)
    assert not np.any(TOTAL)


@pytest.mark.parametrize("hold", [of_objects, lambda x: ContextVar("generator", default=x)])
def test_a_draw_of_a_generator_in_a_container_is_refused(hold):
    held = hold(np.random.default_rng(0))

    def f(x):
        return x * (held.get() if isinstance(held, ContextVar) else held[0]).random()

    with pytest.raises(ad.RecordingError, match="from a generator directly"):
        ad.jit(f)(X)


def test_objects_whose_class_names_its_module_by_a_descriptor_hold_nothing():
    class Named(type):
        __module__ = property(lambda kind: kind)

    odd = Named("odd", (), {})()
    held = [odd, TOTAL]

    def f(x):
        return x + len(held)

    assert ad.jit(f)(1.0) == 3.0
