"""Entries that ``where=`` excludes have no slope, whatever is in them; what masks are accepted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad
from tests.laws.domains import DOMAINS
from tests.laws.oracle import tried, unlike
from tests.laws.table import calls, every, examples, is_constant

UFUNCS = [key for key in DOMAINS if isinstance(key, np.ufunc) and not is_constant(key)]
ONE_RESULT = [key for key in UFUNCS if key.nout == 1 and key.signature is None]
HOSTILE = st.sampled_from([0.0, -1.0, 1.0, 2.0, np.inf, -np.inf, np.nan, 1e300])


@pytest.mark.parametrize("manner", ["grad", "jvp", "jit"])
@every(ONE_RESULT)
@given(data=st.data())
@examples(4)
def test_an_excluded_entry_has_no_slope(key, manner, data):
    firsts = [np.ravel(a)[:1] for a in data.draw(calls(key)).args]
    arrays = [np.append(first, data.draw(HOSTILE)) for first in firsts]
    if any(first.shape != (1,) or first.dtype != float for first in firsts):
        return
    mask = np.array([True, False])

    def f(*arrays):
        return key(*arrays, out=np.full_like(arrays[0], 5.0), where=mask)

    def expected(*firsts):
        return key(*firsts)

    firsts = [a[0] for a in arrays]
    _, pullback = ad.vjp(expected, *firsts)
    slopes = [np.array([slope, 0.0]) for slope in pullback(1.0)]
    assert_array_equal(f(*map(ad.tensor, arrays)).numpy(), [expected(*firsts), 5.0])
    if manner == "jvp":
        along = [np.ones(2) for _ in arrays]
        assert_allclose(ad.jvp(f, arrays, along)[1], sum(slopes), rtol=1e-13)
        return

    def pull(*arrays):
        return ad.vjp(f, *arrays)[1](np.ones(2))

    found = (ad.jit(pull) if manner == "jit" else pull)(*arrays)
    assert_allclose(found, slopes, rtol=1e-13)


def masked(name, **options):
    return lambda t, where: getattr(np, name)(t, where=where, **options)


TOTALS = (
    "sum", "mean", "std", "var", "prod", "any", "all", "nansum", "nanmean", "nanstd", "nanvar",
    "nanprod",
)  # fmt: skip
MASKED = {
    **{name: masked(name) for name in TOTALS},
    **{name: masked(name, initial=0) for name in ("max", "min", "nanmax", "nanmin")},
    "mean=": masked("var", mean=0.5),
    "by position": lambda t, where: np.sum(t, None, None, None, False, 0, where),  # noqa: FBT003
    "method": lambda t, where: t.sum(where=where),
    "reduce": lambda t, where: np.add.reduce(t, where=where),
    "ufunc": lambda t, where: np.sin(t, where=where, out=np.zeros_like(t)),
    "two results": lambda t, where: np.modf(t, where=where, out=(np.zeros_like(t), t * 1)),
    "copyto": lambda t, where: np.copyto(t * 1, 1, where=where),
}  # fmt: skip
MASKS = [
    np.array([1, 0, 2]), np.array([1, 0, 2], np.uint8), np.array([0.5, 0, 2]), np.array(1),
    np.array([1j, 0, 2]), np.array([True, False, True]), [1, 0, 1], 1, np.int64(1), 0.5,
]  # fmt: skip


@pytest.mark.parametrize("mask", MASKS, ids=repr)
@pytest.mark.parametrize("name", MASKED)
def test_arrays_as_masks_are_of_bools_as_in_numpy(name, mask):
    f, x = MASKED[name], np.arange(3.0)
    plain, wrong = tried(lambda: f(x, mask))
    for manner in (lambda: f(ad.tensor(x), mask), lambda: ad.jit(lambda x: f(x * 1, mask))(x)):
        found, error = tried(manner)
        if wrong is not None:
            assert isinstance(error, TypeError)
        else:
            assert error is None
            assert unlike(found, plain, [x]) == ""
