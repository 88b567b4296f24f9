"""The model: a layer with training, pictures and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from nn import tree
from nn.argument_checks import parameters_of
from nn.configs.registered import custom_object_scope
from nn.configs.sharing import made_objects, marks_shared
from nn.layers.architecture import Architecture
from nn.layers.base import Layer
from nn.layers.masks import set_mask
from nn.layers.symbol import Symbol
from nn.models import compile_config, graph_config
from nn.models.graph import Graph
from nn.models.inputs import standardized
from nn.models.provenance import Provenance
from nn.models.showing import ShownModel
from nn.saving import saving, without_weights
from nn.training.objective import Outputs
from nn.training.preparation import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike


class Model(ShownModel):
    """A model: of the layers between symbolic inputs and outputs, or a base class to derive from.

    ``Model(inputs, outputs)`` connects layers in a graph. `Input` returns the first Symbols;
    layers, NumPy functions and operators that are called on Symbols return further ones:

    >>> import numpy as np
    >>> from nn.layers import Dense, Input
    >>> x = Input(shape=(3,))
    >>> hidden = Dense(4, activation="relu")(x)
    >>> model = Model(x, Dense(1)(np.concatenate([x, hidden], axis=1)))
    >>> model.output_shape, model.count_params()
    ((None, 1), 24)

    A subclass keeps layers in attributes and defines ``call(self, inputs, training=False)``; or it
    passes inputs and outputs on, and overrides `train_step`, for example.

    Args:
        inputs: a Symbol, or several in a list or dictionary.
        outputs: Symbols that are computed from them, likewise.
        name: the model's name.
        trainable: whether ``fit`` updates the weights.

    A user-defined training loop takes three lines. The parameters are a list of arrays, and inside
    ``bound`` the model computes with them:

    >>> import autodiff as ad
    >>> from nn.layers import Dense
    >>> class Line(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.dense = Dense(1, kernel_initializer="zeros")
    ...     def call(self, inputs):
    ...         return self.dense(inputs)
    >>> model, x, y = Line(), np.array([[1.0], [2.0]]), np.array([[2.0], [4.0]])
    >>> model(x).ravel()
    array([0., 0.], dtype=float32)
    >>> def loss(parameters):
    ...     with model.bound(parameters):
    ...         return np.mean((model(x) - y) ** 2)
    >>> parameters = model.get_weights()
    >>> for _ in range(200):
    ...     slopes = ad.grad(loss)(parameters)
    ...     parameters = [p - 0.1 * slope for p, slope in zip(parameters, slopes)]
    >>> model.set_weights(parameters)
    >>> model(np.array([[3.0]])).round(1)
    array([[6.]], dtype=float32)
    """

    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    graph: Graph | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a `Functional` where ``Model`` itself is called with inputs and outputs."""
        if cls is Model and (args or "inputs" in kwargs):
            return super().__new__(Functional)
        return super().__new__(cls)

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        *,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        if (inputs is None) != (outputs is None):
            missing, given = ("inputs", "outputs") if inputs is None else ("outputs", "inputs")
            raise TypeError(
                f"model {self.name!r} expects both inputs and outputs, got {given} alone. Pass "
                f"{missing}= too."
            )
        if inputs is None:
            return
        self.graph = Graph(inputs, outputs, self.name)
        self.built = True
        if isinstance(self.graph.inputs, Symbol):
            self.input_shape_given = (None, *self.graph.inputs.shape[1:])

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs of a batch of inputs, in the structure of the model's outputs."""
        if self.graph is None:
            return super().call(inputs)  # which raises an error
        values = standardized(inputs, self.graph)
        if mask is not None:
            for value, part in zip(values, tree.leaves(mask), strict=False):
                set_mask(value, part)
        return self.graph.run(values, training)

    @property
    def is_callable(self) -> bool:
        """Whether the model has a graph, or a class with its own ``call``."""
        return self.graph is not None or type(self).call not in (Model.call, Layer.call)

    # --- the parts of a functional model

    @property
    def inputs(self) -> list[Symbol]:
        """The Symbols that a functional model starts from."""
        return self._required_graph("inputs").starts

    @property
    def outputs(self) -> list[Symbol]:
        """The Symbols that a functional model ends with."""
        return self._required_graph("outputs").ends

    @property
    def input(self) -> Any:
        """The inputs as they were passed to the model."""
        return self._required_graph("input").inputs

    @property
    def output(self) -> Any:
        """The outputs as they were passed to the model."""
        return self._required_graph("output").outputs

    @property
    def input_shape(self) -> Any:
        """The shape of a batch of inputs, such as ``(None, 9)``, or several in their structure."""
        return tree.map_leaves(_shape, self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of a batch of outputs, such as ``(None, 1)``, or several in their structure."""
        return tree.map_leaves(_shape, self.output)

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs, in order."""
        return [symbol.name for symbol in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that compute the outputs, in order."""
        return [symbol.name for symbol in self.outputs]

    @property
    def known_outputs(self) -> Outputs | None:
        """The outputs of a functional model."""
        return Outputs.of(self.graph.outputs, self.output_names) if self.graph else None

    def expected(self) -> Expected:
        """Return what the model expects of its data; any structure without a graph."""
        if self.graph is None:
            return super().expected()
        return Expected(
            dtypes=tree.map_leaves(lambda symbol: symbol.dtype, self.graph.inputs),
            several_inputs=tree.is_structure(self.graph.inputs),
            several_outputs=tree.is_structure(self.graph.outputs),
            names=() if isinstance(self.graph.inputs, dict) else tuple(self.input_names),
            rank=None if tree.is_structure(self.graph.inputs) else self.graph.inputs.ndim,
        )

    @property
    def fixed_rows(self) -> int | None:
        """The number of rows in each batch, where an input has a ``batch_shape`` that says so."""
        starts = self.graph.starts if self.graph else []
        return next((rows for symbol in starts if (rows := symbol.shape[0])), None)

    @property
    def operations(self) -> list[Any]:
        """The layers and operations of a functional model, in order."""
        return list(self._required_graph("operations").operations)

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model holds directly: of the graph, then in attributes."""
        return self.sublayers()

    def sublayers(self) -> list[Layer]:
        """Return the layers of the graph, then those in attributes, each once."""
        of_graph = self.graph.layers if self.graph else []
        known = set(map(id, of_graph))
        return [*of_graph, *(layer for layer in super().sublayers() if id(layer) not in known)]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols of the shapes and dtypes of the outputs."""
        if self.graph is None:
            return super().compute_output_spec(*args, **kwargs)
        return self._inferred(args, kwargs)

    def architecture(self) -> Architecture:
        """Return the layers and operations, and where their inputs come from."""
        return (
            super().architecture() if self.graph is None else Provenance(self.graph).architecture()
        )

    def _required_graph(self, name: str) -> Graph:
        if self.graph is None:
            raise AttributeError(
                f"model {self.name!r} expects to be made of Symbols, Model(inputs, outputs), to "
                f"have {name}, got a model whose call is written in Python. Use its layers, "
                "model.layers, or make a functional model."
            )
        return self.graph

    # --- files

    def save(self, filepath: str | PathLike[str], overwrite: bool = True) -> None:
        """Write the whole model to a file, ``.keras``, ``.h5`` or ``.npz``; see `save_model`.

        The file holds the layers, the weights, the arguments of `compile` and the state of the
        optimizer; `nn.models.load_model` returns the model, to use and train on.
        """
        saving.save_model(self, filepath, overwrite)

    def export(self, filepath: str | PathLike[str], format: str = "onnx") -> None:  # noqa: A002
        """Write what the model computes to a file of ONNX, for other programs.

        The file takes any number of rows. Layers act as in prediction.

        Raises:
            ModuleNotFoundError: the package ``onnx`` isn't installed.
            NotImplementedError: a layer needs an operation that ONNX doesn't have.
            OSError: the file can't be written; the old one, if any, stays as it was.
            ValueError: another format, or inputs of unknown lengths.
        """
        saving.export(self, filepath, format)

    def save_weights(self, filepath: str | PathLike[str], overwrite: bool = True) -> None:
        """Write all weights to a file, ``.weights.h5``, ``.npz`` or ``.safetensors``.

        See `nn.saving.save_weights` for the errors.
        """
        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | PathLike[str], skip_mismatch: bool = False) -> None:
        """Read all weights from a file that `save_weights` or `save` wrote, or Keras.

        With ``skip_mismatch``, weights that don't fit are left as they are.
        """
        saving.load_weights(self, filepath, skip_mismatch)

    def to_json(self, **options: Any) -> str:
        """Return the config as JSON, for `nn.models.model_from_json`; options of `json.dumps`."""
        return without_weights.to_json(self, **options)

    @marks_shared
    def get_config(self) -> dict[str, Any]:
        """Return a description of the model in values that JSON can hold, for `from_config`.

        That of a functional model has its layers, and their calls. A subclass with a constructor of
        its own is described by the arguments of that.

        Raises:
            NotImplementedError: an argument isn't stored, or JSON can't hold it.
        """
        config = super().get_config()
        if self.graph is None or "inputs" not in parameters_of(type(self)):
            return config
        del config["dtype"]  # Keras doesn't write it here
        return config | graph_config.describe(self.graph)

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        """Make a model from the result of `get_config`, with new layers and new weights.

        Args:
            config: the result of `get_config`, possibly read from JSON, or what Keras wrote.
            custom_objects: classes and functions by their names, besides those that are registered.

        Raises:
            ValueError: a class or function isn't found.
        """
        with custom_object_scope(custom_objects), made_objects():
            if "input_layers" not in config and not issubclass(cls, Functional):
                return super().from_config(config)
            inputs, outputs = graph_config.rebuild(config)
            rest = {name: x for name, x in config.items() if name not in graph_config.PARTS}
            return cls(inputs, outputs, **cls._read(rest))

    def get_compile_config(self) -> dict[str, Any]:
        """Return the arguments of `compile` in values that JSON can hold; none if not compiled."""
        return compile_config.describe(self)

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compile the model with the result of `get_compile_config`, or with what Keras wrote."""
        compile_config.compile_by(self, config)


class Functional(Model):
    """A model of the layers between symbolic inputs and outputs; ``Model(inputs, outputs)``.

    >>> import nn
    >>> inputs = nn.Input((3,))
    >>> model = nn.Model(inputs, nn.layers.Dense(2)(inputs))
    >>> isinstance(model, Functional), model.output_shape
    (True, (None, 2))
    """


def _shape(symbol: Symbol) -> Any:
    return symbol.shape
