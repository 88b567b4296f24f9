"""Explain a computation: the chain rule, step by step, with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Function
from autodiff.display.deferred import Deferred
from autodiff.display.derivation.derivation import Derivation
from autodiff.display.derivation.explanation import Explanation
from autodiff.display.working.noise import without_noise
from autodiff.display.working.working import Working, check_subject, of_tensor

__all__ = ["explain"]

_MOST = 300  # equations; more would not be read
_MOST_VALUES = 2000  # values of a computation; blocks may hide most of them


@overload
def explain(
    subject: Tensor,
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Explanation: ...
@overload
def explain(
    subject: Function,
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Callable[..., Explanation]: ...
def explain(
    subject: Function | Tensor,
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Explanation | Callable[..., Explanation]:
    """Derive the slopes of a function as by hand, with the numbers.

    Args:
        subject: a function of plain NumPy code: ``ad.explain(loss)(weights, x)`` runs it. Or a
            Tensor computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes; by default the first one, and every
            other that holds floats.
        of: the name of one argument, or of a part of it (``"weights['node_0']"``), or of a local
            variable: only the equations for its slope are derived.
        depth: how many levels of blocks (``ad.scope``, a network's layers) are opened; by default
            all.

    Returns:
        An :class:`Explanation` to print, with ``.markdown()`` and ``.latex()``. For a function, a
        function that returns it. If the result isn't a single number, the slopes are those of the
        sum of its entries.

    Raises:
        TypeError: not a function or Tensor, or a value in it isn't numeric, or is complex.
        ValueError: ``of`` is not the name of a value with a slope, or there are too many equations.

    >>> import numpy as np, autodiff as ad
    >>> def loss(weights, x, target):
    ...     error = (weights * x).sum() - target
    ...     return error ** 2
    >>> print(ad.explain(loss)(np.array([0, 2, 1]), np.array([1, 2, 3]), 0))
    Forward: how loss is computed
    ...
        ∂loss/∂weights = 2 · x · error = 2 · [1 2 3] · 7 = [14 28 42]
    ...
    """
    check_subject(subject, "explain")
    if isinstance(subject, Tensor):
        return _explain(of_tensor(subject), of, depth)
    return Deferred("explain", subject, argnums, lambda working: _explain(working, of, depth))


def _explain(working: Working, of: str | None, depth: int | None) -> Explanation:
    for node in working.slopes:
        if node.value.dtype.kind == "c":
            raise TypeError(
                f"expected real numbers to explain, got {node.value.dtype} at "
                f"{working.lines.get(node, 'a start')}. Compute with real and imaginary parts "
                f"separately, or use ad.draw."
            )
    if len(working.nodes) > _MOST_VALUES:
        raise _too_long(working, f"{len(working.nodes)} values")
    working = without_noise(working)
    derivation = Derivation(working, _targets(working, of), depth)
    count = derivation.count()
    if count > _MOST:
        raise _too_long(working, f"{count} equations", _shorter_options(derivation, of))
    return Explanation(derivation)


def _shorter_options(derivation: Derivation, of: str | None) -> list[str]:
    """List options that make the explanation short enough."""
    working, found = derivation.working, []
    starts = working.starts if of is None else []
    if len(starts) > 1 and any(derivation.count([start]) <= _MOST for start in starts):
        found.append("one argument (of=)")
    if working.scopes:
        closed = Derivation(working, derivation.targets, 0)
        found += ["closed blocks (depth=0)"] if closed.count() <= _MOST else []
    return found


def _too_long(working: Working, got: str, shorter: Sequence[str] = ()) -> ValueError:
    cures = " or ".join(["a smaller case (one row of the data, fewer rounds of a loop)", *shorter])
    return ValueError(
        f"expected at most {_MOST} equations, got {got} for {working.subject}. Explain {cures}; or "
        f"use ad.draw, which folds repeated steps."
    )


def _targets(working: Working, of: str | None) -> list[Node]:
    """Return the arguments, or the values with the name ``of``."""
    if of is None:
        return list(working.starts)
    sloped = {node: name for node, name in working.names.items() if node in working.slopes}
    exact = [node for node, name in sloped.items() if name == of]
    found = exact or [n for n, name in sloped.items() if name.startswith((f"{of}[", f"{of}."))]
    if not found:
        raise ValueError(
            f"expected of= to name an argument or a variable with a slope, got {of!r}. Choose from "
            f"{', '.join(dict.fromkeys(sloped.values()))}."
        )
    return found
