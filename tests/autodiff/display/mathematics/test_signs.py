"""Functions of SciPy are written by their mathematical signs."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.graph import ancestors
from autodiff.core.primitive import Primitive
from autodiff.core.registry import registry
from autodiff.display.mathematics.formula import leaf
from autodiff.display.mathematics.operation import operation
from autodiff.display.mathematics.reading import read_step
from autodiff.display.mathematics.signs import _SIGNS, derivative_sign, sign_of
from autodiff.display.mathematics.symbols import local_slopes
from autodiff.display.mathematics.writing import latex, text

plain = pytest.importorskip("scipy.special")
from autodiff.scipy import special, stats  # noqa: E402 - SciPy may be missing
from autodiff.scipy.special import zetas  # noqa: E402

X = ad.tensor(0.5)


def written(result, *letters):
    formula = read_step(result.node, [leaf(letter, None) for letter in letters])
    return text(formula), latex(formula)


@pytest.mark.parametrize(
    ("result", "letters", "in_text", "in_latex"),
    [
        (plain.gamma(X), "x", "Γ(x)", r"\Gamma\left(x\right)"),
        (plain.digamma(X), "x", "ψ(x)", r"\psi\left(x\right)"),
        (plain.jv(2, X), "nx", "J_n(x)", r"J_{n}\left(x\right)"),
        (plain.betainc(2.0, 3.0, X), "abx", "I_x(a, b)", r"I_{x}\left(a, b\right)"),
        (special.polygamma(2, X), "nx", "ψ^(n)(x)", r"\psi^{\left(n\right)}\left(x\right)"),
        (special.zeta(X + 1), "x", "ζ(x)", r"\zeta\left(x\right)"),
        (stats.norm.cdf(X), "x", "Φ(x)", r"\Phi\left(x\right)"),
        (stats.norm.pdf(X), "x", "φ(x)", r"\varphi\left(x\right)"),
    ],
)
def test_signs_of_functions(result, letters, in_text, in_latex):
    assert written(result, *letters) == (in_text, in_latex)


def derivative_of(function, arguments):
    """Return the derivative in the first argument, as it is recorded."""
    kept = []

    def slope(a):
        kept.append(ad.grad(function)(a, *arguments[1:]))
        return kept[0]

    ad.grad(slope)(arguments[0])
    return next(
        node
        for node in ancestors([kept[0].node])
        if node.primitive.name.endswith(("_in_order", "_partial"))
    )


@pytest.mark.parametrize(
    ("function", "arguments", "letters", "in_text", "in_latex"),
    [
        (plain.jv, (0.5, 2.0), "vx", "∂₁J_v(x)", r"\partial_{1} J_{v}\left(x\right)"),
        (plain.struve, (0.5, 2.0), "vx", "∂₁H_v(x)", r"\partial_{1} \mathbf{H}_{v}\left(x\right)"),
        (plain.hyperu, (0.5, 1.0, 2.0), "abx", "∂₁U(a, b, x)",
         r"\partial_{1} U\left(a, b, x\right)"),
        (plain.hyp1f1, (0.5, 1.0, 2.0), "abx", "∂₁ ₁F₁(a; b; x)",
         r"\partial_{1} {}_1F_1\left(a; b; x\right)"),
    ],
)  # fmt: skip
def test_signs_of_derivatives_in_parameters(function, arguments, letters, in_text, in_latex):
    node = derivative_of(function, arguments)
    formula = read_step(node, [leaf(letter, None) for letter in letters])
    assert (text(formula), latex(formula)) == (in_text, in_latex)


def test_a_second_derivative_has_its_order_in_its_sign():
    sign = derivative_sign("scipy.special.hyp2f1_partial", "hyp2f1_partial", 4, (0, 2, 1, 0))
    assert sign.text == "∂₂²∂₃ ₂F₁(#1, #2; #3; #4)"
    assert sign.name == "scipy.special.hyp2f1, differentiated twice in argument 2, in argument 3"


def test_the_derivative_of_a_function_without_a_sign_keeps_its_name():
    node = derivative_of(lambda v, x: special.jvp(v, x, 2), (0.5, 2.0))
    formula = read_step(node, [leaf("v", None), leaf("x", None)])
    assert text(formula) == "jvp_in_order(v, x, n=2, order=1)"


def test_other_functions_and_calls_with_options_keep_their_names():
    assert written(plain.erf(X), "x")[0] == "erf(x)"
    assert written(stats.norm.cdf(X, 1.0), *"xms")[0] == "norm.cdf(x, m, s)"
    assert written(special.spherical_jn(1, X, derivative=True), "n", "x")[0] == (
        "spherical_jn(n, x, derivative=True)"
    )

    @ad.primitive
    def gamma(x):
        return 2 * x

    ad.derivative(gamma, x=lambda g, z, x: 2 * g)
    assert written(gamma(X), "x")[0] == "gamma(x)"


def test_an_index_that_is_no_name_has_parentheses_in_text():
    node = plain.jv(2, X).node
    order = read_step((X + 1).node, [leaf("v", None), leaf("w", None)])
    formula = read_step(node, [order, leaf("x", None)])
    assert text(formula) == "J_(v + w)(x)"
    assert latex(formula) == r"J_{v + w}\left(x\right)"


def test_slopes_and_boxes_have_signs():
    node = plain.gammaln(X).node
    assert local_slopes(node, {0: "x"})[0].text == "ψ(x)"
    assert operation(node, {}) == "log(|Γ(·)|)"
    assert operation(plain.gamma(X).node, {}) == "Γ"


@pytest.mark.parametrize(
    ("f", "written"),
    [
        (lambda z: special.expit(z) * special.expit(-z), "σ(z) · (2 · σ(z)² + 1 − 3 · σ(z))"),
        (lambda z: special.expit(2 * z) * special.expit(-2 * z),
         "σ(2 · z) · (4 · σ(2 · z)² + 2 − 6 · σ(2 · z))"),
        (lambda z: plain.ndtr(z) ** 2 * plain.ndtr(-z) ** 2,
         "exp(−0.5 · z²) · Φ(z) · (4 · Φ(z)² + 2 − 6 · Φ(z)) / 2.507"),
    ],
)  # fmt: skip
def test_a_sign_of_a_negative_is_1_minus_that_of_the_positive(f, written):
    explanation = ad.explain(f)(0.3)
    assert explanation.formulas == {"z": written}
    assert explanation.slopes["z"] == pytest.approx(ad.grad(f)(0.3))


def test_an_explanation_lists_the_functions_that_the_signs_mean():
    derivation = ad.explain(plain.gamma)(3.0)
    assert "Γ(a)       scipy.special.gamma" in str(derivation)
    assert "ψ(a)       scipy.special.digamma" in str(derivation)
    assert r"$\Gamma\left(a\right)$ : scipy.special.gamma" in derivation.markdown()


def test_optional_arguments_that_are_missing_are_left_out():
    explanation = str(ad.explain(lambda x: special.logsumexp(np.stack([x, 2 * x])))(0.5))
    assert "logsumexp([x, 2 · x]) = logsumexp([0.5 1])" in explanation


def primitives_of_special():
    functions = [getattr(plain, name) for name in plain.__all__]
    found = [registry.get(function) for function in functions] + [zetas.riemann, zetas.hurwitz]
    return {p.name: p for p in found if isinstance(p, Primitive)}


@pytest.mark.parametrize("name", _SIGNS["scipy.special"])
def test_each_sign_has_a_place_for_every_argument(name):
    arity = len(primitives_of_special()[name].inputs)
    sign = sign_of("scipy.special", name, arity)
    assert hasattr(plain, sign.name.rpartition(".")[2])
    for notation in (sign.text, sign.latex):
        for place in range(1, arity + 1):
            assert notation.count(f"#{place}") + notation.count(f"@{place}") == 1


@pytest.mark.parametrize("name", _SIGNS["scipy.stats"])
def test_each_sign_of_a_distribution_is_that_of_a_method(name):
    distribution, method = name.split(".")
    node = getattr(getattr(stats, distribution), method)(X).node
    assert read_step(node, [leaf("x", None)]).kind == "sign"
