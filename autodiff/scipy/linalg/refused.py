"""Functions of ``scipy.linalg`` that don't accept traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It isn't a function: don't pass traced values.": "LinAlgError LinAlgWarning",
    "It takes counts, which are plain: pass Python ints.": """
        dft hadamard helmert hilbert invhilbert pascal invpascal""",
    "Its basis isn't unique, so it has no slope. Use projections: a @ pinv(a) onto the columns, "
    "np.eye(n) - pinv(a) @ a onto the null space.": "null_space orth",
    "Its basis isn't unique, so it has no slope. Use functions of the matrix itself: solve, "
    "eigvals, expm or sqrtm.": "schur cdf2rdf hessenberg qz ordqz cossin",
    "It is a function of bases that aren't unique. Use the cosines of the angles, "
    "svdvals(a @ pinv(a) @ b @ pinv(b)).": "subspace_angles",
    "Use qr of the changed matrix.": "qr_delete qr_insert qr_update",
    "Use solveh_banded, or cholesky and cho_solve of the whole matrix.": """
        cholesky_banded cho_solve_banded""",
    "It scales by powers of 2, without slopes: pass t.numpy(), and multiply by the scales.": """
        matrix_balance""",
    "It draws a random matrix: draw one with rng.choice, and multiply by it.": """
        clarkson_woodruff_transform""",
    "Use the norms of expm_frechet in a few directions.": "expm_cond",
    "It takes dtypes and names: pass t.numpy(), and use functions that call LAPACK for you.": """
        find_best_blas_type get_blas_funcs get_lapack_funcs""",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
