"""Explain a computation: the chain rule, step by step, with the numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, overload

from autodiff.graph import Node
from autodiff.show.derivation import Derivation
from autodiff.show.explanation import Explanation
from autodiff.show.working import Working, check_subject, of_function, of_tensor
from autodiff.tensor import Tensor

__all__ = ["explain"]

_MOST = 300  # equations; nobody reads more
_MOST_VALUES = 2000  # that are looked at at all; blocks may hide most of them


@overload
def explain(
    subject: Tensor,
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Explanation: ...
@overload
def explain(
    subject: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Callable[..., Explanation]: ...
def explain(
    subject: Callable[..., Any] | Tensor,
    argnums: int | Sequence[int] | None = None,
    of: str | None = None,
    depth: int | None = None,
) -> Explanation | Callable[..., Explanation]:
    """Derive the slopes of a function, as one would by hand, with the numbers put in.

    Args:
        subject: a function of plain NumPy code: ``ad.explain(loss)(weights, x)`` runs it. Or a
            Tensor computed from ``ad.tensor`` values.
        argnums: the positions of the arguments that get slopes; by default the first one, and every
            other that holds floats.
        of: the name of one argument, or of a part of it (``"weights['node_0']"``), or of a local
            variable: only what its slope needs is derived.
        depth: how many levels of blocks (``ad.scope``, a network's layers) are opened; by default
            all.

    Returns:
        An :class:`Explanation`, to be printed, with ``.markdown()`` and ``.latex()``; for a
        function, the function that makes it. Where the result isn't a single number, the slopes
        are those of the sum of its entries.

    Raises:
        TypeError: not a function or Tensor, something in it isn't numeric, or it is complex.
        ValueError: ``of`` names nothing that has a slope, or there is more than anybody reads.

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
        return _explained(of_tensor(subject), of, depth)

    @functools.wraps(subject)
    def explained(*args: Any, **kwargs: Any) -> Explanation:
        return _explained(of_function(subject, argnums, args, kwargs), of, depth)

    return explained


def _explained(working: Working, of: str | None, depth: int | None) -> Explanation:
    for node in working.slopes:
        if node.value.dtype.kind == "c":
            raise TypeError(
                f"explain derives slopes of real numbers, got {node.value.dtype} at "
                f"{working.lines.get(node, 'a start')}. Compute with real and imaginary parts "
                f"apart, or see ad.draw."
            )
    if len(working.nodes) > _MOST_VALUES:
        raise _too_long(working, f"{len(working.nodes)} values")
    derivation = Derivation(working, _targets(working, of), depth)
    count = derivation.count()
    if count > _MOST:
        raise _too_long(working, f"{count} equations", _shorter(derivation, of, depth))
    return Explanation(derivation)


def _shorter(derivation: Derivation, of: str | None, depth: int | None) -> list[str]:
    """List what there is to ask for that is short enough."""
    working, found = derivation.working, []
    starts = working.starts if of is None else []
    if len(starts) > 1 and any(derivation.count([start]) <= _MOST for start in starts):
        found.append("one argument (of=)")
    if depth != 0 and working.scopes:
        closed = Derivation(working, derivation.targets, 0)
        found += ["closed blocks (depth=0)"] if closed.count() <= _MOST else []
    return found


def _too_long(working: Working, got: str, shorter: Sequence[str] = ()) -> ValueError:
    cures = " or ".join(["a smaller case (one row of the data, fewer rounds of a loop)", *shorter])
    return ValueError(
        f"explain writes at most {_MOST} equations, got {got} for {working.subject}. Explain "
        f"{cures}; or see ad.draw, which folds what repeats."
    )


def _targets(working: Working, of: str | None) -> list[Node]:
    """Choose the arguments, or the values that have the name that is asked for."""
    if of is None:
        return list(working.starts)
    sloped = {node: name for node, name in working.names.items() if node in working.slopes}
    exact = [node for node, name in sloped.items() if name == of]
    found = exact or [n for n, name in sloped.items() if name.startswith((f"{of}[", f"{of}."))]
    if not found:
        raise ValueError(
            f"of= names an argument or a variable that has a slope, got {of!r}. There are "
            f"{', '.join(dict.fromkeys(sloped.values()))}."
        )
    return found
