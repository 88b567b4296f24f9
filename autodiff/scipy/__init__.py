"""SciPy's functions with slopes, in SciPy's layout and under SciPy's names.

SciPy's universal functions (``scipy.special.gamma``) accept traced values unchanged. Most other
functions of SciPy convert their arguments to arrays first, which a traced value refuses. The same
functions are here, module by module: for traced values they have slopes, for all others they are
SciPy's own. One import line changes::

    from scipy import linalg            # before
    from autodiff.scipy import linalg   # after
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

try:
    import scipy as _scipy
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'autodiff.scipy needs SciPy. Do: pip install "slopes[scipy]"', name="scipy"
    ) from error

_LOWEST = (1, 17)  # as in pyproject.toml
if tuple(map(int, _scipy.__version__.split(".")[:2])) < _LOWEST:
    raise ImportError(
        f"autodiff.scipy needs SciPy {'.'.join(map(str, _LOWEST))}, got {_scipy.__version__}. Do: "
        f'pip install "slopes[scipy]"',
        name="scipy",
    )

del _scipy

MODULES = (
    "cluster",
    "cluster.vq",
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "signal.windows",
    "sparse",
    "sparse.linalg",
    "spatial",
    "spatial.distance",
    "spatial.transform",
    "special",
    "stats",
)

__all__ = [*MODULES]


def __getattr__(name: str) -> Any:
    """Import a module at first use."""
    if name not in MODULES:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}: expected one of {', '.join(MODULES)}"
        )
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    """Return the names of all modules, also those that aren't imported yet."""
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *(name for name in MODULES if "." not in name)})
