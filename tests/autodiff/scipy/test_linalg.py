"""scipy.linalg with slopes: worked examples, what is refused, what options do."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.tensor import peek

plain = pytest.importorskip("scipy.linalg")
from autodiff.scipy import linalg  # noqa: E402 - SciPy may be missing

A = np.array([[2.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])


def test_a_triangular_system_by_hand():
    # x₀ = b₀ / L₀₀, x₁ = (b₁ - L₁₀ x₀) / L₁₁ = (3 - 1 * 2) / 4
    lower, right = np.array([[1.0, 0.0], [1.0, 4.0]]), np.array([2.0, 3.0])
    x = linalg.solve_triangular(ad.tensor(lower), right, lower=True)
    np.testing.assert_allclose(x.numpy(), [2.0, 0.25])
    x[1].backward()
    slope = ad.grad(lambda a: linalg.solve_triangular(a, right, lower=True)[1])(lower)
    # ∂x₁/∂L₀₀ = L₁₀ b₀ / (L₀₀² L₁₁), ∂x₁/∂L₁₀ = -x₀ / L₁₁, ∂x₁/∂L₁₁ = -x₁ / L₁₁
    np.testing.assert_allclose(slope, [[0.5, 0.0], [-0.5, -0.0625]])


def test_the_exponential_of_a_diagonal_by_hand():
    # exp(diag(a, b)) changes off the diagonal by (e^b - e^a) / (b - a)
    slope = ad.grad(lambda x: linalg.expm(x)[0, 1])(np.diag([0.0, 1.0]))
    np.testing.assert_allclose(slope, [[0.0, np.e - 1], [0.0, 0.0]], atol=1e-15)


def test_the_square_root_by_hand():
    # d sqrt(x) = dx / (2 sqrt(x)), here for a 1×1 matrix
    np.testing.assert_allclose(
        ad.grad(lambda x: linalg.sqrtm(x)[0, 0])(np.array([[4.0]])), [[0.25]]
    )


def test_a_toeplitz_matrix_counts_the_uses_of_each_entry():
    slope = ad.grad(lambda c: np.sum(linalg.toeplitz(c)))(np.arange(3.0))
    np.testing.assert_array_equal(slope, [3.0, 4.0, 2.0])


def test_only_the_triangle_that_is_read_gets_a_slope():
    slope = ad.grad(lambda a: np.sum(linalg.cholesky(a)))(A)
    assert slope[1, 0] == 0 != slope[0, 1]
    slope = ad.grad(lambda a: np.sum(linalg.solve(a, b, assume_a="pos", lower=True)))(A)
    assert slope[0, 1] == 0 != slope[1, 0]


@pytest.mark.slow
def test_polar_has_a_slope_where_svd_has_none():
    ad.check_grads(linalg.polar, np.eye(3))
    with pytest.raises(np.linalg.LinAlgError, match="distinct singular values"):
        ad.grad(lambda a: np.sum(linalg.svd(a)[0]))(np.eye(3))


@pytest.mark.parametrize("function", [linalg.polar, linalg.sqrtm, linalg.signm])
def test_singular_matrices_are_refused(function):
    singular = np.array([[1.0, 1.0], [1.0, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(np.linalg.LinAlgError, match="no slope at a matrix without full rank"):
            ad.grad(lambda a: np.sum(np.real(function(a)[0])))(singular)


def test_plain_arguments_are_scipys_own_call():
    assert linalg.expm(A) is not None
    np.testing.assert_array_equal(linalg.expm(A), plain.expm(A))
    assert type(linalg.det(A)) is type(plain.det(A))


def test_arguments_may_be_overwritten_in_scipy_but_not_in_a_graph():
    kept = A.copy()
    t = ad.tensor(A)
    x = linalg.solve(t, b, overwrite_a=True, overwrite_b=True, check_finite=False)
    np.testing.assert_allclose(x.numpy(), plain.solve(A, b))
    np.testing.assert_array_equal(t.numpy(), kept)


@pytest.mark.parametrize("function", [linalg.solve, linalg.solve_triangular])
def test_check_finite_is_passed_on(function):
    bad = np.array([1.0, np.nan])
    with pytest.raises(ValueError, match="infs or NaNs"):
        function(ad.tensor(A), bad)
    assert np.isnan(function(ad.tensor(A), bad, check_finite=False).numpy()).any()


def test_a_product_of_a_toeplitz_matrix_checks_its_numbers_where_asked():
    t, bad = ad.tensor(b), np.array([1.0, np.nan])
    assert np.isnan(linalg.matmul_toeplitz(t, bad, workers=1).numpy()).all()
    with pytest.raises(ValueError, match="must not contain infs or NaNs"):
        linalg.matmul_toeplitz(t, bad, check_finite=True)


@pytest.mark.parametrize(
    "function",
    [
        linalg.logm, linalg.tanm, linalg.cholesky, linalg.inv, lambda x: linalg.lu(x)[2],
        lambda x: linalg.ldl(x)[1], lambda x: linalg.lu_solve(linalg.lu_factor(x), b)[:, None],
        lambda x: linalg.cho_solve(linalg.cho_factor(x), b)[:, None],
        lambda x: linalg.solve(x, b)[:, None], lambda x: linalg.solve_triangular(x, b)[:, None],
        lambda x: linalg.solve_toeplitz(x[0], b)[:, None],
        lambda x: linalg.solveh_banded(x, b, lower=True)[:, None],
        lambda x: linalg.fractional_matrix_power(x, 1.5),
    ],
)  # fmt: skip
@np.errstate(invalid="ignore")
def test_infinite_slopes_of_what_follows_pass_as_in_numpy(function):
    value, pull_back = ad.vjp(function, A)  # logm of an infinite matrix never returns in SciPy
    (slope,) = pull_back(np.where(np.arange(value.size).reshape(value.shape), 1.0, np.inf))
    assert not np.isfinite(slope).all()


@pytest.mark.parametrize("dtype", [">f8", ">c8"])
def test_lu_takes_numbers_in_another_byte_order_of_which_scipy_computes_nothing(dtype):
    for ours, theirs in zip(linalg.lu(ad.tensor(A.astype(dtype))), plain.lu(A), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs)


NONE = np.zeros((0, 2))
RARE_CALLS = [
    ("solve_circulant", 2.0, 3.0), ("solve_circulant", NONE[:, 0], NONE),
    ("solve_circulant", NONE[:, 0], NONE[:, 0]), ("lu", NONE, True), ("lu", NONE.T, True),
    ("expm_frechet", A, A[None]), ("expm_frechet", A[None], A), ("qr_multiply", NONE.T, NONE),
    ("qr_multiply", np.float32(A), A), ("qr_multiply", A, np.float32(A)),
    ("qr_multiply", A[:, :1], np.stack([A[:1]] * 3)),
    ("lu", np.array([[2 + 1j]]), False), ("lu", np.array([[[2 + 1j]]]), False),
    ("lu", np.zeros((0, 3, 3), complex), False), ("lu", np.zeros((2, 0, 0), np.float32), False),
    ("cho_factor", np.stack([np.eye(2)] * 3), True), ("cho_factor", np.eye(2), True),
]  # fmt: skip


@pytest.mark.parametrize("name", ["fiedler", "fiedler_companion"])
@pytest.mark.parametrize("array", [np.float32(2.0), np.ones(1, np.float32), NONE[:, 0], b])
def test_matrices_of_few_numbers_are_those_of_scipy(name, array):
    ours, theirs = getattr(linalg, name)(ad.tensor(array)), getattr(plain, name)(array)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(ad.tensor(ours).numpy(), theirs)


@pytest.mark.parametrize(("name", "array", "other"), RARE_CALLS)
def test_rare_shapes_and_dtypes_are_those_of_scipy(name, array, other):
    try:
        expected = getattr(plain, name)(array, other)
    except ValueError as error:
        pytest.skip(f"a batch, which SciPy takes since 1.16: {error}")
    found = getattr(linalg, name)(ad.tensor(array), other)
    if isinstance(expected, np.ndarray):
        found, expected = [found], [expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.shape(ours) == np.shape(theirs)
        assert np.asarray(peek(ours)).dtype == np.asarray(theirs).dtype
        np.testing.assert_allclose(peek(ours), theirs, rtol=1e-5, atol=1e-6)


def test_numbers_lists_and_integers_are_matrices():
    slope = ad.grad(lambda x: linalg.det([[x, 1], [2, x]]))(3.0)
    assert slope == pytest.approx(6.0)
    np.testing.assert_allclose(
        ad.grad(lambda a: linalg.det(a))([[1, 2], [3, 4]]), [[4, -3], [-2, 1]]
    )


def test_queries_return_plain_values():
    assert linalg.bandwidth(ad.tensor(np.tril(A))) == (1, 0)
    assert linalg.issymmetric(ad.tensor(A)) is True
    assert linalg.ishermitian(ad.tensor(A) + np.triu(A)) is False


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        (lambda t: linalg.null_space(t), "projections"),
        (lambda t: linalg.schur(t), "functions of the matrix itself"),
        (lambda t: linalg.hilbert(t), "Python ints"),
        (lambda t: linalg.inv(t, assume_a="diagonal"), "1 / np.diagonal"),
        (lambda t: linalg.qr(t, mode="raw"), "'economic'"),
        (lambda t: linalg.eigh(t, subset_by_value=(0, 1)), "subset_by_index"),
        (lambda t: linalg.eigh_tridiagonal(t[0], t[0, :1], select="i"), "index the result"),
        (lambda t: linalg.eig(t, left=True), "left"),
        (lambda t: linalg.funm(t, np.exp, disp=False), "disp"),
    ],
)
def test_refusals_have_a_remedy(call, cure):
    with pytest.raises(NotImplementedError, match=cure) as caught:
        call(ad.tensor(A))
    assert "test_linalg.py:" in str(caught.value)


@pytest.mark.slow
def test_functions_of_the_user_may_use_traced_values():
    ad.check_grads(lambda a, k: linalg.funm(a, lambda w: np.exp(k * w)), A, 0.3)


def test_jit_writes_calls_of_scipy():
    source = ad.jit(lambda a: np.sum(linalg.expm(a))).source(A)
    assert "expm(a)" in source.replace("expm_1(a)", "expm(a)")


@pytest.mark.parametrize("dtype", ["e", "f"])
@pytest.mark.parametrize("name", ["lstsq", "solve", "eigvals"])
def test_slopes_beside_narrow_matrices_are_those_beside_the_same_wide_ones(name, dtype):
    narrow, x = np.array([[4, 1], [0.3, 2]], dtype), np.array([[3.0, 0.2], [0.1, 1.5]])

    def total(a, b):
        found = getattr(linalg, name)(a, b)
        return np.sum(np.real(found[0] if name == "lstsq" else found))

    found, expected = (ad.grad(total, 1)(a, x) for a in (narrow, narrow.astype(float)))
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_the_slope_of_a_determinant_that_is_zero_but_for_rounding():
    u = np.array([0.9034701816518086, 0.09401229776087457, -0.7434992493538084])
    v = np.array([-0.9217253762584194, -0.45772582566733916, 0.2201951234700494])
    matrix = np.stack([u, v, u], axis=1)
    np.testing.assert_allclose(ad.grad(linalg.det)(matrix)[:, 0], np.cross(v, u), atol=1e-15)


def test_cho_solve_takes_the_factors_of_a_stack_from_scipy():
    matrices, b = np.array([[[4.0, 1], [1, 3]], [[5, 2], [2, 6]]]), np.ones((2, 2, 1))
    for lower in (False, True):
        factor = plain.cho_factor(matrices, lower)
        found = ad.jit(lambda b, f=factor: linalg.cho_solve(f, b))(b)
        np.testing.assert_allclose(found, np.linalg.solve(matrices, b))


def test_factors_of_whole_numbers_under_jit():
    a, b = np.array([[4, 1], [1, 3]]), np.array([1, 2])

    def solve(a, b):
        return linalg.cho_solve(linalg.cho_factor(a, lower=True), b)

    np.testing.assert_allclose(ad.jit(solve)(a, b), np.linalg.solve(a, b))


@pytest.mark.parametrize("select", ["a", "all", 0])
def test_all_eigenvalues_are_selected_by_each_of_their_names(select):
    d, e = np.array([2.0, 3.0, 5.0]), np.array([0.5, 0.25])
    found = linalg.eigvalsh_tridiagonal(ad.tensor(d), e, select=select)
    np.testing.assert_allclose(found.numpy(), plain.eigvalsh_tridiagonal(d, e, select=select))


@pytest.mark.parametrize("shapes", [((2, 0), (3, 0)), ((0, 2), (3, 2)), ((2, 3, 2), (1, 2))])
def test_products_of_columns_also_without_entries(shapes):
    a, b = (np.arange(1.0, 1 + np.prod(shape)).reshape(shape) for shape in shapes)
    found = linalg.khatri_rao(ad.tensor(a), b)
    np.testing.assert_array_equal(found.numpy(), plain.khatri_rao(a, b))


def test_circulant_matrices_of_a_stack_are_singular_by_their_own_size():
    c, right = np.array([[1e20, 0.0, 0.0], [3.0, 1.0, 0.5]]), np.array([[1e20, 2e20, 0], [1, 2, 3]])
    found = linalg.solve_circulant(ad.tensor(c), right, baxis=-1, outaxis=-1)
    expected = [plain.solve_circulant(*row) for row in zip(c, right, strict=True)]
    np.testing.assert_allclose(found.numpy(), expected)


def test_the_triangular_factor_alone_has_scipys_structure():
    batch = np.random.default_rng(0).normal(size=(2, 3, 2))
    (found,) = ad.vjp(lambda a: linalg.qr(a, mode="r"), batch[0])[0]
    np.testing.assert_allclose(found, plain.qr(batch[0], mode="r")[0], atol=1e-15)
    found = ad.vjp(lambda a: linalg.qr(a, mode="r"), batch)[0]
    np.testing.assert_allclose(found, plain.qr(batch, mode="r"), atol=1e-15)


@pytest.mark.parametrize("right", [b, np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 4.0]])])
def test_the_transposed_system_has_slopes_in_both_arguments(right):
    a = np.array([[2.0, 1.0], [-0.5, 3.0]])

    def solved(a, b):
        return linalg.solve(a, b, transposed=True)

    np.testing.assert_allclose(ad.vjp(solved, a, right)[0], plain.solve(a.T, right))
    ad.check_grads(solved, a, right, order=2)
    np.testing.assert_allclose(
        ad.jit(ad.jacobian(solved, (0, 1)))(a, right)[1], ad.jacobian(solved, 1)(a, right)
    )


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("bands", [1, 2, 3])
def test_eigenvalues_of_banded_matrices_of_more_bands_than_rows(bands, size, lower):
    a = np.random.default_rng(bands * size).normal(size=(bands, size))
    try:
        expected = plain.eig_banded(a, lower, eigvals_only=True)
    except ValueError as error:  # of LAPACK
        pytest.skip(str(error))

    def values(a):
        return linalg.eig_banded(a, lower, eigvals_only=True)

    np.testing.assert_allclose(values(ad.tensor(a)).numpy(), expected)
    ad.check_grads(values, a, order=1)


@pytest.mark.parametrize(
    ("function", "of_number", "slope_of_number"),
    [
        (linalg.logm, np.log, np.reciprocal),
        (
            lambda A: linalg.fractional_matrix_power(A, -1.3),
            lambda x: x**-1.3,
            lambda x: -1.3 * x**-2.3,
        ),
    ],
)
@pytest.mark.parametrize("eigenvalues", [[-1.5, 0.5], [-0.5, -1.5, 1.0]])
def test_slopes_where_eigenvalues_are_negative(eigenvalues, function, of_number, slope_of_number):
    """The exact ones are divided differences (Higham 2008, theorem 3.11)."""
    random, size = np.random.default_rng(0), len(eigenvalues)
    vectors, E, *weights = random.normal(size=(4, size, size))
    x = np.array(eigenvalues, complex)
    steps, rises = x[:, None] - x, of_number(x)[:, None] - of_number(x)
    divided = np.where(
        steps == 0, np.diag(slope_of_number(x)), rises / np.where(steps == 0, 1, steps)
    )
    back = np.linalg.inv(vectors)
    exact = vectors @ (divided * (back @ E @ vectors)) @ back

    def weighed(values):
        return (np.real(values) * weights[0] + np.imag(values) * weights[1]).sum()

    def slope(A):
        return ad.grad(lambda A: weighed(function(A)))(A)

    A = vectors @ np.diag(eigenvalues) @ back
    assert (slope(A) * E).sum() == pytest.approx(weighed(exact))
    assert ad.jvp(lambda A: weighed(function(A)), (A,), (E,))[1] == pytest.approx(weighed(exact))
    measured = (slope(A + 1e-5 * E) - slope(A - 1e-5 * E)) / 2e-5
    found = ad.hvp(lambda A: weighed(function(A)), (A,), (E,))
    np.testing.assert_allclose(found, measured, rtol=1e-5, atol=1e-5)


def test_a_power_of_a_negative_eigenvalue_has_slopes_in_its_exponent():
    A, E = np.array([[-1.5, 0.3], [0.2, 0.5]]), np.array([[0.2, 0.5], [-0.4, 0.3]])

    def slope(t):
        power = ad.grad(lambda A: np.imag(linalg.fractional_matrix_power(A, t)).sum())
        return (power(A) * E).sum()

    measured = (slope(0.6 + 1e-5) - slope(0.6 - 1e-5)) / 2e-5
    assert ad.grad(slope)(0.6) == pytest.approx(measured, rel=1e-7)


@pytest.mark.parametrize("traced", [(0,), (1,), (0, 1)])
def test_a_banded_matrix_of_one_axis_is_refused(traced):
    """SciPy takes the vector as a matrix of one row, and solves for the first entry alone."""
    given = [ad.tensor(x) if i in traced else x for i, x in enumerate((np.ones(3), np.ones(3)))]
    with pytest.raises(ValueError, match=r"matrix ab of diagonals, got shape \(3,\) at test_lin"):
        linalg.solveh_banded(*given)


def test_slopes_of_least_squares_of_a_stack_are_refused():
    a, b = np.random.default_rng(0).normal(size=(2, 4, 3)), np.ones((4, 1))
    with pytest.raises(NotImplementedError, match=r"got a stack of shape \(2, 4, 3\).*for each"):
        ad.grad(lambda a: linalg.lstsq(a, b)[0].sum())(a)
    ad.check_grads(lambda a: np.stack([linalg.lstsq(m, b)[0] for m in a]), a, order=1)


def test_complex_schur_forms_of_a_stack_are_those_of_each_matrix():
    T, Z = plain.schur(np.random.default_rng(0).normal(size=(2, 3, 3)))

    def weighed(T, Z):
        return sum(
            np.imag(x * np.arange(1.0, 10).reshape(3, 3)).sum() for x in linalg.rsf2csf(T, Z)
        )

    for found, expected in zip(ad.vjp(linalg.rsf2csf, T, Z)[0], plain.rsf2csf(T, Z), strict=True):
        np.testing.assert_allclose(found, expected, strict=True, atol=1e-14)
    for i, slopes in enumerate(zip(*ad.grad(weighed, (0, 1))(T, Z), strict=True)):
        for slope, own in zip(slopes, ad.grad(weighed, (0, 1))(T[i], Z[i]), strict=True):
            np.testing.assert_allclose(slope, own, rtol=1e-12)


@pytest.mark.parametrize(
    "function", [linalg.logm, linalg.sqrtm, lambda A: linalg.fractional_matrix_power(A, 0.5)]
)
@pytest.mark.parametrize("transform", [lambda f: f, ad.grad])
def test_a_recorded_real_result_is_not_taken_for_a_complex_one(function, transform):
    positive, negative = (np.array([[x, 0.3], [0.1, 1.0]]) for x in (2.0, -2.0))
    for first, other in ((positive, negative), (negative, positive)):
        jitted = ad.jit(transform(lambda A: np.real(function(A)).sum()))
        jitted(first)
        with pytest.raises(TypeError, match=r"as in the recording, got shape .* and dtype"):
            jitted(other)


@pytest.mark.parametrize("exponent", [2, -1, 3.0])
def test_a_whole_power_is_real_whatever_the_eigenvalues(exponent):
    slope = ad.grad(lambda A: linalg.fractional_matrix_power(A, exponent).sum())
    jitted = ad.jit(slope)
    for x in (2.0, -2.0):
        A = np.array([[x, 0.3], [0.1, 1.0]])
        np.testing.assert_allclose(jitted(A), slope(A), strict=True)
        ad.check_grads(lambda A: linalg.fractional_matrix_power(A, exponent).sum(), A, order=1)
