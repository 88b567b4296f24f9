"""Sequential: a model whose layers are applied one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import parameters_of
from nn.built_in import is_built_in
from nn.configs.serialization import serialize_keras_object
from nn.configs.sharing import marks_shared
from nn.layers.architecture import Architecture, chain_of
from nn.layers.base import Layer
from nn.layers.input import InputLayer
from nn.layers.masks import set_mask
from nn.layers.symbol import Symbol, record
from nn.models.model import Model
from nn.naming import unique_name
from nn.training.objective import Outputs
from nn.training.preparation import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nn.layers.shapes import Shape
    from nn.layers.symbol import Call


class Sequential(Model):
    """A stack of layers; the outputs of each are the inputs of the next.

    The weights are made as soon as the input shape is known: from ``input_shape=`` of the first
    layer, from an `Input`, or else from the first data.

    Args:
        layers: the layers in order; `add` adds more.
        trainable: whether ``fit`` updates the weights.
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
        self._ends: list[Symbol] = []  # the outputs of each layer that is built
        self._start: Call | None = None  # of the InputLayer
        if not isinstance(layers, Iterable | None):
            raise TypeError(
                f"Sequential expects its layers in a list, got {layers!r}. "
                "Write Sequential([Dense(32), Dense(1)]), for example."
            )
        for layer in () if layers is None else layers:
            self._append(layer)
        self._count_graph()

    def add(self, layer: Layer) -> None:
        """Append a layer; its weights are made if its input shape is known.

        Raises:
            TypeError: ``layer`` isn't an instance of a layer.
            ValueError: it doesn't accept the outputs of the layer before it, or its name is taken.
        """
        self._append(layer)
        self._count_graph()

    def _append(self, layer: Layer) -> None:
        if isinstance(layer, Symbol) and isinstance(
            getattr(layer.call, "operation", None), InputLayer
        ):
            layer = layer.call.operation
        self._check_new(layer)
        if isinstance(layer, InputLayer):
            self._declare(layer)
            return
        if not self._layers and self.input_shape_given is None and layer.input_shape_given:
            self._declare(InputLayer(batch_shape=layer.input_shape_given))
        if self._start is not None and len(self._ends) == len(self._layers):
            symbol = self._ends[-1] if self._ends else self._start.outputs
            self._ends.append(self._built_on(layer, symbol))
        self._layers.append(layer)
        self.built = len(self._ends) == len(self._layers)

    def pop(self) -> Layer:
        """Remove the last layer, and return it.

        Raises:
            ValueError: there are no layers.
        """
        if not self._layers:
            raise ValueError(
                f"model {self.name!r} expects a layer to remove, got no layers. Add one first."
            )
        layer = self._layers.pop()
        del self._ends[len(self._layers) :]
        self.built = bool(self._layers) and self.built
        self._count_graph()
        return layer

    def build(self, input_shape: Shape | None = None) -> None:
        """Make the weights of all layers.

        Args:
            input_shape: the shape of a batch, such as ``(None, 9)``.

        Raises:
            ValueError: there are no layers, no shape, or shapes that don't fit.
        """
        shape = self.input_shape_given if input_shape is None else tuple(input_shape)
        if shape is None or not self._layers:
            raise ValueError(
                f"model {self.name!r} expects layers and the shape of its inputs before it is "
                f"built, got {len(self._layers)} layers and the shape {shape}. "
                "Call model.add(Dense(1, input_shape=(9,))), for example."
            )
        if self.input_shape_given is not None:
            self.check_input(shape)
        else:
            self._declare(InputLayer(batch_shape=shape))
        if len(self._ends) != len(self._layers):
            self._ends, symbol = [], self.input
            for before, layer in zip([None, *self._layers], self._layers, strict=False):
                symbol = self._built_on(layer, symbol, before)
                self._ends.append(symbol)
        self._count_graph()

    def _count_graph(self) -> None:
        """Take the next name of functional models, as Keras does, which makes one when built."""
        if self.built or (self._ends and len(self._ends) == len(self._layers)):
            unique_name("functional")

    def call(self, inputs: Array, training: bool | None = None, mask: Any = None) -> Array:
        """Pass the inputs through all layers."""
        if mask is not None:
            set_mask(inputs, mask)
        for layer in self._layers:
            inputs = layer(inputs, training=training)
        return inputs

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError, with the name of the first layer, unless the inputs fit it."""
        expected = self.input_shape_given or (None, *self.input_shape[1:])
        if _fits(shape, expected):
            return
        first = self._layers[0]
        if len(expected) == 2:
            what = f"layer {first.name!r} expects inputs of width {expected[1]}, got {shape}."
        else:
            what = f"layer {first.name!r} expects inputs of shape {expected}, got {shape}."
        raise ValueError(f"{what} {_cure(shape[1:], expected[1:])}")

    @property
    def takes_structures(self) -> bool:  # type: ignore[override]
        """Whether the first layer does."""
        first = self._layers[0] if self._layers else None
        return first is None or first.takes_structures or not is_built_in(type(first))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the last layer's outputs."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers in order; an `Input` isn't one of them."""
        return list(self._layers)

    @property
    def fixed_rows(self) -> int | None:
        """The number of rows in each batch, where the input has a ``batch_shape`` that says so."""
        return None if self._start is None else self.input.shape[0]

    @property
    def known_outputs(self) -> Outputs | None:
        """The output of the last layer, whose name is used in mappings passed to `compile`."""
        return Outputs((self._layers[-1].name if self._layers else None,))

    def expected(self) -> Expected:
        """Return what the model expects of its data: one array, of floats for most layers."""
        takes_floats = not self._layers or self._layers[0].casts_integers
        if isinstance(self._layers[0] if self._layers else None, Model):
            return self._layers[0].expected()  # type: ignore[attr-defined, no-any-return]
        rank = None if self.input_shape_given is None else len(self.input_shape_given)
        if self._start is not None and self._start.operation.dtype.kind == "U":
            return Expected(dtypes=self._start.operation.dtype, rank=rank)
        return Expected(dtypes=np.float32 if takes_floats else None, rank=rank)

    @property
    def input(self) -> Symbol:
        """The Symbol that the model starts from, for a functional model of some of its layers.

        >>> from nn.layers import Dense
        >>> model = Sequential([Dense(3, "relu", input_shape=(2,)), Dense(1)])
        >>> hidden = Model(model.input, model.layers[0].output)
        >>> hidden(np.zeros((5, 2))).shape
        (5, 3)
        """
        if self._start is None:
            raise self._shape_unknown("an input")
        symbol: Symbol = self._start.outputs
        return symbol

    @property
    def output(self) -> Symbol:
        """The Symbol that the last layer returns."""
        if not self.built:
            raise self._shape_unknown("an output")
        return self._ends[-1]

    @property
    def inputs(self) -> list[Symbol]:
        """The Symbol that the model starts from, in a list."""
        return [self.input]

    @property
    def outputs(self) -> list[Symbol]:
        """The Symbol that the last layer returns, in a list."""
        return [self.output]

    @property
    def input_shape(self) -> Shape:
        """The shape of a batch of inputs, ``(None, ...)`` unless its size is fixed."""
        if self.input_shape_given is None:
            raise self._shape_unknown("input_shape")
        return self.input.shape

    @property
    def output_shape(self) -> Shape:
        """The shape of a batch of outputs, ``(None, ...)`` unless its size is fixed."""
        if not self._ends:
            raise self._shape_unknown("output_shape")
        return self._ends[-1].shape

    def architecture(self) -> Architecture:
        """Return the layers with the shapes of their inputs and outputs."""
        known = [symbol.shape for symbol in self._ends]
        shapes = [self.input_shape_given, *known, *[None] * (len(self._layers) - len(known))]
        return chain_of(self._layers, shapes)

    @marks_shared
    def get_config(self) -> dict[str, Any]:
        """Return a JSON-ready description of the model: the class and arguments of each layer.

        >>> from nn.layers import Dense
        >>> model = Sequential([Dense(3, "relu", name="hidden"), Dense(1)], name="small")
        >>> config = model.get_config()
        >>> config["name"], config["layers"][0]["class_name"]
        ('small', 'Dense')
        >>> config["layers"][0]["config"]["activation"]
        'relu'
        >>> [layer.units for layer in Sequential.from_config(config).layers]
        [3, 1]
        """
        config = super().get_config()
        if "layers" not in parameters_of(type(self)):  # a subclass that makes its layers
            return config
        starts = [] if self._start is None else [self._start.operation]
        config["layers"] = [serialize_keras_object(layer) for layer in (*starts, *self._layers)]
        if starts and self.built:
            config["build_input_shape"] = list(starts[0].batch_shape)
        return config

    @classmethod
    def _read(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        arguments = super()._read(config)
        shape, layers = arguments.pop("build_input_shape", None), arguments.get("layers")
        if shape and layers and not isinstance(layers[0], InputLayer):
            layers.insert(0, InputLayer(batch_shape=shape))
        return arguments

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build_from_config` needs; None if the layers aren't built."""
        return {"input_shape": self.input_shape} if self.built else None

    def _declare(self, start: InputLayer) -> None:
        """Set the shape of the inputs."""
        self.input_shape_given, self._start = start.input_shape_given, start.calls[0]

    def _check_new(self, layer: Layer) -> None:
        if not isinstance(layer, Layer):
            got = f"the class {layer.__name__}" if isinstance(layer, type) else repr(layer)
            raise TypeError(
                f"Sequential expects an instance of a layer, got {got}. "
                "Write model.add(Dense(32)), for example."
            )
        if isinstance(layer, InputLayer) and (self._layers or self.input_shape_given):
            raise ValueError(
                f"model {self.name!r} expects one Input, before its layers, got one after the "
                "shape was known. Make a new model, or leave it out."
            )
        if any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f"model {self.name!r} expects layers with different names, got a second "
                f"{layer.name!r}. Make a new layer, or pass it another name=."
            )

    def _built_on(self, layer: Layer, inputs: Symbol, before: Layer | None = None) -> Symbol:
        """Build ``layer`` on inputs like a Symbol, and return the Symbol of its outputs."""
        if before is None and self._layers and layer is not self._layers[0]:
            before = self._layers[-1]
        try:
            layer.ensure_built(inputs.shape)
        except ValueError as error:
            if before is None:
                raise
            width = getattr(before, "units", None)
            has = f"has {width} units" if width else f"has outputs of shape {inputs.shape}"
            raise ValueError(f"{error} The layer before it, {before.name!r}, {has}.") from None
        outputs: Symbol = record(layer, (inputs,), {}, layer.compute_output_spec(inputs))
        return outputs

    def _shape_unknown(self, name: str) -> ValueError:
        return ValueError(
            f"model {self.name!r} expects a known input shape before it has {name}, got no data "
            "yet. Call build((None, 9)), pass input_shape= to the first layer, or fit the model."
        )


def _fits(shape: Shape, expected: Shape) -> bool:
    """Return whether an input shape fits; None and the batch axis fit any length."""
    return len(shape) == len(expected) and all(
        length == wanted or wanted is None
        for length, wanted in zip(shape[1:], expected[1:], strict=True)
    )


def _cure(got: Shape, expected: Shape) -> str:
    """Return advice on rows whose shape differs from the expected one."""
    if expected and got == expected[1:]:
        others = "" if got else f" Several rows need {expected[0]} columns each."
        return f"A single row needs an axis for the batch: write x[np.newaxis].{others}"
    if None in expected or math.prod(got) != math.prod(expected):  # type: ignore[arg-type]
        what = "columns" if len(expected) == 1 else "shape"
        return f"It is the first layer: check the {what} of the data."
    reshape = f"x.reshape({', '.join(map(str, (-1, *expected)))})"
    if len(expected) > 1:
        return f"The shapes have the same size: write {reshape}."
    return f"Begin with Flatten(input_shape={got}), or write {reshape}."
