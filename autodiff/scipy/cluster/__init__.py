"""``scipy.cluster`` with slopes: distances to the centers of clusters."""

import scipy.cluster

from autodiff.scipy.face import Face

_face = Face(scipy.cluster)
__getattr__, __dir__ = _face.get, _face.names
