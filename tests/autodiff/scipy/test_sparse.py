"""scipy.sparse with slopes: constant matrices, traced entries, systems."""

import math

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.sparse")
from scipy.sparse import linalg as plain_linalg  # noqa: E402 - SciPy may be missing

from autodiff.scipy import sparse  # noqa: E402
from autodiff.scipy.sparse import linalg  # noqa: E402

KINDS = [
    getattr(plain, f"{name}_{kind}")
    for name in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("array", "matrix")
]
A = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
X = np.array([1.0, 10.0, 100.0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_matrix_multiplies_from_either_side(kind):
    constant = kind(A)
    np.testing.assert_array_equal((constant @ ad.tensor(X)).numpy(), A @ X)
    np.testing.assert_array_equal((ad.tensor(A) @ kind(A.T)).numpy(), A @ A.T)
    slope = ad.grad(lambda x: np.sum(constant @ x))(X)
    np.testing.assert_array_equal(slope, [1.0, 3.0, 2.0])
    slope = ad.grad(lambda y: np.sum(y @ constant))(np.ones(2))
    np.testing.assert_array_equal(slope, [3.0, 3.0])
    row, column = kind(A[:1]), kind(A[:1].T)
    assert (row @ ad.tensor(X)).shape == np.shape(row @ X)
    assert (ad.tensor(X) @ column).shape == np.shape(X @ column)
    assert ad.grad(lambda x: np.sum(row @ x))(X).tolist() == [1, 0, 2]


def test_a_sparse_matrix_of_the_older_kind_multiplies_by_a_star():
    constant = plain.csr_matrix(A)
    np.testing.assert_array_equal((constant * ad.tensor(X)).numpy(), A @ X)
    np.testing.assert_array_equal((ad.tensor([1.0, 2.0]) * constant).numpy(), [1.0, 6.0, 2.0])


def test_a_constant_matrix_may_be_edited_afterwards():
    constant = plain.csr_array(A)
    t = ad.tensor(X)
    y = (constant @ t).sum()
    constant.data[:] = 0
    y.backward()
    np.testing.assert_array_equal(t.grad, [1.0, 3.0, 2.0])


def test_a_product_needs_matching_lengths():
    with pytest.raises(ValueError, match=r"shapes \(2, 3\) and \(2,\) at test_sparse\.py"):
        plain.csr_array(A) @ ad.tensor([1.0, 2.0])


def test_len_outside_of_a_product_is_as_ever():
    assert len(ad.tensor(X)) == 3
    assert [t.item() for t in ad.tensor(X)] == list(X)


def laplacian(d, library=sparse):
    n = len(d)
    ones = np.ones(n - 1)
    return library.diags([-ones, d, -ones], [-1, 0, 1], format="csc")


def test_a_system_by_hand():
    # 2 x = b has the slopes 1/2 in b, and -x / 2 in the 2
    slopes = ad.grad(
        lambda a, b: linalg.spsolve(sparse.csc_array(([a], ([0], [0]))), [b]).sum(), (0, 1)
    )
    np.testing.assert_allclose(slopes(2.0, 3.0), (-0.75, 0.5))


@pytest.mark.slow
def test_a_chain_of_springs():
    d, b = np.array([3.0, 4.0, 5.0, 4.0]), np.ones(4)
    x = linalg.spsolve(laplacian(ad.tensor(d)), b).numpy()
    np.testing.assert_allclose(x, plain_linalg.spsolve(laplacian(d, plain), b))
    ad.check_grads(lambda d, b: linalg.spsolve(laplacian(d), b), d, b)


@pytest.mark.parametrize("solve", ["cg", "gmres", "bicgstab", "minres"])
def test_an_iteration_has_the_slopes_of_the_solution(solve):
    d, b = np.array([3.0, 4.0, 5.0, 4.0]), np.ones(4)
    iterate = getattr(linalg, solve)

    def by_iteration(d, b):
        x, info = iterate(laplacian(d), b, rtol=1e-13)
        assert info == 0
        return np.sum(x**3)

    direct = ad.grad(lambda d, b: np.sum(linalg.spsolve(laplacian(d), b) ** 3), (0, 1))(d, b)
    for ours, right in zip(ad.grad(by_iteration, (0, 1))(d, b), direct, strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-9)


def test_the_matrix_of_an_iteration_may_be_dense_or_an_operator():
    dense, b = np.diag([2.0, 3.0]) + 0.1, np.ones(2)
    ad.check_grads(lambda a, b: linalg.gmres(a, b, rtol=1e-13)[0], dense, b, order=1)
    operator = plain_linalg.aslinearoperator(dense)
    slope = ad.grad(lambda b: np.sum(linalg.gmres(operator, b, rtol=1e-13)[0]))(b)
    np.testing.assert_allclose(slope, np.linalg.solve(dense.T, np.ones(2)))


@pytest.mark.parametrize("kind", [np.array, plain.csr_array])
def test_the_matrix_of_an_iteration_may_be_edited_afterwards(kind):
    dense, b = np.array([[2.0, 0.5], [0.0, 3.0]]), np.ones(2)
    matrix = kind(dense)
    _, pullback = ad.vjp(lambda b: linalg.gmres(matrix, b, rtol=1e-13)[0], b)
    matrix[0, 0] = 7
    np.testing.assert_allclose(pullback(np.ones(2))[0], np.linalg.solve(dense.T, np.ones(2)))


def test_preconditioners_and_first_guesses_change_nothing():
    d, b = np.array([3.0, 4.0, 5.0, 4.0]), np.ones(4)
    options = {"rtol": 1e-13, "M": np.diag(1 / d), "x0": np.full(4, 0.1)}
    slope = ad.grad(lambda b: np.sum(linalg.bicgstab(laplacian(d), b, **options)[0]))(b)
    np.testing.assert_allclose(slope, linalg.spsolve(laplacian(d, plain), np.ones(4)), rtol=1e-9)


def test_a_backward_pass_that_does_not_converge_is_an_error():
    dense, b = np.random.default_rng(0).normal(size=(20, 20)), np.ones(20)
    with pytest.raises(np.linalg.LinAlgError, match=r"didn't converge for the transposed system"):
        ad.grad(lambda b: np.sum(linalg.gmres(dense, b, maxiter=1, restart=2)[0]))(b)


def test_entries_at_the_same_place_are_summed():
    where = ([0, 1, 0], [1, 0, 1])
    made = sparse.coo_array((ad.tensor(X), where), shape=(2, 2))
    np.testing.assert_array_equal(made.toarray().numpy(), [[0.0, 101.0], [10.0, 0.0]])
    slope = ad.grad(lambda x: sparse.csr_array((x, where)).toarray()[0, 1])(X)
    np.testing.assert_array_equal(slope, [1.0, 0.0, 1.0])


CALLS = {
    "T": lambda s, a: a.T, "neg": lambda s, a: -a, "times 2": lambda s, a: 2 * a * 3 / 4,
    "rows": lambda s, a: a[1:], "columns": lambda s, a: a[:, [0, 2]], "csc": lambda s, a: a.tocsc(),
    "a + a": lambda s, a: a + a.tocsc(), "a - constant": lambda s, a: a - plain.csr_array(A),
    "constant - a": lambda s, a: plain.csr_array(A) - a, "a.T a": lambda s, a: a.T @ a,
    "constant a": lambda s, a: plain.csr_array(A).T @ a, "abs": lambda s, a: abs(a),
    "multiply": lambda s, a: a.multiply(np.arange(3.0)), "power": lambda s, a: a.power(3),
    "float32": lambda s, a: a.astype(np.float32), "sqrt": lambda s, a: a.sqrt(),
    "vstack": lambda s, a: s.vstack([a, plain.csr_array(A)]), "kron": lambda s, a: s.kron(a, A),
    "block": lambda s, a: s.block_array([[a, None], [None, a]]), "tril": lambda s, a: s.tril(a),
    "class": lambda s, a: s.csc_array(a), "conj": lambda s, a: a.conj(),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_matrices_with_traced_entries_are_as_scipys(name):
    data, where = np.array([4.0, 2.0, 3.0]), ([0, 0, 1], [0, 2, 1])

    def call(library, data):
        return CALLS[name](library, library.csr_array((data, where), shape=(2, 3)))

    traced, right = call(sparse, ad.tensor(data)), call(plain, data)
    assert (traced.shape, traced.dtype) == (right.shape, right.dtype)
    np.testing.assert_allclose(traced.toarray().numpy(), right.toarray())
    np.testing.assert_allclose(traced.numpy().toarray(), right.toarray())
    if name != "float32":
        ad.check_grads(lambda data: call(sparse, data).toarray(), data)


USES = {
    "sum": lambda a: a.sum(), "columns' sums": lambda a: a.sum(axis=0),
    "rows' sums": lambda a: a.sum(axis=1), "last axis": lambda a: a.sum(axis=-1),
    "first axis": lambda a: a.sum(axis=-2), "diagonal": lambda a: a.diagonal(),
    "above": lambda a: a.diagonal(2), "below": lambda a: a.diagonal(-1),
    "entry": lambda a: a[0, 2], "no entry": lambda a: a[1, 0], "row": lambda a: a[0],
    "last row": lambda a: a[-1:], "mask": lambda a: a[np.array([False, True])],
    "a @ x": lambda a: a @ X, "x @ a": lambda a: X[:2] @ a, "a @ rows": lambda a: a @ A.T,
    "rows @ a": lambda a: A.T @ a, "dot": lambda a: a.dot(X), "a * 2": lambda a: a * 2,
    "2 * a": lambda a: 2 * a, "a / 4": lambda a: a / 4, "dense": lambda a: a + np.ones((2, 3)),
    "minus dense": lambda a: a - A, "dense minus": lambda a: A - a, "a + a": lambda a: a + a,
    "a - csc": lambda a: a - plain.csc_array(A), "rows of it": lambda a: a.multiply(A[1]),
    "column": lambda a: a.multiply(A[:, :1]), "number": lambda a: a.multiply(3.0),
    "matrix": lambda a: a.multiply(A), "T": lambda a: a.T, "transpose": lambda a: a.transpose(),
    "neg": lambda a: -a, "abs": lambda a: abs(-a), "conj": lambda a: a.conjugate(),
    "power": lambda a: a.power(2), "sqrt": lambda a: a.sqrt(), "copy": lambda a: a.copy(),
    "csr": lambda a: a.tocsr(), "csc": lambda a: a.tocsc(), "format": lambda a: a.asformat("csc"),
    "same": lambda a: a.asformat(None), "narrow": lambda a: a.astype(np.float32),
    "toarray": lambda a: a.toarray(), "square": lambda a: a.T @ a, "other": lambda a: a @ a.T,
    "twice": lambda a: plain.csr_array(A.T) @ a,
}  # fmt: skip


def dense(found):
    """Return the numbers of a result, its shape, and whether it is sparse."""
    is_sparse = hasattr(found, "toarray")
    found = found.toarray() if is_sparse else found
    found = found.numpy() if isinstance(found, ad.Tensor) else np.asarray(found)
    return found, found.shape, found.dtype, is_sparse


@pytest.mark.parametrize("kind", ["csr_array", "csc_array", "coo_array"])
def test_every_use_of_a_matrix_is_that_of_scipy(kind):
    data, where = np.array([4.0, 2.0, 3.0]), ([0, 0, 1], [0, 2, 1])
    make = (getattr(library, kind) for library in (sparse, plain))
    ours, theirs = (of((a, where), shape=(2, 3)) for of, a in zip(make, (ad.tensor(data), data),
                                                                   strict=True))  # fmt: skip
    theirs = theirs.tocsr() if kind == "coo_array" else theirs
    assert (ours.shape, ours.ndim, ours.nnz, ours.dtype) == ((2, 3), 2, 3, theirs.dtype)
    assert ours.format == theirs.format
    for use, call in USES.items():
        found, expected = call(ours), call(theirs)
        numbers, *kind_of = dense(found)
        right, *kind_of_right = dense(expected)
        assert kind_of == kind_of_right or use == "row", use  # which is dense here
        np.testing.assert_allclose(numbers, right, rtol=1e-6 if use == "narrow" else 1e-13,
                                   err_msg=use)  # fmt: skip


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix"])
def test_every_use_of_a_matrix_of_the_older_kind_has_its_numbers(kind):
    data, where = np.array([4.0, 2.0, 3.0]), ([0, 0, 1], [0, 2, 1])
    ours = getattr(sparse, kind)((ad.tensor(data), where), shape=(2, 3))
    theirs = getattr(plain, kind)((data, where), shape=(2, 3))
    for use, call in USES.items():
        numbers, right = dense(call(ours))[0], dense(call(theirs))[0]
        np.testing.assert_allclose(numbers.ravel(), right.ravel(), rtol=1e-6, err_msg=use)
    np.testing.assert_allclose((ours * X).numpy(), theirs * X)
    np.testing.assert_allclose((X[:2] * ours).numpy(), X[:2] * theirs)


def test_dense_results():
    made = sparse.csr_array((ad.tensor([4.0, 2.0, 3.0]), ([0, 0, 1], [0, 2, 1])))
    np.testing.assert_array_equal(made.diagonal().numpy(), [4.0, 3.0])
    np.testing.assert_array_equal(made.sum(axis=0).numpy(), [4.0, 3.0, 2.0])
    np.testing.assert_array_equal(made.sum(axis=1).numpy(), [6.0, 3.0])
    assert (made.sum().item(), made[0, 2].item(), made[1, 0].item()) == (9.0, 2.0, 0.0)
    np.testing.assert_array_equal((made + np.ones((2, 3))).numpy(), made.toarray().numpy() + 1)
    np.testing.assert_array_equal((ad.tensor([1.0, 2.0]) @ made).numpy(), [4.0, 6.0, 2.0])


def test_isinstance_and_names():
    made = sparse.csr_array(ad.tensor(A))
    assert isinstance(made, sparse.csr_array)
    assert isinstance(plain.csr_array(A), sparse.csr_array)
    assert not isinstance(made, sparse.csr_matrix)
    assert sparse.issparse(made)
    assert repr(made) == "<(2, 3) traced csr_array, 6 entries>"
    assert type(sparse.csr_array(A)) is plain.csr_array
    assert sparse.linalg is linalg


def test_a_dense_matrix_keeps_the_slopes_of_its_zeros():
    slope = ad.grad(lambda a: np.sum(sparse.csr_array(a) @ X))(A)
    np.testing.assert_array_equal(slope, [X, X])


def test_jit_records_systems():
    def loss(d, b):
        return np.sum(linalg.spsolve(laplacian(d), b) ** 2)

    d, b = np.array([3.0, 4.0, 5.0]), np.ones(3)
    jitted = ad.jit(ad.grad(loss))
    for scale in (1.0, 1.5):
        np.testing.assert_allclose(jitted(scale * d, b), ad.grad(loss)(scale * d, b))


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        (lambda t: sparse.lil_array(t), "Use csr_array"),
        (lambda t: sparse.csr_array(t).multiply(plain.csr_array(A)), "toarray"),
        (lambda t: sparse.kronsum(sparse.csr_array(t), plain.eye(2)), "kron and eye"),
        (lambda t: linalg.splu(sparse.csc_array(t)), "use spsolve"),
        (lambda t: linalg.eigsh(sparse.csc_array(t)), r"autodiff\.scipy\.linalg"),
        (lambda t: linalg.expm_multiply(sparse.csr_array(t), X), "expm of A"),
        (lambda t: linalg.spsolve(sparse.csr_array(t), plain.csr_array(A)), "b.toarray"),
        (lambda t: sparse.csr_array(t) / t, "takes a number after /"),
        (lambda t: sparse.csr_array(t).sum(0, out=np.zeros(len(A))), "take no out="),
    ],
)
def test_refusals_have_a_remedy(call, cure):
    with pytest.raises(NotImplementedError, match=cure) as caught:
        call(ad.tensor(A))
    assert "test_sparse.py:" in str(caught.value)


def test_a_solver_does_not_reorder_entries():
    order = np.array([2, 0, 1])  # SciPy sorts the rows of these columns in place
    shuffled = plain.csc_array(np.diag([3.0, 4.0, 5.0]) + 0.5).tocsr()[order].tocsc()[:, order]
    made = sparse.csc_array((ad.tensor(shuffled.data), shuffled.indices, shuffled.indptr))
    before = made.toarray().numpy()
    linalg.spsolve(made[:, [1, 0, 2]], X)
    linalg.spsolve(made, X)
    np.testing.assert_array_equal(made.toarray().numpy(), before)
    with pytest.raises(ValueError, match="read-only"):
        made.structure.indices[0] = 1


@pytest.mark.parametrize("columns", [(), (2,)])
@pytest.mark.parametrize("on_the_left", [True, False])
def test_slopes_of_traced_entries_are_those_of_the_dense_product(columns, on_the_left):
    rows, places = np.array([0, 0, 1]), np.array([0, 2, 1])
    right = np.arange(1.0, 1 + 3 * math.prod(columns)).reshape(3, *columns)
    weights = np.cos(np.arange(right[:2].size)).reshape(2, *columns)

    def product(matrix):
        return np.sum(weights * (matrix @ right if on_the_left else (right.T @ matrix.T).T))

    def dense(data):
        matrix = np.zeros((2, 3))
        matrix[rows, places] = data
        return product(matrix)

    def traced(data):
        return product(sparse.csr_array((data, (rows, places)), shape=(2, 3)))

    data = np.array([1.0, 2.0, 3.0])
    direction = np.array([0.3, -0.4, 0.5])
    slope = ad.grad(traced)(data)
    np.testing.assert_allclose(slope @ direction, dense(data + direction) - dense(data))
    for i, unit in enumerate(np.eye(3)):
        np.testing.assert_allclose(slope[i], dense(data + unit) - dense(data), atol=1e-12)


def test_what_a_traced_matrix_lacks_is_refused_by_name():
    matrix = sparse.csr_array(ad.tensor(A))
    for refused in (lambda: matrix == matrix, lambda: matrix > 0):
        with pytest.raises(NotImplementedError, match=r"can't be compared .* toarray\(\)"):
            refused()
    with pytest.raises(AttributeError, match=r"no trace \(read at test_sparse\.py.* toarray\(\)"):
        matrix.trace()
    with pytest.raises(NotImplementedError, match="A @ A"):
        sparse.csr_matrix(ad.tensor(np.eye(2))) ** 2


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool, np.float32])
def test_sums_of_narrow_entries_are_as_wide_as_those_of_scipy(dtype):
    whole = np.full((3, 4), 100).astype(dtype)
    for axis in (0, 1):
        found = ad.jit(lambda a, i=axis: sparse.csr_array(a).sum(axis=i))(whole)
        expected = plain.csr_array(whole).sum(axis=axis)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    halved = sparse.csr_array(ad.tensor(whole.astype(np.float32))) / 2
    assert halved.dtype == (plain.csr_array(whole.astype(np.float32)) / 2).dtype


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.float32])
def test_sums_and_differences_with_float16_have_scipys_dtype(dtype):
    dense, a = np.ones((2, 3), np.float16), A.astype(dtype)
    for of_sparse in (lambda s, d: s + d, lambda s, d: d + s, lambda s, d: d - s):
        want = of_sparse(plain.csr_array(a), dense)
        for got in (
            ad.jit(lambda d, f=of_sparse: f(plain.csr_array(a), d))(dense),
            ad.jit(lambda a, d, f=of_sparse: f(sparse.csr_array(a), d))(a, dense),
        ):
            assert got.dtype == want.dtype
            np.testing.assert_array_equal(got, want)


def test_products_of_float16_are_of_float32_as_in_scipy():
    places = plain.csr_array(np.array([[1.0, 0.0], [1.0, 1.0]]))

    def squared(data):
        matrix = sparse.csr_array((data, places.indices, places.indptr), shape=(2, 2))
        return (matrix.T @ matrix).tocsr().data

    data = np.array([1.0, 2.0, 3.0], np.float16)
    expected = squared(data)
    for found in (ad.vjp(squared, data)[0], ad.jit(squared)(data)):
        assert found.dtype == expected.dtype == np.float32
        np.testing.assert_array_equal(np.sort(found), np.sort(expected))
