"""Windows by their names, with parameters: ``get_window(("kaiser", beta), n)``."""

from __future__ import annotations

from typing import Any

from scipy.signal import windows

from autodiff.core.dispatch import run
from autodiff.core.errors import user_line
from autodiff.core.lift import is_traced
from autodiff.core.typing import Array
from autodiff.rules.composite import composite

__all__: list[str] = []


@composite(windows.get_window)
def get_window(
    window: Any, Nx: int, fftbins: bool = True, *, xp: Any = None, device: Any = None
) -> Array:
    """Return a window by its name and parameters, or a Kaiser window by its beta.

    Args:
        window: a tuple of a name and parameters, or a number.
        Nx: the number of samples, plain.
        fftbins: whether it is periodic; else it is symmetric.
        xp: as SciPy's.
        device: as SciPy's.
    """
    del xp, device
    if is_traced(Nx):
        raise NotImplementedError(
            f"get_window takes a plain number of samples, got a traced one at {user_line()}. Pass "
            f"a Python int."
        )
    try:
        windows.get_window("boxcar", Nx)
    except ValueError as error:  # newer versions of SciPy refuse 0
        raise ValueError(
            f"expected a window of 1 sample or more, got {Nx!r} at {user_line()}."
        ) from error
    name, *parameters = window if isinstance(window, tuple) else ("kaiser", window)
    for ending, is_symmetric in (("_symmetric", True), ("_periodic", False)):
        if name.endswith(ending):
            name, fftbins = name.removesuffix(ending), not is_symmetric
    if name not in _FUNCTIONS:
        raise NotImplementedError(
            f"get_window has slopes in the parameters of {', '.join(sorted(_FUNCTIONS))}, got "
            f"{name!r} with a traced one at {user_line()}. Pass t.numpy() where no slope is wanted."
        )
    return run(_FUNCTIONS[name], (Nx, *parameters), {"sym": not fftbins})


_FUNCTIONS = {
    name: function
    for function, names in (
        (windows.chebwin, "chebwin,cheb"),
        (windows.dpss, "dpss"),
        (windows.exponential, "exponential,poisson"),
        (windows.gaussian, "gaussian,gauss,gss"),
        (windows.general_cosine, "general cosine,general_cosine"),
        (
            windows.general_gaussian,
            "general gaussian,general_gaussian,general gauss,general_gauss,ggs",
        ),
        (windows.general_hamming, "general hamming,general_hamming"),
        (windows.kaiser, "kaiser,ksr"),
        (
            windows.kaiser_bessel_derived,
            "kaiser bessel derived,kaiser_bessel_derived,kbd",
        ),
        (windows.taylor, "taylor,taylorwin"),
        (windows.tukey, "tukey,tuk"),
    )
    for name in names.split(",")
}
