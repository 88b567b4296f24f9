"""The listing of a training step: all that happens for a batch, as the code that does it."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.weight import Weight
    from nn.optimizers import Optimizer
    from nn.training.data import Dataset


_VIEWS = """\
# Then the optimizer, {}, updates all parameters at once. The weights above are views of
# one flat array of parameters, and their slopes of one of gradients."""


def listing(
    batch: Dataset, program: str, optimizer: Optimizer, constrained: Sequence[Weight]
) -> str:
    """Put together how a batch is gathered, the program, and what the optimizer does."""
    return "\n\n".join([_gathering(batch), program, *_update(optimizer, constrained)])


def _gathering(batch: Dataset) -> str:
    lines = [f"#   all_{name}.take(rows, 0, {name}, 'clip')" for name, _ in batch.arrays()]
    return "\n".join([f"# First the rows of a batch, {len(batch)} of them, are gathered:", *lines])


def _update(optimizer: Optimizer, constrained: Sequence[Weight]) -> list[str]:
    """Show the methods of the optimizer that run, its rule last."""
    kind = type(optimizer)
    is_plain = not (optimizer.weight_decay or optimizer.is_clipping)
    methods = [kind.update] if is_plain else [kind.step, kind._clip, kind.update]
    told = [_VIEWS.format(optimizer.name), *map(_code, methods)]
    if constrained:
        paths = ", ".join(weight.path for weight in constrained)
        told.append(f"# Last, the constraints are applied to {paths}.")
    return told


def _code(method: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(method)).rstrip()
    except OSError:  # typed into a session that keeps no source
        return f"# {method.__qualname__}, whose source isn't in a file."
