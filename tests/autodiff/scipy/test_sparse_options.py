"""Options of scipy.sparse's functions and of its solvers mean what they mean in SciPy."""

import operator

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.sparse")
from scipy.sparse import linalg as plain_linalg  # noqa: E402 - SciPy may be missing

from autodiff.scipy import sparse  # noqa: E402
from autodiff.scipy.sparse import linalg  # noqa: E402

DATA, WHERE = np.array([4.0, 2.0, 3.0]), ([0, 0, 1], [0, 2, 1])
OTHER = plain.csr_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]))
MADE = {
    "vstack": lambda s, a, **o: s.vstack([a, OTHER], **o),
    "hstack": lambda s, a, **o: s.hstack([OTHER, a], **o),
    "block_array": lambda s, a, **o: s.block_array([[a, None], [None, OTHER]], **o),
    "bmat": lambda s, a, **o: s.bmat([[a, OTHER]], **o),
    "block_diag": lambda s, a, **o: s.block_diag([a, OTHER, np.ones((1, 2))], **o),
    "kron": lambda s, a, **o: s.kron(OTHER, a, **o),
    "tril": lambda s, a, **o: s.tril(a, **o),
    "below": lambda s, a, **o: s.tril(a, 1, **o),
    "triu": lambda s, a, **o: s.triu(a, k=1, **o),
    "diags": lambda s, a, **o: s.diags([a.diagonal(), a.sum(axis=1)], [0, 1], **o),
    "wide": lambda s, a, **o: s.diags([a.diagonal(), 2.0], offsets=[0, -1], shape=(2, 3), **o),
    "diags_array": lambda s, a, **o: s.diags_array([a.diagonal()], offsets=[1], **o),
    "spdiags": lambda s, a, **o: s.spdiags(a.toarray(), [0, 1], 3, 4, **o),
}
OPTIONS = [{}, {"format": "csr"}, {"format": "csc"}, {"format": "coo"}, {"dtype": np.float32}]
MATRIX = np.array([[4.0, 1.0, 0.0], [1.0, 5.0, 2.0], [0.0, 2.0, 6.0]])
B = np.array([1.0, -2.0, 0.5])
NEAR = plain.csr_array(np.diag(1 / np.diag(MATRIX)))
NEARLY = plain_linalg.aslinearoperator(NEAR)
SOLVERS = (
    "bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "minres", "qmr", "tfqmr",
)  # fmt: skip
GIVEN = [
    {"x0": np.array([0.2, -0.5, 0.3])}, {"maxiter": 1}, {"rtol": 0.5}, {"M": NEAR},
    {"atol": 0.4}, {"restart": 1}, {"shift": 0.3}, {"M1": NEARLY, "M2": NEARLY},
]  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_formats_and_dtypes_are_those_of_scipy(name):
    for options in OPTIONS:
        try:
            expected = MADE[name](plain, plain.csr_array((DATA, WHERE)), **options)
        except TypeError:  # it has no such option
            continue
        found = MADE[name](sparse, sparse.csr_array((ad.tensor(DATA), WHERE)), **options)
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype), options
        np.testing.assert_array_equal(found.toarray().numpy(), expected.toarray())
        if options.get("format") in ("csr", "csc"):
            assert found.format == expected.format


@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.filterwarnings("ignore:.*callback_type:DeprecationWarning")
def test_solvers_take_the_options_of_scipys(name):
    tried = 0
    for options in GIVEN:
        seen = {}
        for kind, module, b in (("ours", linalg, ad.tensor(B)), ("theirs", plain_linalg, B)):
            calls = seen[kind] = []
            try:
                found = getattr(module, name)(
                    plain.csr_array(MATRIX), b, callback=lambda x, c=calls: c.append(np.copy(x)),
                    **options,
                )  # fmt: skip
            except TypeError:  # it has no such option
                found = None
            seen[kind, "x"] = found
        if seen["theirs", "x"] is None:
            continue
        tried += 1
        (x, info), (right, number) = seen["ours", "x"], seen["theirs", "x"]
        np.testing.assert_array_equal(x.numpy(), right, err_msg=repr(options))
        assert info == number, options
        np.testing.assert_array_equal(seen["ours"], seen["theirs"])
    assert tried >= 3


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"permc_spec": "NATURAL"}, {"use_umfpack": False}])
def test_a_direct_solver_takes_the_options_of_scipys(options):
    for b in (B, B[:, None], np.stack([B, 2 * B], axis=1)):
        expected = plain_linalg.spsolve(plain.csc_array(MATRIX), b, **options)
        for a in (plain.csc_array(MATRIX), sparse.csc_array(ad.tensor(MATRIX)), MATRIX):
            found = linalg.spsolve(a, ad.tensor(b), **options)
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-13)
    ad.check_grads(lambda a, b: linalg.spsolve(sparse.csc_array(a), b, **options), MATRIX, B,
                   order=1)  # fmt: skip


def test_an_exponential_takes_a_trace_and_refuses_an_interval():
    places = plain.csr_array(MATRIX / 5)
    expected = plain_linalg.expm_multiply(places, B, traceA=3.0)
    np.testing.assert_allclose(
        linalg.expm_multiply(places, ad.tensor(B), traceA=3.0).numpy(), expected
    )
    with pytest.raises(NotImplementedError, match="slopes in B, at one time"):
        linalg.expm_multiply(places, ad.tensor(B), start=0.0, stop=1.0, num=3)


SQUARE = np.array([[1.0, 2.0], [0.0, 3.0]])
OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "@": operator.matmul,
    "*": operator.mul,
    "kron": None,
    "vstack": None,
    "block_diag": None,
}


@pytest.mark.parametrize("own", ["csr_matrix", "csr_array"])
@pytest.mark.parametrize("other", ["csr_matrix", "csr_array"])
@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_matrix_and_an_array_combine_as_in_scipy(own, other, name, is_first):
    matrix, beside = getattr(plain, own)(SQUARE), getattr(plain, other)(SQUARE.T + 1)

    def combined(module, made):
        pair = (made, beside) if is_first else (beside, made)
        if OPERATORS[name] is not None:
            return OPERATORS[name](*pair)
        join = getattr(module, name)
        return join(*pair) if name == "kron" else join(pair)

    expected = combined(plain, matrix)
    made = getattr(sparse, own)(
        (ad.tensor(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    if name == "*" and not isinstance(expected, plain.spmatrix):
        with pytest.raises(NotImplementedError, match="products of the entries of two sparse"):
            combined(sparse, made)
        return
    found = combined(sparse, made)
    assert found.is_array == (not isinstance(expected, plain.spmatrix))
    np.testing.assert_allclose(found.toarray().numpy(), expected.toarray())


ADDED = {
    "A + x": lambda a, x: a + x,
    "x + A": lambda a, x: x + a,
    "A - x": lambda a, x: a - x,
    "x - A": lambda a, x: x - a,
}


@pytest.mark.parametrize("own", ["csr_matrix", "coo_array", "dia_array"])
@pytest.mark.parametrize("name", ADDED)
def test_zero_is_added_to_a_matrix_and_no_other_number(own, name):
    matrix = getattr(plain, own)(SQUARE)
    for a in (matrix, getattr(sparse, own)(ad.tensor(SQUARE))):
        for x in (0, 0.0, False, np.float32(0), np.array(0.0)):
            found = ADDED[name](a, x)
            sign = -1 if name == "x - A" else 1
            dense = found.toarray() if a is matrix else found.toarray().numpy()
            np.testing.assert_array_equal(dense, sign * SQUARE)
        for x in (2, 2.0, np.float64(2), np.array(2.0)):
            with pytest.raises(NotImplementedError):
                ADDED[name](a, x)
        with pytest.raises(
            NotImplementedError, match=r"test_sparse_options\.py:\d+.*toarray\(\) \+"
        ):
            ADDED[name](a, ad.tensor(2.0))
    total = sum([sparse.csr_array(ad.tensor(SQUARE)), plain.csr_array(SQUARE)])
    np.testing.assert_array_equal(total.toarray().numpy(), 2 * SQUARE)
