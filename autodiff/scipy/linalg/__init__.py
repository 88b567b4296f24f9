"""``scipy.linalg`` with slopes."""

import scipy.linalg

from autodiff.scipy.face import Face
from autodiff.scipy.linalg import (
    banded,
    cholesky_factors,
    constants,
    diagonals,
    equations,
    functions,
    ldl_factors,
    least_squares,
    lu_factors,
    narrow_spectra,
    orthogonal,
    placement,
    polar_factors,
    powers,
    refused,
    riccati,
    schur_forms,
    spectra,
    systems,
)

_face = Face(scipy.linalg, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del banded, cholesky_factors, constants, diagonals, equations, functions, ldl_factors, least_squares
del lu_factors, narrow_spectra, orthogonal, placement, polar_factors, powers, refused, riccati
del schur_forms, spectra, systems
