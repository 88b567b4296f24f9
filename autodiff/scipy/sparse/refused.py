"""Functions of ``scipy.sparse`` that don't accept traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It takes counts and positions, which are plain: pass Python ints.": """
        eye eye_array identity rand random random_array get_index_dtype safely_cast_index_arrays""",
    "It reads or makes files: pass A.numpy().": "load_npz save_npz",
    "Its results depend on which entries are 0: use find(A.numpy()), and A.data.": "find",
    "Use kron and eye: kron(eye(len(B)), A) + kron(B, eye(len(A))).": "kronsum",
    "It is for SciPy's own matrices: use issparse.": """
        isspmatrix isspmatrix_bsr isspmatrix_coo isspmatrix_csc isspmatrix_csr isspmatrix_dia
        isspmatrix_dok isspmatrix_lil""",
    "Matrices with traced entries have two axes: use A.T.": "expand_dims permute_dims swapaxes",
    "It makes no matrix of traced entries: use csr_array, and pass traced entries to it.": """
        bsr_array bsr_matrix dok_array dok_matrix lil_array lil_matrix sparray spmatrix""",
    "It isn't a function: don't pass traced values.": "SparseEfficiencyWarning SparseWarning",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
