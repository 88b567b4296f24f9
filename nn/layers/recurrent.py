"""Recurrent layers: SimpleRNN, LSTM, GRU, and RNN for any cell.

Their common base class is in `nn.layers.recurrent_base`, their steps in `nn.layers.cells`.
"""

from __future__ import annotations

from typing import Any

from nn.layers.cells import GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells
from nn.layers.own_arguments import own_arguments
from nn.layers.recurrent_base import OfOneCell, Recurrent

__all__ = ["GRU", "LSTM", "RNN", "SimpleRNN"]


class RNN(Recurrent):
    """A recurrent layer of any cell.

    Args:
        cell: a layer with ``state_size``, called as ``cell(entry, states)``, which returns an
            output and the new states; or a list of such, which are stacked.
        return_sequences: whether the outputs of all steps are returned, not only the last one.
        return_state: whether the last states are returned too.
        go_backwards: whether the last entry comes first.
        stateful: whether the states are kept for the next batch.
        unroll: accepted for Keras's sake; the step is recorded once.
        zero_output_for_mask: whether the output of a masked step is 0, not that of the step before.
        options: those of every `Layer`.

    >>> import numpy as np
    >>> from nn.layers import GRUCell
    >>> RNN(GRUCell(4))(np.zeros((2, 6, 3))).shape
    (2, 4)
    >>> RNN(GRUCell(4), return_sequences=True)(np.zeros((2, 6, 3))).shape
    (2, 6, 4)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(**options)
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "state_size") or not callable(cell):
            raise TypeError(
                f"RNN expects a cell with state_size and call(inputs, states), got {cell!r}. Write "
                "RNN(LSTMCell(32)), for example."
            )
        self.cell = cell
        self.set_recurrence(arguments)


class SimpleRNN(OfOneCell):
    """A recurrent layer: ``h = activation(x @ kernel + h @ recurrent_kernel + bias)``.

    The arguments are those of `Cell` and `RNN`.

    >>> import numpy as np
    >>> SimpleRNN(4)(np.zeros((2, 10, 3))).shape
    (2, 4)
    """

    cell_class, cell_name = SimpleRNNCell, "simple_rnn_cell"
    left_out_by_keras = ("seed",)
    written_by_name = ("activation",)

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.set_up(arguments)


class LSTM(OfOneCell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997); see `LSTMCell`.

    The arguments are those of `LSTMCell` and `RNN`.

    >>> import numpy as np
    >>> LSTM(4, return_sequences=True)(np.zeros((2, 10, 3))).shape
    (2, 10, 4)
    """

    cell_class, cell_name = LSTMCell, "lstm_cell"
    written_by_name = ("activation", "recurrent_activation")

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.set_up(arguments)


class GRU(OfOneCell):
    """Gated recurrent unit (Cho et al. 2014); see `GRUCell`.

    The arguments are those of `GRUCell` and `RNN`.

    >>> import numpy as np
    >>> GRU(4)(np.zeros((2, 10, 3))).shape
    (2, 4)
    """

    cell_class, cell_name = GRUCell, "gru_cell"
    written_by_name = ("activation", "recurrent_activation")

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        arguments = own_arguments(locals())
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.set_up(arguments)
