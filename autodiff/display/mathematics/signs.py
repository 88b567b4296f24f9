"""Signs: how mathematics writes the functions of SciPy, as text and as LaTeX.

In a notation, ``#1`` is the place of the first argument; in ``@1`` it gets parentheses unless it is
a name or a number. The table has names alone, so that SciPy isn't imported for it.

>>> sign_of("scipy.special.jv", "jv", 2).text
'J_@1(#2)'
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["PLACE", "Sign", "derivative_sign", "sign_of"]

PLACE = re.compile("([#@])([0-9])")


class Sign(NamedTuple):
    """The notations of a function, and its public name."""

    text: str
    latex: str
    name: str = ""

    @property
    def arity(self) -> int:
        """The number of arguments that have a place."""
        return len(PLACE.findall(self.text))


def sign_of(path: str, name: str, arity: int) -> Sign | None:
    """Return the sign of a function with so many arguments, if mathematics has one.

    Args:
        path: where the function is defined, such as ``scipy.special._basic.polygamma``.
        name: its name.
        arity: the number of arguments of the call; another number has another meaning.
    """
    library = ".".join(path.removeprefix("autodiff.").split(".")[:2])
    found = _SIGNS.get(library, {}).get(name)
    if found is None or found.arity != arity:
        return None
    return found._replace(name=f"{library}.{_PUBLIC.get(name, name)}")


def derivative_sign(path: str, name: str, arity: int, orders: tuple[int, ...]) -> Sign | None:
    """Return the sign of a partial derivative, if its function has one: ``∂₁J_v(x)``.

    Args:
        path: where the derivative is defined.
        name: the function's name, and what follows it in that of the derivative.
        arity: the number of arguments.
        orders: how often the function is differentiated in each of the first arguments.

    >>> derivative_sign("scipy.special.hyperu_partial", "hyperu_partial", 3, (1, 2)).text
    '∂₁∂₂²U(#1, #2, #3)'
    """
    sign = sign_of(path, name.removesuffix("_partial").removesuffix("_in_order"), arity)
    if sign is None:
        return None
    places = [(i + 1, order) for i, order in enumerate(orders) if order]
    text = "".join(f"∂{_BELOW[i]}{_ABOVE[order]}" for i, order in places)
    latex = "".join(rf"\partial_{{{i}}}^{{{order}}}" for i, order in places).replace("^{1}", "")
    words = ", ".join(f"{_TIMES[order]}in argument {i}" for i, order in places)
    between = " " if sign.text[0] in _BELOW else ""  # before ₂F₁
    return Sign(
        text + between + sign.text, f"{latex} {sign.latex}", f"{sign.name}, differentiated {words}"
    )


_BELOW = "₀₁₂₃₄"
_ABOVE = ("", "", "²", "³", "⁴", "⁵", "⁶")
_TIMES = ("", "", "twice ", *(f"{count} times " for count in range(3, 7)))


def _called(text: str, latex: str, arguments: str = "#1") -> Sign:
    """Return the sign of a letter with arguments in parentheses."""
    return Sign(f"{text}({arguments})", rf"{latex}\left({arguments}\right)")


def _of_order(text: str, latex: str) -> Sign:
    """Return the sign of a letter with an order below it: ``J_n(x)``."""
    return Sign(f"{text}_@1(#2)", rf"{latex}_{{#1}}\left(#2\right)")


def _of_order_and_more(letter: str, above: str, last: str) -> Sign:
    """Return the sign of a letter with an order below and parameters above: ``C_n^(α)(x)``."""
    return Sign(
        f"{letter}_@1^({above})({last})",
        rf"{letter}_{{#1}}^{{\left({above}\right)}}\left({last}\right)",
    )


_PUBLIC = {"psi": "digamma", "riemann": "zeta", "hurwitz": "zeta"}

# fmt: off
_SPECIAL: dict[str, Sign] = {
    # Γ and related functions
    "gamma":        _called("Γ", r"\Gamma"),
    "gammaln":      Sign("log(|Γ(#1)|)", r"\log\left(\left|\Gamma\left(#1\right)\right|\right)"),
    "loggamma":     Sign("log(Γ(#1))", r"\log\left(\Gamma\left(#1\right)\right)"),
    "psi":          _called("ψ", r"\psi"),
    "polygamma":    Sign("ψ^(#1)(#2)", r"\psi^{\left(#1\right)}\left(#2\right)"),
    "beta":         _called("B", r"\mathrm{B}", "#1, #2"),
    "betaln":       Sign("log(|B(#1, #2)|)",
                         r"\log\left(\left|\mathrm{B}\left(#1, #2\right)\right|\right)"),
    "gammainc":     _called("P", "P", "#1, #2"),
    "gammaincc":    _called("Q", "Q", "#1, #2"),
    "betainc":      Sign("I_@3(#1, #2)", r"I_{#3}\left(#1, #2\right)"),
    "binom":        Sign("binom(#1, #2)", r"\binom{#1}{#2}"),
    "riemann":      _called("ζ", r"\zeta"),
    "hurwitz":      _called("ζ", r"\zeta", "#1, #2"),
    # the normal distribution, the logistic function
    "ndtr":         _called("Φ", r"\Phi"),
    "ndtri":        _called("Φ⁻¹", r"\Phi^{-1}"),
    "log_ndtr":     Sign("log(Φ(#1))", r"\log\left(\Phi\left(#1\right)\right)"),
    "erfinv":       _called("erf⁻¹", r"\operatorname{erf}^{-1}"),
    "erfcinv":      _called("erfc⁻¹", r"\operatorname{erfc}^{-1}"),
    "owens_t":      _called("T", "T", "#1, #2"),
    "expit":        _called("σ", r"\sigma"),
    "log_expit":    Sign("log(σ(#1))", r"\log\left(\sigma\left(#1\right)\right)"),
    # integrals
    "exp1":         _called("E₁", "E_{1}"),
    "expi":         _called("Ei", r"\operatorname{Ei}"),
    "expn":         _of_order("E", "E"),
    "lambertw":     Sign("W_@2(#1)", r"W_{#2}\left(#1\right)"),
    "wrightomega":  _called("ω", r"\omega"),
    "ellipk":       _called("K", "K"),
    "ellipe":       _called("E", "E"),
    "ellipkinc":    _called("F", "F", "#1 | #2"),
    "ellipeinc":    _called("E", "E", "#1 | #2"),
    # Bessel functions
    "j0":           _called("J₀", "J_{0}"),
    "j1":           _called("J₁", "J_{1}"),
    "y0":           _called("Y₀", "Y_{0}"),
    "y1":           _called("Y₁", "Y_{1}"),
    "i0":           _called("I₀", "I_{0}"),
    "i1":           _called("I₁", "I_{1}"),
    "k0":           _called("K₀", "K_{0}"),
    "k1":           _called("K₁", "K_{1}"),
    "jv":           _of_order("J", "J"),
    "yv":           _of_order("Y", "Y"),
    "yn":           _of_order("Y", "Y"),
    "iv":           _of_order("I", "I"),
    "kv":           _of_order("K", "K"),
    "kn":           _of_order("K", "K"),
    "hankel1":      _of_order("H⁽¹⁾", "H^{(1)}"),
    "hankel2":      _of_order("H⁽²⁾", "H^{(2)}"),
    "spherical_jn": _of_order("j", "j"),
    "spherical_yn": _of_order("y", "y"),
    "spherical_in": _of_order("i", "i"),
    "spherical_kn": _of_order("k", "k"),
    "struve":       _of_order("H", r"\mathbf{H}"),
    "modstruve":    _of_order("L", r"\mathbf{L}"),
    # hypergeometric functions
    "hyp0f1":       _called("₀F₁", "{}_0F_1", "; #1; #2"),
    "hyp1f1":       _called("₁F₁", "{}_1F_1", "#1; #2; #3"),
    "hyp2f1":       _called("₂F₁", "{}_2F_1", "#1, #2; #3; #4"),
    "hyperu":       _called("U", "U", "#1, #2, #3"),
    # orthogonal polynomials
    "eval_legendre":    _of_order("P", "P"),
    "legendre_p":       _of_order("P", "P"),
    "eval_chebyt":      _of_order("T", "T"),
    "eval_chebyu":      _of_order("U", "U"),
    "eval_hermite":     _of_order("H", "H"),
    "eval_hermitenorm": _of_order("He", r"\mathit{He}"),
    "eval_laguerre":    _of_order("L", "L"),
    "eval_genlaguerre": _of_order_and_more("L", "#2", "#3"),
    "eval_gegenbauer":  _of_order_and_more("C", "#2", "#3"),
    "eval_jacobi":      _of_order_and_more("P", "#2, #3", "#4"),
    "sph_harm_y":       Sign("Y_@1^@2(#3, #4)", r"Y_{#1}^{#2}\left(#3, #4\right)"),
}
_STATS: dict[str, Sign] = {
    "norm.pdf": _called("φ", r"\varphi"),
    "norm.cdf": _called("Φ", r"\Phi"),
    "norm.ppf": _called("Φ⁻¹", r"\Phi^{-1}"),
}
# fmt: on
_SIGNS = {"scipy.special": _SPECIAL, "scipy.stats": _STATS}
