"""Every public name of NumPy and of autodiff.scipy is in exactly one class, and behaves so."""

import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.refused import REFUSED
from autodiff.core.registry import registry
from autodiff.coverage import CARRYING, markdown, supported, versions
from autodiff.coverage import METHODS_OF_UFUNCS as METHODS
from tests.laws.domains import ASKING, DOMAINS
from tests.laws.scipy_table import ASKED, MODULES, SCIPY
from tests.laws.table import is_constant, results

TABLE = supported()


def function_of(name):
    found = {"np": np, "scipy": sys.modules.get("scipy")}
    for part in name.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    return found


def names_of(kind, *, of_arrays=False):
    return [name for name in TABLE.of(kind) if name.startswith("ndarray.") == of_arrays]


def test_every_name_is_in_a_class():
    undecided = TABLE.of("undecided")
    assert not undecided, "add a rule, or a cure to autodiff/core/refused.py, or to SciPy's face"


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_of_scipy_is_in_a_class_or_another_name_of_one(module):
    """Look at all that a module shows, and not at what it lists alone."""
    library, face = import_module(f"scipy.{module}"), import_module(f"autodiff.scipy.{module}")
    prefix = f"scipy.{module}."
    functions = {
        name: f
        for name, f in vars(library).items()
        if callable(f) and not name.startswith("_") and name != "test"
    }
    listed = {name: f for name, f in functions.items() if f"{prefix}{name}" in TABLE}
    assert len(listed) == sum(name.rpartition(".")[0] == f"scipy.{module}" for name in TABLE)
    for name in functions.keys() - listed.keys():
        same = [other for other, f in listed.items() if f is functions[name]]
        assert same or not hasattr(library, "__path__"), name  # a file shows its imports too
        assert not same or getattr(face, name) is getattr(face, same[0])


def test_every_refusal_names_a_remedy():
    assert all(TABLE[name].instead for name in TABLE.of("refused"))


def test_no_name_is_in_two_classes():
    functions = {name: function_of(name) for name in TABLE if not name.startswith("ndarray.")}
    assert not [name for name, f in functions.items() if name in REFUSED and f in registry]
    assert not [name for name, f in functions.items() if name in CARRYING and f in registry]


def test_differentiable_and_constant_functions_have_a_line_in_the_table():
    for kind in ("differentiable", "constant"):
        for name in names_of(kind):
            function = function_of(name)
            if name not in CARRYING and function in registry:
                assert function in DOMAINS or function in ASKING | ASKED or function in SCIPY, name


def test_differentiable_functions_have_rules_and_constant_ones_have_none():
    assert all(
        is_constant(function_of(name))
        for name in names_of("constant")
        if function_of(name) in DOMAINS or function_of(name) in SCIPY
    )
    assert not [name for name in names_of("differentiable") if is_constant(function_of(name))]


def is_refused_at_the_call(name):
    function = function_of(name)
    if name.startswith("scipy."):
        return not isinstance(function, type)
    return hasattr(function, "_implementation") or isinstance(function, np.ufunc)


@pytest.mark.parametrize("name", list(filter(is_refused_at_the_call, names_of("refused"))))
def test_a_refused_function_raises_in_the_call(name):
    function = function_of(name)
    t = ad.tensor([1.0, 2.0, 3.0])
    if name.startswith("scipy."):
        module, _, short = name.rpartition(".")
        count = getattr(function, "nin", 1)
        call = partial(getattr(import_module(f"autodiff.{module}"), short), *[t] * count)
    else:
        call = partial(t.__array_function__, function, (ad.Tensor,), (t,), {})
    with pytest.raises(NotImplementedError) as caught:
        call()
    for part in (name, "test_namespace.py:", TABLE[name].instead):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", names_of("refused", of_arrays=True))
def test_a_refused_method_raises(name):
    with pytest.raises(AttributeError) as caught:
        getattr(ad.tensor([1.0, 2.0]), name.removeprefix("ndarray."))
    assert TABLE[name].instead in str(caught.value)


@pytest.mark.parametrize("kind", ["differentiable", "constant"])
def test_an_array_method_in_use_is_there(kind):
    assert all(
        hasattr(ad.Tensor, name.removeprefix("ndarray.")) for name in names_of(kind, of_arrays=True)
    )


PAIR = np.array([1.5, -2.0])
CARRIED = {
    "np.array": lambda x: np.array([x[0], x[1] ** 2]) * 1,
    "np.asarray": lambda x: np.asarray([x[0], x[1] ** 2]) * 1,
    "np.asanyarray": lambda x: np.asanyarray([x[0], x[1] ** 2]) * 1,
    "np.ascontiguousarray": lambda x: np.ascontiguousarray([x[0], x[1] ** 2]) * 1,
    "np.asfortranarray": lambda x: np.asfortranarray([x[0], x[1] ** 2]) * 1,
    "np.asarray_chkfinite": lambda x: np.asarray_chkfinite([x[0], x[1] ** 2]) * 1,
    "np.full": lambda x: np.full((2,), x[0] * x[1]) * np.array([1.0, 2.0]),
    "np.fromfunction": lambda x: np.fromfunction(lambda i: (i + 1) * x[0] ** 2, (2,)),
    "np.vectorize": lambda x: np.sum(np.vectorize(lambda v: v * v)(x)),
    "np.ndenumerate": lambda x: np.stack([(i + 1) * v * v for (i,), v in np.ndenumerate(x)]),
}


@pytest.mark.parametrize("name", sorted(CARRYING))
def test_functions_that_carry_objects_differentiate(name):
    ad.check_grads(CARRIED[name], PAIR, order=2)


OVERWRITTEN = ("np.power.reduce", "np.arctan2.reduce")  # NumPy 2.4 gives neither fold of [a, b, c]
OF_UFUNCS = [
    name
    for name in TABLE
    if name.count(".") == 2 and name.split(".")[2] in METHODS and name not in OVERWRITTEN
]


@pytest.mark.parametrize("name", OF_UFUNCS)
def test_a_method_of_a_ufunc_agrees_with_numpy_or_is_refused_by_both(name):
    method = function_of(name)
    values = np.array([1.25, 1.5, 2.0])
    more = {"reduceat": ([0, 2, 1],), "outer": (np.array([1.5, 0.5]),)}

    def outcome(x):
        x = x.copy()
        try:
            with np.errstate(all="ignore"):
                if not name.endswith(".at"):
                    return method(x, *more.get(name.split(".")[2], ()))
                two = function_of(name.removesuffix(".at")).nin == 2
                method(x, [0, 0, 2], *([1.5] if two else []))
                return x
        except (TypeError, ValueError, NotImplementedError):
            return None

    plain, traced = outcome(values), outcome(ad.tensor(values))
    if plain is None or TABLE[name].kind == "refused":
        assert traced is None
        return
    for ours, theirs in zip(results(traced), results(plain), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-13)


def test_the_committed_table_is_up_to_date():
    table = Path(__file__).parents[2].joinpath("SUPPORTED.md").read_text()
    if f"with {versions()}." not in table:
        pytest.skip("made with other versions, which have other names")
    assert table == markdown(), "run python -m autodiff.coverage > SUPPORTED.md"
