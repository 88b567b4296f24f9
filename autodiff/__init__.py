"""Reverse-mode automatic differentiation of plain NumPy code, built from scratch.

>>> import numpy as np, autodiff as ad
>>> def loss(weights, x, target):
...     error = (weights * x).sum() - target
...     return error ** 2
>>> w, x = np.array([0, 2, 1]), np.array([1, 2, 3])
>>> ad.grad(loss)(w, x, 0)
array([14., 28., 42.])
"""

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from autodiff import rules as _rules
from autodiff.core.backends import BACKENDS as _BACKENDS
from autodiff.core.graph import RecordingError
from autodiff.core.guidance import STAND_INS as _STAND_INS
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.registry import late as _late
from autodiff.core.registry import namespaces as _namespaces
from autodiff.core.tensor import Tensor, tensor
from autodiff.core.typing import Array
from autodiff.einops_backend import backend as _backend
from autodiff.tracing.libraries import register_library
from autodiff.tracing.lines import calling_line
from autodiff.tracing.naming import name, scope
from autodiff.transforms.checkpoint import checkpoint
from autodiff.transforms.gradients import (
    elementwise_grad,
    grad,
    stop_gradient,
    value_and_grad,
    vjp,
)
from autodiff.transforms.jacobians import hessian, hvp, jacobian, jvp, linearize

if TYPE_CHECKING:
    from autodiff import check, onnx, testing
    from autodiff import scipy as scipy
    from autodiff.check import check_grads, check_slope
    from autodiff.compiler import assign, jit, live, sample, scan
    from autodiff.coverage import supported
    from autodiff.display.derivation.explanation import Explanation
    from autodiff.display.draw import draw
    from autodiff.display.explain import explain
    from autodiff.display.first_nonfinite import first_nonfinite
    from autodiff.display.picture.drawing import Drawing
    from autodiff.display.quiz import quiz
    from autodiff.display.show import show
    from autodiff.transforms.ravel import ravel

_late["scipy.special"] = partial(import_module, "autodiff.scipy.special")
_namespaces["special"] = _late["scipy.special"]
_late["scipy.sparse"] = partial(import_module, "autodiff.scipy.sparse")
_STAND_INS["scipy"] = "autodiff.scipy"
_BACKENDS["einops"] = _backend

del _BACKENDS, _STAND_INS, _backend, _late, _namespaces, _rules

__version__ = "0.1.0"

__all__ = [
    "Array",
    "Drawing",
    "Explanation",
    "RecordingError",
    "Tensor",
    "assign",
    "calling_line",
    "check",
    "check_grads",
    "check_slope",
    "checkpoint",
    "constant",
    "derivative",
    "draw",
    "elementwise_grad",
    "explain",
    "first_nonfinite",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "linearize",
    "live",
    "name",
    "onnx",
    "primitive",
    "quiz",
    "ravel",
    "register_library",
    "sample",
    "scan",
    "scope",
    "show",
    "stop_gradient",
    "supported",
    "tensor",
    "testing",
    "value_and_grad",
    "vjp",
]

_LAZY = {
    "Drawing": "autodiff.display.picture.drawing",
    "Explanation": "autodiff.display.derivation.explanation",
    "assign": "autodiff.compiler",
    "check": "autodiff.check",
    "check_grads": "autodiff.check",
    "check_slope": "autodiff.check",
    "draw": "autodiff.display.draw",
    "explain": "autodiff.display.explain",
    "first_nonfinite": "autodiff.display.first_nonfinite",
    "jit": "autodiff.compiler",
    "live": "autodiff.compiler",
    "onnx": "autodiff.onnx",
    "quiz": "autodiff.display.quiz",
    "ravel": "autodiff.transforms.ravel",
    "sample": "autodiff.compiler",
    "scan": "autodiff.compiler",
    "scipy": "autodiff.scipy",
    "show": "autodiff.display.show",
    "supported": "autodiff.coverage",
    "testing": "autodiff.testing",
}
"""The modules of the names that are imported at first use: each takes milliseconds.

``scipy`` isn't in ``__all__``, since it needs SciPy.
"""
_NEEDED = {"scipy": "scipy", "testing": "hypothesis"}
"""The packages that modules need: without them, ``dir`` leaves the modules out."""


def __getattr__(name: str) -> Any:
    """Import a public name at first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_LAZY[name])
    globals()[name] = found = getattr(module, name, module)
    return found


def __dir__() -> list[str]:
    """Return all public names, also those that aren't imported yet, but can be."""
    missing = {name for name, package in _NEEDED.items() if find_spec(package) is None}
    own = {name for name in globals() if name.startswith("__")}
    return sorted({*__all__, *_LAZY, *own} - missing)
