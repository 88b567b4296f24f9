"""``scipy.sparse.linalg`` with slopes."""

import scipy.sparse.linalg

from autodiff.scipy.face import Face
from autodiff.scipy.sparse.linalg import functions, refused, solvers

_face = Face(scipy.sparse.linalg, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del functions, refused, solvers
