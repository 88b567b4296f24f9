"""The base class of recurrent layers: a cell is applied to one entry of a sequence after the other.

The step is recorded once, whatever the number of steps (`autodiff.scan`).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.layers import context
from nn.layers.base import Layer
from nn.layers.cells import Cell
from nn.layers.weight import compute_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.layers.arguments import Shape

__all__ = ["Recurrent"]


class Recurrent(Layer):
    """The base class of layers that apply a cell to sequences, shape (rows, steps, features)."""

    casts_integers = True
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
        if len(input_shape) != 3:
            raise ValueError(
                f"layer {self.name!r} expects sequences of shape (rows, steps, features), got "
                f"{input_shape}. "
                + ("Add an axis: x[..., np.newaxis]." if len(input_shape) == 2 else "Reshape them.")
            )
        self.cell.ensure_built((None, input_shape[-1]))

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless the inputs are sequences of the right width."""
        shape = shape[0] if isinstance(shape, list) else shape
        kernel = getattr(self.cell, "kernel", None)
        width = kernel.shape[0] if kernel is not None else shape[-1]
        if len(shape) != 3 or shape[-1] != width:
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
        states = self._first_states(inputs, initial_state)
        outputs, last, states = self._run(inputs, states, mask, training)
        if self.stateful:
            for own, new in zip(tree.leaves(self.states), tree.leaves(states), strict=True):
                own.assign(new)
        result = outputs if self.return_sequences else last
        return [result, *tree.leaves(states)] if self.return_state else result

    def _run(
        self, inputs: Array, states: Any, mask: Array | None, training: bool
    ) -> tuple[Array, Array, Any]:
        """Return the outputs of all steps, the last output, and the last states."""
        with context.part_scope("inputs"):
            inputs, advance = self._step(inputs, training)
            sequences = {"x": np.swapaxes(inputs, 0, 1)}
        before = tuple(tree.leaves(states))

        numbers = itertools.count(1)

        def step(before: Any, entry: Array) -> Any:
            with context.part_scope(f"step {next(numbers)}"):
                output, after = advance(entry["x"], tree.packed(states, before))
            return tuple(tree.leaves(after)), output

        def masked(carry: Any, entry: Array) -> Any:
            before, latest = carry
            after, output = step(before, entry)
            counts = entry["mask"]
            shown = np.where(counts, output, 0.0 if self.zero_output_for_mask else latest)
            kept = tuple(np.where(counts, a, b) for a, b in zip(after, before, strict=True))
            return (kept, np.where(counts, output, latest)), shown

        if mask is None:
            after, outputs = ad.scan(step, before, sequences, reverse=self.go_backwards)
            last = outputs[0 if self.go_backwards else -1]
        else:
            sequences["mask"] = np.swapaxes(mask, 0, 1)[..., np.newaxis]
            start = np.zeros((inputs.shape[0], self._output_size()), compute_dtype.get())
            (after, last), outputs = ad.scan(
                masked, (before, start), sequences, reverse=self.go_backwards
            )
        with context.part_scope("outputs"):
            outputs = np.swapaxes(outputs, 0, 1)
            if self.go_backwards:
                outputs = outputs[:, ::-1]
        return outputs, last, tree.packed(states, after)

    def _step(self, inputs: Array, training: bool) -> tuple[Array, Callable[..., Any]]:
        """Return what the steps take of the inputs, and the function of one step."""
        cell = self.cell
        if isinstance(cell, Cell) and type(cell).call is Cell.call:
            of_entries, of_state = cell.masks(inputs.shape[0], inputs.shape[-1], training)
            if of_entries is not None:
                inputs = inputs * of_entries[:, np.newaxis]
            return cell.prepare(inputs), lambda x, states: cell.step(x, states, of_state)

        def advance(x: Array, states: list[Any]) -> tuple[Array, Any]:
            given = states if isinstance(cell.state_size, list | tuple) else states[0]
            output, after = cell(x, given, training=training)
            return output, after if isinstance(after, list | tuple) else [after]

        return inputs, advance

    def _output_size(self) -> int:
        """Return the length of the output."""
        size = getattr(self.cell, "output_size", None)
        return size if isinstance(size, int) else int(tree.leaves(self._zeros(1))[0].shape[-1])

    def _first_states(self, inputs: Array, initial_state: Any) -> list[Any]:
        """Return the states before the first step: given, kept from the last call, or zeros."""
        rows = inputs.shape[0]
        if initial_state is not None:
            given = initial_state if isinstance(initial_state, list | tuple) else [initial_state]
            return list(tree.packed(self._zeros(rows), tree.leaves(list(given))))
        if not self.stateful:
            return self._zeros(rows)
        if self.states is None:
            self.states = [
                self.add_weight(zeros.shape, "zeros", trainable=False, name=f"state_{i}")
                for i, zeros in enumerate(tree.leaves(self._zeros(rows)))
            ]
        if self.states[0].shape[0] != rows:
            raise ValueError(
                f"layer {self.name!r} is stateful and expects the {self.states[0].shape[0]} rows "
                f"of its first call, got {rows}. Pass batches of one size, or stateful=False."
            )
        return list(tree.packed(self._zeros(rows), [state.value for state in self.states]))

    def _zeros(self, rows: int) -> list[Any]:
        sizes = self.cell.state_size
        sizes = sizes if isinstance(sizes, list | tuple) else [sizes]
        return list(
            tree.map_leaves(lambda size: np.zeros((rows, size), compute_dtype.get()), list(sizes))
        )

    def reset_state(self) -> None:
        """Set the states that a stateful layer keeps to zeros."""
        for state in self.states or ():
            state.assign(np.zeros(state.shape, np.float32))

    reset_states = reset_state

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs, and of the states if they are returned."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        size = self._output_size()
        output = (None, shape[1], size) if self.return_sequences else (None, size)
        if not self.return_state:
            return output
        return [output, *((None, zeros.shape[-1]) for zeros in tree.leaves(self._zeros(1)))]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs."""
        return self._inferred(args, kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the outputs: none for a single output or a state."""
        mask = previous_mask[0] if isinstance(previous_mask, list) else previous_mask
        mask = mask if self.return_sequences else None
        if not self.return_state:
            return mask
        return [mask, *(None for _ in tree.leaves(self._zeros(1)))]

    @property
    def units(self) -> Any:
        """The length of the output."""
        return self.cell.units
