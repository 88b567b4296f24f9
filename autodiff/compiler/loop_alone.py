"""A loop compiled alone, for where it runs on plain values outside of a larger program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autodiff.compiler.loop import Loop, StepProgram, shapes_of
from autodiff.compiler.plan import plan
from autodiff.compiler.program import Program, ProgramValue
from autodiff.compiler.writers.numpy import write
from autodiff.core.cotangents import part
from autodiff.core.typing import Array

__all__ = ["compiled_alone"]

_known: WeakKeyDictionary[Loop, dict[str, Callable[..., tuple[Array, ...]]]] = WeakKeyDictionary()


def compiled_alone(
    operation: Any, call: Loop, step: StepProgram
) -> Callable[..., tuple[Array, ...]]:
    """Return a function of the inputs of a loop that returns its results, as new arrays."""
    functions = _known.setdefault(call, {})
    if operation.name not in functions:
        functions[operation.name] = _compile(operation, call, step)
    return functions[operation.name]


def _compile(operation: Any, call: Loop, step: StepProgram) -> Callable[..., tuple[Array, ...]]:
    first = step.carries + step.sequences
    inputs = []
    for place, x in enumerate(step.program.inputs):
        is_sequence = (
            step.carries <= place < first or place >= len(step.program.inputs) - step.saved
        )
        shape = (call.length, *(x.shape or ())) if is_sequence else x.shape
        inputs.append(ProgramValue(shape, x.dtype, name=f"x_{place}"))
    whole = ProgramValue(None, None, operation, tuple(inputs), {"call": call}, order=1)
    results = [
        ProgramValue(shape, dtype, part, (whole,), {"number": number}, order=2 + number)
        for number, (shape, dtype) in enumerate(shapes_of(step, call.length))
    ]
    program = Program(step.name, inputs, [], list(results), [])
    source = write(program, plan(program), f"{step.name}, {call.length} steps.")

    def run(*values: Array) -> tuple[Array, ...]:
        namespace = {"np": np, **source.namespace}
        exec(source.text, namespace)  # with buffers of its own
        found: tuple[Array, ...] = namespace[source.function](*values[: len(inputs)])
        return found

    return run
