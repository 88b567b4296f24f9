"""An error of another library that met a traced value says where, in what, and what to do."""

import json
import operator
import statistics
import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad

scipy = pytest.importorskip("scipy")
pandas = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

# ruff: noqa: E402 - after the check that they are installed
from scipy import linalg, ndimage, optimize, sparse, special, stats
from scipy.spatial import distance
from scipy.special import cython_special
from scipy.stats import multivariate_normal as several
from sklearn import svm
from sklearn.metrics import pairwise

X = np.array([1.0, 2.0, 3.0])


def likelihood(x):
    return stats.norm.logpdf(x).sum()


ERRORS = (
    *(TypeError, ValueError, LookupError, NotImplementedError, SystemError, ad.RecordingError),
    pandas.errors.DataError,
)


def notes(transform, f, x=X):
    with pytest.raises(ERRORS) as caught:
        transform(f)(x)
    return getattr(caught.value, "__notes__", [])


TRANSFORMS = {
    "grad": ad.grad,
    "vjp": lambda f: lambda x: ad.vjp(f, x),
    "jvp": lambda f: lambda x: ad.jvp(f, (x,), (x,)),
    "hessian": ad.hessian,
    "jit": ad.jit,
    "jit of grad": lambda f: ad.jit(ad.grad(f)),
    "draw": ad.draw,
    "explain": ad.explain,
    "check_grads": lambda f: lambda x: ad.check_grads(f, x),
    "checkpoint": lambda f: ad.grad(ad.checkpoint(f)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_adds_the_note_once(name):
    (note,) = notes(TRANSFORMS[name], likelihood)
    line = likelihood.__code__.co_firstlineno + 1
    assert f"reached scipy.stats.norm.logpdf at test_guidance.py:{line}" in note
    assert "autodiff.scipy.stats.norm.logpdf has slopes" in note


def without_copy(numbers):
    return np.array(numbers, copy=False)


def several_lines(x):
    return (
        several
        .logpdf(
            x,
            np.zeros(3),
        )
    )  # fmt: skip


def frozen(x):
    return stats.norm(loc=1).logpdf(x)


NAMED = {
    "a module's function": (lambda x: linalg.solve(np.eye(3), x), "scipy.linalg.solve"),
    "another name": (several_lines, "scipy.stats.multivariate_normal.logpdf"),
    "the result of another": (frozen, "scipy.stats.norm(...).logpdf"),
    "no name": (lambda x: [stats.norm.pdf][0](x), "scipy.stats.rv_continuous.pdf"),
    "compiled": (lambda x: cython_special.gamma(x), "scipy.special.cython_special.gamma"),
    "of Python": (lambda x: statistics.mean(x), "statistics.mean"),
    "deep inside": (lambda x: json.dumps([1, x]), "json.dumps"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_the_function_has_the_name_by_which_it_is_imported(kind):
    f, name = NAMED[kind]
    (note,) = notes(ad.grad, f)
    assert f"reached {name} at test_guidance.py:" in note
    replacement = f"autodiff.{name.partition('(')[0]} has slopes"
    ways_out = ("autodiff.primitive", replacement, "Use the distributions by name")
    assert any(way in note for way in ways_out)


def test_a_refused_function_comes_with_its_cure():
    (note,) = notes(ad.grad, lambda x: special.factorial2(x))
    assert "write them with scipy.special.gamma" in note


FIRST_CALL = """
import numpy as np
from scipy import special
import autodiff as ad
try:
    ad.grad(lambda x: special.factorial2(x))(np.ones(3))
except ValueError as error:
    print(*error.__notes__)
"""


@pytest.mark.slow
def test_the_cure_is_found_before_anything_of_scipy_was_differentiated():
    command = [sys.executable, "-c", FIRST_CALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "write them with scipy.special.gamma" in done.stdout


def test_the_users_own_errors_get_no_note():
    def missing(x):
        return {}["weights"] * x

    def calling_back(x):
        return max([1, 2], key=lambda n: missing(x))

    assert notes(ad.grad, missing) == []
    assert notes(ad.grad, calling_back) == []
    assert notes(ad.grad, lambda x: linalg.solve(np.eye(3), np.ones(2)) * x) == []
    assert notes(ad.grad, lambda x: without_copy([1]) * x) == []


def test_errors_of_the_engine_get_no_note():
    assert notes(ad.grad, lambda x: float(x[0])) == []
    assert notes(ad.grad, lambda x: special.pro_cv(1, 2, x)) == []
    assert notes(ad.grad, lambda x: np.reshape(x, 5)) == []


def test_an_array_that_mixes_traced_values_with_plain_numbers_is_distinguished():
    (note,) = notes(ad.grad, lambda x: np.exp(np.array([x[0], 1.0])).sum())
    assert note.startswith("np.exp at test_guidance.py:")
    assert "Write np.stack([a, 1.0])" in note
    assert ad.grad(lambda x: np.exp(np.stack([x[0], 1.0])).sum())(X)[0] == np.exp(1.0)


def test_a_note_of_the_user_stays():
    def noted(x):
        try:
            return likelihood(x)
        except TypeError as error:
            error.add_note("while fitting")
            raise

    mine, ours = notes(ad.grad, noted)
    assert mine == "while fitting"
    assert "scipy.stats.norm.logpdf" in ours


def solve_for(x):
    return optimize.brentq(lambda p: p - x[0], -10, 10)  # its compiled code looks at no errors


def minimize_named(x):
    def distance(p):
        return np.sum((p - x) ** 2)

    return optimize.minimize(distance, np.zeros(3)).x[0]


def smooth(x):
    return pandas.Series(x).rolling(2).mean()


def largest(x):
    column = pandas.Series(x)
    return column.nlargest(2)


def by_a_list(x):
    return [pairwise.rbf_kernel][0](x[:, None])  # no name, and it has a decorator


LIBRARIES = {
    "an unchecked error": (solve_for, "scipy.optimize.brentq"),
    "a function that closes over": (minimize_named, "scipy.optimize.minimize"),
    "a column": (smooth, "pandas.Series(...).rolling(...).mean"),
    "a column by name": (largest, "pandas.Series.nlargest"),
    "a decorated function": (by_a_list, "sklearn.metrics.pairwise.rbf_kernel"),
    "a fit": (lambda x: svm.SVR().fit(x[:, None], X), "sklearn.svm.SVR(...).fit"),
    "a crash": (lambda x: distance.squareform(x), "scipy.spatial.distance.squareform"),
    "compiled, of a result": (
        lambda x: sparse.linalg.splu(sparse.eye_array(3, format="csc")).solve(x),
        "scipy.sparse.linalg.splu(...).solve",
    ),
}


@pytest.mark.parametrize("kind", LIBRARIES)
def test_a_traced_value_deep_inside_is_found(kind):
    f, name = LIBRARIES[kind]
    (note,) = notes(ad.grad, f)
    assert f"reached {name} at test_guidance.py:" in note


def test_plain_parts_of_a_traced_value_may_be_passed():
    assert notes(ad.grad, lambda x: linalg.solve(np.eye(2), x.numpy()) * x) == []
    assert notes(ad.grad, lambda x: linalg.solve(np.eye(x.ndim + 1), np.ones(3)) * x) == []


def test_writes_of_traced_values_through_flat_into_plain_arrays_are_told_apart():
    def written(x):
        plain = np.zeros(3)
        plain.flat[0] = x[0]
        return plain.sum()

    for transform in (ad.grad, ad.jit):
        (note,) = notes(transform, written)
        assert "plain array at test_guidance.py:" in note


@pytest.mark.parametrize(
    ("f", "cure"),
    [
        (
            lambda x: ad.scipy.stats.Covariance.from_diagonal(x).whiten(np.ones(3)).sum(),
            "scipy.stats.Covariance.from_diagonal at test_guidance.py:",
        ),
        (
            lambda x: ad.scipy.stats.rv_histogram(np.histogram([1.0, 2.0], 2)).pdf(x[0]),
            "Use the distributions by name",
        ),
    ],
)
def test_classes_of_scipy_that_are_imported_from_here_have_a_replacement(f, cure):
    (note,) = notes(ad.grad, f)
    assert cure in note


def test_a_traced_number_stored_in_a_plain_array_has_a_cure():
    def stored(x):
        plain = np.zeros(3)
        plain[0] = x.max()
        return plain.sum()

    for transform in (ad.grad, ad.jit):
        (note,) = notes(transform, stored)
        assert "b = ad.tensor(b) before b[i] = t" in note
        assert "at test_guidance.py:" in note


@pytest.mark.parametrize(
    ("f", "cure"),
    [
        (lambda x: sum(np.nditer(x)), "np.ndindex"),
        (lambda x: operator.iadd(np.zeros(2), np.array([x[0], x[1]])).sum(), "x = x + np.stack("),
        (lambda x: np.ones(x.size).dot(x, out=np.array(0.0)), "np.dot(x, t)"),
        (lambda x: np.linalg.inv(np.array([[x[0], 1], [2, 3.5]])).sum(), "np.stack([np.stack("),
        (lambda x: np.linalg.det([[x[0], 1], [2, 3.5]]), "np.linalg.det at test_guidance.py"),
        (lambda x: abs(np.fft.rfft([x[0], 1.0])).sum(), "np.stack([a, 1.0])"),
        (lambda x: np.logaddexp([x[0], x[1]], 1.0).sum(), "np.logaddexp at test_guidance.py"),
        (lambda x: special.gammainc(np.array([x[0], x[1]]), 1.0).sum(), "np.stack([a, 1.0])"),
        (lambda x: ad.scipy.special.erf([x[0], x[1]]).sum(), "np.stack([a, 1.0])"),
        (lambda x: np.interp(1.5, [1, 2], [x[0], x[1]]), "np.interp at test_guidance.py"),
        (lambda x: np.gradient([x[0], x[1], 2.0]).sum(), "np.stack([a, 1.0])"),
        (lambda x: np.unwrap(np.ones(3), period=x[0]), "np.unwrap at test_guidance.py"),
        (lambda x: np.ones(3).fill(x[0]), "t.numpy(), and under jit"),
        (lambda x: np.arange(3)[[x[0] > 0]], "x[np.stack([i, j])]"),
        (lambda x: "%d" % x[0], "ad.tensor(x)"),  # noqa: UP031 - what users write
        (lambda x: np.round(x > 0, 1, out=x * 1), "Convert its arguments to a dtype"),
        (
            lambda x: np.hstack([x > 0], dtype="i1", casting="no"),
            "Convert its arguments to a dtype",
        ),
        (lambda x: (np.polynomial.Hermite(x * 0) * 2.0).coef[0], "np.convolve(p.coef, q.coef)"),
        (lambda x: np.roll(x, 1, axis="s"), "Raised in np.roll of a traced value, at"),
        (lambda x: ad.scipy.fft.dct(x, axis=1j), "Raised in scipy.fft.dct of a traced value, at"),
    ],
)
def test_what_numpy_refuses_of_objects_has_a_cure(f, cure):
    for transform in (ad.grad, ad.jit):
        (note,) = notes(transform, f)
        assert cure in note
        assert "test_guidance.py:" in note


@pytest.mark.parametrize("make", [np.ones, np.zeros, np.empty, lambda n: np.full(n, 2.0)])
def test_a_traced_length_is_to_be_a_python_int(make):
    (note,) = notes(ad.jit, lambda n: make(n), np.int64(3))
    assert note.startswith("The traced value at test_guidance.py:")
    assert "can't be a length. Pass a Python int" in note
    assert ad.jit(lambda n: make(n))(3).shape == (3,)


def test_compiled_code_gets_the_numbers_of_a_mask():
    image = np.array([[1.0, 0.0, 3.0], [4.0, 5.0, 6.0]])

    def weighed(x):
        inside, steps = ndimage.distance_transform_edt(x), np.sqrt([[1, 0, 1], [2, 1, 2]])
        np.testing.assert_allclose(inside, steps)
        np.testing.assert_allclose(ndimage.distance_transform_edt(x > 0), steps)
        return (x * inside).sum()

    np.testing.assert_allclose(ad.grad(weighed)(image), np.sqrt([[1, 0, 1], [2, 1, 2]]))
    (note,) = notes(ad.jit, lambda x: ndimage.distance_transform_edt(x), image)
    assert "reached scipy.ndimage.distance_transform_edt at test_guidance.py:" in note
