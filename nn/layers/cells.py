"""The cells of recurrent networks, from an entry and the states to an output and new states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn import activations
from nn.layers.base import Layer
from nn.layers.cell import Cell
from nn.layers.gates import two_gates
from nn.layers.own_arguments import own_arguments
from nn.layers.states import first_states, has_several

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape

__all__ = ["GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"]


class SimpleRNNCell(Cell):
    """A step of `SimpleRNN`: ``activation(x @ kernel + state @ recurrent_kernel + bias)``.

    The arguments are those of `Cell`.

    >>> import numpy as np
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

    >>> import numpy as np
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
        let_in, kept = two_gates(self.recurrent_activation, z, n)
        out = self.recurrent_activation(z[:, 3 * n :])
        candidate = self.activation(z[:, 2 * n : 3 * n])
        c = kept * states[1] + let_in * candidate
        h = out * self.activation(c)
        return h, [h, c]


class GRUCell(Cell):
    """A step of `GRU`, with an update gate z and a reset gate r (Cho et al. 2014).

    ``h' = z · h + (1 − z) · candidate``. The arguments are those of `Cell`.

    Args:
        recurrent_activation: applied to the gates.
        reset_after: whether the reset gate is applied after the product with the state.

    >>> import numpy as np
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
            gates = prepared[:, : 2 * n] + inner[:, : 2 * n]
            update, reset = two_gates(self.recurrent_activation, gates, n)
            candidate = self.activation(prepared[:, 2 * n :] + reset * inner[:, 2 * n :])
        else:
            of_gates, of_candidate = (state, state) if state.ndim == 2 else (state[:2], state[2])
            inner = self.product(of_gates, kernel[:, : 2 * n])
            gates = prepared[:, : 2 * n] + inner
            update, reset = two_gates(self.recurrent_activation, gates, n)
            after_reset = (reset * of_candidate) @ kernel[:, 2 * n :]
            candidate = self.activation(prepared[:, 2 * n :] + after_reset)
        output = update * before + (1.0 - update) * candidate
        return output, [output]


class StackedRNNCells(Layer):
    """A stack of cells, as one cell.

    Args:
        cells: the cells; the output of each is the entry of the next one.
        options: those of every `Layer`.

    >>> import numpy as np
    >>> from nn.layers import RNN
    >>> RNN(StackedRNNCells([LSTMCell(4), GRUCell(5)]))(np.zeros((2, 6, 3))).shape
    (2, 5)
    """

    def __init__(self, cells: Sequence[Layer], **options: Any) -> None:
        super().__init__(**options)
        self.cells = list(cells)
        for cell in self.cells:
            if not hasattr(cell, "state_size") or not callable(cell):
                raise TypeError(
                    f"StackedRNNCells expects cells with state_size and call(inputs, states), got "
                    f"{cell!r}. Write StackedRNNCells([LSTMCell(32), GRUCell(16)]), for example."
                )

    @property
    def state_size(self) -> list[Any]:
        """The lengths of the states of each cell."""
        return [cell.state_size for cell in self.cells]  # type: ignore[attr-defined]

    @property
    def output_size(self) -> Any:
        """The length of the output."""
        return _output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states of each cell before the first step, for so many rows."""
        return [first_states(cell, batch_size, ()) for cell in self.cells]

    def first_states(self, rows: int, entry: Shape) -> list[Any]:
        """Return the first states of each cell, for so many rows of entries of this shape."""
        inner = [(each, first_states(each, rows, entry)) for each in self.cells]
        return [states if has_several(each) else states[0] for each, states in inner]

    def build(self, input_shape: Shape) -> None:
        """Build the cells."""
        for cell in self.cells:
            cell.ensure_built(input_shape)
            size = _output_size(cell)
            input_shape = (None, size) if hasattr(size, "__index__") else (None, *size)

    def call(self, inputs: Array, states: Any, training: bool = False) -> tuple[Array, list[Any]]:
        """Return the output of the last cell, and the new states of all cells."""
        new = []
        for cell, of_cell in zip(self.cells, states, strict=True):
            inputs, after = cell(inputs, of_cell, training=training)
            new.append(after)
        return inputs, new


def _output_size(cell: Any) -> Any:
    """Return the length of a cell's output; if it doesn't say so, that of its first state."""
    if (size := getattr(cell, "output_size", None)) is not None:
        return size
    sizes = cell.state_size
    return sizes[0] if isinstance(sizes, list | tuple) else sizes
