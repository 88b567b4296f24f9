"""``scipy.spatial.transform`` with slopes: rotations in space.

Its classes are SciPy's, with slopes where they are built from traced values or applied to them.
"""

import scipy.spatial.transform

from autodiff.scipy.face import Face
from autodiff.scipy.spatial.transform.refused import REFUSED as _REFUSED
from autodiff.scipy.spatial.transform.rotation import Rotation
from autodiff.scipy.spatial.transform.slerp import Slerp

__all__ = ["Rotation", "Slerp"]

_face = Face(scipy.spatial.transform, _REFUSED)
__getattr__, __dir__ = _face.get, _face.names
