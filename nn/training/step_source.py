"""The source of a training step: the code that runs for each batch."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from nn.optimizers import clipping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.weight import Weight
    from nn.optimizers import Optimizer
    from nn.training.dataset import Dataset


_VIEWS = """\
# Then the optimizer, {}, updates all parameters at once. The weights above are views of
# one flat array of parameters, and their slopes are views of one flat array of gradients."""


def step_source(
    batch: Dataset, program: str, optimizer: Optimizer, constrained: Sequence[Weight]
) -> str:
    """Return the gathering of a batch, the program, and the optimizer's update as source code."""
    return "\n\n".join([_gathering(batch), program, *_update(optimizer, constrained)])


def _gathering(batch: Dataset) -> str:
    lines = [f"#   all_{name}.take(rows, 0, {name}, 'clip')" for name, _ in batch.arrays()]
    return "\n".join([f"# First the rows of a batch, {len(batch)} of them, are gathered:", *lines])


def _update(optimizer: Optimizer, constrained: Sequence[Weight]) -> list[str]:
    """Return the methods of the optimizer that run, its update rule last."""
    kind = type(optimizer)
    every = [kind.step, clipping.clip, kind._decay, kind.update]
    methods = [kind.update] if optimizer.is_plain else every
    sections = [_VIEWS.format(optimizer.name), *map(_code, methods)]
    if constrained:
        paths = ", ".join(weight.path for weight in constrained)
        sections.append(f"# Last, the constraints are applied to {paths}.")
    return sections


def _code(method: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(method)).rstrip()
    except OSError:  # defined in a session without source files
        return f"# {method.__qualname__}, whose source isn't in a file."
