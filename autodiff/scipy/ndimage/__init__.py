"""``scipy.ndimage`` with slopes."""

import scipy.ndimage

from autodiff.scipy.face import Face
from autodiff.scipy.ndimage import (
    linear,
    measurements,
    morphology,
    ranks,
    smoothing,
    spectra,
    transforms,
)
from autodiff.scipy.ndimage.refused import REFUSED as _REFUSED

del linear, measurements, morphology, ranks, smoothing, spectra, transforms

_face = Face(scipy.ndimage, _REFUSED)
__getattr__, __dir__ = _face.get, _face.names
