"""Sequential: a model whose layers come one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer
from nn.layers.input import InputLayer
from nn.models.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.arguments import Shape
    from nn.layers.weight import Array


class Sequential(Model):
    """A stack of layers, each computing with the outputs of the one before.

    The weights are made as soon as the shape of the inputs is known: from ``input_shape=`` of the
    first layer, from an `Input`, or else from the first data.

    Args:
        layers: the layers in order; `add` adds more.
        trainable: whether ``fit`` may learn the weights.
        name: the model's name.

    >>> from nn.layers import Dense
    >>> model = Sequential([Dense(50, activation="relu", input_shape=(9,)), Dense(1)])
    >>> model.output_shape, model.count_params()
    ((None, 1), 551)
    """

    def __init__(
        self,
        layers: Sequence[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self._layers: list[Layer] = []
        self._output_shapes: list[Shape] = []
        if not isinstance(layers, Iterable | None):
            raise TypeError(
                f"Sequential expects its layers in a list, got {layers!r}. "
                "Write Sequential([Dense(32), Dense(1)]), for example."
            )
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Put a layer on top; its weights are made if its inputs' shape is known.

        Raises:
            TypeError: ``layer`` isn't an instance of a layer.
            ValueError: it can't compute with the outputs of the layer before it, or its name is
                taken.
        """
        self._check_new(layer)
        if isinstance(layer, InputLayer):
            self.input_shape_given = layer.input_shape_given
            return
        if not self._layers and self.input_shape_given is None:
            self.input_shape_given = layer.input_shape_given
        shape = self.output_shape if self._output_shapes else self.input_shape_given
        if shape is not None and len(self._output_shapes) == len(self._layers):
            self._output_shapes.append(self._built_on(layer, shape))
        self._layers.append(layer)
        self.built = len(self._output_shapes) == len(self._layers)

    def pop(self) -> Layer:
        """Take the last layer off, and answer it.

        Raises:
            ValueError: there are no layers.
        """
        if not self._layers:
            raise ValueError(f"model {self.name!r} expects a layer to remove, got no layers.")
        layer = self._layers.pop()
        del self._output_shapes[len(self._layers) :]
        self.built = bool(self._layers) and self.built
        return layer

    def build(self, input_shape: Shape | None = None) -> None:
        """Make the weights of all layers.

        Args:
            input_shape: the shape of a batch, such as ``(None, 9)``.

        Raises:
            ValueError: there are no layers, no shape, or shapes that don't fit.
        """
        shape = self.input_shape_given if input_shape is None else (None, *input_shape[1:])
        if shape is None or not self._layers:
            raise ValueError(
                f"model {self.name!r} expects layers and the shape of its inputs before it is "
                f"built, got {len(self._layers)} layers and the shape {shape}. "
                "Call model.add(Dense(1, input_shape=(9,))), for example."
            )
        if self.input_shape_given is not None:
            self.check_input(shape)
        self.input_shape_given = self.input_shape_given or shape
        self._output_shapes = []
        for before, layer in zip([None, *self._layers], self._layers, strict=False):
            shape = self._built_on(layer, shape, before)
            self._output_shapes.append(shape)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Pass the inputs through all layers."""
        for layer in self._layers:
            inputs = layer(inputs, training=training)
        return inputs

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError, with the name of the first layer, unless the inputs fit it."""
        expected = self.input_shape
        if _fits(shape, expected):
            return
        first = self._layers[0]
        if len(expected) == 2:
            what = f"layer {first.name!r} expects inputs of width {expected[1]}, got {shape}."
        else:
            what = f"layer {first.name!r} expects inputs of shape {expected}, got {shape}."
        raise ValueError(f"{what} {_cure(shape[1:], expected[1:])}")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the last layer's outputs."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers in order; an `Input` isn't one of them."""
        return list(self._layers)

    @property
    def input_shape(self) -> Shape:
        """The shape of a batch of inputs, ``(None, ...)``."""
        if self.input_shape_given is None:
            raise self._shapeless("input_shape")
        return self.input_shape_given

    @property
    def output_shape(self) -> Shape:
        """The shape of a batch of outputs, ``(None, ...)``."""
        if not self._output_shapes:
            raise self._shapeless("output_shape")
        return self._output_shapes[-1]

    def output_shapes(self) -> list[Shape | None]:
        """The shape of each layer's outputs, where it is known."""
        unknown = len(self._layers) - len(self._output_shapes)
        return [*self._output_shapes, *[None] * unknown]

    def get_config(self) -> dict[str, Any]:
        """The arguments that would make this model again; the layers are the same objects."""
        return {"layers": self.layers, "trainable": self.trainable, "name": self.name}

    def _check_new(self, layer: Layer) -> None:
        if not isinstance(layer, Layer):
            got = f"the class {layer.__name__}" if isinstance(layer, type) else repr(layer)
            raise TypeError(
                f"Sequential expects an instance of a layer, got {got}. "
                "Write model.add(Dense(32)), for example."
            )
        if isinstance(layer, InputLayer) and (self._layers or self.input_shape_given):
            raise ValueError(
                f"model {self.name!r} expects an Input before its layers, once, got one after the "
                "shape was known. Make a new model, or leave it out."
            )
        if any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f"model {self.name!r} expects layers with different names, got a second "
                f"{layer.name!r}. Make a new layer, or give it another name=."
            )

    def _built_on(self, layer: Layer, shape: Shape, before: Layer | None = None) -> Shape:
        """Build ``layer`` on inputs of this shape, and answer the shape of its outputs."""
        if before is None and self._layers and layer is not self._layers[0]:
            before = self._layers[-1]
        try:
            layer.ensure_built(shape)
        except ValueError as error:
            if before is None:
                raise
            width = getattr(before, "units", None)
            has = f"has {width} units" if width else f"has outputs of shape {shape}"
            raise ValueError(f"{error} The layer before it, {before.name!r}, {has}.") from None
        return layer.compute_output_shape(shape)

    def _shapeless(self, wanted: str) -> ValueError:
        return ValueError(
            f"model {self.name!r} expects to know the shape of its inputs before it has "
            f"{wanted}, got no data yet. Call build((None, 9)), give the first layer input_shape=, "
            "or fit the model."
        )


def _fits(shape: Shape, expected: Shape) -> bool:
    """Whether inputs of this shape fit; None, and the batch axis, fit any length."""
    return len(shape) == len(expected) and all(
        length == wanted or wanted is None
        for length, wanted in zip(shape[1:], expected[1:], strict=True)
    )


def _cure(got: Shape, expected: Shape) -> str:
    """Say what to do about rows that have another shape than is expected."""
    if expected and got == expected[1:]:
        others = "" if got else f" Several rows need {expected[0]} columns each."
        return f"A single row needs an axis for the batch: write x[np.newaxis].{others}"
    if None in expected or math.prod(got) != math.prod(expected):  # type: ignore[arg-type]
        what = "columns" if len(expected) == 1 else "shape"
        return f"It is the first layer: check the {what} of the data."
    reshape = f"x.reshape({', '.join(map(str, (-1, *expected)))})"
    if len(expected) > 1:
        return f"These are as many numbers in another shape: write {reshape}."
    return f"Begin with Flatten(input_shape={got}), or write {reshape}."
