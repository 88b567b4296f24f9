"""Functions that run again read the variables of their first run."""

import functools
from collections import Counter, defaultdict, deque
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad
from autodiff.transforms.bound import bound

X = np.arange(1.0, 4.0)
FACTOR, TABLE = 2.0, {"w": [np.ones(2)]}


def scaled(x):
    return x * FACTOR


def test_variables_of_closures_are_kept():
    k, table = 2.0, {"w": [np.ones(3)]}

    def inner(x):
        return x * k + table["w"][0]

    kept = bound(lambda x: inner(x))
    k = 3.0
    table["w"][0][:] = 9.0
    assert np.array_equal(kept(X), X * 2 + 1)
    assert np.array_equal(inner(X), X * 3 + 9)


def test_variables_of_the_module_and_its_functions_are_kept(monkeypatch):
    kept = bound(lambda x: scaled(x) + TABLE["w"][0][0])
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    monkeypatch.setitem(TABLE, "w", [np.zeros(2)])
    assert np.array_equal(kept(X), X * 2 + 1)
    assert np.array_equal(scaled(X), X * 5)


def test_defaults_partial_applications_and_containers_are_kept():
    w = np.ones(3)

    def f(x, y=w, *, z=w):
        return x * y + z

    kept = bound([functools.partial(lambda g, x: g(x) * w, f), (f, {"f": f})])
    w[:] = 7.0
    for function in (kept[0], kept[1][0], kept[1][1]["f"]):
        assert np.array_equal(function(X), X + 1)
    assert f.__name__ == kept[1][0].__name__


def test_functions_may_refer_to_each_other():
    def even(n):
        return n == 0 or parts[0](n - 1)

    parts = [lambda n: n != 0 and even(n - 1)]
    kept = bound(even)
    parts.clear()
    assert kept(10)


def test_a_variable_without_a_value_yet():
    def early(x):
        return later * x

    kept = bound(early)
    later = 2
    assert early(1) == 2
    with pytest.raises(NameError):
        kept(1)


def test_a_bound_function_stays_as_it_is():
    w = np.ones(2)
    kept = bound(lambda: w)
    assert bound(kept) is kept


def test_arrays_outside_of_functions_and_chosen_variables():
    w, v = np.ones(2), np.ones(2)
    assert bound((w, 2.0))[0] is w
    some = bound(lambda: (w, v), chosen=lambda name, value: name == "v" and value is v)
    assert some()[0] is w
    assert some()[1] is not v


def repeated(run):
    """Return a function of x that calls run with 2 and 3 as a variable that the loop changes."""

    def f(x):
        for k in (2.0, 3.0):
            x = run(lambda: k, x)  # noqa: B023 - which is to be found
        return x

    return f


REPEATED = {
    "checkpoint": lambda k, x: ad.checkpoint(lambda x: x * k())(x),
    "jit": lambda k, x: ad.jit(lambda x: x * k())(x),
    "piecewise": lambda k, x: np.piecewise(x, [x > 0], [lambda x: x * k(), lambda x: x]),
    "sample": lambda k, x: x * ad.sample(lambda: np.full(3, k())),
    "vectorize": lambda k, x: np.vectorize(lambda x: x * k())(x),
    "scan": lambda k, x: ad.scan(lambda c, x: (c, x * k()), 0.0, x)[1],
}


@pytest.mark.parametrize("name", REPEATED)
def test_a_variable_that_a_loop_changes(name):
    f = repeated(REPEATED[name])
    for run in (f, ad.jit(f)):
        for x in (X, X + 1):
            assert np.allclose(run(x), 6 * x)
            value, slope = ad.value_and_grad(lambda x: np.sum(run(x) ** 2))(x)  # noqa: B023
            assert np.allclose(value, np.sum(36 * x**2))
            assert np.allclose(slope, 72 * x)
    assert np.allclose(ad.jit(ad.grad(lambda x: np.sum(f(x) ** 2)))(X), 72 * X)
    assert np.allclose(ad.hessian(lambda x: np.sum(f(x) ** 2))(X), 72 * np.eye(3))


def test_an_array_that_is_edited_after_a_jitted_call():
    w = np.ones(3)
    h = ad.jit(lambda x: x * x * w)
    _, pull = ad.vjp(h, X)
    w[:] = 5.0
    assert np.allclose(pull(np.ones(3))[0], 2 * X)
    value, slope = ad.value_and_grad(lambda x: h(x).sum())(X)  # of one program
    assert value == np.sum(X**2)
    assert np.allclose(slope, 2 * X)
    w = np.full(3, 7.0)
    assert np.allclose(ad.grad(lambda x: h(x).sum())(X), 2 * X)

    def f(x):
        buffer = np.ones(3)
        y = ad.jit(lambda z: z * z * buffer)(x)
        buffer[:] = 0.0
        return y.sum()

    assert np.allclose(ad.grad(f)(X), 2 * X)


class Held:
    factor = 2.0


@pytest.mark.parametrize("kind", ["attribute", "draw"])
def test_a_second_run_of_checkpoint_with_other_results_is_refused(kind):
    held, rng = Held(), np.random.default_rng(0)
    read = {"attribute": lambda: held.factor, "draw": lambda: rng.random(3)}[kind]
    _, pull = ad.vjp(ad.checkpoint(lambda x: np.sin(x) * read()), X)
    held.factor *= 1 + 1e-6
    with pytest.raises(RuntimeError, match="expected equal results from two runs"):
        pull(np.ones(3))


def test_checkpoint_keeps_arrays_and_writes_to_them_once():
    w, seen = np.ones(3), np.zeros(1)

    def f(x):
        seen[0] += 1
        return np.sin(x) * ad.live(w)

    _, pull = ad.vjp(ad.checkpoint(f), X)
    w *= 1.0008
    assert np.allclose(pull(np.ones(3))[0], np.cos(X), 1e-12)
    assert seen[0] == 1


CONTAINERS = {
    "list": ([2.0], lambda x: x[0], lambda x: x.clear()),
    "deque": (deque([2.0], maxlen=2), lambda x: x[0], lambda x: x.append(3.0) or x.append(4.0)),
    "set": ({2.0}, max, lambda x: x.add(3.0)),
    "dict": ({"a": 2.0}, lambda x: x["a"], lambda x: x.update(a=3.0)),
    "defaultdict": (defaultdict(float, a=2.0), lambda x: x["a"] + x["b"], lambda x: x.clear()),
    "counter": (Counter({"a": 2}), lambda x: x["a"], lambda x: x.update(a=3)),
    "objects": (np.array([2.0, [1, 2]], object), lambda x: x[0], lambda x: x.fill(None)),
    "namespace": (SimpleNamespace(a=[2.0]), lambda x: x.a[0], lambda x: x.a.clear()),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_are_kept(name):
    held, read, change = CONTAINERS[name]
    kept = bound(lambda: read(held))
    change(held)
    assert kept() == 2.0


def test_a_second_run_of_checkpoint_may_be_nan_and_of_any_dtype():
    for x in (X, X.astype(np.float32), X + 1j, np.array([np.nan, np.inf, -1.0])):
        with np.errstate(all="ignore"):
            _, pull = ad.vjp(ad.checkpoint(lambda x: (np.log(x) - np.log(x), x > x)[0]), x)
            assert pull(np.ones_like(x))[0].dtype == x.dtype


def test_slopes_of_a_jitted_call_are_those_of_its_primitives():
    @ad.primitive
    def straight(x):
        return np.round(x)

    ad.derivative(straight, x=lambda g, z, x: g * 10)
    assert ad.grad(ad.jit(lambda x: straight(x * 2)))(1.3) == 20


def test_assignments_are_made_once():
    count, last = np.zeros(1), np.zeros(3)

    def f(x):
        ad.assign(count, ad.live(count) + 1)
        ad.assign(last, x * 2)
        return np.sum(x**2)

    for run in (ad.grad, ad.hessian, lambda f: ad.grad(lambda x: np.sum(ad.grad(f)(x) ** 2))):
        count[:] = 0
        run(ad.checkpoint(f))(X)
        assert count[0] == 1
        assert np.array_equal(last, X * 2)
        run(ad.checkpoint(lambda x: ad.checkpoint(f)(x * 1) * 2))(X)
        assert count[0] == 2


def test_arguments_of_a_draw_are_kept_unless_they_are_of_an_outer_scope():
    outer = np.full(3, 2.0)

    @ad.jit
    def f(x):
        own, held = np.full(3, 2.0), [1.0]
        y = x + ad.sample(np.multiply, own, 1.0) + ad.sample(lambda h: np.full(3, h[0]), held)
        own[:] = held[0] = 9.0
        return y + ad.sample(np.multiply, outer[:2], 1.0).sum()

    assert np.array_equal(f(X), X + 7)
    outer[:] = 5.0
    assert np.array_equal(f(X), X + 13)


def test_an_error_of_a_function_that_runs_again_is_the_users_own():
    integrate = pytest.importorskip("autodiff.scipy.integrate")

    def right_side(y, _, k):
        change = np.zeros(2)
        change[0], change[1] = y[1], -k * y[0]
        return change

    with pytest.raises(ValueError, match=r"^setting an array element") as caught:
        ad.grad(lambda k: integrate.odeint(right_side, [1.0, 0.0], [0.0, 1.0], args=(k,))[-1, 0])(
            2.0
        )
    assert "can't be stored in a plain array" in caught.value.__notes__[0]


def test_a_large_array_is_not_copied(monkeypatch):
    x = np.ones(3)
    assert bound(lambda: x)() is not x
    monkeypatch.setattr("autodiff.transforms.bound._MOST_BYTES", 23)
    assert bound(lambda: x)() is x
