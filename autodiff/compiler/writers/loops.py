"""Write a loop: its step as a function, and a function with the ``for`` loop that calls it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.compiler.blocks import block_of, product_in_blocks
from autodiff.compiler.loop import as_input, looped, looped_back, shapes_of, substituted
from autodiff.compiler.lower import lower
from autodiff.compiler.patterns import produced_by
from autodiff.compiler.plan import can_be_given, plan
from autodiff.compiler.program import Operand, Program, ProgramValue, in_order, values_in
from autodiff.compiler.whole_steps import whole_steps
from autodiff.compiler.writers.names import dtype_name
from autodiff.core.cotangents import part
from autodiff.core.registry import registry
from autodiff.rules.shape import transpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autodiff.compiler.loop import StepProgram

__all__ = ["LoopText", "is_loop", "used_results"]


def is_loop(value: ProgramValue) -> bool:
    """Return whether a value is computed by a loop."""
    return value.primitive is looped or value.primitive is looped_back


def step_of(value: ProgramValue) -> StepProgram:
    """Return the program of the loop's step."""
    call = value.options["call"]
    step: StepProgram = call.forward if value.primitive is looped else call.backward
    return step


def used_results(value: ProgramValue, values: Sequence[ProgramValue]) -> list[int]:
    """Return the numbers of the results of a loop that other values use."""
    parts = [v for v in values if v.primitive is part and v.inputs[0] is value]
    return sorted({v.options["number"] for v in parts})


class LoopText:
    """The text of a loop, of the results that are used.

    Args:
        value: computed by the loop.
        used: the numbers of its results that are returned.
        writer: makes writers of programs, and names.
    """

    def __init__(self, value: ProgramValue, used: list[int], writer: Any) -> None:
        self.step, self.used, self.writer = step_of(value), used, writer
        self.length, self.counter = value.options["call"].length, writer.counter
        self.name = writer.new_name(self.step.name, "loop")
        self.parameters = [
            self._named(x, place) for place, x in enumerate(self.step.program.inputs)
        ]
        self.buffers: list[str] = []
        self.stacks: dict[ProgramValue, str] = {}  # arrays with a row for each step's value
        self.first: list[str] = []  # the lines before the loop
        self.returned: dict[int, str] = {}  # names, by the numbers of results
        self.products = {
            place: pair for place in used if (pair := _factors(self.step, place)) is not None
        }

    def lines(self) -> list[str]:
        """Return the definitions: the step, the buffers, and the loop."""
        step = self.step
        kept = [
            x
            for place, x in enumerate(step.program.results)
            if place < step.carries or (place in self.used and place not in self.products)
        ]
        kept += [x for pair in self.products.values() for x in pair if not self._is_stacked(x)]
        kept = list(dict.fromkeys(values_in(kept)))
        before, ahead = self._ahead(kept)
        computed = [x for x in kept if x not in self.stacks]
        inputs = [*step.program.inputs, *ahead.values()]
        results = substituted(computed, ahead)
        reduced = lower(Program(step.program.name, inputs, [], results, []), in_loop=True)
        in_rows = self._in_rows(dict(zip(computed, reduced.results, strict=True)))
        text, function = self.writer.function_of(reduced, plan(reduced, list(in_rows.values())))
        entries = [f"{self.stacks[x]}[{self.counter}]" for x in ahead]
        return [*before, *text, "", *self._loop(function, computed, list(in_rows), entries), ""]

    def _ahead(
        self, results: list[ProgramValue]
    ) -> tuple[list[str], dict[ProgramValue, ProgramValue]]:
        """Write the function that computes values of all steps ahead of the loop.

        Returns:
            Its lines, and the values that steps use, each with the input that stands for it.
        """
        inputs = self.step.program.inputs
        sequences = {
            x: self.parameters[place] for place, x in enumerate(inputs) if self._is_sequence(place)
        }
        of_steps = Program(self.step.program.name, inputs, [], list(results), [])
        whole = whole_steps(of_steps, sequences, self.length)
        standing = {x: as_input(x) for x in whole if x not in sequences}
        others = [x for x in results if x not in standing]
        used = set(in_order(values_in(substituted(others, standing))))
        ahead = {x: new for x, new in standing.items() if new in used}
        wanted = [x for x in standing if x in ahead or x in results]
        if not wanted:
            return [], {}
        of_all = Program(f"{self.step.name}_ahead", [], [], [whole[x] for x in wanted], [])
        used = set(of_all.values())
        sequences = {x: name for x, name in sequences.items() if whole[x] in used}
        of_all.inputs = [whole[x] for x in sequences]
        text, function = self.writer.function_of(of_all, plan(of_all, of_all.results))
        for x in wanted:
            name = self.stacks[x] = self.writer.new_name(f"all_{_stem(x)}", "all")
            self._allocate(name, ((self.length, *(x.shape or ())), x.dtype))
        arguments = ", ".join([*sequences.values(), *(self.stacks[x] for x in wanted)])
        self.first.append(f"    {function}({arguments})")
        return [*text, ""], ahead

    def _in_rows(self, computed: dict[ProgramValue, Operand]) -> dict[ProgramValue, ProgramValue]:
        """Return the results, with their lowered forms, to compute into the rows of arrays."""
        step = self.step
        stacked = {
            x
            for place, x in enumerate(step.program.results)
            if place in self.used and 0 <= place - step.carries < step.stacked
        }
        stacked |= {x for pair in self.products.values() for x in pair}
        stacked |= {step.program.results[place] for place in self._kept_places()}
        counts = Counter(computed.values())
        return {
            x: form
            for x, form in computed.items()
            if x in stacked
            and counts[form] == 1
            and can_be_given(form)
            and np.dtype(x.dtype).isnative
        }

    def _loop(
        self,
        function: str,
        computed: list[ProgramValue],
        in_rows: list[ProgramValue],
        entries: list[str],
    ) -> list[str]:
        """Return the lines of the buffers, and of the function with the loop."""
        step, length = self.step, self.length
        for x in in_rows:
            self.stacks[x] = self._rows_of(x)
        rows = [f"{self.stacks[x]}[{self.counter}]" for x in in_rows]
        named = {
            x: self.writer.new_name(f"new_{_stem(x)}", "new")
            for x in computed
            if x not in self.stacks
        }
        new = named | {x: f"{name}[{self.counter}]" for x, name in self.stacks.items()}
        before = self._carries_kept()
        stacked, sums, starts = self._outputs(new)
        products, factors = self._summed_products(new)
        order = f"reversed(range({length}))" if step.is_reversed else f"range({length})"
        arguments = ", ".join(
            f"{name}[{self.counter}]" if self._is_sequence(place) else name
            for place, name in enumerate(self.parameters)
        )
        arguments = ", ".join([arguments, *entries, *rows])
        lines = [f"def {self.name}({', '.join(self.parameters)}):", *self.first, *starts]
        body = [*before]
        if computed:
            comma = "," if len(named) == 1 else ""
            target = f"{', '.join(named.values())}{comma} = " if named else ""
            body += [f"        {target}{function}({arguments})"]
        body += [*stacked, *factors, *sums, *self._next_carry(new)]
        lines += [*([f"    for {self.counter} in {order}:"] if body else []), *body, *products]
        names = [self.returned[number] for number in self.used]
        lines += [f"    return ({', '.join(names)}{',' if len(names) == 1 else ''})"]
        return [*self.buffers, *[""] * bool(self.buffers), *lines]

    def _outputs(self, new: dict[ProgramValue, str]) -> tuple[list[str], list[str], list[str]]:
        """Return the lines that stack results, that add up others, and that begin the sums."""
        step, stacked, sums, starts = self.step, [], [], []
        forms = shapes_of(step, self.length)
        for place in range(step.carries, len(step.program.results)):
            if place not in self.used or place in self.products:
                continue
            result = step.program.results[place]
            if place - step.carries < step.stacked and result in self.stacks:
                self.returned[place] = self.stacks[result]
                continue
            text = new[result] if isinstance(result, ProgramValue) else self.writer._literal(result)
            name = self.returned[place] = self.writer.new_name(f"all_{_stem(result)}", "all")
            if place - step.carries < step.stacked:
                self._allocate(name, forms[place])
                stacked.append(f"        {name}[{self.counter}] = {text}")
            elif forms[place][0] == ():
                starts.append(f"    {name} = 0")
                sums.append(f"        {name} = {name} + {text}")
            else:
                self._allocate(name, forms[place])
                starts.append(f"    {name}[...] = 0")
                sums.append(f"        np.add({name}, {text}, {name})")
        return stacked, sums, starts

    def _summed_products(self, new: dict[ProgramValue, str]) -> tuple[list[str], list[str]]:
        """Return the lines of sums over the steps of a.T @ b, as one product, and of its factors.

        One product of all rows takes a fraction of the time of a product in each step.
        """
        forms, products, factors = shapes_of(self.step, self.length), [], []
        names: dict[ProgramValue, str] = {}
        for place, pair in self.products.items():
            for x in pair:
                if x in names:
                    continue
                found = self._stacked_name(x)
                if found is None:
                    found = self.writer.new_name(f"all_{_stem(x)}", "all")
                    self._allocate(found, ((self.length, *(x.shape or ())), x.dtype))
                    factors.append(f"        {found}[{self.counter}] = {new[x]}")
                names[x] = found
            name = self.returned[place] = self.writer.new_name(
                f"sum_{_stem(self.step.program.results[place])}", "sum"
            )
            self._allocate(name, forms[place])
            a, b = (f"{names[x]}.reshape(-1, {(x.shape or ())[-1]})" for x in pair)
            terms = self.length * (pair[0].shape or ())[0]
            products.append(f"    {self._product(a, b, name, forms[place][0], terms)}")
        return products, factors

    def _product(self, a: str, b: str, out: str, shape: tuple[int, ...], terms: int) -> str:
        """Return the line that computes a.T @ b."""
        rows, columns = shape
        block = block_of(rows, terms, columns)
        if terms * min(rows, columns) == 1:  # for which np.dot takes 0 times NaN for 0
            return f"np.matmul({a}.T, {b}, {out})"
        if block is None:
            return f"{a}.T.dot({b}, {out})"
        name = self.writer.constant(product_in_blocks.evaluate, product_in_blocks.name)
        return f"{name}({a}.T, {b}, rows={block[0]}, terms={block[1]}, out={out})"

    def _stacked_name(self, x: ProgramValue) -> str | None:
        """Return the name of the array of a value's entries for all steps, if there is one."""
        if self._is_stacked(x):
            return self.parameters[self.step.program.inputs.index(x)]
        if x in self.stacks:
            return self.stacks[x]
        for place, name in self.returned.items():
            if place >= self.step.carries and self.step.program.results[place : place + 1] == [x]:
                return name
        return None

    def _is_stacked(self, x: ProgramValue) -> bool:
        """Return whether a value is the entry of a sequence."""
        inputs = self.step.program.inputs
        return x in inputs and self._is_sequence(inputs.index(x))

    def _rows_of(self, x: ProgramValue) -> str:
        """Allocate an array with a row for each step's value, and return its name.

        The next value of a carry that is kept is computed into the row from which it is read as the
        carry before the next step.
        """
        step, name = self.step, str(self.writer.new_name(f"all_{_stem(x)}", "all"))
        form = ((self.length, *(x.shape or ())), x.dtype)
        results = step.program.results[: step.carries]
        place = next((i for i in self._kept_places() if results[i] is x), None)
        if place is None:
            self._allocate(name, form)
            return name
        carry = self.parameters[place]
        every = self.writer.new_name(f"every_{carry}", "every")
        before = self.writer.new_name(f"all_{carry}", "all")
        self._allocate(every, ((self.length + 1, *form[0][1:]), form[1]))
        first, rows_before, rows = ("-1", "1:", ":-1") if step.is_reversed else ("0", ":-1", "1:")
        self.buffers += [f"{before} = {every}[{rows_before}]", f"{name} = {every}[{rows}]"]
        self.first.append(f"    {every}[{first}] = {carry}")
        self.returned[len(step.program.results) + place] = before
        return name

    def _kept_places(self) -> list[int]:
        """Return the places of the carries whose value before each step is returned."""
        first = len(self.step.program.results)
        carries = range(self.step.carries if self.step.keeps_carry else 0)
        return [place for place in carries if first + place in self.used]

    def _carries_kept(self) -> list[str]:
        """Return the lines that copy the carry before each step."""
        first, lines = len(self.step.program.results), []
        forms = shapes_of(self.step, self.length)
        for place in self._kept_places():
            if first + place not in self.returned:
                carry = self.parameters[place]
                name = self.returned[first + place] = self.writer.new_name(f"all_{carry}", "all")
                self._allocate(name, forms[first + place])
                lines.append(f"        {name}[{self.counter}] = {carry}")
        return lines

    def _next_carry(self, new: dict[ProgramValue, str]) -> list[str]:
        """Return the line that passes the carry on to the next step."""
        names = self.parameters[: self.step.carries]
        results = self.step.program.results[: self.step.carries]
        values = [
            new[x] if isinstance(x, ProgramValue) else self.writer._literal(x) for x in results
        ]
        self.returned |= dict(enumerate(names))
        return [f"        {', '.join(names)} = {', '.join(values)}"] if names else []

    def _allocate(self, name: str, form: tuple[tuple[int, ...], Any]) -> None:
        shape, dtype = form
        self.buffers.append(f"{name} = np.empty({shape}, {dtype_name(dtype)})")

    def _named(self, x: ProgramValue, place: int) -> str:
        stem = _stem(x)
        return str(self.writer.new_name(f"all_{stem}" if self._is_sequence(place) else stem, "x"))

    def _is_sequence(self, place: int) -> bool:
        step = self.step
        is_kept = place >= len(step.program.inputs) - step.saved
        return is_kept or step.carries <= place < step.carries + step.sequences


def _factors(step: StepProgram, place: int) -> tuple[ProgramValue, ProgramValue] | None:
    """Return the matrices a and b of a result that is the sum over the steps of a.T @ b."""
    if not step.carries + step.stacked <= place < len(step.program.results):
        return None
    result = step.program.results[place]
    if not (isinstance(result, ProgramValue) and result.primitive is registry[np.matmul]):
        return None
    turned, b = result.inputs
    if not (
        produced_by(turned, transpose)
        and isinstance(b, ProgramValue)
        and b.ndim == turned.ndim == 2
    ):
        return None
    a = turned.inputs[0]
    is_plain = a.dtype == b.dtype == result.dtype and a.dtype in (np.float32, np.float64)
    return (a, b) if is_plain else None


def _stem(x: Any) -> str:
    return re.sub(r"\W+", "_", x.name).strip("_") if isinstance(x, ProgramValue) else ""
