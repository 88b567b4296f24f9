"""How to draw calls of ``scipy.special``.

Arguments without slopes, such as orders and degrees, are Python numbers; arguments that a function
has slopes in are arrays. Values keep away from poles and jumps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.scipy.special.elliptic import carlson
from autodiff.scipy.special.errors import faddeeva_slope
from autodiff.scipy.special.hypergeometric import hyp0f1_partial, hyp1f1_partial, hyp2f1_partial
from autodiff.scipy.special.incomplete import betainc_slope, gammainc_slope
from autodiff.scipy.special.namespace import special as s
from autodiff.scipy.special.noncentral import chndtr_partial, ncfdtr_partial, nctdtr_partial
from autodiff.scipy.special.polygammas import complex_polygamma
from autodiff.scipy.special.statistics import smirnov_slope
from autodiff.scipy.special.struves import struve_power
from autodiff.scipy.special.student import student_slope
from autodiff.scipy.special.tricomi import hyperu_partial
from autodiff.scipy.special.zetas import hurwitz, hurwitz_slope, riemann
from tests.laws.drawing import CONJUGATING, REAL, Call, Domain, Draw, call, unary
from tests.laws.drawing import values as within

ANY = within()
POSITIVE = within(0.3, 4)
PROBABILITY = within(0.1, 0.9)
NEGATIVE = within(-3, -0.3)
ORDERS = (0, 1, 2, 2.5)
DOUBLE: dict[str, Any] = {**REAL, "takes_float32": False}  # SciPy gives NaN or loops endlessly
ROUGH: dict[str, Any] = {**REAL, "close": 1e-6}  # SciPy solves or integrates to few digits
DOUBLE: dict[str, Any] = {**REAL, "takes_float32": False}
ROUGH_DOUBLE: dict[str, Any] = {**ROUGH, "takes_float32": False}
SOLVED: dict[str, Any] = {**ROUGH_DOUBLE, "close": 1e-2}  # for parameters, to 5 digits


def mixed(*arguments: Any, **flags: Any) -> Domain:
    """Draw a call: arrays that broadcast from strategies, and one of the numbers in a tuple."""
    choices = tuple(argument for argument in arguments if isinstance(argument, tuple))

    def draw(d: Draw) -> Call:
        shape = d.shape(high=2, shortest=1 if d.numbers else 0)
        whole = d.integer(0, len(arguments) - 1)
        numbers = iter(d.numbers or [d.choice(*choice) for choice in choices])
        return call(*(
            next(numbers) if isinstance(argument, tuple)
            else argument(d, shape if i == whole else d.part_of(shape))
            for i, argument in enumerate(arguments)
        ))  # fmt: skip

    return Domain(draw, numbers=choices, **flags)


def along_axis(**flags: Any) -> Domain:
    """Draw ``f(x, axis)`` with one axis, several or none."""

    def draw(d: Draw) -> Call:
        x = d.reals(d.shape())
        return call(x, axis=d.axes(x))

    return Domain(draw, **flags)


def with_options(domain: Domain, **options: Any) -> Domain:
    """Add options, each drawn from a tuple, to the calls of a domain."""

    def draw(d: Draw) -> Call:
        drawn = domain.draw(d)
        return Call(drawn.args, {name: d.choice(*v) for name, v in options.items()})

    return replace(domain, draw=draw)


def logsumexp(d: Draw) -> Call:
    a = d.reals(d.shape(1))
    weights = d.random.uniform(0.5, 2, a.shape)
    return call(a, d.axes(a), **d.options(b=[weights, 2.0], keepdims=[True]))


def in_the_plane(d: Draw) -> Call:
    def function(x: Any, n: int) -> Any:
        return np.real(complex_polygamma(x + 1j, n=n))

    return Call((d.reals(d.shape()),), {"n": d.integer(1, 3)}, function)


# fmt: off
DOMAINS: dict[Any, Domain] = {
    # The gamma function and related ones.
    s.gamma:       unary(POSITIVE),
    s.gammaln:     unary(POSITIVE, **REAL),
    s.loggamma:    unary(POSITIVE),
    s.rgamma:      unary(within(-2.4, 4)),
    s.gammasgn:    unary(POSITIVE, **REAL),
    s.psi:         unary(POSITIVE),
    s.polygamma:   mixed((0, 1, 2), POSITIVE, **REAL),
    complex_polygamma: Domain(in_the_plane, **CONJUGATING),
    s.beta:        mixed(POSITIVE, POSITIVE, **REAL),
    s.betaln:      mixed(POSITIVE, POSITIVE, **REAL),
    s.multigammaln: Domain(lambda d: call(within(2, 4)(d, d.shape()), d.integer(1, 3)), **REAL),
    s.poch:        mixed(POSITIVE, POSITIVE, **REAL),
    s.binom:       mixed(within(4, 7), within(0.3, 3.3), **REAL),
    s.comb:        with_options(mixed(within(4, 7), within(0.3, 3.3), **REAL),
                                repetition=(False, True)),
    s.perm:        mixed(within(4, 7), within(0.3, 3.3), **REAL),
    s.factorial:   unary(POSITIVE, **REAL),
    s.zeta:        mixed(within(1.5, 4), POSITIVE, **REAL),
    s.zetac:       unary(within(1.5, 4), **REAL),
    hurwitz:       mixed(within(1.5, 4), POSITIVE, **REAL),
    riemann:       unary(within(1.5, 4), **REAL),
    hurwitz_slope: with_options(mixed(within(1.5, 4), POSITIVE, **REAL), order=(1, 2)),
    # The incomplete gamma and beta functions, and distributions.
    s.gammainc:    mixed(POSITIVE, POSITIVE, **REAL),
    s.gammaincc:   mixed(POSITIVE, POSITIVE, **REAL),
    s.gammaincinv: mixed(POSITIVE, PROBABILITY, **REAL),
    s.gammainccinv: mixed(POSITIVE, PROBABILITY, **REAL),
    gammainc_slope: with_options(mixed(POSITIVE, POSITIVE, **REAL), order=(1, 2)),
    s.betainc:     mixed(POSITIVE, POSITIVE, PROBABILITY, **REAL),
    s.betaincc:    mixed(POSITIVE, POSITIVE, PROBABILITY, **REAL),
    s.betaincinv:  mixed(POSITIVE, POSITIVE, PROBABILITY, **REAL),
    s.betainccinv: mixed(POSITIVE, POSITIVE, PROBABILITY, **REAL),
    betainc_slope: with_options(mixed(POSITIVE, POSITIVE, PROBABILITY, **REAL),
                                orders=((1, 0), (0, 1), (1, 1))),
    s.btdtria:     mixed(PROBABILITY, POSITIVE, PROBABILITY, **ROUGH),
    s.btdtrib:     mixed(POSITIVE, PROBABILITY, PROBABILITY, **ROUGH),
    s.chdtr:       mixed(POSITIVE, POSITIVE, **REAL),
    s.chdtrc:      mixed(POSITIVE, POSITIVE, **REAL),
    s.chdtri:      mixed(POSITIVE, PROBABILITY, **REAL),
    s.chdtriv:     mixed(PROBABILITY, POSITIVE, **ROUGH),
    s.ncfdtr:      mixed((2.5,), (5.0,), within(0.5, 2), within(0.4, 2), **DOUBLE),
    s.ncfdtri:     mixed((2.5,), (5.0,), (0.7,), within(0.3, 0.7), **ROUGH_DOUBLE),
    s.nctdtr:      mixed((4.5,), within(-1, 2), within(-1, 2), **DOUBLE),
    s.nctdtrit:    mixed((4.5,), (0.7,), within(0.3, 0.7), **ROUGH_DOUBLE),
    s.nctdtridf:   mixed(within(0.72, 0.83), within(0.6, 0.7), (2.0,), **SOLVED),
    s.nctdtrinc:   mixed((3.0, 7.0), within(0.3, 0.7), within(1, 3), **SOLVED),
    s.ncfdtridfn:  mixed(within(0.1, 0.28), (5.0,), (0.7,), within(0.3, 0.32), **SOLVED),
    s.ncfdtridfd:  mixed((2.5,), within(0.6, 0.85), within(0.6, 0.7), (4.0,), **SOLVED),
    s.ncfdtrinc:   mixed((2.5,), (5.0,), within(0.3, 0.5), within(1.5, 2), **SOLVED),
    chndtr_partial: with_options(mixed(POSITIVE, within(1, 5), POSITIVE, **DOUBLE),
                                 orders=((0, 1, 0), (1, 0, 0), (0, 0, 1))),
    ncfdtr_partial: with_options(mixed((2.5,), within(3, 7), (0.7,), within(0.4, 2), **DOUBLE),
                                 orders=((0, 1, 0, 0), (0, 0, 0, 1))),
    nctdtr_partial: with_options(mixed(within(3, 7), (0.7,), within(-1, 2), **DOUBLE),
                                 orders=((1, 0, 0), (0, 0, 1))),
    s.mathieu_a:   mixed((0, 1, 2), within(0.3, 4), **DOUBLE),
    s.mathieu_b:   mixed((1, 2), within(0.3, 4), **DOUBLE),
    s.pro_cv:      mixed((1,), (2, 3), within(0.5, 4), **ROUGH_DOUBLE),
    s.obl_cv:      mixed((1,), (2, 3), within(0.5, 4), **ROUGH_DOUBLE),
    s.chndtr:      mixed(POSITIVE, within(1, 5), POSITIVE, **REAL),
    s.chndtrix:    mixed(PROBABILITY, within(1, 5), POSITIVE, **ROUGH),
    s.chndtridf:   mixed(within(3, 5), within(0.3, 0.5), within(0.5, 1), **ROUGH),
    s.chndtrinc:   mixed(within(2, 4), within(1, 1.5), within(0.2, 0.5), **ROUGH),
    s.gdtr:        mixed(POSITIVE, POSITIVE, POSITIVE, **REAL),
    s.gdtrc:       mixed(POSITIVE, POSITIVE, POSITIVE, **REAL),
    s.gdtria:      mixed(PROBABILITY, POSITIVE, POSITIVE, **ROUGH),
    s.gdtrib:      mixed(POSITIVE, PROBABILITY, POSITIVE, **ROUGH),
    s.gdtrix:      mixed(POSITIVE, POSITIVE, PROBABILITY, **ROUGH),
    s.pdtr:        mixed((0, 1, 2.7), POSITIVE, **REAL),
    s.pdtrc:       mixed((0, 1, 2.7), POSITIVE, **REAL),
    s.pdtri:       mixed((0, 1, 2), PROBABILITY, **REAL),
    s.pdtrik:      mixed(within(0.4, 0.9), within(2, 4), **ROUGH),
    s.bdtr:        mixed((0, 1, 2.7), (np.int64(4), np.int64(5)), PROBABILITY, **REAL),
    s.bdtrc:       mixed((0, 1, 2.7), (np.int64(4), np.int64(5)), PROBABILITY, **REAL),
    s.bdtri:       mixed((0, 1, 2.7), (np.int64(4), np.int64(5)), PROBABILITY, **REAL),
    s.bdtrik:      mixed(within(0.4, 0.7), within(5, 7), within(0.3, 0.5), **ROUGH),
    s.bdtrin:      mixed(within(1, 2), within(0.3, 0.7), within(0.3, 0.5), **ROUGH),
    s.nbdtr:       mixed((0, 1, 2), (4, 5), PROBABILITY, **REAL),
    s.nbdtrc:      mixed((0, 1, 2), (4, 5), PROBABILITY, **REAL),
    s.nbdtri:      mixed((0, 1, 2), (4, 5), PROBABILITY, **REAL),
    s.nbdtrik:     mixed(within(0.4, 0.9), within(2, 4), within(0.3, 0.5), **ROUGH),
    s.nbdtrin:     mixed(within(2, 4), within(0.3, 0.6), within(0.3, 0.5), **ROUGH),
    s.fdtr:        mixed(POSITIVE, POSITIVE, POSITIVE, **REAL),
    s.fdtrc:       mixed(POSITIVE, POSITIVE, POSITIVE, **REAL),
    s.fdtri:       mixed(within(1, 4), within(2, 4), PROBABILITY, **REAL),
    s.fdtridfd:    mixed(within(1, 3), within(0.7, 0.8), within(2.5, 4), **ROUGH),
    s.stdtr:       mixed(within(1, 6), within(-4, 4), **REAL),
    s.stdtrit:     mixed(within(1, 6), PROBABILITY, **ROUGH),
    s.stdtridf:    mixed(within(0.8, 0.85), within(1.1, 1.3), **ROUGH),
    student_slope: with_options(mixed(within(1, 6), within(-4, 4), **REAL), order=(1, 2)),
    s.kolmogorov:  unary(within(0.4, 2), **REAL),
    s.kolmogi:     unary(PROBABILITY, **REAL),
    s.smirnov:     mixed((3, 7), within(0.1, 0.7), **REAL),
    s.smirnovi:    mixed((3, 7), within(0.2, 0.8), **REAL),
    smirnov_slope: with_options(mixed((3, 7), within(0.1, 0.6), **REAL), order=(1, 2)),
    s.owens_t:     mixed(ANY, ANY, **REAL),
    s.nrdtrimn:    mixed(PROBABILITY, POSITIVE, ANY, **REAL),
    s.nrdtrisd:    mixed(NEGATIVE, within(0.6, 0.9), POSITIVE, **REAL),
    s.tklmbda:     mixed(within(-0.4, 0.4), within(-0.5, 1.5), **REAL),
    # The error function and the normal distribution.
    s.erf:         unary(),
    s.erfc:        unary(),
    s.erfi:        unary(within(-2, 2)),
    s.erfcx:       unary(within(-2, 9)),
    s.dawsn:       unary(within(-9, 9)),
    s.wofz:        unary(),
    faddeeva_slope: with_options(unary(), order=(1, 2)),
    s.voigt_profile: mixed(ANY, POSITIVE, POSITIVE, **REAL),
    s.erfinv:      unary(within(-0.9, 0.9), **REAL),
    s.erfcinv:     unary(within(0.1, 1.9), **REAL),
    s.ndtr:        unary(),
    s.ndtri:       unary(PROBABILITY, **REAL),
    s.log_ndtr:    unary(within(-9, 3)),
    s.ndtri_exp:   unary(within(-9, -0.1), **REAL),
    # Logistic functions and entropies.
    s.expit:       unary(**REAL),
    s.log_expit:   unary(**REAL),
    s.logit:       unary(PROBABILITY, **REAL),
    s.xlogy:       mixed(ANY, POSITIVE),
    s.xlog1py:     mixed(ANY, POSITIVE),
    s.entr:        unary(POSITIVE, **REAL),
    s.rel_entr:    mixed(POSITIVE, POSITIVE, **REAL),
    s.kl_div:      mixed(POSITIVE, POSITIVE, **REAL),
    s.softplus:    unary(**REAL),
    # Sums of exponentials.
    s.logsumexp:   Domain(logsumexp),
    s.softmax:     along_axis(**REAL),
    s.log_softmax: along_axis(**REAL),
    # Bessel functions.
    **{f: unary(**REAL) for f in (s.j0, s.j1, s.i0, s.i1)},
    **{f: unary(POSITIVE, **REAL) for f in (
        s.y0, s.y1, s.k0, s.k1, s.i0e, s.i1e, s.k0e, s.k1e)},
    **{f: mixed(ORDERS, POSITIVE) for f in (
        s.jv, s.yv, s.iv, s.kv, s.kve, s.hankel1, s.hankel2, s.hankel1e, s.hankel2e,
        s.jvp, s.yvp, s.ivp, s.kvp, s.h1vp, s.h2vp)},
    **{f: mixed(ORDERS, POSITIVE, **CONJUGATING) for f in (s.jve, s.yve, s.ive)},
    **{f: mixed((0, 1, 2), POSITIVE, **REAL) for f in (s.kn, s.yn)},
    **{f: with_options(mixed((0, 1, 3), POSITIVE), derivative=(False, True)) for f in (
        s.spherical_jn, s.spherical_yn, s.spherical_in, s.spherical_kn)},
    s.besselpoly:  mixed(POSITIVE, (0.5, 1), (1, 1.5), **REAL),
    **{f: unary(POSITIVE, **REAL) for f in (
        s.itj0y0, s.iti0k0, s.it2j0y0, s.it2i0k0, s.itstruve0, s.itmodstruve0, s.it2struve0)},
    s.struve:      mixed(ORDERS, POSITIVE, **REAL),
    s.modstruve:   mixed(ORDERS, POSITIVE, **REAL),
    struve_power:  with_options(mixed(POSITIVE, POSITIVE, **REAL), order=(1, 2)),
    s.airy:        unary(),
    s.airye:       unary(POSITIVE, **CONJUGATING),
    s.itairy:      unary(POSITIVE, **ROUGH),
    **{f: unary(**REAL) for f in (s.ber, s.bei, s.berp, s.beip)},
    **{f: unary(POSITIVE, **REAL) for f in (s.ker, s.kei, s.kerp, s.keip, s.kelvin)},
    # Functions that satisfy a differential equation.
    s.pbdv:        mixed((0, 1.5), ANY, **REAL),
    s.pbvv:        mixed((0, 1.5), ANY, **DOUBLE),
    s.pbwa:        mixed((-1, 1.5), ANY, **REAL),
    **{f: mixed((1, 2), (0.5, 1.5), within(10, 80), **DOUBLE) for f in (
        s.mathieu_cem, s.mathieu_sem)},
    **{f: mixed((1, 2), (0.5, 1.5), within(0.3, 1.5), **DOUBLE) for f in (
        s.mathieu_modcem1, s.mathieu_modcem2, s.mathieu_modsem1, s.mathieu_modsem2)},
    **{f: mixed((0, 1), (2, 3), (0.7, 1.5), within(-0.7, 0.7), **DOUBLE) for f in (
        s.pro_ang1, s.obl_ang1)},
    **{f: mixed((0, 1), (2, 3), (0.7, 1.5), within(1.3, 2), **DOUBLE) for f in (
        s.pro_rad1, s.obl_rad1)},
    s.pro_ang1_cv: mixed((1,), (2,), (1.5,), (s.pro_cv(1, 2, 1.5).item(),), within(-0.7, 0.7),
                         **DOUBLE),
    s.obl_ang1_cv: mixed((1,), (2,), (1.5,), (s.obl_cv(1, 2, 1.5).item(),), within(-0.7, 0.7),
                         **DOUBLE),
    s.pro_rad1_cv: mixed((1,), (2,), (1.5,), (s.pro_cv(1, 2, 1.5).item(),), within(1.3, 2),
                         **DOUBLE),
    s.obl_rad1_cv: mixed((1,), (2,), (1.5,), (s.obl_cv(1, 2, 1.5).item(),), within(1.3, 2),
                         **DOUBLE),
    # Polynomials.
    **{f: mixed((0, 1, 2, 5), ANY) for f in (
        s.eval_legendre, s.eval_chebyt, s.eval_chebyu, s.eval_chebyc, s.eval_chebys,
        s.eval_sh_legendre, s.eval_sh_chebyt, s.eval_sh_chebyu, s.eval_laguerre)},
    **{f: mixed((0, 1, 2, 5), ANY, **REAL) for f in (s.eval_hermite, s.eval_hermitenorm)},
    s.eval_genlaguerre: mixed((0, 1, 2, 5), (0.5, 1), ANY),
    s.eval_gegenbauer:  mixed((0, 1, 2, 5), (0.5, 1), ANY),
    s.eval_jacobi:      mixed((0, 1, 2, 5), (0.5, 1), (0.7, 2), ANY),
    s.eval_sh_jacobi:   mixed((0, 1, 2, 5), (2.5, 3), (1.5, 2), ANY),
    s.assoc_laguerre:   mixed(ANY, (0, 1, 2, 5), (0, 0.5)),
    s.lpmv:             mixed((0, 1, -1, -2), (0, 1, 2, 2.5), within(-0.7, 0.7), **REAL),
    s.diric:            mixed(ANY, (1, 2, 5), **REAL),
    # Integrals.
    s.exp1:        unary(POSITIVE),
    s.expi:        unary(POSITIVE),
    s.expn:        mixed((0, 1, 2, 5), POSITIVE, **REAL),
    s.spence:      unary(POSITIVE),
    s.sici:        unary(POSITIVE),
    s.shichi:      unary(POSITIVE),
    s.fresnel:     unary(),
    s.modfresnelp: unary(POSITIVE, **DOUBLE),
    s.modfresnelm: unary(POSITIVE, **DOUBLE),
    # Elliptic integrals and functions.
    s.ellipk:      unary(within(-2, 0.9), **REAL),
    s.ellipkm1:    unary(within(0.1, 2), **REAL),
    s.ellipe:      unary(within(-2, 0.9), **REAL),
    s.ellipkinc:   mixed(within(-4, 4), within(-2, 0.9), **REAL),
    s.ellipeinc:   mixed(within(-4, 4), within(-2, 0.9), **REAL),
    s.ellipj:      mixed(ANY, within(0.1, 0.9), **REAL),
    s.elliprc:     mixed(POSITIVE, POSITIVE),
    **{f: mixed(POSITIVE, POSITIVE, POSITIVE) for f in (s.elliprd, s.elliprf, s.elliprg)},
    s.elliprj:     mixed(POSITIVE, POSITIVE, POSITIVE, POSITIVE),
    carlson:       with_options(mixed(POSITIVE, POSITIVE, POSITIVE, (1.0,)),
                                powers=((0.5, 0.5, 1.5, 0.0), (0.5, 1.5, 1.5, 0.0))),
    s.agm:         mixed(POSITIVE, POSITIVE, **REAL),
    # Hypergeometric functions.
    s.hyp0f1:      mixed((0.5, 2), ANY),
    s.hyp1f1:      mixed((0.5, 2), (1.5, 3), ANY),
    s.hyp2f1:      mixed((0.5, 2), (1.5, 3), (2.5, 4), within(-0.9, 0.9)),
    hyp0f1_partial: with_options(mixed(POSITIVE, ANY, **REAL), orders=((1, 0), (1, 1))),
    hyp1f1_partial: with_options(mixed(POSITIVE, POSITIVE, ANY, **REAL),
                                 orders=((1, 0, 0), (0, 1, 1))),
    hyp2f1_partial: with_options(mixed(POSITIVE, POSITIVE, POSITIVE, within(-0.9, 0.7), **REAL),
                                 orders=((1, 0, 0, 0), (0, 0, 1, 0))),
    s.hyperu:      mixed((0.5, 2), (1.5, 3), POSITIVE, **REAL),
    hyperu_partial: with_options(mixed(POSITIVE, POSITIVE, POSITIVE, **REAL),
                                 orders=((1, 0), (0, 1))),
    s.wright_bessel: mixed((0.5, 1), (1.5, 3), POSITIVE, **REAL),
    s.log_wright_bessel: mixed((0.5, 1), (1.5, 3), POSITIVE, **REAL),
    # Elementary functions.
    s.cbrt:        unary(POSITIVE, **REAL),
    s.exp2:        unary(**REAL),
    s.exp10:       unary(**REAL),
    s.expm1:       unary(),
    s.log1p:       unary(within(-0.8, 4)),
    s.cosm1:       unary(**REAL),
    s.exprel:      unary(**REAL),
    s.powm1:       mixed(POSITIVE, ANY, **REAL),
    **{f: unary(within(10, 80), **REAL) for f in (s.sindg, s.cosdg, s.tandg, s.cotdg)},
    s.radian:      mixed(ANY, ANY, ANY, **REAL),
    s.round:       unary(within(0.6, 1.4), **REAL),
    s.boxcox:      mixed(POSITIVE, ANY, **REAL),
    s.boxcox1p:    mixed(POSITIVE, ANY, **REAL),
    s.inv_boxcox:  mixed(POSITIVE, within(-0.2, 2), **REAL),
    s.inv_boxcox1p: mixed(POSITIVE, within(-0.2, 2), **REAL),
    s.huber:       mixed(within(1, 1.3), within(-0.9, 0.9), **REAL),
    s.pseudo_huber: mixed(POSITIVE, ANY, **REAL),
    s.wrightomega: unary(),
    s.lambertw:    mixed(POSITIVE, (0, -1)),
    # Legendre functions and spherical harmonics.
    s.legendre_p:  mixed((0, 1, 4), within(-0.7, 0.7), **REAL),
    s.assoc_legendre_p: with_options(
        mixed((0, 1, 4), (0, 1, -1), within(-0.7, 0.7), **REAL), norm=(False, True)),
    s.sph_legendre_p: mixed((0, 1, 4), (0, 1, -1), POSITIVE, **REAL),
    s.sph_harm_y:  mixed((0, 1, 4), (0, 1, -1), POSITIVE, ANY, **REAL),
}
# fmt: on
