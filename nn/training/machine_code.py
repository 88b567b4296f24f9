"""Whether steps are compiled to machine code: the argument ``jit_compile`` of ``compile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import autodiff as ad

if TYPE_CHECKING:
    from nn.optimizers import Optimizer
    from nn.training.model_protocol import TrainableModel

__all__ = ["check_jit_compile", "native_for", "native_of", "native_source"]


def check_jit_compile(jit_compile: object, run_eagerly: object) -> None:
    """Check whether steps can be compiled to machine code, before anything is changed.

    Raises:
        ImportError: a package is missing.
        ValueError: another value, or steps that run operation by operation can't be compiled.
    """
    if jit_compile not in (True, False, "auto", "wait"):
        raise ValueError(
            f"expected jit_compile= to be True, False, 'auto' or 'wait', got {jit_compile!r}. "
            f"Choose one."
        )
    if native_of(jit_compile):
        if run_eagerly:
            raise ValueError(
                f"expected one of jit_compile={jit_compile!r} and run_eagerly=True, got both. "
                f"Leave one out."
            )
        ad.jit(check_jit_compile, native=True)  # raises the error that names the packages


def native_for(model: TrainableModel) -> bool | Literal["wait"]:
    """Return the argument ``native`` of `autodiff.jit` for the steps of a model.

    Several processes wait for machine code, since updates by NumPy differ from it in the last bits.
    """
    native = native_of(model.jit_compile)
    return "wait" if native and model.team is not None else native


def native_of(jit_compile: object) -> bool | Literal["wait"]:
    """Return the argument ``native`` of `autodiff.jit`."""
    return "wait" if jit_compile == "wait" else jit_compile is True


def native_source(compiled: Any, optimizer: Optimizer) -> str:
    """Return the loops of a step, and those of the optimizer's update if it is compiled too.

    Args:
        compiled: the step, as `autodiff.jit` compiles it.
        optimizer: updates the weights.

    Raises:
        ValueError: the step isn't compiled to machine code.
    """
    if compiled.native is None:
        reason = compiled.why_not_native or "Write model.compile(..., jit_compile=True)"
        raise ValueError(f"expected a step that is compiled to machine code, got none. {reason}.")
    update = optimizer._compiled
    return "\n\n".join([compiled.native.source, *([update.source] if update else [])])
