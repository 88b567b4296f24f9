"""``scipy.signal.windows`` with slopes in the parameters of windows."""

import scipy.signal.windows

from autodiff.scipy.face import Face
from autodiff.scipy.signal.windows import named, parametric, refused, slepian

_face = Face(scipy.signal.windows, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del named, parametric, refused, slepian
