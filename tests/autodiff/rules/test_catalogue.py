"""Values and slopes of NumPy's functions under their options, and what is said of wrong ones."""

import numpy as np
import pytest

import autodiff as ad
from tests.autodiff.catalogue import compared, titles

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.25, -0.75]])
B = np.array([[2.0, 0.5, 1.0], [-1.0, 3.0, 0.125]])
V, W = np.array([0.5, -1.25, 2.0]), np.array([2.0, 0.5, 1.0])
M = np.array([[2.0, 0.5, 0.0], [0.25, 3.0, 1.0], [0.0, -1.0, 1.5]])
P, Z, I = np.abs(A), A + 1j * B, np.array([2, 0, 2])  # noqa: E741
MASK = A > 0


def t(value=A):
    return ad.tensor(np.array(value))


def parts(found):
    """Return the arrays in a result."""
    if isinstance(found, (tuple, list)):
        return [x for part in found for x in parts(part)]
    return [found]


def weighed(found):
    """Return a number from all entries of a result, with other weights for each."""
    total = 0.0
    for place, part in enumerate(parts(found)):
        if np.result_type(part).kind not in "fc":
            continue
        weights = np.cos(np.arange(1.0, np.size(part) + 1.0)).reshape(np.shape(part)) + place
        total = total + (np.real(part) * weights).sum()
        if np.iscomplexobj(part):
            total = total + (np.imag(part) * weights.ravel()[::-1].reshape(weights.shape)).sum()
    return total


def shown(x):
    """Return an array in few digits, with its dtype."""
    x = np.asarray(x)
    text = np.array2string(
        np.round(x.astype(np.result_type(x, np.float32)), 5) + 0.0, separator=", "
    )
    return f"{x.dtype.name} {x.shape} {' '.join(text.split())}"


class Text(str):
    """A string that is shown without quotes."""

    __repr__ = str.__str__


def s(f, *args, **options):
    """Return the results of a function, and the slopes in its arguments that are floats."""
    floats = [i for i, x in enumerate(args) if np.asarray(x).dtype.kind in "fc"]
    with np.errstate(all="ignore"):
        values = parts(f(*args, **options))
        traced = parts(f(*(t(x) if i in floats else x for i, x in enumerate(args)), **options))
        for x, y in zip(values, traced, strict=True):
            y = y.numpy() if isinstance(y, ad.Tensor) else y
            assert np.allclose(x, y, equal_nan=True)
            assert (np.shape(x), np.asarray(x).dtype) == (np.shape(y), np.asarray(y).dtype)
        slopes = ad.grad(lambda *xs: weighed(f(*xs, **options)), floats)(*args) if floats else ()
    lines = [*map(shown, values), *(f"slope: {shown(slope)}" for slope in slopes)]
    return Text("\n".join(lines))


@pytest.mark.parametrize("title", titles("rules/catalogue"))
def test_the_results_are_those_in_the_catalogue(title):
    found, expected = compared("rules/catalogue", title, globals())
    assert found == expected
