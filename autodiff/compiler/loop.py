"""Loops: a step that is recorded once and repeated, as one operation of the graph.

``looped`` runs the steps forward; beside its results, it returns what each step keeps for the
backward pass. Its rule is ``looped_back``, which runs the slopes of the step the other way round.
Both are made from one recording of the step together with its slopes, cut into two programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from autodiff.compiler.effects import is_collecting
from autodiff.compiler.forms import is_view
from autodiff.compiler.program import (
    Operand,
    Program,
    ProgramValue,
    in_order,
    program_of,
    values_in,
    word_of,
)
from autodiff.compiler.record import Recording, record
from autodiff.compiler.simplify import simplify
from autodiff.compiler.step_graph import StepGraph
from autodiff.compiler.whole_steps import is_independent
from autodiff.core.graph import START, Node
from autodiff.core.primitive import derivative, primitive
from autodiff.core.registry import registry
from autodiff.core.typing import Array, Function
from autodiff.transforms.opaque import is_smooth, pulled_back

__all__ = ["Loop", "StepProgram", "as_input", "loop", "looped", "looped_back", "substituted"]


@dataclass
class StepProgram:
    """The program of a step, with the meaning of its inputs and results.

    Attributes:
        program: its inputs are in the order of the operation's inputs.
        carries: the number of inputs, the first ones, that a step passes to the next one; as many
            results, the first ones, are their next values.
        sequences: the number of inputs after them of which each step takes an entry.
        stacked: the number of results, after the carries, that are stacked; of the others, the last
            ones, the sum over the steps is returned.
        saved: the number of the last inputs that are sequences too: what the forward steps kept.
        keeps_carry: whether the carry before each step is stacked, after all other results.
        is_reversed: whether the steps run from the last entry to the first.
        name: for the source.
    """

    program: Program
    carries: int
    sequences: int
    stacked: int
    saved: int
    keeps_carry: bool
    is_reversed: bool
    name: str


class Loop:
    """A step and its number of repetitions.

    Args:
        graph: the graph of the step.
        length: the number of steps.
        reverse: whether they run from the last entry to the first.
        compile_alone: returns a function that runs a loop on plain values; takes the operation,
            the loop, and the program of a step.
    """

    def __init__(
        self, graph: StepGraph, length: int, reverse: bool, compile_alone: Function
    ) -> None:
        self.graph, self.length, self.reverse = graph, length, reverse
        self.compile_alone = compile_alone
        self._refusal: np.linalg.LinAlgError | None = None
        self.shapes = [(np.shape(x), x.dtype) for x in map(_value, graph.results)]

    @property
    def entries(self) -> int:
        """The number of sequences."""
        return len(self.graph.starts) - self.graph.carries

    @cached_property
    def _joint(self) -> tuple[Program, list[int], list[int]]:
        """The program of a step and of its slopes; the smooth results and the smooth inputs."""
        graph = self.graph
        values = [node.value for node in (*graph.starts, *graph.constants)]
        smooth_results = [i for i, (_, dtype) in enumerate(self.shapes) if dtype.kind in "fc"]
        smooth_inputs = [i for i, value in enumerate(values) if is_smooth(value)]
        cotangents = [np.ones(*self.shapes[i])[()] for i in smooth_results]
        count = len(values)

        def joint(*leaves: Array) -> tuple[Array, ...]:
            inputs, slopes = leaves[:count], leaves[count:]
            results = graph.replay(inputs)
            back = pulled_back(lambda *args: tuple(graph.replay(args)), slopes, inputs)
            return (*results, *back)

        def replayed(*inputs: Array) -> tuple[Array, ...]:
            return tuple(graph.replay(inputs))

        joint.__name__ = replayed.__name__ = graph.name
        names = [*graph.names(), *(f"d_{graph.name_of_result(i)}" for i in smooth_results)]
        call: Function = lambda leaves: (tuple(leaves), {})  # noqa: E731 - it has a type
        try:
            recording = record(joint, [*values, *cotangents], names, call)
        except np.linalg.LinAlgError:  # no slope at these numbers, of which the program is not
            nearby = [*map(_nearby, values), *cotangents]
            try:
                recording = record(joint, nearby, names, call)
            except np.linalg.LinAlgError as error:  # nor nearby, as beside integers
                self._refusal = error
                recording = record(replayed, values, graph.names(), call)
                return simplify(_program(recording, graph)), [], []
        return simplify(_program(recording, graph)), smooth_results, smooth_inputs

    @cached_property
    def _cut(self) -> tuple[list[ProgramValue], bool]:
        """The values that steps keep for the backward pass, and whether this needs the carry."""
        program, smooth_results, _ = self._joint
        results = len(self.shapes)
        backward = _dependents(program, program.inputs[len(program.inputs) - len(smooth_results) :])
        roots = list(values_in(program.results[results:]))
        needed: dict[ProgramValue, None] = {}
        stack = [x for v in backward for x in values_in(v.inputs)] + roots
        seen: set[ProgramValue] = set()
        while stack:
            value = stack.pop()
            if value in seen or value in backward:
                continue
            seen.add(value)
            if value.is_computed and (is_view(value.primitive) or value.shape is None):
                stack += values_in(value.inputs)  # made again in the backward step
            else:
                needed[value] = None
        starts = program.inputs[: len(self.graph.starts)]
        carry, entries = starts[: self.graph.carries], starts[self.graph.carries :]
        keeps_carry = any(x in needed for x in carry)
        known = set(starts if keeps_carry else entries)
        of_steps, saved = _dependents(program, starts), []
        for value in program.values():
            if not (value in of_steps and value.is_computed):
                continue
            if value.primitive in _CHEAP and is_independent(value, known, self.length):
                known.add(value)  # computed again, for all steps at once
            elif value in needed:
                saved.append(value)
                known.add(value)
        return saved, keeps_carry

    @cached_property
    def forward(self) -> StepProgram:
        """The program of a forward step."""
        program, _, _ = self._joint
        saved, needs_carry = self._cut
        count = len(self.graph.starts) + len(self.graph.constants)
        outputs = len(self.shapes) - self.graph.carries
        return StepProgram(
            Program(
                f"{self.graph.name}_step",
                program.inputs[:count],
                [],
                [*program.results[: len(self.shapes)], *saved],
                [],
            ),
            carries=self.graph.carries,
            sequences=self.entries,
            stacked=outputs + len(saved),
            saved=0,
            keeps_carry=needs_carry,
            is_reversed=self.reverse,
            name=self.graph.name,
        )

    @cached_property
    def backward(self) -> StepProgram:
        """The program of a backward step; see `looped_back` for its inputs."""
        program, smooth_results, smooth_inputs = self._joint
        if self._refusal is not None:
            raise self._refusal
        saved, needs_carry = self._cut
        graph, count = self.graph, len(self.graph.starts) + len(self.graph.constants)
        kept = {value: as_input(value) for value in saved}
        carry = program.inputs[: graph.carries]
        entries = program.inputs[graph.carries : len(graph.starts)]
        constants = program.inputs[len(graph.starts) : count]
        cotangents = dict(zip(smooth_results, program.inputs[count:], strict=True))
        of_carry = [x for i, x in cotangents.items() if i < graph.carries]
        of_outputs = [x for i, x in cotangents.items() if i >= graph.carries]
        slopes = dict(zip(smooth_inputs, program.results[len(self.shapes) :], strict=True))
        of_inputs = [
            [slopes[i] for i in places if i in slopes]
            for places in (
                range(graph.carries),
                range(graph.carries, len(graph.starts)),
                range(len(graph.starts), count),
            )
        ]
        inputs = [*of_carry, *of_outputs, *entries, *constants, *kept.values()]
        inputs += carry if needs_carry else []
        results = [x for part in of_inputs for x in part]
        return StepProgram(
            Program(f"{graph.name}_back", inputs, [], substituted(results, kept), []),
            carries=len(of_carry),
            sequences=len(of_outputs) + len(entries),
            stacked=len(of_inputs[1]),
            saved=len(saved) + (len(carry) if needs_carry else 0),
            keeps_carry=False,
            is_reversed=not self.reverse,
            name=f"{graph.name}_backward",
        )

    def unrolled(self, *values: Array) -> tuple[Array, ...]:
        """Return the last carry and the stacked outputs, computed step by step."""
        graph = self.graph
        carry = list(values[: graph.carries])
        sequences = values[graph.carries : len(graph.starts)]
        constants = values[len(graph.starts) :]
        outputs: list[list[Array]] = []
        order = range(self.length)
        for t in reversed(order) if self.reverse else order:
            results = graph.replay([*carry, *(x[t] for x in sequences), *constants])
            carry, output = results[: graph.carries], results[graph.carries :]
            outputs.append(output)
        outputs = outputs[::-1] if self.reverse else outputs
        return (*carry, *(np.stack(parts) for parts in zip(*outputs, strict=True)))

    def examples(self, *values: Array) -> tuple[Array, ...]:
        """Return the results of the steps, and ones for what they keep."""
        kept = shapes_of(self.forward, self.length)[len(self.shapes) :]
        return (*self.unrolled(*values), *(np.ones(shape, dtype) for shape, dtype in kept))


def loop(found: Loop, values: Sequence[Array]) -> tuple[Array, ...]:
    """Record a loop as one operation, and return the last carry and the stacked outputs.

    Args:
        found: the loop.
        values: the carry, the sequences, and the constants.
    """
    results: tuple[Array, ...] = looped(*values, call=found)
    return results[: len(found.shapes)]


_CHEAP = {registry[f] for f in (np.add, np.subtract, np.multiply, np.negative)}


def shapes_of(step: StepProgram, length: int) -> list[tuple[tuple[int, ...], Any]]:
    """Return the shape and dtype of each result of a loop."""
    found = []
    for place, result in enumerate(step.program.results):
        shape, dtype = _form(result)
        is_stacked = 0 <= place - step.carries < step.stacked
        native = dtype.newbyteorder("=")  # as np.stack returns
        found.append(((length, *shape), native) if is_stacked else (shape, dtype))
    if step.keeps_carry:
        carries = step.program.inputs[: step.carries]
        found += [((length, *(x.shape or ())), x.dtype) for x in carries]
    return found


def _form(result: Operand) -> tuple[tuple[int, ...], Any]:
    if isinstance(result, ProgramValue):
        return result.shape or (), result.dtype
    return np.shape(result), np.asarray(result).dtype


@primitive
def looped(*values: Array, call: Loop) -> tuple[Array, ...]:
    """Run a loop forward: the last carry, the stacked outputs, and what the steps keep."""
    run: Callable[..., tuple[Array, ...]] = call.compile_alone(looped, call, call.forward)
    try:
        return run(*values)
    except np.linalg.LinAlgError:
        if not is_collecting():
            raise
        return call.examples(*values)  # what is kept for slopes doesn't exist at these numbers


@primitive
def looped_back(
    *values: Array,
    call: Loop,
    needed: Sequence[bool],  # noqa: ARG001 - for its rule
) -> tuple[Array, ...]:
    """Run the slopes of a loop.

    The inputs are the cotangents of the last carry and of the outputs, the sequences, the
    constants, what the forward steps kept, and the first carry, for second derivatives. The results
    are the cotangents of the first carry, of the sequences, and of the constants. All are computed,
    but only those needed are used, and have slopes.
    """
    found: tuple[Array, ...] = call.compile_alone(looped_back, call, call.backward)(*values)
    return found


def _forward_slopes(
    g: tuple[Array, ...],
    z: tuple[Array, ...],
    *values: Array,
    call: Loop,
    wanted: Sequence[bool],
) -> list[Array]:
    count = len(call.shapes)
    cotangents = [g[i] for i, (_, dtype) in enumerate(call.shapes) if dtype.kind in "fc"]
    kept = z[count:]
    inputs = (*cotangents, *values[call.graph.carries :], *kept, *values[: call.graph.carries])
    found = iter(looped_back(*inputs, call=call, needed=tuple(wanted)))
    return [next(found) if is_smooth(value) else None for value in values]


def _backward_slopes(
    g: tuple[Array, ...],
    z: tuple[Array, ...],
    *values: Array,
    call: Loop,
    needed: Sequence[bool],
) -> list[Array]:
    del z
    cotangents = sum(dtype.kind in "fc" for _, dtype in call.shapes)
    others = len(call.graph.starts) - call.graph.carries + len(call.graph.constants)
    own, rest = values[:cotangents], values[cotangents : cotangents + others]
    carry = values[len(values) - call.graph.carries :]

    def slopes(*arguments: Array) -> tuple[Array, ...]:
        return pulled_back(call.unrolled, arguments[:cotangents], arguments[cotangents:], smooth)

    arguments = (*own, *carry, *rest)
    pairs = list(zip(needed, map(is_smooth, (*carry, *rest)), strict=True))
    smooth = [is_needed and smooth_ for is_needed, smooth_ in pairs]
    of_smooth = [is_needed for is_needed, smooth_ in pairs if smooth_]
    arriving = [x for x, is_needed in zip(g, of_smooth, strict=True) if is_needed]
    found = iter(pulled_back(slopes, arriving, arguments))
    of_arguments = [next(found) if is_smooth(value) else None for value in arguments]
    of_own, of_carry = of_arguments[:cotangents], of_arguments[cotangents:][: len(carry)]
    of_rest = of_arguments[cotangents + len(carry) :]
    kept = [None] * (len(values) - cotangents - others - len(carry))
    return [*of_own, *of_rest, *kept, *of_carry]


derivative(looped, values=_forward_slopes)
derivative(looped_back, values=_backward_slopes)


def _program(recording: Recording, graph: StepGraph) -> Program:
    program = program_of(recording)
    program.name = graph.name
    return program


def _nearby(x: Array) -> Array:
    """Return numbers near those of an array, so that no two are equal by chance."""
    if not is_smooth(x):
        return x
    apart = np.random.default_rng(0).uniform(1, 2, np.shape(x))
    return (x + 2.0**-8 * (1 + np.abs(x)) * apart).astype(x.dtype)


def _value(x: Node | Array) -> Array:
    return x.value if type(x) is Node else np.asarray(x)[()]


def _dependents(program: Program, inputs: Sequence[ProgramValue]) -> set[ProgramValue]:
    """Return the inputs and all values that depend on them."""
    found = set(inputs)
    for value in program.values():
        if any(x in found for x in values_in(value.inputs)):
            found.add(value)
    return found


def as_input(value: ProgramValue) -> ProgramValue:
    """Return an input that stands for a value."""
    name = value.name or word_of(value.primitive)
    return replace(value, primitive=START, inputs=(), options={}, name=name)


def substituted(results: Sequence[Operand], new: dict[ProgramValue, ProgramValue]) -> list[Operand]:
    """Return results that are computed from other inputs."""
    found: dict[ProgramValue, Operand] = dict(new)
    for value in in_order(values_in(results)):
        if value in found:
            continue
        inputs = tuple(found.get(x, x) if isinstance(x, ProgramValue) else x for x in value.inputs)
        changed = any(a is not b for a, b in zip(inputs, value.inputs, strict=True))
        found[value] = replace(value, inputs=inputs) if changed else value
    return [found.get(x, x) if isinstance(x, ProgramValue) else x for x in results]
