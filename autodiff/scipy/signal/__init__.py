"""``scipy.signal`` with slopes."""

import scipy.signal

from autodiff.scipy.face import Face
from autodiff.scipy.signal import (
    analytic,
    convolution,
    forward_backward,
    images,
    order_filters,
    prototypes,
    rates,
    recursive,
    responses,
    sections,
    spectra,
    trends,
    waveforms,
    windows,
)
from autodiff.scipy.signal.refused import REFUSED as _REFUSED

del analytic, convolution, forward_backward, images, order_filters, prototypes, rates, recursive
del responses, sections, spectra, trends, waveforms, windows

_face = Face(
    scipy.signal, {name: _REFUSED[name] for name in scipy.signal.__all__ if name in _REFUSED}
)
__getattr__, __dir__ = _face.get, _face.names
