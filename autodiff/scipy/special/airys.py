"""Airy functions (DLMF chapter 9), whose second derivatives are x times themselves."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.powers import root as root_of_size
from autodiff.scipy.special.namespace import special
from autodiff.scipy.special.several import contribution


def _airy_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of (Ai, Ai', Bi, Bi')."""
    (g_ai, g_aip, g_bi, g_bip), (ai, aip, bi, bip) = g, z
    return (
        contribution(g_ai, aip) + contribution(g_aip, x * ai)
        + contribution(g_bi, bip) + contribution(g_bip, x * bi)
    )  # fmt: skip


def _scaled_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of airye: Ai and Ai' times exp(ζ), Bi and Bi' times exp(-|Re ζ|).

    ζ = 2/3 x^(3/2), whose slope is √x; it is imaginary for x < 0.
    """
    (g_ai, g_aip, g_bi, g_bip), (ai, aip, bi, bip) = g, z
    root = np.sqrt(x) if np.iscomplexobj(x) else root_of_size(np.maximum(x, 0.0))
    slope = (
        contribution(g_ai, aip + root * ai) + contribution(g_aip, x * ai + root * aip)
        + contribution(g_bi, bip) + contribution(g_bip, x * bi)
    )  # fmt: skip
    side = np.sign(np.real(root * root * root))
    return slope - side * np.real(contribution(g_bi, bi) + contribution(g_bip, bip)) * root


def _integral_slope(g: Array, z: Array, x: Array) -> Array:
    """Return the slope of the integrals over Ai and Bi from 0 to x, and from 0 to x of -x."""
    del z
    ai, _, bi, _ = special.airy(x)
    mirrored_ai, _, mirrored_bi, _ = special.airy(-x)
    return (
        contribution(g[0], ai) + contribution(g[1], bi)
        + contribution(g[2], mirrored_ai) + contribution(g[3], mirrored_bi)
    )  # fmt: skip


derivative(special.airy, x=_airy_slope)
derivative(special.airye, x=_scaled_slope)
derivative(special.itairy, x=_integral_slope)
