"""``scipy.stats`` with slopes: distributions, moments of samples, densities of points.

Tests are refused; :data:`autodiff.scipy.stats.refused.REFUSED_NAMES` says what to use instead.
"""

from __future__ import annotations

import scipy.stats

from autodiff.core.primitive import constant as _constant
from autodiff.scipy.face import Face
from autodiff.scipy.stats import averages, divergences, power_transforms, sample_moments
from autodiff.scipy.stats.kde import gaussian_kde
from autodiff.scipy.stats.multivariate import MULTIVARIATE as _MULTIVARIATE
from autodiff.scipy.stats.refused import REFUSED_NAMES as _REFUSED_NAMES
from autodiff.scipy.stats.univariate import UNIVARIATE as _UNIVARIATE

__all__ = ["gaussian_kde"]

del averages, divergences, power_transforms, sample_moments

globals().update(_UNIVARIATE | _MULTIVARIATE)  # norm, t, poisson, …
_constant(scipy.stats.rankdata)

_face = Face(scipy.stats, _REFUSED_NAMES)
__getattr__, __dir__ = _face.get, _face.names
