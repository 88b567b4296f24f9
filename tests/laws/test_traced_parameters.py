"""A slope in a parameter is right also at the numbers that code treats apart, or it is refused."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([0.3, 1.7, 2.2, -1.1])
SPECIAL = (2.0, 1.0, 0.5, 0.0, 3.0)
PARAMETERS = {
    "np.average(weights=)": lambda s, x: np.average(x, weights=[s, 1, 2, 3]),
    "np.bincount(weights=)": lambda s, x: np.bincount([0, 1, 1, 3], weights=x * s).sum(),
    "np.clip": lambda s, x: np.clip(x, -s, s).sum(),
    "x.clip": lambda s, x: x.clip(s / 2, 4 * s).sum(),
    "np.cov(ddof=)": lambda s, x: np.cov(x, ddof=s),
    "np.diff(prepend=)": lambda s, x: (np.diff(x, prepend=s) ** 2).sum(),
    "np.ediff1d(to_end=)": lambda s, x: (np.ediff1d(x, to_end=s) ** 2).sum(),
    "np.float_power": lambda s, x: np.float_power(np.abs(x), s).sum(),
    "np.full_like": lambda s, x: (np.full_like(x, s) * x).sum(),
    "np.geomspace": lambda s, x: np.geomspace(s + 1, 7, 3).sum(),
    "np.gradient": lambda s, x: np.gradient(x, s + 1).sum(),
    "np.heaviside": lambda s, x: np.heaviside(np.array([0.0, 1.0]), s).sum(),
    "np.hypot.reduce(initial=)": lambda s, x: np.hypot.reduce(x, initial=s) ** 2,
    "np.insert": lambda s, x: (np.insert(x, 1, s) ** 2).sum(),
    "np.interp(left=)": lambda s, x: np.interp(x, [0.5, 1.0, 2.0], [1.0, 2.0, 3.0], left=s).sum(),
    "np.interp(period=)": lambda s, x: np.interp(x, [0.5, 1, 2], [1.0, 2, 3], period=s + 2).sum(),
    "np.linalg.norm": lambda s, x: np.linalg.norm(x, s),
    "np.linalg.vector_norm": lambda s, x: np.linalg.vector_norm(x.reshape(2, 2), ord=s, axis=1)[0],
    "np.logspace(base=)": lambda s, x: np.logspace(0, 1, 3, base=s + 1).sum(),
    "np.max(initial=)": lambda s, x: np.max(x * 0.01, initial=s) ** 2,
    "np.min(initial=)": lambda s, x: np.min(x * 100 + 120, initial=s) ** 2,
    "np.nan_to_num": lambda s, x: np.nan_to_num(np.where(x > 1, np.nan, x), nan=s).sum(),
    "np.nanquantile": lambda s, x: np.nanquantile(x, s / 10 + 0.01),
    "np.nanstd(ddof=)": lambda s, x: np.nanstd(x, ddof=s),
    "np.nansum(initial=)": lambda s, x: np.nansum(x, initial=s) ** 2,
    "np.pad(constant_values=)": lambda s, x: (np.pad(x, 1, constant_values=s) ** 2).sum(),
    "np.pad(end_values=)": lambda s, x: (np.pad(x, 1, mode="linear_ramp", end_values=s) ** 2).sum(),
    "np.polyint(k=)": lambda s, x: np.polyint(x, k=s).sum(),
    "np.polyval": lambda s, x: np.polyval([s, 1, 2], x).sum(),
    "np.power": lambda s, x: (np.abs(x) ** s).sum(),
    "np.prod(initial=)": lambda s, x: np.prod(x, initial=s) ** 2,
    "np.quantile": lambda s, x: np.quantile(x, s / 10 + 0.01),
    "np.select(default=)": lambda s, x: np.select([x > 1], [x], s).sum(),
    "np.std(ddof=)": lambda s, x: np.std(x, ddof=s),
    "np.sum(initial=)": lambda s, x: np.sum(x, initial=s) ** 2,
    "np.trapezoid(dx=)": lambda s, x: np.trapezoid(x, dx=s),
    "np.unwrap(discont=)": lambda s, x: np.unwrap(x * 3, discont=s).sum(),
    "np.unwrap(period=)": lambda s, x: np.unwrap(x * 3, period=s).sum(),
    "np.var(correction=)": lambda s, x: np.var(x, correction=s),
    "np.where": lambda s, x: np.where(x > 1, s, x).sum(),
}
REFUSALS = (TypeError, ValueError, NotImplementedError, ad.RecordingError)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("is_traced", [False, True])
@pytest.mark.parametrize("name", PARAMETERS)
def test_slopes_at_special_numbers_are_right_or_refused(name, is_traced):
    if (name, is_traced) in {("np.linalg.vector_norm", False)}:
        pytest.skip("NumPy's own code compares the order of a plain vector, as documented")

    def f(s):
        return PARAMETERS[name](s, X + 0 * s if is_traced else X)

    for s in SPECIAL:
        for transform in (ad.grad(f), ad.grad(ad.jit(f))):
            try:
                slope = transform(s)
            except REFUSALS:
                continue
            differences = [(f(s + h) - f(s - h)) / (2 * h) for h in (1e-4, 1e-6)]
            if np.ptp(differences) < 1e-3 * (1 + abs(differences[0])):  # else at a kink, or an end
                np.testing.assert_allclose(slope, differences[1], rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_a_norm_has_a_slope_in_its_order():
    x = np.array([3.0, 0.0, 4.0])

    def norm(order):
        return np.linalg.norm(x + 0 * order, order)

    for p in SPECIAL[:3]:
        n = np.sum(x**p) ** (1 / p)
        by_hand = n * (np.sum(x[::2] ** p * np.log(x[::2])) / np.sum(x**p) - np.log(n)) / p
        for function in (norm, ad.jit(norm)):
            np.testing.assert_allclose(ad.grad(function)(p), by_hand)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("order", [2.0, 1.0, 0.0, np.inf, -np.inf, -1.5])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "c16"])
def test_a_norm_of_traced_order_is_numpys(order, dtype):
    for x in ([3, 0, 4], [0, 0], [[1, 2, 2]]):
        x = np.array(x, dtype)
        want = np.linalg.vector_norm(x, ord=np.float64(order), axis=-1)
        norm = ad.jit(lambda x, order: np.linalg.vector_norm(x, ord=order, axis=-1))
        got = norm(x, np.float64(order))
        np.testing.assert_allclose(got, want, rtol=1e-6)
        assert got.dtype == want.dtype


def test_a_traced_ddof_is_refused():
    for option in ("ddof", "correction"):
        with pytest.raises(NotImplementedError, match="need a plain ddof"):
            ad.grad(lambda s, option=option: np.var(X * s, **{option: s}))(0.0)
    with pytest.raises(ValueError, match="got both"):
        ad.grad(lambda s: np.var(X * s, ddof=s, correction=1))(0.0)


def test_clip_as_a_method_of_a_plain_array():
    value, slope = ad.jvp(lambda s: X.clip(0, s), (1.5,), (1.0,))
    np.testing.assert_array_equal(value, [0.3, 1.5, 1.5, 0])
    np.testing.assert_array_equal(slope, [0, 1, 1, 0])
    np.testing.assert_array_equal(ad.jit(lambda s: X.clip(min=s))(1.5), [1.5, 1.7, 2.2, 1.5])
