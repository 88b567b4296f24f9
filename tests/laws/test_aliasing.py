"""Writes have the effects that they have in NumPy, for every memory layout, or are refused.

For every function and method that may give a view, every method of a universal function, and the
calls of the table of domains: what a write into the argument changes in the result, and the other
way round, and whether the result can be written to. Also in a jitted function.
"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.coverage import CARRYING, METHODS_OF_UFUNCS
from tests.laws.aliasing import FORMS, cases, lies, parts_of, written
from tests.laws.table import calls, every, examples, tensors

pytestmark = pytest.mark.filterwarnings("ignore")  # of NumPy, about means of nothing
REFUSALS = (NotImplementedError, TypeError, ValueError, IndexError, ArithmeticError)
READ_ONLY_HERE = {  # NumPy deprecates writes to the first ones, and allows them to the others
    "np.broadcast_arrays(x, np.ones((2, 1, 1, 1)))", "np.meshgrid(x, x, copy=False)",
    "x.real", "x.imag", "np.real(x)", "np.imag(x)", "np.real_if_close(x)",
}  # fmt: skip
READ_ONLY_IN_JIT = READ_ONLY_HERE | {"np.trim_zeros(x)"}  # where a view starts is unknown there
SKIPPING = ("np.power.reduce", "np.arctan2.reduce")  # in NumPy 2.4 they skip entries, with AVX-512


def of_ufuncs():
    """Return minimal calls of the methods of ufuncs."""
    calls = {"reduce": "axis=()", "accumulate": "", "reduceat": "[0]", "outer": "[1.0]"}
    for name in ad.supported().of("differentiable"):
        method = name.rpartition(".")[2]
        if name.startswith(SKIPPING):
            continue
        if name.count(".") == 2 and name.startswith("np.") and method in calls:
            yield f"{name}(x, {calls[method]})"
            if method == "reduce":
                yield f"{name}(x)"


def of_functions():
    """Return minimal calls of the functions without a line in the table of forms."""
    known = " ".join(FORMS)
    for name, form in ad.supported().items():
        is_function = name.startswith("np.") and not name.endswith(METHODS_OF_UFUNCS)
        if (
            is_function
            and form.kind != "refused"
            and f"{name}(" not in known
            and name not in CARRYING
        ):
            calls = {f"{name}(x)", f"{name}(x, x)", f"{name}(x, axis=0)"}
            yield from sorted(calls - {"np.linalg.matrix_rank(x, x)", "np.empty_like(x)"})


def made(name):
    return FORMS.get(name) or eval(f"lambda x: {name}", {"np": np})


def plainly(function, x):
    """Return NumPy's result, or None if it raises."""
    try:
        with np.errstate(all="ignore"):
            found = written(function, x)
    except (*REFUSALS, AttributeError):  # a NumPy scalar hasn't all methods
        return None
    # Once it has seen objects, NumPy inverts empty arrays of floats, which it refuses before.
    return None if any(value.dtype == object for value in found[0]) else found


def traced(function, x):
    """Return a Tensor's result in a differentiated function, or None if it is refused."""
    seen = []

    def run(t):
        seen.append(written(function, t))
        return t.sum() if isinstance(t, ad.Tensor) else 0.0

    try:
        with np.errstate(all="ignore"):
            ad.grad(run)(x)
    except REFUSALS:
        return seen[0] if seen else None
    return seen[0]


def number(value):
    return np.asarray(value.numpy() if isinstance(value, ad.Tensor) else value)


def assert_alike(ours, theirs, name, is_number):
    values, could_write = ours
    expected, could = theirs
    if could_write != could and (name in READ_ONLY_HERE or is_number):
        return  # it is refused in words
    assert could_write == could, "one can write to what the other can't"
    for our, their in zip(values, expected, strict=True):
        assert np.shape(our) == np.shape(their)
        np.testing.assert_allclose(number(our), number(their), rtol=1e-6, atol=1e-12)


# What takes quadratic work; the order of partitions, which is free.
LEFT_OUT = re.compile(
    r"@|x \+ x\.T|dot|inner|outer|kron|diag|meshgrid|einsum|apply_along|partition"
)
LONG = 9001  # more entries than NumPy's buffers hold


@pytest.mark.parametrize("name", [name for name in FORMS if not LEFT_OUT.search(name)])
@pytest.mark.parametrize("shape", [(LONG, 1), (2, LONG // 2)])
def test_a_write_to_a_large_array_has_the_effects_of_numpy(name, shape):
    x = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
    theirs = plainly(FORMS[name], x.copy())
    if theirs is None:
        return
    ours = traced(FORMS[name], x)
    if ours is not None:
        assert_alike(ours, theirs, name, is_number=False)


@pytest.mark.parametrize("name", [*FORMS, *of_ufuncs(), *of_functions()])
@pytest.mark.parametrize("dtype", [float, complex])
def test_a_write_has_the_effects_of_numpy(name, dtype):
    function = made(name)
    for case, make in cases(dtype):
        theirs = plainly(function, make())
        if theirs is None:
            continue
        ours = traced(function, make())
        if ours is not None:
            try:
                assert_alike(ours, theirs, name, is_number="scalar" in case)
            except AssertionError as error:
                raise AssertionError(f"{name} of {case}") from error


def results_of(function, x):
    """Return how the results lie in memory, and whether the function returns its argument."""
    found = function(x)
    return list(map(lies, parts_of(found))), found is x and np.ndim(x) > 0


def results_of_traced(function, x):
    """Return the same of a differentiated function."""
    seen = []

    def run(t):
        seen.append(results_of(function, t))
        return 0.0

    ad.vjp(run, x)
    return seen[0]


@pytest.mark.parametrize("name", list(FORMS))
def test_results_have_numpys_layout_and_are_the_argument_where_numpys_are(name):
    function = made(name)
    for case, make in cases():
        try:
            with np.errstate(all="ignore"):
                theirs, ours = results_of(function, make()), results_of_traced(function, make())
        except (*REFUSALS, AttributeError):
            continue
        assert ours[0] == theirs[0], f"{name} of {case}"
        assert name.startswith("ad.") or ours[1] == theirs[1], f"{name} of {case}"


def inside(function):
    """Return a function to jit and compare: its results, and the effects of writes."""

    def run(x):
        results = [part.copy() for part in parts_of(function(x))]
        if not x.ndim:
            return results, []
        seen, could_write = written(function, x * 1)  # of a product, which may be edited
        return results, seen if all(could_write) else []

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FORMS))
def test_jitted_functions_agree_with_eager_code_for_every_layout(name):
    run = inside(made(name))
    jitted = ad.jit(run)
    for case, make in cases():
        try:
            with np.errstate(all="ignore"):
                theirs, ours = run(make()), jitted(make())
        except (*REFUSALS, AttributeError):
            continue
        was_refused = name in READ_ONLY_IN_JIT and not ours[1]
        pairs = list(zip(ours[0], theirs[0], strict=True))
        pairs += [] if was_refused else zip(ours[1], theirs[1], strict=True)
        for our, their in pairs:
            assert np.shape(our) == np.shape(their), f"{name} of {case}"
            np.testing.assert_allclose(our, their, rtol=1e-6, err_msg=f"{name} of {case}")


@every()
@given(data=st.data())
@examples(3)
def test_a_number_is_rebound_by_operators_in_place(key, data):
    """Its views are copies: t = np.broadcast_to(s, 2); s *= 2 leaves t alone."""
    call = data.draw(calls(key))
    for number, like in zip(
        parts_of(call.run(*tensors(call))), parts_of(call.run(*call.arrays)), strict=True
    ):
        if isinstance(number, ad.Tensor) and isinstance(like, np.inexact) and np.isfinite(like):
            view = np.broadcast_to(number, (2,))
            number *= 2
            np.testing.assert_allclose(view.numpy(), like)
