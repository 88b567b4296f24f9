"""Scopes: blocks of code that are open, whatever opens and closes them."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.observer import Observer, observing
from autodiff.tracing.naming import open_scopes


def block(name):
    with ad.scope(name):
        yield


def names():
    return [scope.name for scope in open_scopes()]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3))))
def test_generators_open_and_close_scopes_in_any_order(steps):
    running, expected = {}, []
    with observing(Observer()):
        for opens, which in steps:
            name = f"block {which}"
            if opens and which not in running:
                running[which] = block(name)
                next(running[which])
                expected.append(name)
            elif not opens and which in running:
                running.pop(which).close()
                expected.remove(name)
            assert names() == expected
        for generator in running.values():
            generator.close()
        assert names() == []


def test_a_scope_that_is_closed_in_another_thread_is_closed():
    with observing(Observer()):
        generator = block("elsewhere")
        next(generator)
        failed = []

        def close():
            try:
                generator.close()
            except ValueError as error:
                failed.append(error)

        thread = threading.Thread(target=close)
        thread.start()
        thread.join()
        assert not failed
        assert names() == []


@pytest.mark.parametrize(
    ("label", "expected"),
    [(None, "dense"), ("", "dense"), ("Dense 2", "Dense 2"), (lambda: "Dense 3", "Dense 3")],
)
def test_the_label_and_the_options_of_a_scope(label, expected):
    line = ad.calling_line()
    with observing(Observer()), ad.scope("dense", label), ad.scope("inner", folded=True, line=line):
        outer, inner = open_scopes()
    assert (outer.name, outer.label, outer.folded, outer.line) == ("dense", expected, False, None)
    assert (inner.label, inner.folded, inner.line) == ("inner", True, line)
    assert inner.id > outer.id
