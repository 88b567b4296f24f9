"""``scipy.sparse`` with slopes.

SciPy's own constant sparse matrices multiply traced vectors and matrices: ``A @ t`` and ``t @ A``.
The classes here also take traced entries: ``csr_array((data, (i, j)))``.
"""

import scipy.sparse

from autodiff.scipy.face import Face
from autodiff.scipy.sparse import construction, matrix, operators, products, refused

_face = Face(scipy.sparse, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names
globals().update(construction.CLASSES)

del construction, matrix, operators, products, refused
