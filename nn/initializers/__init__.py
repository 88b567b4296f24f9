"""Initializers: the initial values of weights.

An initializer is called with a shape and returns an array. With a seed it returns the same values
at every call; without one it draws from the stream that `nn.utils.set_random_seed` seeds. Values
are drawn in float64 and rounded, so that the initial weights are the same in all dtypes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.initializers.base import Initializer, InitializerLike
from nn.initializers.constants import Constant, Identity, Ones, Zeros
from nn.initializers.distributions import (
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from nn.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    compute_fans,
    over_axes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# fmt: off
__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
    "IdentityInitializer", "Initializer", "InitializerLike", "LecunNormal", "LecunUniform", "Ones",
    "Orthogonal", "OrthogonalInitializer", "RandomNormal", "RandomUniform", "TruncatedNormal",
    "VarianceScaling", "Zeros", "compute_fans", "constant", "deserialize", "get", "glorot_normal",
    "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal", "lecun_uniform",
    "ones", "orthogonal", "over_axes", "random_normal", "random_uniform", "serialize",
    "truncated_normal", "variance_scaling", "zeros",
]
# fmt: on

# Keras's other spellings of these classes.
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal

_NAMES: dict[str, Callable[..., Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "identity": Identity,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "orthogonal": Orthogonal,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "zero": Zeros,
    "one": Ones,
    "normal": RandomNormal,
    "uniform": RandomUniform,
}
_FAMILY: ClassFamily[InitializerLike] = ClassFamily(
    "initializer", "initializers", Initializer, _NAMES, functions=True
)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> InitializerLike:
    """Return the initializer that a name, a class, a function or a config specifies.

    ``None`` means `GlorotUniform`, the default of weights.

    Raises:
        TypeError: ``identifier`` is of another type.
        ValueError: no initializer has this name; the message lists the nearest ones.

    >>> get("he_normal"), get("HeNormal")
    (HeNormal(), HeNormal())
    """
    return GlorotUniform() if identifier is None else _FAMILY.get(identifier)
