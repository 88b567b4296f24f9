"""The dense layer of any axes: an Einstein sum of the inputs with a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from autodiff import Array
from nn import activations
from nn.initializers import over_axes
from nn.layers.base import Layer
from nn.layers.einsum_equation import EinsumEquation
from nn.layers.weight_options import set_weight_options, weight_options

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class EinsumDense(Layer):
    """``activation(einsum(equation, inputs, kernel) + bias)``.

    Args:
        equation: letters for the axes of the inputs, the kernel and the outputs:
            ``"abc,cd->abd"`` is a `Dense` on sequences, as is ``"...c,cd->...d"`` on any inputs.
        output_shape: the lengths of the outputs' axes, without the first (the rows) and those of
            an ellipsis; None for one that is that of the inputs.
        activation: a name such as ``'relu'``, a function, or None for no activation.
        bias_axes: the letters of the outputs that the bias has; None for no bias.
        kernel_initializer: sets the initial kernel.
        bias_initializer: sets the initial bias.
        kernel_regularizer: a penalty on the kernel, added to the loss.
        bias_regularizer: the same for the bias.
        kernel_constraint: applied to the kernel after each update.
        bias_constraint: the same for the bias.
        options: those of every `Layer`.

    >>> layer = EinsumDense("abc,cd->abd", (None, 2), kernel_initializer="ones")
    >>> layer([[[1.0, 2.0], [3.0, 4.0]]])
    array([[[3., 3.],
            [7., 7.]]], dtype=float32)
    """

    casts_integers = True
    kernel: Weight
    bias: Weight | None
    written_by_name = ("activation",)
    written_by_keras: ClassVar = {"activity_regularizer": None, "quantization_config": None}

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.equation = equation
        self.output_shape = (
            (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        self.activation = activations.get(activation)
        set_weight_options(self, ("kernel", "bias"), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the kernel, and the bias if there is one."""
        equation = EinsumEquation.of(self.equation, len(input_shape))
        outputs = equation.output_shape(input_shape, self.output_shape)
        lengths = dict(zip(equation.inputs, input_shape, strict=True))
        lengths |= {
            letter: n for letter, n in zip(equation.outputs, outputs, strict=True) if n is not None
        }
        options = weight_options(self, "kernel")
        options["initializer"] = over_axes(
            options["initializer"], equation.input_axes(), equation.output_axes()
        )
        shape = self._known(equation.kernel, lengths)
        self.kernel = self.add_weight(shape, name="kernel", **options)
        self.bias = None
        if self.bias_axes:
            shape = self._bias_shape(equation, lengths)
            self.bias = self.add_weight(shape, name="bias", **weight_options(self, "bias"))

    def call(self, inputs: Array) -> Array:
        """Compute the sum, add the bias, and apply the activation."""
        outputs = EinsumEquation.of(self.equation, inputs.ndim).apply(inputs, self.kernel.value)
        return self.activation(outputs if self.bias is None else outputs + self.bias)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the axes of the equation and of the kernel."""
        equation = EinsumEquation.of(self.equation, len(shape))
        lengths = dict(zip(equation.kernel, self.kernel.shape, strict=True))
        for letter, n in zip(equation.inputs, shape, strict=True):
            if n is not None and lengths.get(letter, n) != n:
                raise ValueError(
                    f"layer {self.name!r} expects inputs with an axis {letter!r} of length "
                    f"{lengths[letter]} in {self.equation!r}, got {shape}. It was built for other "
                    f"data: make a new layer, or reshape the data."
                )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        equation = EinsumEquation.of(self.equation, len(input_shape))
        return equation.output_shape(input_shape, self.output_shape)

    def _bias_shape(
        self, equation: EinsumEquation, lengths: dict[str, int | None]
    ) -> tuple[int, ...]:
        axes = self.bias_axes or ""
        if not set(axes) <= set(equation.outputs):
            raise ValueError(
                f"layer {self.name!r} expects bias_axes among those of the outputs, "
                f"{equation.outputs!r}, got {axes!r}. Choose letters from these."
            )
        first = min(map(equation.outputs.index, axes))
        ones: dict[str, int | None] = dict.fromkeys(equation.outputs, 1)
        chosen = {letter: lengths[letter] for letter in axes}
        return self._known(equation.outputs[first:], ones | chosen)

    def _known(self, letters: str, lengths: dict[str, int | None]) -> tuple[int, ...]:
        """Return the lengths of axes.

        Raises:
            ValueError: an axis is neither of the inputs nor of the outputs, or has no length.
        """
        found = [lengths.get(letter) for letter in letters]
        if None in found:
            letter = letters[found.index(None)]
            raise ValueError(
                f"layer {self.name!r} expects a known length of axis {letter!r} in "
                f"{self.equation!r}, got none. Give it in output_shape or in the inputs' shape."
            )
        return tuple(n for n in found if n is not None)
