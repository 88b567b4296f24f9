"""scipy.fft with slopes: worked examples, SciPy's own functions, what is refused."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.fft")
from autodiff.scipy import fft  # noqa: E402 - SciPy may be missing

X = np.array([1.0, -2.0, 0.5, 3.0])


def test_the_slope_of_the_mean_frequency_is_one_everywhere():
    np.testing.assert_allclose(ad.grad(lambda x: np.real(fft.fft(x)[0]))(X), np.ones(4))


def test_parseval_by_hand():
    # Σ |fft(x)|² = n Σ x², so that the slope is 2 n x
    slope = ad.grad(lambda x: np.sum(np.abs(fft.fft(x)) ** 2))(X)
    np.testing.assert_allclose(slope, 2 * 4 * X)


def test_scipys_own_functions_accept_traced_values():
    assert ad.grad(lambda x: np.sum(plain.dct(x) ** 2))(X).shape == (4,)
    ad.check_grads(lambda x: plain.irfft(plain.rfft(x) * 2), X)


def test_plain_values_go_to_scipy():
    np.testing.assert_array_equal(fft.fft(X), np.fft.fft(X))
    assert isinstance(plain.fft(X), np.ndarray)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
@pytest.mark.parametrize("orthogonalize", [None, True, False])
@pytest.mark.parametrize("name", ["dct", "idct", "dst", "idst", "dctn", "idstn"])
def test_the_transposed_transform_is_the_transposed_matrix(name, kind, norm, orthogonalize):
    options = {"type": kind, "norm": norm, "orthogonalize": orthogonalize}
    matrix = ad.jacobian(lambda x: getattr(fft, name)(x, **options))(np.zeros(5))
    axes = {"axes": [0]} if name.endswith("n") else {"axis": 0}
    np.testing.assert_allclose(
        matrix, getattr(plain, name)(np.eye(5), **options, **axes), atol=1e-14
    )


def test_an_option_that_scipy_ignores_is_refused():
    for transform in (fft.dct, fft.dctn):
        with pytest.raises(NotImplementedError, match="ignores orthogonalize"):
            transform(ad.tensor(X + 1j), orthogonalize=True)


@pytest.mark.parametrize("name", ["fftfreq", "next_fast_len", "set_workers", "fhtoffset"])
def test_functions_without_slopes_are_refused(name):
    with pytest.raises(NotImplementedError, match=f"fft.{name} of a traced value"):
        getattr(fft, name)(ad.tensor(4.0))


def test_memory_may_be_overwritten_in_scipy_but_not_in_a_graph():
    t = ad.tensor(X)
    fft.dct(t, overwrite_x=True)
    np.testing.assert_array_equal(t.numpy(), X)
