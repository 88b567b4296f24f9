"""``scipy.spatial.distance`` with slopes."""

import scipy.spatial.distance

from autodiff.scipy.face import Face
from autodiff.scipy.spatial.distance import constants, forms, hausdorff, pairs, refused, vectors

_face = Face(scipy.spatial.distance, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del constants, forms, hausdorff, pairs, refused, vectors
