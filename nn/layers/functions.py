"""Layers without weights: the identity, a function of the user, and penalties on the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import regularizers
from nn.layers.base import Layer
from nn.numbers import at_least_zero

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nn.layers.shapes import Shape


class Identity(Layer):
    """Return the inputs unchanged.

    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    takes_structures = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape


class Lambda(Layer):
    """A function of arrays as a layer.

    Args:
        function: takes the inputs, and may take ``mask`` and ``training``; plain NumPy code.
        output_shape: the shape of a row of outputs, or a function of the shape of the inputs; found
            by calling the function by default.
        mask: the mask of the outputs, or a function of the inputs and their mask.
        arguments: further named arguments for the function.
        options: those of every `Layer`.

    >>> Lambda(lambda x: x ** 2)([[1.0, 2.0]])
    array([[1., 4.]], dtype=float32)
    """

    takes_structures = True
    left_out_by_keras = ("output_shape", "mask")

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.built = True
        if not callable(function):
            raise TypeError(
                f"Lambda expects a function, got {function!r}. Write Lambda(np.square)."
            )
        self.function = function
        self.output_shape = output_shape
        self.mask = mask
        self.arguments = dict(arguments or {})
        self.supports_masking = mask is not None
        names = getattr(getattr(function, "__code__", None), "co_varnames", ())
        self._takes = [name for name in ("mask", "training") if name in names]

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Call the function."""
        given = {"mask": mask, "training": training}
        return self.function(
            inputs, **self.arguments, **{name: given[name] for name in self._takes}
        )

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols like the outputs."""
        if self.output_shape is not None:
            return super().compute_output_spec(*args, **kwargs)
        return self._inferred(args, kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs."""
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        of_first = input_shape
        while isinstance(of_first, list | dict):
            of_first = next(iter(of_first.values() if isinstance(of_first, dict) else of_first))
        return (of_first[0], *self.output_shape)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the outputs."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask


class ActivityRegularization(Layer):
    """Add a penalty on the inputs to the loss: l1 · Σ|x| + l2 · Σx², divided by the rows.

    >>> layer = ActivityRegularization(l2=0.5)
    >>> _ = layer([[1.0, 2.0]])
    >>> layer.losses
    [np.float32(2.5)]
    """

    casts_integers = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True
        self.l1, self.l2 = at_least_zero("l1", l1), at_least_zero("l2", l2)
        self.activity_regularizer = regularizers.L1L2(l1=self.l1, l2=self.l2)

    def call(self, inputs: Array) -> Array:
        """Return the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(activity_regularizer=None, **elsewhere)


class Rescaling(Layer):
    """Multiply by a scale and add an offset: ``inputs * scale + offset``.

    >>> Rescaling(1 / 255)(np.array([[0, 255]], np.uint8))
    array([[0., 1.]], dtype=float32)
    """

    casts_integers = True

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True
        self.scale, self.offset = scale, offset

    def call(self, inputs: Array) -> Array:
        """Scale and shift."""
        scale, offset = (np.asarray(x, np.float32) for x in (self.scale, self.offset))
        return inputs * scale[()] + offset[()]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape
