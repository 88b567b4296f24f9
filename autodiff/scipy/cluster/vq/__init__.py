"""``scipy.cluster.vq`` with slopes."""

import scipy.cluster.vq

from autodiff.scipy.cluster.vq import quantization
from autodiff.scipy.face import Face

_CENTERS = "It moves centers by counting: pass t.numpy(), and take the distances by vq."
_face = Face(scipy.cluster.vq, {"kmeans": _CENTERS, "kmeans2": _CENTERS})
__getattr__, __dir__ = _face.get, _face.names

del quantization
