"""Pseudoinverses that cut singular values off which aren't zero.

The slope among matrices of the same rank lacks the terms that couple the singular vectors which are
kept with those which are cut off. With ``A = U diag(s) Vᴴ``, the pseudoinverse is
``V diag(f) Uᴴ``, where f is 1/s or 0, and a change ``E = Uᴴ dA V`` changes ``Uᴴ pinv(A)ᴴ V`` by

    (Eᵢⱼ + Eⱼᵢ*) / 2 · (fᵢ - fⱼ) / (sᵢ - sⱼ)  +  (Eᵢⱼ - Eⱼᵢ*) / 2 · (fᵢ + fⱼ) / (sᵢ + sⱼ)
"""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.cotangents import conjugated
from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array

__all__ = ["cut_terms"]


@primitive
def cut_terms(G: Array, p: Array, a: Array) -> Array:  # noqa: N803 - the cotangent of p
    """Return the terms that the slope of a pseudoinverse p lacks; 0 where only zeros are cut off.

    Args:
        G: the conjugated cotangent of p.
        p: the pseudoinverse.
        a: the matrix.
    """
    u, s, v, kept = _parts(p, a)
    f = np.where(kept, 1 / np.where(kept, s, 1), 0)
    couples = kept[..., :, None] != kept[..., None, :]
    below, above = s[..., :, None] - s[..., None, :], s[..., :, None] + s[..., None, :]
    minus = (f[..., :, None] - f[..., None, :]) / np.where(couples, below, 1)
    plus = (f[..., :, None] + f[..., None, :]) / np.where(couples, above, 1)
    inner = np.conj(u.mT) @ np.conj(G.mT) @ v
    turned = np.conj(inner.mT)
    whole = (inner + turned) / 2 * minus + (inner - turned) / 2 * plus
    same_rank = (f[..., :, None] ** 2 + f[..., None, :] ** 2) * inner
    return u @ np.where(couples, whole - same_rank, 0) @ np.conj(v.mT)


def _parts(p: Array, a: Array) -> tuple[Array, ...]:
    """Return the singular vectors and values of a, and which of these its pseudoinverse keeps."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    v = np.conj(vh.mT)
    return u, s, v, np.real(np.sum(np.conj(v) * (p @ u), axis=-2)) * s > 0.5


def _slope(g: Array, z: Array, G: Array, p: Array, a: Array) -> Array:  # noqa: N803
    """Return the slope in G, in which the terms are linear, and which they are the transpose of."""
    del z, G
    return conjugated(_adjoint(cut_terms(_adjoint(conjugated(g)), p, a)))


def _adjoint(x: Array) -> Array:
    return conjugated(x.mT)


def _no_slope(p: Array, a: Array, x: Array) -> Array:
    """Return the slope 0 in p or a, which holds where no more than rounding is cut off."""
    _, s, _, kept = _parts(peek(p), peek(a))
    rounding = math.sqrt(np.finfo(s.dtype).eps) * np.max(s, axis=-1, keepdims=True, initial=0)
    if np.any(~kept & (s > rounding)):
        raise NotImplementedError(
            f"a pseudoinverse that cuts singular values off which aren't zero has no second "
            f"slopes (at {user_line()}). Write it by np.linalg.svd: u, s, vh = np.linalg.svd(a, "
            f"full_matrices=False); np.where(s > cut, 1 / s, 0)."
        )
    return np.zeros_like(x)


derivative(
    cut_terms,
    G=_slope,
    p=lambda g, z, G, p, a: _no_slope(p, a, p),  # noqa: N803
    a=lambda g, z, G, p, a: _no_slope(p, a, a),  # noqa: N803
)
