"""Compiled by numba: the numbers of the NumPy source, from the second call or at once."""

import logging
import pickle
import sys
import threading

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler.native import cache


def network(weights, x, y):
    w, b, v = weights
    hidden = np.maximum(x @ w + b, 0)
    scores = hidden @ v
    scores = scores - scores.max(1, keepdims=True)
    return (y * (np.log(np.exp(scores).sum(1, keepdims=True)) - scores)).sum() / len(x)


def arguments(dtype):
    random = np.random.default_rng(0)
    weights = [random.normal(size=s).astype(dtype) for s in ((4, 8), (8,), (8, 3))]
    return weights, random.normal(size=(6, 4)).astype(dtype), np.eye(3, dtype=dtype)[[0, 1, 2] * 2]


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_network_has_the_numbers_of_the_numpy_source(dtype):
    slopes = ad.value_and_grad(network)
    compiled, expected = ad.jit(slopes, native="wait"), ad.jit(slopes)
    for _ in range(2):
        value, found = compiled(*arguments(dtype))
        other, wanted = expected(*arguments(dtype))
        assert type(value) is type(other)
        np.testing.assert_allclose(value, other, rtol=1e-5)
        for a, b in zip(found, wanted, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert "pieces of machine code" in str(compiled.report(*arguments(dtype)))


def quotient(x):
    return np.maximum(x * 2 + 1, 0) / (1 + x * x)


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_numpy_runs_until_the_compiler_is_done():
    f = ad.jit(quotient, native=True)
    x = np.linspace(-2, 2, 7)
    first = f(x)
    program = f.compiled(x)
    program.native.wait()
    assert program._idle == []  # the next call makes the function anew
    np.testing.assert_allclose(f(x), first, rtol=1e-15)
    again = ad.jit(quotient, native=True)
    again(x)
    assert again.compiled(x).native._thread is None  # it was found compiled


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_inputs_in_any_layout_and_read_only_ones():
    f = ad.jit(lambda x, y: x * 2 + y, native="wait")
    y = np.arange(6.0).reshape(2, 3)
    plain = f(y, y)
    locked = y.copy()
    locked.setflags(write=False)
    for x in (np.asfortranarray(y), y[::-1][::-1], locked, np.ascontiguousarray(y.T).T):
        np.testing.assert_array_equal(f(x, y), plain)


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_nan_and_division_by_zero_are_numpys():
    f = ad.jit(lambda x, y: (np.maximum(x, y) / y, (x / y).sum()), native="wait")
    x, y = np.array([np.nan, 1.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])
    with np.errstate(all="ignore"):
        found, total = f(x, y)
        np.testing.assert_array_equal(found, np.maximum(x, y) / y)
        np.testing.assert_array_equal(total, (x / y).sum())


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_live_arrays_are_updated_in_place():
    weights, speed = np.arange(4.0), np.zeros(4)

    def update(slope):
        new = 0.5 * ad.live(speed) + slope
        ad.assign(speed, new)
        ad.assign(weights, ad.live(weights) - new)

    descend = ad.jit(update, native="wait")
    for _ in range(3):
        descend(np.ones(4))
    np.testing.assert_array_equal(speed, 1.75)
    np.testing.assert_array_equal(weights, np.arange(4.0) - 1 - 1.5 - 1.75)
    assert descend.source(np.ones(4), native=True).count("[i0] = ") == 2
    assert "np.empty" not in descend.source(np.ones(4), native=True)


@pytest.mark.usefixtures("numba")
def test_an_array_that_is_read_after_an_assignment_is_left_to_numpy():
    total = np.zeros(3)

    def update(x):
        old = ad.live(total)
        ad.assign(total, old + x)
        return old * 2

    f = ad.jit(update, native="wait")
    np.testing.assert_array_equal(f(np.ones(3)), 0)
    np.testing.assert_array_equal(f(np.ones(3)), 2)
    with pytest.raises(ValueError, match="reads an array after it has assigned to it"):
        f.source(np.ones(3), native=True)


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_threads_have_their_own_buffers():
    f = ad.jit(lambda x: (np.sort(x * 2, 0) + 1).sum(0) - x, native="wait")
    x = np.random.default_rng(0).normal(size=(50, 4))
    f(x)
    wrong = []

    def run(factor):
        for _ in range(200):
            found = f(x * factor)
            if not np.allclose(found, (np.sort(x * factor * 2, 0) + 1).sum(0) - x * factor):
                wrong.append(factor)

    threads = [threading.Thread(target=run, args=(factor,)) for factor in (1.0, 2.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_a_broken_cache_is_compiled_again_with_a_line_in_the_log(tmp_path, caplog):
    def f(x):
        return x * 3 + 1

    np.testing.assert_array_equal(ad.jit(f, native="wait")(np.ones(3)), 4)
    for file in (tmp_path / "__pycache__").glob("*.nb?"):
        file.write_bytes(b"broken")
    with caplog.at_level(logging.WARNING, logger="autodiff.native"):
        np.testing.assert_array_equal(ad.jit(f, native="wait")(np.ones(3)), 4)
    assert "compiled again" in caplog.text


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_a_foreign_source_in_the_cache_is_replaced(tmp_path):
    def f(x):
        return x * 5 + 1

    np.testing.assert_array_equal(ad.jit(f, native="wait")(np.ones(3)), 6)
    (file,) = tmp_path.glob("*.py")
    file.write_text("raise SystemExit('foreign')")
    np.testing.assert_array_equal(ad.jit(f, native="wait")(np.ones(3)), 6)


def tripled(x):
    return 3 * x


@pytest.mark.usefixtures("numba")
def test_a_pickle_is_compiled_again():
    again = pickle.loads(pickle.dumps(ad.jit(tripled, native=True)))
    assert again.native is True


@pytest.mark.slow
@pytest.mark.usefixtures("numba")
def test_the_source_has_both():
    f = ad.jit(lambda x: np.sort(x * 2) + 1, native="wait")
    source = f.source(np.ones(4), native=True)
    assert "for i0 in range(4):" in source
    assert "def piece_1(" in source.replace("\n", " ")
    assert "for i0" not in f.source(np.ones(4))
    assert "sort" in str(f.report(np.ones(4)))


def test_without_the_packages_the_error_names_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"pip install 'slopes\[native\]'"):
        ad.jit(tripled, native=True)


def test_other_choices_are_refused():
    with pytest.raises(ValueError, match="expected native= to be True, False or 'wait'"):
        ad.jit(tripled, native="fast")


def test_the_source_of_a_function_that_is_not_compiled():
    with pytest.raises(ValueError, match=r"Write ad.jit\(f, native=True\)"):
        ad.jit(tripled).source(np.ones(3), native=True)


def test_the_folder_is_the_users_alone(tmp_path, monkeypatch):
    pytest.importorskip("platformdirs")
    monkeypatch.setenv("AUTODIFF_CACHE", str(tmp_path / "deep" / "cache"))
    assert cache.folder() == tmp_path / "deep" / "cache"
    assert cache.folder().stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("limit", [0.93, np.array(0.93), np.float64(0.93)])
@pytest.mark.parametrize("extreme", [np.maximum, np.minimum, lambda x, k: np.clip(x, 0.1, k)])
def test_a_loop_compares_numbers_with_constants(extreme, limit):
    def f(x):
        def step(c, s):
            return extreme(c * 0.5, limit), extreme((x * s).sum(), limit)

        return ad.scan(step, 0.25, np.array([0.2, 0.9, 1.0]))

    compiled = ad.jit(f, native="wait")
    for x in (np.ones(3), np.full(3, 0.1)):
        for found, expected in zip(compiled(x), f(x), strict=True):
            np.testing.assert_allclose(found, expected)
