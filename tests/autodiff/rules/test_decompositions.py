"""The edges of np.linalg: singular matrices, values that occur twice, and what may be chosen."""

import numpy as np
import pytest

import autodiff as ad

EYE = np.eye(3)
TALL = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.2], [0.1, 0.7]])


def test_slopes_of_det_are_the_cofactors():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(ad.grad(np.linalg.det)(a), [[4, -3], [-2, 1]])


def test_det_of_a_singular_matrix_has_its_slopes():
    a = np.arange(9.0).reshape(3, 3)
    cofactors = [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]
    np.testing.assert_allclose(ad.grad(np.linalg.det)(a), cofactors, atol=1e-12)
    np.testing.assert_array_equal(ad.grad(np.linalg.det)(np.zeros((3, 3))), np.zeros((3, 3)))


def test_one_singular_matrix_of_a_stack_leaves_the_others_right():
    a = np.stack([2 * EYE, np.zeros((3, 3)), np.diag([0.0, 1, 2])])
    slopes = ad.grad(lambda a: np.sum(np.linalg.det(a)))(a)
    np.testing.assert_allclose(slopes, [4 * EYE, 0 * EYE, np.diag([2.0, 0, 0])], atol=1e-14)


@pytest.mark.parametrize("a", [np.eye(2), np.zeros((2, 2)), np.ones((2, 2)), 1e-160 * np.eye(2)])
def test_second_derivatives_of_det_are_correct_everywhere(a):
    hessian = ad.hessian(np.linalg.det)(a).reshape(4, 4)
    right = np.array([[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])
    np.testing.assert_allclose(hessian, right, atol=1e-14)


@pytest.mark.slow
def test_third_derivatives_of_det_at_the_unit_matrix():
    def trace_of_hessian(a):
        return np.einsum("ijij", ad.hessian(np.linalg.det)(a) * (1 - np.eye(3)[:, :, None, None]))

    ad.check_grads(trace_of_hessian, EYE, order=1)


@pytest.mark.parametrize("scale", [1e-160, 1e-100, 1e100])
def test_det_of_tiny_and_huge_matrices(scale):
    np.testing.assert_allclose(ad.grad(np.linalg.det)(scale * np.eye(2)), scale * np.eye(2))


def test_slogdet_of_a_negative_determinant():
    a = np.array([[0.0, 2.0], [1.0, 0.0]])
    sign, log = np.linalg.slogdet(ad.tensor(a))
    assert (sign.item(), log.item()) == (-1.0, pytest.approx(np.log(2)))
    np.testing.assert_allclose(ad.grad(lambda a: np.linalg.slogdet(a)[1])(a), [[0, 0.5], [1, 0]])
    np.testing.assert_array_equal(ad.grad(lambda a: np.linalg.slogdet(a).sign)(a), 0 * a)


@pytest.mark.parametrize("function", [np.linalg.inv, lambda a: np.linalg.solve(a, np.ones(3))])
def test_a_singular_matrix_is_refused_as_numpy_does(function):
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        ad.grad(lambda a: np.sum(function(a)))(np.ones((3, 3)))


def test_cholesky_reads_one_triangle():
    a = np.array([[4.0, 99.0], [2.0, 3.0]])
    slope = ad.grad(lambda a: np.sum(np.linalg.cholesky(a)))(a)
    assert slope[0, 1] == 0
    ad.check_grads(np.linalg.cholesky, a)
    with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
        np.linalg.cholesky(ad.tensor(-EYE))


# Values that occur twice.


def test_symmetric_functions_of_equal_eigenvalues_have_slopes():
    for values in (np.linalg.eigvalsh, np.linalg.eigvals, np.linalg.svdvals):
        slope = ad.grad(lambda a, values=values: np.sum(np.real(values(a) ** 2)))(EYE)
        np.testing.assert_allclose(slope, 2 * EYE, atol=1e-12)


def test_vectors_of_equal_eigenvalues_are_refused():
    rotation = np.linalg.qr(np.arange(9.0).reshape(3, 3) + EYE).Q
    for a in (EYE, rotation @ np.diag([1.0, 1, 2]) @ rotation.T):
        for f in (np.linalg.eigh, np.linalg.svd, np.linalg.eig):
            with pytest.raises(np.linalg.LinAlgError, match="distinct"):
                ad.grad(lambda a, f=f: np.real(f(a)[0 if f is np.linalg.svd else 1][0, 1]))(a)


def test_vectors_of_other_eigenvalues_keep_their_slopes():
    def projected(a):
        v = np.linalg.eigh((a + a.T) / 2)[1][:, 2]
        return v[:, None] * v

    ad.check_grads(projected, np.diag([1.0, 1, 2]), order=1)


@pytest.mark.parametrize(
    "composed",
    [lambda a: (lambda u, s, v: (u * s) @ v)(*np.linalg.svd(a, full_matrices=False)),
     lambda a: (lambda w, v: (v * w) @ v.T)(*np.linalg.eigh((a + a.T) / 2)),
     lambda a: np.real((lambda w, v: (v * w) @ np.linalg.inv(v))(*np.linalg.eig(a)))],
    ids=["svd", "eigh", "eig"],
)  # fmt: skip
def test_values_of_0_do_not_hide_that_vectors_are_used(composed):
    with np.errstate(all="ignore"):
        for whole in (np.zeros((2, 2)), np.diag([1.0, 0.0, 0.0])):
            for slope in (ad.jacobian(composed), ad.jit(ad.jacobian(composed))):
                with pytest.raises(np.linalg.LinAlgError, match="distinct"):
                    slope(whole)
    weights = np.array([[1.0, 2.0], [2.0, -3.0]])
    slope = ad.grad(lambda a: np.sum(weights * composed(a)))
    np.testing.assert_allclose(slope(np.diag([1.0, 0.0])), weights, atol=1e-12)


def test_a_reduced_basis_has_no_slope_at_a_value_of_0_beside_its_vectors():
    def composed(a):
        u, s, v = np.linalg.svd(a, full_matrices=False)
        return (u * s) @ v

    with pytest.raises(np.linalg.LinAlgError, match="other than 0"):
        ad.jacobian(composed)(np.eye(3, 2) * [1.0, 0.0])
    slope = ad.grad(lambda a: np.sum(np.linalg.svd(a).S))(np.eye(3, 2) * [1.0, 0.0])
    np.testing.assert_allclose(slope, np.eye(3, 2) * [1.0, 0.0])


def test_a_zero_singular_value_is_a_kink_with_slope_zero():
    slope = ad.grad(lambda a: np.sum(np.linalg.svdvals(a)))(np.diag([2.0, 0.0]))
    np.testing.assert_array_equal(slope, np.diag([1.0, 0.0]))
    with pytest.raises(np.linalg.LinAlgError, match="other than 0"):
        ad.grad(lambda a: np.sum(np.linalg.svd(a, full_matrices=False).U))(
            np.diag([2.0, 0, 0])[:, :2]
        )


# What a decomposition may choose.


def test_results_that_depend_on_a_phase_are_refused():
    a = np.diag([1.0, 2.0, 3.0]) + 0.1j * np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]])
    for f in (np.linalg.eigh, np.linalg.eig):
        with pytest.raises(np.linalg.LinAlgError, match="phase"):
            ad.grad(lambda a, f=f: np.imag(np.sum(f(a)[1])))(a)
    ad.check_grads(lambda a: np.abs(np.linalg.eigh(a)[1]), a, order=1)
    with pytest.raises(np.linalg.LinAlgError, match="phase"):
        ad.grad(lambda a: np.imag(np.sum(np.linalg.svd(a).U)))(a)
    ad.check_grads(lambda a: np.matmul(*np.linalg.svd(a)[::2]), a, order=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "added",
    [lambda a: np.linalg.svd(a).U[:, 2:], lambda a: np.linalg.qr(a, "complete").Q[:, 2:]],
    ids=["svd", "qr"],
)
def test_vectors_that_complete_a_basis_matter_only_by_their_span(added):
    with pytest.raises(np.linalg.LinAlgError, match="complete the basis"):
        ad.grad(lambda a: np.sum(added(a)))(TALL)
    ad.check_grads(lambda a: (lambda u: u @ u.T)(added(a)), TALL)
    ad.check_grads(lambda a: added(a), TALL[:3])  # one vector: it has its sign only


@pytest.mark.slow
def test_qr_in_its_modes():
    for a in (TALL, TALL.T, TALL[:2]):
        ad.check_grads(np.linalg.qr, a)
        ad.check_grads(lambda a: np.linalg.qr(a, "r"), a)


def test_results_are_named_as_those_of_numpy():
    a = ad.tensor(TALL[:2])
    for f in (np.linalg.svd, np.linalg.qr, np.linalg.eigh, np.linalg.eig, np.linalg.slogdet):
        assert f(a)._fields == f(a.numpy())._fields
    assert np.linalg.svd(a, hermitian=True)._fields == ("U", "S", "Vh")


# Least squares.


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (3, 3)])
def test_lstsq_for_all_shapes(shape):
    random = np.random.default_rng(1)
    a, b = random.normal(size=shape), random.normal(size=(shape[0], 2))
    ad.check_grads(lambda a, b: np.linalg.lstsq(a, b)[0], a, b)
    ad.check_grads(lambda a, b: np.linalg.lstsq(a, b)[1], a, b)
    ad.check_grads(lambda a: np.linalg.lstsq(a, b[:, 0])[3], a)


def test_the_rank_is_constant():
    assert np.linalg.matrix_rank(ad.tensor(np.ones((3, 3)))).item() == 1
    assert np.linalg.lstsq(ad.tensor(TALL), np.ones(4))[2].item() == 2


def test_pinv_of_a_matrix_of_low_rank_moves_among_those():
    def of_rank_one(u, v):
        return np.linalg.pinv(u[:, None] * v, rcond=1e-10)

    ad.check_grads(of_rank_one, np.array([1.0, 2, 3]), np.array([1.0, -1]))


# Norms.


@pytest.mark.parametrize("order", [None, 1, 2, 3, 0.5, np.inf, -np.inf, 0, -1, -2, -0.5])
def test_a_norm_has_slope_zero_at_zero(order):
    slope = ad.grad(lambda x: np.linalg.norm(x, order))(np.zeros(3))
    np.testing.assert_array_equal(slope, np.zeros(3))
    of_zero = ad.grad(lambda x: np.linalg.norm(x, order))(np.array([0.0, 1, 2]))[0]
    assert of_zero == 0


@pytest.mark.parametrize("order", ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf])
def test_a_norm_of_matrices_has_slope_zero_at_zero(order):
    slope = ad.grad(lambda x: np.linalg.norm(x, order))(np.zeros((2, 3)))
    np.testing.assert_array_equal(slope, np.zeros((2, 3)))


def test_ties_share_the_slope_of_the_largest():
    slope = ad.grad(lambda x: np.linalg.norm(x, np.inf))(np.array([1.0, -1.0, 0.5]))
    np.testing.assert_array_equal(slope, [0.5, -0.5, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.clongdouble])
@pytest.mark.parametrize("order", [3, 2.5, -1.5])
def test_a_norm_has_all_digits_of_its_dtype(dtype, order):
    def norm(x):
        return np.linalg.norm(x, order)

    x = np.array([0.3, 1.7]).astype(dtype)
    for z in (ad.jit(norm)(x), ad.vjp(norm, x)[0]):
        assert z == norm(x)
        assert z.dtype == norm(x).dtype


def test_a_norm_refuses_what_numpy_refuses():
    x = ad.tensor(np.ones((2, 2, 2)))
    for options in ({"axis": (0, 1, 2)}, {"ord": 2}, {"ord": "bogus", "axis": (0, 1)},
                    {"ord": "fro", "axis": 0}, {"axis": (0, 0)}):  # fmt: skip
        with pytest.raises(ValueError, match=r"norm|axis"):
            np.linalg.norm(x, **options)


# Products.


def test_multi_dot_multiplies_in_the_cheapest_order():
    a, b, c = (ad.tensor(np.ones(shape)) for shape in ((2, 30), (30, 3), (3, 40)))
    last = np.linalg.multi_dot([a, b, c]).node.inputs[0]
    left, right = last.inputs
    assert (left.value.shape, right.value.shape) == ((2, 3), (3, 40))


@pytest.mark.parametrize("n", [-2, -1, 0, 1, 2, 3, 7])
def test_matrix_power(n):
    ad.check_grads(lambda a: np.linalg.matrix_power(a, n), EYE + TALL[:3, :1] / 5)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 3)])
def test_a_singular_value_at_its_kink_has_the_slope_zero_also_beside_the_vectors(shape):
    singular = np.ones(shape)  # of rank 1

    def alone(a):
        return np.sum(np.linalg.svdvals(a))

    def beside(a):
        return np.sum(np.linalg.svd(a, full_matrices=False)[1])

    np.testing.assert_allclose(ad.grad(beside)(singular), ad.grad(alone)(singular), atol=1e-12)


def test_the_first_vector_of_vdot_is_conjugated():
    a, b = np.array([1 + 2j, 3.0]), np.array([2 - 1j, 1j])
    assert np.vdot(ad.tensor(a), b).item() == np.vdot(a, b) == (1 - 2j) * (2 - 1j) + 3j


SPECIAL = {
    "one": np.eye(3), "ones": np.ones((3, 3)), "repeated": np.diag([1.0, 1, 2]),
    "singular": np.diag([0.0, 1, 2]), "rank 1": np.outer([1.0, 2, 3], [1.0, 0, -1]),
    "permutation": np.eye(3)[[1, 2, 0]], "jordan": np.eye(3) + np.eye(3, k=1),
    "nilpotent": np.eye(3, k=1), "skew": np.array([[0.0, 1, 2], [-1, 0, 3], [-2, -3, 0]]),
    "mixed": np.array([[2.0, 1, 0], [0, 1, 3], [1, 0, 1]]),
}  # fmt: skip
SMOOTH = {  # functions of the matrix itself, by their factors
    "svd": lambda a: (lambda u, s, v: (u * s) @ v)(*np.linalg.svd(a)),
    "eigh": lambda a: (lambda w, v: (v * np.exp(w)) @ v.T)(*np.linalg.eigh(a + a.T)),
    "eigvals": lambda a: np.sum(np.linalg.eigvals(a) ** 2).real,
    "eigvalsh": lambda a: np.sum(np.linalg.eigvalsh(a + a.T) ** 3),
    "qr": lambda a: (lambda q, r: q @ r)(*np.linalg.qr(a)),
}


@pytest.mark.parametrize("matrix", SPECIAL)
@pytest.mark.parametrize("name", SMOOTH)
def test_slopes_of_special_matrices_are_right_or_refused_in_both_directions(name, matrix):
    f, a = SMOOTH[name], SPECIAL[matrix]
    random = np.random.default_rng(1)
    direction, weights = random.normal(size=a.shape), random.normal(size=np.shape(f(a)))

    def total(a):
        return np.sum(f(a) * weights)

    def along(a):
        return np.sum(ad.grad(total)(a) * direction)

    def measured(g):
        return (g(a + 1e-5 * direction) - g(a - 1e-5 * direction)) / 2e-5

    def forward(g):
        return ad.jvp(g, (a,), (direction,))[1]

    for slope, g in (
        (lambda: along(a), total), (lambda: forward(total), total),
        (lambda: np.sum(ad.grad(along)(a) * direction), along), (lambda: forward(along), along),
    ):  # fmt: skip
        try:
            found = slope()
        except np.linalg.LinAlgError:
            continue  # and says why
        try:
            expected = measured(g)
        except np.linalg.LinAlgError:
            continue
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)


FACTORS = {
    "cholesky": lambda a: np.linalg.cholesky(a),
    "cholesky, upper": lambda a: np.linalg.cholesky(a, upper=True),
    "qr": lambda a: np.linalg.qr(a)[1] ** 2,
    "qr of a wide matrix": lambda a: np.linalg.qr(a[:2], mode="r") ** 2,
    "SciPy's cholesky": lambda a: ad.scipy.linalg.cholesky(a, lower=True),
    "SciPy's lu, lower": lambda a: ad.scipy.linalg.lu(a)[1] ** 2,
    "SciPy's lu, upper": lambda a: ad.scipy.linalg.lu(a)[2] ** 2,
    "SciPy's lu of a wide matrix": lambda a: ad.scipy.linalg.lu(a[:2])[2] ** 2,
}


@pytest.mark.parametrize("name", FACTORS)
def test_no_slope_passes_the_zeros_of_a_factor(name):
    if "SciPy" in name:
        pytest.importorskip("scipy")
    factor = FACTORS[name]
    a = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.0]])
    places = np.flatnonzero(factor(a))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ad.grad(lambda a: np.sum(np.sqrt(factor(a))))(a)
    expected = ad.grad(lambda a: np.sum(np.sqrt(np.ravel(factor(a))[places])))(a)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("part", [np.linalg.eigvals, lambda a: np.linalg.eig(a)[1]])
def test_real_eigenvalues_lie_apart_in_memory_as_in_numpy(part):
    def f(a):
        w = part(a)
        w.ravel()[:1] = 2.0  # of a copy
        return w

    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(ad.jit(f)(a), f(a))
    np.testing.assert_array_equal(ad.vjp(f, a)[0], f(a))


def test_products_of_nothing_are_those_of_numpy():
    z = np.zeros(0)
    assert ad.jit(lambda a: np.linalg.multi_dot([a, np.zeros((0, 0)), a]))(z) == 0.0
    for dtype in (np.float32, bool, np.int8):
        x = np.zeros(0, dtype)
        for f in (np.dot, np.inner, np.vdot):
            assert ad.jit(lambda x, f=f: f(x, []))(x).dtype == f(x, []).dtype == dtype
            assert ad.jit(lambda x, f=f: f([], x))(x).dtype == f([], x).dtype


@pytest.mark.parametrize("wrap", [lambda f: f, ad.jit])
@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("svd", lambda a: np.linalg.svd(a)[0].sum()),
        ("qr", lambda a: np.linalg.qr(a)[1].sum()),
        ("eigh", lambda a: np.linalg.eigh(a)[1].sum()),
        ("eigh", lambda a: ad.hvp(lambda a: np.sum(np.linalg.eigvalsh(a)), (a,), (a,)).sum()),
    ],
)
def test_errors_of_slopes_name_the_function_that_was_called(name, f, wrap):
    with pytest.raises(np.linalg.LinAlgError, match=rf"^the slope of {name} at test_decomp.* the "):
        wrap(ad.grad(f))(np.ones((2, 2)) if name == "qr" else np.eye(2))


def test_the_logarithm_of_a_determinant_of_0_has_no_slope():
    with pytest.raises(np.linalg.LinAlgError, match=r"is infinite\. Use np\.linalg\.det"):
        ad.grad(lambda a: np.linalg.slogdet(a)[0])(np.ones((2, 2)))


def test_the_rank_of_a_vector_does_not_widen_it():
    x = np.array([1.0, 2.0], np.float32)
    for f in (lambda x: np.linalg.matrix_rank(x) * x, lambda x: np.linalg.matrix_rank(x[0]) * x):
        assert ad.vjp(f, x)[0].dtype == f(x).dtype == np.float32
        np.testing.assert_array_equal(ad.jit(f)(x), f(x))
