"""``scipy.spatial`` with slopes: distances of points."""

import scipy.spatial

from autodiff.scipy.face import Face
from autodiff.scipy.spatial import points, refused

_face = Face(scipy.spatial, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del points, refused
