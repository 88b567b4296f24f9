"""``scipy.special`` with slopes.

SciPy's own universal functions accept traced values once this module is imported, which the engine
does when the first one is called.
"""

import scipy.special

from autodiff.scipy.face import Face
from autodiff.scipy.special import (
    airys,
    bessel,
    counting,
    distributions,
    elementary,
    elliptic,
    entropy,
    errors,
    exponentials,
    gammas,
    hypergeometric,
    incomplete,
    integrals,
    kelvin,
    legendres,
    mathieu,
    noncentral,
    orthogonal,
    refused,
    solved_for,
    spherical,
    statistics,
    struves,
    student,
    tricomi,
    waves,
    zetas,
)

_face = Face(scipy.special, refused.REFUSED)
__getattr__, __dir__ = _face.get, _face.names

del airys, bessel, counting, distributions, elementary, elliptic, entropy, errors, exponentials
del (
    gammas,
    hypergeometric,
    incomplete,
    integrals,
    kelvin,
    legendres,
    mathieu,
    noncentral,
    orthogonal,
    refused,
    solved_for,
    spherical,
)
del statistics, struves, student, tricomi, waves, zetas
