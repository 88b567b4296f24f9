"""The base class of cells: one step of a recurrent network.

The part of a step that doesn't depend on the states is computed for all steps at once, by
`Cell.prepare`, in one matrix product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import activations, random
from nn.layers.base import Layer
from nn.layers.weight import compute_dtype
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import fraction, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight

__all__ = ["Cell"]


class Cell(Layer):
    """The base class of cells with a kernel for the entries and one for the states.

    Args of all cells:
        units: the length of the output.
        activation: applied to the candidate for the state.
        use_bias: whether a bias is added.
        kernel_initializer: sets the initial kernel, shape (features, units for each gate).
        recurrent_initializer: sets the initial kernel of the state.
        bias_initializer: sets the initial bias.
        kernel_regularizer: a penalty on the kernel; the others have their own.
        kernel_constraint: applied to the kernel after each update; the others have their own.
        dropout: the fraction of the entries that is set to 0 during training, for all steps.
        recurrent_dropout: the same for the state. With it, each gate has its own dropouts.
        seed: makes the dropouts repeatable.
    """

    casts_integers = True
    written_by_name: ClassVar[tuple[str, ...]] = ("activation",)
    gates: ClassVar[int] = 1  # the multiples of `units` in the kernels
    gates_have_masks: ClassVar[bool] = True  # with recurrent dropout, each its own
    kernel: Weight
    recurrent_kernel: Weight
    bias: Weight | None

    def set_cell(self, arguments: dict[str, Any]) -> None:
        """Check and store the arguments that all cells have.

        Args:
            arguments: by name, as they were passed to the constructor.
        """
        self.units = whole("units", arguments["units"])
        self.activation = activations.get(arguments["activation"])
        self.use_bias = bool(arguments["use_bias"])
        set_weight_options(self, ("kernel", "recurrent", "bias"), arguments)
        self.dropout = fraction("dropout", arguments["dropout"])
        self.recurrent_dropout = fraction("recurrent_dropout", arguments["recurrent_dropout"])
        self.seed = arguments["seed"]
        self._generator = random.generator(self.seed)

    @property
    def state_size(self) -> Any:
        """The length of the state, or a list of several."""
        return self.units

    @property
    def output_size(self) -> int:
        """The length of the output."""
        return self.units

    def build(self, input_shape: Shape) -> None:
        """Create the kernels and the bias."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(
                f"layer {self.name!r} expects entries of a known number of features, got "
                f"{input_shape}. Make the Input with a known last axis."
            )
        self.kernel = self._weight("kernel", (width, self.gates * self.units))
        self.recurrent_kernel = self._weight(
            "recurrent", (self.units, self.gates * self.units), "recurrent_kernel"
        )
        self.bias = self._weight("bias", self.bias_shape()) if self.use_bias else None

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def _weight(self, part: str, shape: tuple[int, ...], name: str = "") -> Weight:
        return self.add_weight(shape, name=name or part, **weight_options(self, part))

    def first_states(self, rows: int, entry: Shape) -> list[Array]:  # noqa: ARG002 - for subclasses
        """Return the first states, for so many rows of entries of this shape."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [np.zeros((rows, size), compute_dtype.get()) for size in sizes]

    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Return the states before the first step: zeros, for so many rows."""
        return self.first_states(batch_size, ())

    def output_shape(self, entry: Shape) -> tuple[int, ...]:  # noqa: ARG002 - for subclasses
        """Return the shape of the output, without the axis of the rows."""
        return (self.units,)

    def masks(self, rows: int, entry: Shape, training: bool) -> tuple[Array, Array]:
        """Draw the dropout masks of the entries and of the state; None without dropout.

        With dropout of the state, as in Keras, the first axis is that of the gates if several.
        """
        is_by_gate = self.gates_have_masks and self.gates > 1 and self.recurrent_dropout > 0
        gates = (self.gates,) if is_by_gate else ()
        of_state = (*gates, rows, *self.output_shape(entry))
        return (
            self._mask((*gates, rows, *entry), self.dropout, training),
            self._mask(of_state, self.recurrent_dropout, training),
        )

    def _mask(self, shape: Shape, rate: float, training: bool) -> Array:
        if not training or rate == 0:
            return None
        kept = ad.sample(self._generator.random, shape, dtype=np.float32) >= rate
        return kept.astype(np.float32) * (1 / (1 - rate) if rate < 1 else 0.0)

    def prepare(self, entries: Array, mask: Array = None) -> Array:
        """Return what a step needs of its entries: their product with the kernel.

        Args:
            entries: shape (..., features).
            mask: multiplied with the entries; it may have an axis of the gates before their axes.
        """
        *rows, width = entries.shape
        entries = entries if mask is None else entries * mask
        gates = entries.shape[: entries.ndim - len(rows) - 1]
        product = self.product(entries.reshape(*gates, -1, width), self.kernel.value)
        if self.bias is not None:
            product = product + self.input_bias()
        return product.reshape(*rows, product.shape[-1])

    def product(self, x: Array, kernel: Array) -> Array:
        """Return the product with a kernel.

        Args:
            x: shape (rows, features), or (gates, rows, features): for each gate its own.
            kernel: shape (features, units for each gate).
        """
        if x.ndim == 2:
            return x @ kernel
        parts = zip(x, np.split(kernel, len(x), axis=1), strict=True)
        return np.concatenate([of_gate @ part for of_gate, part in parts], axis=1)

    def input_bias(self) -> Array:
        """Return the bias of the entries."""
        assert self.bias is not None  # noqa: S101 - only called with one
        return self.bias.value

    def advance(self, prepared: Array, states: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Return the output and the new states.

        Args:
            prepared: the result of `prepare` for one step, shape (rows, ...).
            states: shape (rows, units) each; dropout has been applied to the first, which may have
                an axis of the gates before the others. The last one is the first without dropout.
        """
        raise NotImplementedError

    def call(self, inputs: Array, states: Any, training: bool = False) -> tuple[Array, list[Array]]:
        """Return the output of one step, and the new states."""
        states = list(states) if isinstance(states, list | tuple) else [states]
        of_entries, of_state = self.masks(inputs.shape[0], inputs.shape[1:], training)
        return self.step(self.prepare(inputs, of_entries), states, of_state)

    def step(
        self, prepared: Array, states: list[Array], mask: Array = None
    ) -> tuple[Array, list[Array]]:
        """Return the output and the new states, after dropping out parts of the state."""
        first = states[0] if mask is None else states[0] * mask
        return self.advance(prepared, [first, *states[1:], *states[:1]])

    def compute_output_shape(self, input_shape: Shape) -> Any:
        """Return the shapes of the output and of the states."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        rows = input_shape[0]
        return (rows, self.units), [(rows, size) for size in sizes]
