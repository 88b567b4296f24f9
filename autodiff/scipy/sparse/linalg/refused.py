"""Functions of ``scipy.sparse.linalg`` that take no traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "Use autodiff.scipy.linalg, with the dense matrix A.toarray(): eigh, eig, svd, inv, expm.": """
        eigs eigsh lobpcg svds inv expm matrix_power onenormest""",
    "Its factors are of plain numbers: use spsolve, which solves for a matrix b as well.": """
        splu spilu factorized SuperLU spsolve_triangular""",
    "Use autodiff.scipy.linalg.lstsq of A.toarray(), or cg of the normal equations.": "lsqr lsmr",
    "Use expm_multiply, or the function of the dense matrix in autodiff.scipy.linalg.": """
        funm_multiply_krylov""",
    "Pass a matrix, constant or traced: an operator can't hold traced values.": """
        LinearOperator LaplacianNd aslinearoperator""",
    "It is about the environment, not about values: don't pass traced values.": "use_solver",
    "Pass A.numpy(): the places of the entries are plain.": "is_sptriangular spbandwidth",
    "It isn't a function: don't pass traced values.": """
        ArpackError ArpackNoConvergence MatrixRankWarning""",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
