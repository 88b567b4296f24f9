"""Cells: one step of a recurrent network, from an entry and the states to an output and new states.

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
from nn.layers.own_arguments import own_arguments
from nn.layers.weight import compute_dtype
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import fraction, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight

__all__ = ["Cell", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"]


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

    def zeros(self, rows: int, entry: Shape) -> list[Array]:  # noqa: ARG002 - for subclasses
        """Return the first states, for so many rows of entries of this shape."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [np.zeros((rows, size), compute_dtype.get()) for size in sizes]

    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Return the states before the first step: zeros, for so many rows."""
        return self.zeros(batch_size, ())

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


class SimpleRNNCell(Cell):
    """A step of `SimpleRNN`: ``activation(x @ kernel + state @ recurrent_kernel + bias)``.

    The arguments are those of `Cell`.

    >>> cell = SimpleRNNCell(2, kernel_initializer="ones", recurrent_initializer="zeros")
    >>> output, states = cell(np.zeros((1, 3)), [np.ones((1, 2))])
    >>> output
    array([[0., 0.]], dtype=float32)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.set_cell(arguments)

    def advance(self, prepared: Array, states: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Return the output, which is the new state."""
        output = self.activation(prepared + states[0] @ self.recurrent_kernel.value)
        return output, [output]


class LSTMCell(Cell):
    """A step of `LSTM`, with the gates i, f and o, and the candidate c (Hochreiter 1997).

    ``c' = f · c + i · activation(...)`` and ``h' = o · activation(c')``. The states are h and c.
    The arguments are those of `Cell`.

    Args:
        recurrent_activation: applied to the gates.
        unit_forget_bias: whether the bias of the forget gate starts at 1.

    >>> cell = LSTMCell(4)
    >>> output, states = cell(np.zeros((1, 3)), cell.get_initial_state(1))
    >>> output.shape, [state.shape for state in states]
    ((1, 4), [(1, 4), (1, 4)])
    """

    written_by_name = ("activation", "recurrent_activation")
    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.set_cell(arguments)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    @property
    def state_size(self) -> list[int]:
        """The lengths of h and c."""
        return [self.units, self.units]

    def build(self, input_shape: Shape) -> None:
        """Create the kernels and the bias."""
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias:
            values = self.bias.numpy()
            values[self.units : 2 * self.units] = 1
            self.bias.assign(values)

    def advance(self, prepared: Array, states: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Return the output h, and the new states h and c."""
        n = self.units
        z = prepared + self.product(states[0], self.recurrent_kernel.value)
        gates = self.recurrent_activation(z[:, : 2 * n])
        out = self.recurrent_activation(z[:, 3 * n :])
        candidate = self.activation(z[:, 2 * n : 3 * n])
        c = gates[:, n:] * states[1] + gates[:, :n] * candidate
        h = out * self.activation(c)
        return h, [h, c]


class GRUCell(Cell):
    """A step of `GRU`, with an update gate z and a reset gate r (Cho et al. 2014).

    ``h' = z · h + (1 − z) · candidate``. The arguments are those of `Cell`.

    Args:
        recurrent_activation: applied to the gates.
        reset_after: whether the reset gate is applied after the product with the state.

    >>> cell = GRUCell(4)
    >>> output, states = cell(np.zeros((1, 3)), cell.get_initial_state(1))
    >>> output.shape, [state.shape for state in states]
    ((1, 4), [(1, 4)])
    """

    written_by_name = ("activation", "recurrent_activation")
    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        self.set_cell(arguments)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = bool(reset_after)

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias: with ``reset_after`` a second one for the state."""
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def input_bias(self) -> Array:
        """Return the bias of the entries."""
        bias = super().input_bias()
        return bias[0] if self.reset_after else bias

    def advance(self, prepared: Array, states: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Return the output, which is the new state."""
        n, kernel = self.units, self.recurrent_kernel.value
        state, before = states[0], states[-1]
        if self.reset_after:
            inner = self.product(state, kernel)
            if self.bias is not None:
                inner = inner + self.bias.value[1]
            gates = self.recurrent_activation(prepared[:, : 2 * n] + inner[:, : 2 * n])
            candidate = self.activation(prepared[:, 2 * n :] + gates[:, n:] * inner[:, 2 * n :])
        else:
            of_gates, of_candidate = (state, state) if state.ndim == 2 else (state[:2], state[2])
            inner = self.product(of_gates, kernel[:, : 2 * n])
            gates = self.recurrent_activation(prepared[:, : 2 * n] + inner)
            reset = (gates[:, n:] * of_candidate) @ kernel[:, 2 * n :]
            candidate = self.activation(prepared[:, 2 * n :] + reset)
        update = gates[:, :n]
        output = update * before + (1.0 - update) * candidate
        return output, [output]


class StackedRNNCells(Layer):
    """A stack of cells, as one cell.

    Args:
        cells: the cells; the output of each is the entry of the next one.
        options: those of every `Layer`.

    >>> from nn.layers import RNN
    >>> RNN(StackedRNNCells([LSTMCell(4), GRUCell(5)]))(np.zeros((2, 6, 3))).shape
    (2, 5)
    """

    def __init__(self, cells: Sequence[Layer], **options: Any) -> None:
        super().__init__(**options)
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The lengths of the states of each cell."""
        return [cell.state_size for cell in self.cells]  # type: ignore[attr-defined]

    @property
    def output_size(self) -> Any:
        """The length of the output."""
        return getattr(self.cells[-1], "output_size", self.cells[-1].state_size)  # type: ignore[attr-defined]

    def build(self, input_shape: Shape) -> None:
        """Build the cells."""
        for cell in self.cells:
            cell.ensure_built(input_shape)
            size = getattr(cell, "output_size", None) or cell.state_size  # type: ignore[attr-defined]
            input_shape = (None, size[0] if isinstance(size, list) else size)

    def call(self, inputs: Array, states: Any, training: bool = False) -> tuple[Array, list[Any]]:
        """Return the output of the last cell, and the new states of all cells."""
        new = []
        for cell, of_cell in zip(self.cells, states, strict=True):
            inputs, after = cell(inputs, of_cell, training=training)
            new.append(after)
        return inputs, new
