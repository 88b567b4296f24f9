"""Convolutional LSTM: a recurrence over images, whose products are convolutions (Shi et al. 2015).

The convolutions of all entries are one matrix product; only those of the state are done in steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn import activations, random
from nn.layers.cell import Cell
from nn.layers.gates import two_gates
from nn.layers.own_arguments import own_arguments
from nn.layers.recurrent_base import OfOneCell
from nn.layers.shapes import Shape
from nn.layers.sliding import Sliding
from nn.layers.weight import compute_dtype
from nn.layers.weight_options import set_weight_options
from nn.numbers import fraction, whole
from nn.windows.kernels import convolve
from nn.windows.window import Window

if TYPE_CHECKING:
    from autodiff import Function

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]

_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class ConvLSTMCell(Sliding, Cell):
    """A step of a `ConvLSTM`: the equations of `LSTMCell` with convolutions, ``*``, for products.

    For the gates i, f and o and the candidate c, of kernels W and U and bias b each::

        i = σ(W * x + U * h + b)        c' = f · c + i · tanh(W * x + U * h + b)
        h' = o · tanh(c')

    The kernel of the state, U, has strides of 1 and padding, so that states keep their size.
    """

    written_by_name = ("activation", "recurrent_activation")
    gates = 4
    gates_have_masks = False

    def __init__(self, filters: int, kernel_size: Any, **arguments: Any) -> None:
        super().__init__(name=arguments["name"])
        self.filters = self.units = whole("filters", filters)
        given = ("strides", "padding", "data_format", "dilation_rate")
        self.set_window(kernel_size, **{name: arguments[name] for name in given})
        self.activation = activations.get(arguments["activation"])
        self.recurrent_activation = activations.get(arguments["recurrent_activation"])
        self.use_bias = bool(arguments["use_bias"])
        self.unit_forget_bias = bool(arguments["unit_forget_bias"])
        set_weight_options(self, ("kernel", "recurrent", "bias"), arguments)
        self.dropout = fraction("dropout", arguments["dropout"])
        self.recurrent_dropout = fraction("recurrent_dropout", arguments["recurrent_dropout"])
        self.seed = arguments["seed"]
        self._generator = random.generator(self.seed)

    @property
    def state_size(self) -> list[int]:
        """The numbers of channels of h and c."""
        return [self.filters, self.filters]

    def build(self, input_shape: Shape) -> None:
        """Create the kernels and the bias."""
        width = 4 * self.filters
        channels = self.channels_of(input_shape)
        self.kernel = self._weight("kernel", (*self.kernel_size, channels, width))
        of_state = (*self.kernel_size, self.filters, width)
        self.recurrent_kernel = self._weight("recurrent", of_state, "recurrent_kernel")
        self.bias = self._weight("bias", (width,)) if self.use_bias else None
        if self.bias is not None and self.unit_forget_bias:
            values = self.bias.numpy()
            values[self.filters : 2 * self.filters] = 1
            self.bias.assign(values)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the rank and the channels of the kernel."""
        self.check_channels(shape, self.kernel.shape[-2])

    def output_shape(self, entry: Shape) -> tuple[int, ...]:
        """Return the shape of an image of the output."""
        return self.output_shape_for((None, *entry), self.filters)[1:]  # type: ignore[return-value] # as known as the entry

    def first_states(self, rows: int, entry: Shape) -> list[Array]:
        """Return the first states, for so many rows of images of this shape."""
        shape = (rows, *self.output_shape(entry))
        return [np.zeros(shape, compute_dtype.get()) for _ in range(2)]

    def prepare(self, entries: Array, mask: Array = None) -> Array:
        """Return the convolutions of entries with the kernel, channels last.

        Args:
            entries: shape (..., *image).
            mask: multiplied with the entries.
        """
        entries = entries if mask is None else entries * mask
        lead = entries.shape[: -(self.rank + 1)]
        x = self.channels_last(entries.reshape(-1, *entries.shape[len(lead) :]))
        found = convolve(x, self.kernel.value, self.window(x.shape[1:-1]))
        if self.bias is not None:
            found = found + self.bias.value
        return found.reshape(*lead, *found.shape[1:])

    def advance(self, prepared: Array, states: Any) -> tuple[Array, list[Array]]:
        """Return the output h, and the new states h and c."""
        n, h = self.filters, self.channels_last(states[0])
        window = Window(h.shape[1:-1], self.kernel_size, padding="same")
        z = prepared + convolve(h, self.recurrent_kernel.value, window)
        of_gates = self._of_given(self.recurrent_activation)
        activation = self._of_given(self.activation)
        let_in, kept = two_gates(of_gates, z, n)
        out = of_gates(z[..., 3 * n :])
        candidate = activation(z[..., 2 * n : 3 * n])
        c = kept * self.channels_last(states[1]) + let_in * candidate
        h = self.as_given(out * activation(c))
        return h, [h, self.as_given(c)]

    def _of_given(self, activation: Function) -> Function:
        """Return an activation for channels in the last axis that acts on the layer's format."""
        if self.data_format == "channels_last":
            return activation
        return lambda z: self.channels_last(activation(self.as_given(z)))


class ConvLSTM(OfOneCell):
    """The base class of convolutional LSTMs, over sequences of images (Shi et al. 2015).

    Inputs have shape (rows, steps, *image), and so have outputs with ``return_sequences``.

    Args:
        filters: the number of channels of the outputs.
        kernel_size: the lengths of the kernel's axes; one number for all.
        strides: the steps between places; the state has the size of the outputs.
        padding: ``'valid'``, or ``'same'`` to keep the images' size.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
        dilation_rate: the steps between the kernel's entries.
        activation: applied to the candidate, and to c in the output.
        recurrent_activation: applied to the gates.
        use_bias: whether a bias is added.
        kernel_initializer: sets the initial kernel, shape (*kernel_size, channels, 4 · filters).
        recurrent_initializer: sets the initial kernel of the state.
        bias_initializer: sets the initial bias.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        kernel_regularizer: a penalty on the kernel; the others have their own.
        activity_regularizer: a penalty on the outputs.
        kernel_constraint: applied to the kernel after each update; the others have their own.
        dropout: the fraction of the inputs that is set to 0 during training, for all steps.
        recurrent_dropout: the same for the state.
        seed: makes the dropouts repeatable.
        return_sequences: whether the outputs of all steps are returned, not only the last one.
        return_state: whether the last states h and c are returned too.
        go_backwards: whether the last entry comes first.
        stateful: whether the states are kept for the next batch.
        unroll: accepted for Keras's sake; the step is recorded once.
        zero_output_for_mask: whether the output of a masked step is 0, not that of the step before.
        options: those of every `Layer`.
    """

    cell_name = "conv_lstm_cell"
    written_by_name = ("activation", "recurrent_activation")
    rank: ClassVar[int]

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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

    def check_rank(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs are sequences of images."""
        if len(shape) != self.rank + 3:
            axes = ", ".join(_AXES[self.rank])
            raise ValueError(
                f"layer {self.name!r} expects sequences of images, (rows, steps, {axes}, "
                f"channels), got {shape}. Add the axis that is missing: x[:, np.newaxis] for the "
                "steps, x[..., np.newaxis] for the channels."
            )

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless the inputs are sequences of images with the right channels."""
        shape = shape[0] if isinstance(shape, list) else shape
        self.check_rank(shape)
        self.cell.check_input((None, *shape[2:]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs, and those of the states if they are returned."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        state = (shape[0], *self.cell.output_shape(shape[2:]))
        output = (*shape[:2], *state[1:]) if self.return_sequences else state
        return [output, state, state] if self.return_state else output


class _Cell1D(ConvLSTMCell):
    rank = 1


class _Cell2D(ConvLSTMCell):
    rank = 2


class _Cell3D(ConvLSTMCell):
    rank = 3


class ConvLSTM1D(ConvLSTM):
    """A convolutional LSTM over sequences of rows, (rows, steps, length, channels).

    See `ConvLSTM`.

    >>> ConvLSTM1D(4, 3)(np.zeros((2, 5, 8, 3))).shape
    (2, 6, 4)
    """

    rank, cell_class = 1, _Cell1D


class ConvLSTM2D(ConvLSTM):
    """A convolutional LSTM over sequences of images, (rows, steps, height, width, channels).

    See `ConvLSTM`.

    >>> layer = ConvLSTM2D(4, 3, padding="same", return_sequences=True)
    >>> layer(np.zeros((2, 5, 8, 8, 1))).shape
    (2, 5, 8, 8, 4)
    """

    rank, cell_class = 2, _Cell2D


class ConvLSTM3D(ConvLSTM):
    """A convolutional LSTM over volumes, (rows, steps, depth, height, width, channels).

    See `ConvLSTM`.

    >>> ConvLSTM3D(4, 3)(np.zeros((2, 2, 5, 5, 5, 3))).shape
    (2, 3, 3, 3, 4)
    """

    rank, cell_class = 3, _Cell3D
