"""``scipy.fft`` with slopes.

SciPy's own transforms accept traced values once this module is imported: they call the backends
that are registered with SciPy (``uarray``), of which this one transforms traced values.
"""

import scipy.fft

from autodiff.scipy.face import Face
from autodiff.scipy.fft import backend, cosines, refused, transforms

scipy.fft.register_backend(backend.TracedBackend)

_face = Face(scipy.fft, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del backend, cosines, refused, transforms
