"""The base of recurrent layers: a cell is applied to one entry of a sequence after the other.

The step is recorded once, whatever the number of steps (`autodiff.scan`).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.layers import context
from nn.layers.base import Layer
from nn.layers.call_inputs import shapes_of
from nn.layers.cell import Cell
from nn.layers.cells import StackedRNNCells
from nn.layers.states import first_states, kept, output_shape
from nn.layers.weight import Weight, compute_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.layers.shapes import Shape

__all__ = ["OfOneCell", "Recurrent"]


class Recurrent(Layer):
    """The base class of layers that apply a cell to sequences, shape (rows, steps, features)."""

    casts_integers = True
    takes_structures = True
    masks_steps = True
    cell: Any
    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool
    unroll: bool
    zero_output_for_mask: bool

    def set_recurrence(self, arguments: dict[str, Any]) -> None:
        """Store what is returned and in which order steps are made."""
        for name in (
            "return_sequences", "return_state", "go_backwards", "stateful", "unroll",
            "zero_output_for_mask",
        ):  # fmt: skip
            setattr(self, name, bool(arguments[name]))
        self.supports_masking = True
        self.states: list[Any] | None = None

    def build(self, input_shape: Shape) -> None:
        """Build the cell."""
        if isinstance(input_shape, list):  # with initial states
            input_shape = input_shape[0]
        self.check_rank(input_shape)
        self.cell.ensure_built((None, *input_shape[2:]))

    def check_rank(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs are sequences of entries that the cell takes."""
        is_user_defined = not isinstance(self.cell, Cell | StackedRNNCells)
        if len(shape) < 3 or (len(shape) > 3 and not is_user_defined):
            raise ValueError(
                f"layer {self.name!r} expects sequences of shape (rows, steps, features), got "
                f"{shape}. "
                + ("Add an axis: x[..., np.newaxis]." if len(shape) == 2 else "Reshape them.")
            )

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless the inputs are sequences of the right width."""
        shape = shape[0] if isinstance(shape, list) else shape
        kernel = getattr(self.cell, "kernel", None)
        width = kernel.shape[0] if kernel is not None else shape[-1]
        if len(shape) < 3 or shape[-1] != width:
            raise ValueError(
                f"layer {self.name!r} expects sequences of shape (rows, steps, {width}), got "
                f"{shape}. It was built for other data: make a new layer, or reshape the data."
            )

    def call(
        self,
        inputs: Array,
        initial_state: Any = None,
        mask: Array | None = None,
        training: bool = False,
    ) -> Any:
        """Return the last output, or all of them, and the states if wanted."""
        if isinstance(inputs, list | tuple):
            inputs, initial_state = inputs[0], list(inputs[1:])
        mask = mask[0] if isinstance(mask, list) else mask
        keeps = self.stateful and not context.infers_shapes()
        states = self._first_states(inputs, initial_state, keeps)
        outputs, last, states = self._run(inputs, states, mask, training)
        if keeps:
            for own, new in zip(tree.leaves(self.states), tree.leaves(states), strict=True):
                own.assign(new)
        result = outputs if self.return_sequences else last
        return [result, *states] if self.return_state else result

    def _run(
        self, inputs: Array, states: Any, mask: Array | None, training: bool
    ) -> tuple[Array, Array, Any]:
        """Return the outputs of all steps, the last output, and the last states."""
        rows, entry_shape = inputs.shape[0], inputs.shape[2:]
        with context.part_scope("inputs"):
            inputs, advance = self._step(inputs, training)
            sequences = {"x": np.swapaxes(inputs, 0, 1)}
        before = tuple(tree.leaves(states))

        numbers = itertools.count(1)

        def step(before: Any, entry: Array) -> Any:
            number = next(numbers)
            with context.part_scope(f"step {number}"):
                output, after = advance(entry["x"], tree.packed(states, before))
            context.tell_outputs(self.name, output, number)
            return tuple(tree.leaves(after)), output

        def masked(carry: Any, entry: Array) -> Any:
            before, latest = carry
            after, output = step(before, entry)
            counts = entry["mask"]
            shown = kept(counts, output, 0.0 if self.zero_output_for_mask else latest)
            states = tuple(kept(counts, a, b) for a, b in zip(after, before, strict=True))
            return (states, kept(counts, output, latest)), shown

        if mask is None:
            after, outputs = ad.scan(step, before, sequences, reverse=self.go_backwards)
        else:
            sequences["mask"] = np.swapaxes(mask, 0, 1)[..., np.newaxis]
            start = np.zeros((rows, *output_shape(self.cell, entry_shape)), compute_dtype.get())
            (after, _), outputs = ad.scan(
                masked, (before, start), sequences, reverse=self.go_backwards
            )
        last = outputs[0 if self.go_backwards else -1]
        with context.part_scope("outputs"):
            outputs = np.swapaxes(outputs, 0, 1)
            if self.go_backwards:
                outputs = outputs[:, ::-1]
        return outputs, last, tree.packed(states, after)

    def _step(self, inputs: Array, training: bool) -> tuple[Array, Callable[..., Any]]:
        """Return what the steps take of the inputs, and the function of one step."""
        cell = self.cell
        if isinstance(cell, Cell) and type(cell).call is Cell.call:
            of_entries, of_state = cell.masks(inputs.shape[0], inputs.shape[2:], training)
            if of_entries is not None:
                steps = of_entries.ndim - inputs.ndim + 2  # after the rows, and the gates if any
                of_entries = np.expand_dims(of_entries, steps)
            return cell.prepare(inputs, of_entries), lambda x, states: cell.step(
                x, states, of_state
            )

        def advance(x: Array, states: list[Any]) -> tuple[Array, Any]:
            given = states if isinstance(cell.state_size, list | tuple) else states[0]
            with context.in_a_step():
                output, after = cell(x, given, training=training)
            return output, after if isinstance(after, list | tuple) else [after]

        return inputs, advance

    def _first_states(self, inputs: Array, initial_state: Any, keeps: bool) -> list[Any]:
        """Return the states before the first step: given, kept from the last call, or zeros."""
        rows = inputs.shape[0]
        first = first_states(self.cell, rows, inputs.shape[2:])
        if self.stateful and context.knows_rows():
            self._keep(first, rows)
        if initial_state is not None:
            given = tree.leaves([initial_state])
            if len(given) != (count := len(tree.leaves(first))):
                raise ValueError(
                    f"layer {self.name!r} expects {count} initial states, as return_state=True "
                    f"returns, got {len(given)}. Pass them in a list: initial_state=[...]."
                )
            return list(tree.packed(first, given))
        if not keeps:
            return first
        return list(tree.packed(first, [state.value for state in self.states or ()]))

    def _keep(self, first: list[Any], rows: int) -> None:
        """Make the states that a stateful layer keeps, at its first call; check their rows."""
        if self.states is None:
            self.states = self.carried_weights = [
                Weight(np.zeros(x.shape), name=f"state_{i}", layer=self.name, trainable=False)
                for i, x in enumerate(tree.leaves(first))
            ]
        if self.states[0].shape[0] != rows:
            raise ValueError(
                f"layer {self.name!r} is stateful and expects the {self.states[0].shape[0]} rows "
                f"of its first call, got {rows}. Pass batches of one size, and name it: "
                f"nn.Input(batch_shape=(rows, steps, features)); or pass stateful=False."
            )

    def reset_state(self) -> None:
        """Set the states that a stateful layer keeps to zeros."""
        for state in self.states or ():
            state.assign(np.zeros(state.shape, np.float32))

    reset_states = reset_state

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs, and of the states if they are returned."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        size = output_shape(self.cell, shape[2:])
        output = (*shape[:2], *size) if self.return_sequences else (shape[0], *size)
        if not self.return_state:
            return output
        states = first_states(self.cell, 1, shape[2:])
        return [output, *tree.map_leaves(lambda state: (shape[0], *state.shape[1:]), states)]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs."""
        return self._inferred(args, kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the outputs: none for a single output or a state."""
        mask = previous_mask[0] if isinstance(previous_mask, list) else previous_mask
        mask = mask if self.return_sequences else None
        if not self.return_state:
            return mask
        shape = shapes_of(inputs[0] if isinstance(inputs, list) else inputs)
        return [mask, *(None for _ in first_states(self.cell, 1, shape[2:]))]

    @property
    def units(self) -> Any:
        """The length of the output."""
        return self.cell.units


class OfOneCell(Recurrent):
    """The base class of recurrent layers with a cell of their own."""

    cell_class: ClassVar[type[Cell]]
    cell_name: ClassVar[str]
    written_by_keras: ClassVar = {"activity_regularizer": None}

    def set_up(self, arguments: dict[str, Any]) -> None:
        """Make the cell, and store the arguments, which are those of the cell too."""
        of_layer = (
            "return_sequences", "return_state", "go_backwards", "stateful", "unroll",
            "zero_output_for_mask",
        )  # fmt: skip
        own = {name: value for name, value in arguments.items() if name not in of_layer}
        self.cell = self.cell_class(**own, name=f"{self.name}/{self.cell_name}")
        self.set_recurrence(arguments)

    def __getattr__(self, name: str) -> Any:
        """Return an argument of the cell."""
        cell = vars(self).get("cell")
        if cell is None or name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(cell, name)
