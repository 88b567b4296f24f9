"""Special functions and linear algebra beside jax.scipy and autograd.scipy: names, values, slopes.

Both have a part of SciPy. The tables have every function that they differentiate, and a test fails
where one is missing. ``plain`` arguments have no slope here, and whole numbers none anywhere.
"""

import contextlib
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import autodiff as ad

scipy = pytest.importorskip("scipy")

JAX_MODULES = (
    "cluster.vq", "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal",
    "sparse.linalg", "spatial.transform", "special", "stats",
)  # fmt: skip
AUTOGRAD_MODULES = ("integrate", "linalg", "signal", "special")
AUTOGRAD_DISTRIBUTIONS = (
    "beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t",
)  # fmt: skip
NOT_OF_SCIPY = {
    "scipy.special.bessel_jn",  # all orders up to one: scipy.special.jv of an array of orders
    "scipy.optimize.OptimizeResults",  # SciPy's is OptimizeResult
}
WITHOUT_SLOPES = {  # JAX raises an error too, or makes constants from counts
    "linalg": ("dft hadamard helmert hessenberg hilbert invhilbert invpascal pascal schur"),
    "special": "bernoulli",
}

R = np.random.default_rng(0)
X, Y = R.uniform(0.4, 1.6, 5), R.uniform(0.6, 2.0, 5)
P = R.uniform(0.1, 0.9, 5)
Z = R.uniform(-1.5, 1.5, 5)
SPECIAL = {
    "beta": (X, Y), "betainc": (X, Y, P), "betaln": (X, Y), "boxcox": (X, Z), "boxcox1p": (X, Z),
    "comb": (X + 4, Y), "dawsn": (Z,), "digamma": (X,), "entr": (X,), "erf": (Z,), "erfc": (Z,),
    "erfcinv": (2 * P,), "erfcx": (Z,), "erfinv": (P,), "exp1": (X,), "expi": (X,), "expit": (Z,),
    "expn": (2, X), "factorial": (X,), "fresnel": (Z,), "gamma": (X,), "gammainc": (X, Y),
    "gammaincc": (X, Y), "gammaln": (X,), "gammasgn": (X,), "hyp1f1": (X, Y + 1, Z),
    "hyp2f1": (X, Y, Y + 2, P / 2), "i0": (Z,), "i0e": (X,), "i1": (Z,), "i1e": (X,),
    "iv": (1.5, X), "ive": (1.5, X), "j0": (Z,), "j1": (Z,), "jn": (2, X), "kl_div": (X, Y),
    "log_ndtr": (Z,), "log_softmax": (Z,), "loggamma": (X,), "logit": (P,), "logsumexp": (Z,),
    "multigammaln": (X + 2, 3), "ndtr": (Z,), "ndtri": (P,), "owens_t": (X, Z), "poch": (X, Y),
    "polygamma": (1, X), "psi": (X,), "rel_entr": (X, Y), "rgamma": (X,), "sici": (X,),
    "softmax": (Z,), "spence": (P,), "wofz": (Z,), "xlog1py": (X, Y), "xlogy": (X, Y),
    "y0": (X,), "y1": (X,), "yn": (2, X), "zeta": (X + 1.5, Y),
    "sph_harm_y": (np.full(5, 2), np.full(5, 1), X, Z),
}  # fmt: skip

NOT_IN_JAX = {
    "erfcinv", "iv", "ive", "j0", "j1", "jn", "psi", "rgamma", "y0", "y1", "yn",
}  # fmt: skip
IN_AUTOGRAD = sorted({
    "beta", "betainc", "betaln", "digamma", "erf", "erfc", "erfcinv", "erfinv", "expit", "gamma",
    "gammainc", "gammaincc", "gammaln", "gammasgn", "i0", "i1", "iv", "ive", "j0", "j1", "jn",
    "logit", "logsumexp", "multigammaln", "polygamma", "psi", "rgamma", "y0", "y1", "yn",
})  # fmt: skip
COMPILED_FOR_SECONDS = {"eigh_tridiagonal", "expm_frechet", "hyp2f1", "solve_sylvester", "zeta"}
A, B = R.normal(size=(3, 3)), R.normal(size=(3, 2))
QUASI = np.array([[1.0, 0.7, -0.4], [-1.3, 1.0, 0.9], [0.0, 0.0, 2.0]])
ROW, BANDS = R.normal(size=3), np.array([[0.0, 0.3, -0.2], [2.0, 2.5, 3.0], [0.4, -0.3, 0.0]])


def positive(a):
    return a @ a.T + np.eye(3)


LINALG = {
    "block_diag": (lambda m, a, b: m.block_diag(a, b), A, B),
    "cho_factor": (lambda m, a: np_tril(m.cho_factor(positive(a), lower=True)[0]), A),
    "cho_solve": (lambda m, a, b: m.cho_solve(m.cho_factor(positive(a)), b), A, B),
    "cholesky": (lambda m, a: m.cholesky(positive(a), lower=True), A),
    "circulant": (lambda m, c: m.circulant(c), ROW),
    "companion": (lambda m, c: m.companion(c), ROW),
    "convolution_matrix": (lambda m, c: m.convolution_matrix(c, 4), ROW),
    "det": (lambda m, a: m.det(a), A),
    "eigh": (lambda m, a: m.eigh(positive(a))[1] ** 2 + m.eigh(positive(a))[0], A),
    "eigh_tridiagonal": (
        lambda m, d, e: m.eigh_tridiagonal(d, e, eigvals_only=True), ROW, ROW[:2] + 1),
    "expm": (lambda m, a: m.expm(a), A),
    "expm_frechet": (lambda m, a, e: m.expm_frechet(a, e)[1], A, A.T + 1),
    "fiedler": (lambda m, c: m.fiedler(c), ROW),
    "fiedler_companion": (lambda m, c: m.fiedler_companion(c), ROW),
    "hankel": (lambda m, c: m.hankel(c), ROW),
    "inv": (lambda m, a: m.inv(a), A),
    "leslie": (lambda m, f, s: m.leslie(f, s), ROW, ROW[:2]),
    "lu": (lambda m, a: m.lu(a)[1] + 2.0 * m.lu(a)[2], A),
    "lu_factor": (lambda m, a: m.lu_factor(a)[0], A),
    "lu_solve": (lambda m, a, b: m.lu_solve(m.lu_factor(a), b), A, B),
    "polar": (lambda m, a: m.polar(a)[0] + 2.0 * m.polar(a)[1], A),
    "qr": (lambda m, a: m.qr(a, mode="economic")[0] + 2.0 * m.qr(a, mode="economic")[1], A),
    "qr_multiply": (lambda m, a, c: m.qr_multiply(a, c)[0], A, B.T),
    "rsf2csf": (lambda m, t, z: m.rsf2csf(t, z), QUASI, A),
    "solve": (lambda m, a, b: m.solve(a, b), A, B),
    "solve_banded": (lambda m, ab, b: m.solve_banded((1, 1), ab, b), BANDS, ROW),
    "solve_sylvester": (lambda m, a, q: m.solve_sylvester(positive(a), positive(a.T), q), A, A + 1),
    "solve_triangular": (lambda m, a, b: m.solve_triangular(a, b, trans=1, lower=True), A, B),
    "sqrtm": (lambda m, a: m.sqrtm(positive(a)), A),
    "svd": (lambda m, a: m.svd(a, compute_uv=False), A),
    "toeplitz": (lambda m, c, r: m.toeplitz(c, r), ROW, ROW + 1),
}  # fmt: skip


def np_tril(a):
    """Return the lower triangle; the rest of a factor is arbitrary."""
    return a * np.tril(np.ones((3, 3)))


def here(name):
    return import_module(f"autodiff.scipy.{name}")


def names_in_jax(module):
    found = import_module(f"jax.scipy.{module}")
    return {name for name in dir(found) if not name.startswith("_")}


def differentiated_by_autograd(module):
    with_slopes = import_module("autograd.core").primitive_vjps
    found = import_module(f"autograd.scipy.{module}")
    return {name for name, f in vars(found).items() if callable(f) and f in with_slopes}


def lacking(names):
    """Return which of these names of SciPy have no slopes here, nor are constant."""
    known = ad.supported()
    return {n for n in names if n not in known or known[n].kind in ("refused", "undecided")}


@pytest.mark.usefixtures("jax")
@pytest.mark.parametrize("module", JAX_MODULES)
def test_no_function_of_jax_is_missing(module):
    names = names_in_jax(module) - set(WITHOUT_SLOPES.get(module, "").split())
    full = {f"scipy.{module}.{name}" for name in names}
    assert not lacking(full - NOT_OF_SCIPY)


def modules_of(package):
    """Return the modules of a package that have functions, without the package's name."""
    found = import_module(package)
    names = [info.name for info in pkgutil.walk_packages(found.__path__, f"{package}.")]
    full = [name for name in names if any(map(callable, vars(import_module(name)).values()))]
    return {name.removeprefix(f"{package}.") for name in full}


@pytest.mark.usefixtures("autograd", "jax")
def test_no_module_of_jax_or_autograd_is_left_out():
    jax, autograd = modules_of("jax.scipy"), modules_of("autograd.scipy")
    of_jax = {name for name in jax if name.startswith("stats.")}
    of_autograd = {name for name in autograd if name.startswith("stats.")}
    assert jax - of_jax == set(JAX_MODULES)
    assert autograd - of_autograd == set(AUTOGRAD_MODULES)
    assert of_autograd == {f"stats.{name}" for name in AUTOGRAD_DISTRIBUTIONS}
    for name in of_jax:  # jax.scipy.stats.norm and the like
        assert names_in_jax(name) <= set(
            getattr(here("stats"), name.removeprefix("stats.")).methods
        )


@pytest.mark.usefixtures("autograd")
@pytest.mark.parametrize("module", AUTOGRAD_MODULES)
def test_no_function_of_autograd_is_missing(module):
    assert not lacking({f"scipy.{module}.{name}" for name in differentiated_by_autograd(module)})


@pytest.mark.usefixtures("autograd")
@pytest.mark.parametrize("name", AUTOGRAD_DISTRIBUTIONS)
def test_no_method_of_a_distribution_of_autograd_is_missing(name):
    methods = differentiated_by_autograd(f"stats.{name}") - {"beta", "gamma", "psi", "digamma"}
    found = getattr(here("stats"), name)
    assert methods
    assert not [method for method in methods if not callable(getattr(found, method, None))]


@pytest.mark.usefixtures("autograd", "jax")
def test_the_tables_have_every_function_with_slopes():
    for module, table in (("special", SPECIAL), ("linalg", LINALG)):
        known = ad.supported()
        shared = names_in_jax(module) | differentiated_by_autograd(module)
        sloped = {
            name
            for name in shared
            if (form := known.get(f"scipy.{module}.{name}")) and form.kind == "differentiable"
        }
        assert not sloped - set(table) - {"funm"}  # JAX gives it no slope
    assert set(SPECIAL) - names_in_jax("special") <= NOT_IN_JAX  # a newer JAX has more
    assert differentiated_by_autograd("special") == set(IN_AUTOGRAD)


def total(out):
    """Return a sum of all results, with different weights, their real and imaginary parts."""
    parts = out if isinstance(out, tuple) else (out,)
    return sum(weighted(part.real) + 0.3 * weighted(part.imag) for part in parts)


def weighted(part):
    return (part * np.cos(np.arange(np.size(part)).reshape(np.shape(part)))).sum()


def compare(ours, theirs, value_and_grad, refusals, arrays):
    """Compare values, and the slopes in each array in which the peer has any."""
    positions = [i for i, x in enumerate(arrays) if getattr(x, "dtype", None) == np.float64]
    try:
        value, slopes = value_and_grad(theirs, tuple(positions))(*arrays)
    except refusals:
        value = theirs(*arrays)
        positions, slopes = sloped(theirs, value_and_grad, refusals, arrays, positions)
    np.testing.assert_allclose(ours(*arrays), value, rtol=1e-8, atol=1e-12)
    for i, slope in zip(positions, slopes, strict=True):
        np.testing.assert_allclose(ad.grad(ours, i)(*arrays), slope, rtol=1e-7, atol=1e-9)


def sloped(theirs, value_and_grad, refusals, arrays, positions):
    """Return the positions of the arguments in which the peer has slopes, and the slopes."""
    found = {}
    for i in positions:
        with contextlib.suppress(refusals):
            found[i] = value_and_grad(theirs, i)(*arrays)[1]
    return list(found), list(found.values())


@pytest.mark.parametrize("name", sorted(set(SPECIAL) - NOT_IN_JAX - COMPILED_FOR_SECONDS))
def test_special_functions_agree_with_jax(jax, name):
    function, peer = getattr(here("special"), name), getattr(jax.scipy.special, name)
    compare(
        lambda *args: total(function(*args)),
        lambda *args: total(peer(*args)),
        jax.value_and_grad,
        (NotImplementedError, TypeError, ValueError),  # not in this parameter
        SPECIAL[name],
    )


@pytest.mark.parametrize("name", IN_AUTOGRAD)
def test_special_functions_agree_with_autograd(autograd, name):
    function = getattr(here("special"), name)
    peer = getattr(import_module("autograd.scipy.special"), name)
    out = function(*SPECIAL[name])
    weights = np.cos(np.arange(np.size(out))).reshape(np.shape(out))

    def value_and_grad(f, positions):
        def both(*args):
            return f(*args), autograd.grad(f, positions)(*args)

        return both

    compare(
        lambda *args: np.sum(function(*args) * weights),
        lambda *args: autograd.numpy.sum(peer(*args) * weights),
        value_and_grad,
        (NotImplementedError, KeyError),  # not in this parameter
        SPECIAL[name],
    )


@pytest.mark.parametrize("name", sorted(set(LINALG) - {"solve_banded"} - COMPILED_FOR_SECONDS))
def test_linear_algebra_agrees_with_jax(jax, name):
    function, *arrays = LINALG[name]
    compare(
        lambda *args: total(function(here("linalg"), *args)),
        lambda *args: total(function(jax.scipy.linalg, *args)),
        jax.value_and_grad,
        (NotImplementedError, ValueError),  # a loop of unknown length has no slope there
        arrays,
    )


@pytest.mark.parametrize("name", ["solve_banded", "solve_sylvester", "solve_triangular", "sqrtm"])
def test_linear_algebra_agrees_with_autograd(autograd, name):
    function, *arrays = LINALG[name]
    peer = import_module("autograd.scipy.linalg")
    out = function(here("linalg"), *arrays)
    weights = np.cos(np.arange(out.size)).reshape(out.shape)
    positions = tuple(range(len(arrays)))
    slopes = autograd.grad(
        lambda *args: autograd.numpy.sum(weights * function(peer, *args)), positions
    )(*arrays)
    ours = ad.grad(lambda *args: np.sum(weights * function(here("linalg"), *args)), positions)
    for one, other in zip(ours(*arrays), slopes, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
