"""A walk over NumPy's public names: each is in exactly one class, and the class is true."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.coverage import CARRYING, supported
from autodiff.refused import REFUSED
from autodiff.registry import registry
from tests.laws.domains import ASKING, DOMAINS
from tests.laws.table import is_constant

TABLE = supported()


def function_of(name):
    found = {"np": np}
    for part in name.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    return found


def names_of(kind, *, of_arrays=False):
    return [name for name in TABLE.of(kind) if name.startswith("ndarray.") == of_arrays]


def test_every_name_is_in_a_class():
    assert not TABLE.of("undecided"), "add a rule, or a cure to autodiff/refused.py"


def test_every_refusal_says_what_to_do():
    assert all(TABLE[name].instead for name in TABLE.of("refused"))


def test_no_name_is_in_two_classes():
    functions = {name: function_of(name) for name in TABLE if not name.startswith("ndarray.")}
    assert not [name for name, f in functions.items() if name in REFUSED and f in registry]
    assert not [name for name, f in functions.items() if name in CARRYING and f in registry]


def test_what_is_differentiable_or_constant_has_a_line_in_the_table():
    for kind in ("differentiable", "constant"):
        for name in names_of(kind):
            function = function_of(name)
            if name not in CARRYING and function in registry:
                assert function in DOMAINS or function in ASKING, name


def test_what_is_constant_has_no_rule_and_what_is_differentiable_has_one():
    assert all(
        is_constant(function_of(name))
        for name in names_of("constant")
        if function_of(name) in DOMAINS
    )
    assert not [name for name in names_of("differentiable") if is_constant(function_of(name))]


REFUSED_AT_THE_CALL = [
    name for name in names_of("refused")
    if hasattr(function_of(name), "_implementation") or isinstance(function_of(name), np.ufunc)
]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED_AT_THE_CALL)
def test_what_is_refused_says_so_at_the_call(name):
    function = function_of(name)
    t = ad.tensor([1.0, 2.0, 3.0])
    with pytest.raises(NotImplementedError) as caught:
        t.__array_function__(function, (ad.Tensor,), (t,), {})
    for part in (name, "test_namespace.py:", TABLE[name].instead):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", names_of("refused", of_arrays=True))
def test_a_refused_method_says_so(name):
    with pytest.raises(AttributeError) as caught:
        getattr(ad.tensor([1.0, 2.0]), name.removeprefix("ndarray."))
    assert TABLE[name].instead in str(caught.value)


@pytest.mark.parametrize("kind", ["differentiable", "constant"])
def test_an_array_method_in_use_is_there(kind):
    assert all(
        hasattr(ad.Tensor, name.removeprefix("ndarray.")) for name in names_of(kind, of_arrays=True)
    )
