"""Reverse-mode automatic differentiation of plain NumPy code, built from scratch.

>>> import numpy as np, autodiff as ad
>>> def loss(weights, x, target):
...     error = (weights * x).sum() - target
...     return error ** 2
>>> w, x = np.array([0, 2, 1]), np.array([1, 2, 3])
>>> ad.grad(loss)(w, x, 0)
array([14., 28., 42.])
"""

from typing import TYPE_CHECKING, Any

from autodiff import rules as _rules
from autodiff.checkpoint import checkpoint
from autodiff.graph import RecordingError
from autodiff.jacobians import hessian, hvp, jacobian, jvp, linearize
from autodiff.naming import name, scope
from autodiff.primitive import constant, derivative, primitive
from autodiff.tensor import Tensor, tensor
from autodiff.transforms import elementwise_grad, grad, stop_gradient, value_and_grad, vjp

if TYPE_CHECKING:
    from autodiff.check import check_grads, check_slope
    from autodiff.coverage import supported
    from autodiff.jit.effects import assign, live, sample
    from autodiff.jit.jitted import jit
    from autodiff.show.draw import draw
    from autodiff.show.explain import explain
    from autodiff.show.page.show import show

del _rules

__all__ = [
    "RecordingError",
    "Tensor",
    "assign",
    "check_grads",
    "check_slope",
    "checkpoint",
    "constant",
    "derivative",
    "draw",
    "elementwise_grad",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "linearize",
    "live",
    "name",
    "primitive",
    "sample",
    "scope",
    "show",
    "stop_gradient",
    "supported",
    "tensor",
    "value_and_grad",
    "vjp",
]


def __getattr__(name: str) -> Any:
    """Import what draws and what checks when first asked for: it costs milliseconds."""
    if name == "draw":
        from autodiff.show.draw import draw

        return draw
    if name == "explain":
        from autodiff.show.explain import explain

        return explain
    if name == "show":
        import autodiff.show as show

        return show  # the package, which can be called
    if name in ("check", "check_grads", "check_slope"):
        import autodiff.check as check

        return check if name == "check" else getattr(check, name)
    if name in ("jit", "assign", "live", "sample"):
        import autodiff.jit as jit

        return jit if name == "jit" else getattr(jit, name)
    if name == "supported":
        from autodiff.coverage import supported

        return supported
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
