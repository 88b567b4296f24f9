"""Shapes at which the distributions of scipy.stats are tested."""

CONTINUOUS = {
    "norm": (), "cauchy": (), "laplace": (), "logistic": (), "gumbel_r": (), "gumbel_l": (),
    "hypsecant": (), "moyal": (), "t": (3.5,), "gennorm": (1.7,), "genlogistic": (0.6,),
    "skewnorm": (-1.5,), "skewcauchy": (0.4,), "exponnorm": (1.3,), "johnsonsu": (0.6, 1.4),
    "norminvgauss": (1.8, 0.7), "loggamma": (0.8,), "powernorm": (2.4,),
    "laplace_asymmetric": (1.6,), "dgamma": (1.3,), "dweibull": (1.7,), "jf_skew_t": (2.3, 3.1),
    "vonmises": (2.1,), "vonmises_line": (1.4,), "wrapcauchy": (0.35,),
    "expon": (), "halfnorm": (), "halfcauchy": (), "halflogistic": (), "rayleigh": (),
    "maxwell": (), "levy": (), "levy_l": (), "gibrat": (), "wald": (), "gamma": (2.3,),
    "erlang": (3,), "chi2": (4.6,), "chi": (2.2,), "invgamma": (4.1,), "gengamma": (1.9, -1.2),
    "nakagami": (1.4,), "invgauss": (0.8,), "recipinvgauss": (0.9,), "geninvgauss": (1.9, 1.5),
    "lognorm": (0.7,), "powerlognorm": (2.1, 0.6), "foldnorm": (1.2,), "foldcauchy": (1.9,),
    "rice": (1.1,), "fatiguelife": (1.3,), "weibull_min": (1.6,), "weibull_max": (2.2,),
    "invweibull": (5.2,), "exponweib": (2.6, 1.3), "genextreme": (-0.15,), "genpareto": (0.2,),
    "pareto": (4.3,), "lomax": (5.1,), "gompertz": (0.9,), "exponpow": (2.1,),
    "genexpon": (1.4, 2.2, 1.1), "halfgennorm": (0.8,), "genhalflogistic": (0.7,), "fisk": (5.3,),
    "burr": (6.4, 3.1), "burr12": (5.0, 2.1), "mielke": (5.4, 4.6), "kappa3": (2.1,),
    "loglaplace": (3.3,), "f": (5.2, 9.7), "betaprime": (2.4, 6.3), "alpha": (3.6,),
    "rel_breitwigner": (2.5,), "uniform": (), "arcsine": (), "anglit": (), "cosine": (),
    "semicircular": (), "beta": (2.3, 0.9), "rdist": (1.8,), "powerlaw": (1.7,), "bradford": (0.6,),
    "triang": (0.3,), "trapezoid": (0.2, 0.7), "johnsonsb": (1.1, 0.8), "argus": (1.2,),
    "loguniform": (0.4, 3.3), "reciprocal": (0.4, 3.3), "truncnorm": (-1.1, 1.9),
    "truncexpon": (4.7,), "truncpareto": (1.8, 5.3), "truncweibull_min": (2.2, 0.3, 1.9),
}  # fmt: skip
"""Of the continuous distributions whose densities have slopes."""

DISCRETE = {
    "bernoulli": (0.3,), "binom": (5, 0.4), "poisson": (2.4,), "geom": (0.3,), "nbinom": (4.2, 0.4),
    "betabinom": (6, 2.3, 0.9), "betanbinom": (5, 9.3, 1.6), "logser": (0.6,), "planck": (0.5,),
    "dlaplace": (0.8,), "boltzmann": (0.4, 9), "skellam": (3.1, 2.2), "yulesimon": (4.2,),
}  # fmt: skip
"""Of the discrete distributions whose probabilities have slopes in the shapes."""
