"""An optimizer's update in machine code: one loop over the parameters instead of ten passes."""

from __future__ import annotations

import logging
import operator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

import autodiff as ad
from nn.optimizers.slots import Slots

if TYPE_CHECKING:
    from nn.optimizers.base import Buffer, Optimizer

__all__ = ["CompiledUpdate", "compile_update"]

logger = logging.getLogger("autodiff.native")


class CompiledUpdate:
    """The update of an optimizer for some buffers.

    Args:
        optimizer: built.
        parameters: the buffer of the parameters.
        gradients: the buffer of the gradients.
        native: as in `autodiff.jit`.

    Attributes:
        reason: why the update can't be compiled; empty if it is.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        parameters: Buffer,
        gradients: Buffer,
        native: bool | Literal["wait"] = True,
    ) -> None:
        self.optimizer, self.buffers = optimizer, (parameters, gradients)
        self._slots = list(optimizer.slots.values())
        self._numbers = {
            name: x
            for name, x in vars(optimizer).items()
            if isinstance(x, (int, float)) and name not in ("iterations", "_rate")
        }
        self.reason = ""

        def update(rate: Any, iterations: Any) -> None:
            _record(optimizer, parameters, gradients, rate, iterations)

        try:
            with np.errstate(all="ignore"):
                self._program = ad.jit(update, native=native).compiled(np.float64(0), np.float64(0))
        except (TypeError, ValueError, NotImplementedError) as error:
            self.reason = str(error)

    def run(self, parameters: Buffer, gradients: Buffer, rate: float) -> bool:
        """Update the parameters and the slots in place.

        Returns:
            Whether that is done; False where a buffer or an option of the optimizer has changed.
        """
        if not self._is_current(parameters, gradients):
            self.optimizer._compiled = None
            return False
        self._program.run(np.float64(rate), np.float64(self.optimizer.iterations))
        return True

    @property
    def source(self) -> str:
        """The loops that are compiled, or the NumPy code if none are."""
        native = self._program.native
        return self._program.source.text if native is None else native.source

    def _is_current(self, parameters: Buffer, gradients: Buffer) -> bool:
        """Return whether the buffers and the numbers are those that were compiled."""
        options, slots = vars(self.optimizer), self.optimizer.slots
        return (
            self.buffers[0] is parameters
            and self.buffers[1] is gradients
            and len(slots) == len(self._slots)
            and all(map(operator.is_, slots.values(), self._slots))
            and self._numbers.items() <= options.items()
        )


def compile_update(
    optimizer: Optimizer,
    parameters: Buffer,
    gradients: Buffer,
    native: bool | Literal["wait"] = True,
) -> str:
    """Compile the update of an optimizer for these buffers; it runs as soon as it is ready.

    Returns:
        Why it can't be compiled; empty if it can.
    """
    found = CompiledUpdate(optimizer, parameters, gradients, native)
    optimizer._compiled = None if found.reason else found
    if found.reason:
        logger.info("the update of %r stays NumPy code: %s", optimizer.name, found.reason)
    return found.reason


_TRACED = {"slots", "scratch", "iterations"}


def _record(
    optimizer: Optimizer, parameters: Buffer, gradients: Buffer, rate: Any, iterations: Any
) -> None:
    """Run the update on traced buffers, and store what it has edited."""
    before = dict(vars(optimizer))
    slots = {name: ad.live(slot, name) for name, slot in optimizer.slots.items()}
    traced = ad.live(parameters, "parameters")
    optimizer.slots = Slots(slots)
    optimizer.scratch = ad.live(optimizer.scratch, "scratch")
    optimizer.iterations = iterations
    try:
        optimizer.update(traced, ad.live(gradients, "gradients"), rate)
    finally:
        after = dict(vars(optimizer))
        vars(optimizer).clear()
        vars(optimizer).update(before)
    if any(after[name] is not before.get(name) for name in after.keys() - _TRACED):
        raise ad.RecordingError("it keeps numbers of its own between steps")
    for name, slot in slots.items():
        ad.assign(optimizer.slots[name], slot, name)
    ad.assign(parameters, traced, "parameters")
