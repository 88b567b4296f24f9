"""What a step of a loop does beside returning its results, which is refused.

``jit`` records the step once, so that a draw, an edit or an assignment in it would be done once for
all steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autodiff.compiler.effects import drawn, recorded_effects
from autodiff.compiler.outer_arrays import OuterArrays
from autodiff.compiler.randomness import Randomness
from autodiff.compiler.reachable_objects import ReachableObjects
from autodiff.compiler.record import MovedError
from autodiff.compiler.threads import is_alone
from autodiff.core.errors import function_place
from autodiff.core.graph import RecordingError
from autodiff.core.typing import Function
from autodiff.transforms.closures import newest

__all__ = ["refusing_effects"]

_DRAWS = (
    "draws random numbers",
    (
        "Draw for all steps before the loop, ad.sample(rng.random, (steps, ...)), and pass the "
        "draws as a sequence"
    ),
)
_ASSIGNS = (
    "assigns to an array",
    "Carry the value, or return it as an output, and assign it after the loop",
)


@contextmanager
def refusing_effects(step: Function) -> Iterator[None]:
    """A context in which a step may be run once.

    Raises:
        RecordingError: at the end; the step has drawn at random, has assigned to an array, or has
            edited one that it doesn't take. Its former contents were restored.
    """
    reachable = ReachableObjects((step,))
    outer = OuterArrays(reachable, newest())
    randomness = Randomness(reachable, outer)
    before, alone = len(recorded_effects()), is_alone()
    yield
    nodes, edited = recorded_effects()[before:], outer.edited()
    alone = alone and is_alone()
    refused = RecordingError if alone else MovedError
    if nodes or randomness.has_moved(ReachableObjects((step,))):
        what, cure = _ASSIGNS if nodes and nodes[0].primitive is not drawn else _DRAWS
        raise refused(_refusal(step, what, cure))
    if edited:
        if alone:
            outer.restore()
        names = " and ".join(name.removesuffix(f" of {function_place(step)}") for name in edited)
        what = f"edits an array that it doesn't take, {names},"
        cure = "Take it in the carry, and return it in the next one, or use a copy"
        raise refused(_refusal(step, what, cure))


def _refusal(step: Function, what: str, cure: str) -> str:
    return (
        f"{function_place(step)} {what} in a step of a loop, which jit records once for all steps. "
        f"{cure}."
    )
