"""The functions of ``scipy.special`` without slopes, each with what to use instead."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It is about the environment, not about values: don't pass traced values.": """
        errstate geterr seterr SpecialFunctionError SpecialFunctionWarning""",
    "It takes counts, which are plain: pass a Python int, or t.numpy().": """
        ai_zeros bi_zeros bei_zeros beip_zeros ber_zeros berp_zeros kei_zeros keip_zeros ker_zeros
        kerp_zeros kelvin_zeros erf_zeros fresnel_zeros fresnelc_zeros fresnels_zeros jn_zeros
        jnp_zeros jnjnp_zeros jnyn_zeros yn_zeros ynp_zeros y0_zeros y1_zeros y1p_zeros
        bernoulli euler stirling2""",
    "Factorials of every second or k-th number have no slope here: write them with "
    "scipy.special.gamma.": """
        factorial2 factorialk""",
    "Make the polynomial with plain arguments, and call it with the traced value; or use "
    "eval_legendre and the other functions eval_*.": """
        legendre chebyt chebyu chebyc chebys jacobi laguerre genlaguerre hermite hermitenorm
        gegenbauer sh_legendre sh_chebyt sh_chebyu sh_jacobi""",
    "Nodes and weights have no slopes in their parameters here: pass plain numbers.": """
        roots_legendre roots_chebyt roots_chebyu roots_chebyc roots_chebys roots_jacobi
        roots_laguerre roots_genlaguerre roots_hermite roots_hermitenorm roots_gegenbauer
        roots_sh_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_jacobi p_roots t_roots u_roots
        c_roots s_roots j_roots l_roots la_roots h_roots he_roots cg_roots ps_roots ts_roots
        us_roots js_roots""",
    "It returns a sequence of orders at once: call the function of one order, with an array of "
    "orders (pbdv, pbvv, pro_cv, lpmv, sph_harm_y, spherical_jn, jv).": """
        assoc_legendre_p_all legendre_p_all sph_harm_y_all sph_legendre_p_all lqmn lqn lpmn lpn
        clpmn pbdn_seq pbdv_seq pbvv_seq pro_cv_seq obl_cv_seq riccati_jn riccati_yn lmbda""",
    "Its slopes are in no table: define one with autodiff.primitive, by finite differences.": """
        mathieu_even_coef mathieu_odd_coef ellip_harm
        ellip_harm_2 ellip_normal""",
    "SciPy computes it to a few digits, too few for slopes: define it with autodiff.primitive.": """
        pro_rad2 pro_rad2_cv obl_rad2 obl_rad2_cv""",
}  # fmt: skip

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
