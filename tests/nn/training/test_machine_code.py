"""Which steps are compiled to machine code, and their listing, without compiling any."""

from types import SimpleNamespace

import pytest

import nn
from nn.training.machine_code import native_for, native_of, native_source


@pytest.mark.parametrize(
    ("jit_compile", "native"), [(True, True), (False, False), ("auto", False), ("wait", "wait")]
)
@pytest.mark.parametrize("team", [None, "processes"])
def test_what_is_asked_of_jit(jit_compile, native, team):
    assert native_of(jit_compile) == native
    model = SimpleNamespace(jit_compile=jit_compile, team=team)
    assert native_for(model) == ("wait" if native and team else native)


def compiled(source, why=None):
    native = None if source is None else SimpleNamespace(source=source)
    return SimpleNamespace(native=native, why_not_native=why)


def test_the_listing_of_loops_has_those_of_the_update_where_it_is_compiled():
    alone, both = SimpleNamespace(_compiled=None), SimpleNamespace(_compiled=compiled("").native)
    both._compiled.source = "update"
    assert native_source(compiled("step"), alone) == "step"
    assert native_source(compiled("step"), both) == "step\n\nupdate"
    with pytest.raises(
        ValueError, match=r"got none\. Write model\.compile\(\.\.\., jit_compile=True"
    ):
        native_source(compiled(None), alone)
    with pytest.raises(ValueError, match=r"got none\. It is short\."):
        native_source(compiled(None, "It is short"), alone)


@pytest.mark.parametrize("wrong", ["yes", 2, None, "True"])
def test_other_values_are_refused(wrong):
    with pytest.raises(ValueError, match=f"True, False, 'auto' or 'wait', got {wrong!r}"):
        nn.Sequential().compile("sgd", "mse", jit_compile=wrong)


@pytest.mark.parametrize("jit_compile", [True, "wait"])
def test_steps_operation_by_operation_have_no_machine_code(jit_compile):
    with pytest.raises(ValueError, match=rf"jit_compile={jit_compile!r} and run_eagerly=True"):
        nn.Sequential().compile("sgd", "mse", jit_compile=jit_compile, run_eagerly=True)
    nn.Sequential().compile("sgd", "mse", jit_compile=False, run_eagerly=True)
