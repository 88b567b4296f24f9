"""The layer: a function with weights, built when the shape of its inputs is known."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self

from autodiff import Array, calling_line
from nn import activations, naming, regularizers, tree
from nn.absent import missing_in
from nn.argument_checks import parameters_of, refuse_unknown
from nn.configs.dtype_policy import DTypePolicy, check_dtype
from nn.dtypes import FLOATX
from nn.layers import context
from nn.layers.call_inputs import (
    arrays_in,
    as_arguments,
    as_shapes,
    check_one_array,
    narrowed,
    shapes_of,
    specs_of,
)
from nn.layers.input_spec import check_specs
from nn.layers.masks import attach_masks, masks_for, masks_of
from nn.layers.shape_inference import infer, masked_zeros
from nn.layers.shapes import Shape, declared_shape
from nn.layers.signature import CallSignature, shape_arguments
from nn.layers.spec import has_specs, specs_in
from nn.layers.symbol import record
from nn.layers.tensor_methods import add_cure
from nn.layers.weighted import Weighted
from nn.messages import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nn.layers.symbol import Call


_SIZES = ("units", "filters", "kernel_size", "pool_size", "rate")  # in the labels of pictures


class Layer(Weighted):
    """The base class of layers: a function of arrays with weights; define `build` and `call`.

    ``build(input_shape)`` creates the weights and ``call(inputs)`` computes the outputs, in plain
    NumPy code that is differentiated automatically. A layer that behaves differently during
    training defines ``call(self, inputs, training=False)``; the layers that it calls inherit
    ``training`` unless another value is passed. Layers in attributes, also in nested lists and
    dictionaries, are tracked, and their weights are included in those of this layer.

    Args:
        name: the name in messages and in the summary; made from the class name by default.
        trainable: whether ``fit`` updates the weights.
        input_shape: the shape of one row; with it, a first layer is built immediately.
        input_dim: the same for rows of one axis: ``input_dim=9`` is ``input_shape=(9,)``.
        activity_regularizer: a penalty on the outputs, divided by the number of rows.
        dtype: float32 is the only supported dtype.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> layer = Scale(name="scale")
    >>> layer([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    >>> layer.count_params()
    2
    """

    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    left_out_by_keras: ClassVar[tuple[str, ...]] = (
        "input_shape", "input_dim", "activity_regularizer"
    )  # fmt: skip
    written_by_name: ClassVar[tuple[str, ...]] = ()  # the arguments that are activations
    input_spec: Any = None  # an InputSpec, or several, for `check_input`
    dtype: Any = FLOATX
    compute_dtype = variable_dtype = FLOATX
    _line: Any = None  # where the user created it
    casts_integers = False  # whether integer inputs become floats
    takes_structures: ClassVar[bool] = False  # of a built-in layer; user-defined layers may
    masks_steps: ClassVar[bool] = False  # its mask is of steps or entries, not of whole rows
    is_one_box: ClassVar[bool] = False  # in pictures, also if it consists of layers
    _signature = CallSignature((), takes_training=False, training_default=None)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._signature = CallSignature.of(cls.call)
        if "build" in vars(cls):
            cls.build = _marking_built(cls.build)  # type: ignore[method-assign]

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        activity_regularizer: Any = None,
        dtype: Any = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), self._supported(unknown))
        check_dtype(type(self), dtype)
        self.name = naming.name_of(type(self), name)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.built = False
        self._build_shapes: dict[str, Any] = {}  # by the names of the parameters of build
        self.input_shape_given = declared_shape(input_shape, input_dim)
        self._trainable = bool(trainable)
        self._own_weights = []
        self.recorded_losses: list[Array] = []
        self.calls: list[Call] = []  # in functional models
        self._line = calling_line()
        self.supports_masking = type(self).compute_mask is not Layer.compute_mask

    # --- for subclasses to define

    def build(self, input_shape: Shape) -> None:
        """Create the weights for inputs of this shape, ``(None, ...)``."""
        self.built, self._build_shapes = True, {"input_shape": input_shape}

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs of a batch of inputs."""
        raise NotImplementedError(
            f"layer {self.name!r} expects its class {type(self).__name__} to define "
            "call(self, inputs), got none. Define it in NumPy code."
        )

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError if the layer, already built, doesn't accept inputs of this shape.

        A subclass defines this, or sets ``input_spec`` to an `InputSpec`.
        """
        if self.input_spec is not None:
            check_specs(self.name, self.input_spec, shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs, ``(None, ...)``, found by calling on zeros.

        Args:
            input_shape: the shape of the inputs; shapes in a structure for several inputs.
        """
        symbols = specs_of(input_shape)
        return tree.map_leaves(lambda symbol: symbol.shape, self._inferred((symbols,), {}))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return Symbols of the shapes and dtypes of the outputs, for arguments of ``call``."""
        is_known = type(self).compute_output_shape is not Layer.compute_output_shape
        if not is_known or self.sublayers():  # which a call builds
            return self._inferred(args, kwargs)
        named = self._signature.named(args, kwargs)
        shapes = {name: shapes_of(value) for name, value in arrays_in(named).items()}
        return specs_of(
            self.compute_output_shape(**shape_arguments(self.compute_output_shape, shapes))
        )

    def compute_mask(self, inputs: Array, previous_mask: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Return the mask of the outputs: that of the inputs."""
        return previous_mask

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from the result of `get_config`, or from what Keras wrote; weights are new.

        Raises:
            ValueError: a class isn't found, or an argument of Keras has an unsupported value.
        """
        arguments = cls._read(config)
        others = {"name", "trainable", "dtype"} - parameters_of(cls).keys()
        rest = {name: arguments.pop(name) for name in others & arguments.keys()}
        check_dtype(cls, rest.get("dtype"))
        layer = cls(**arguments)
        layer.name = rest.get("name", layer.name)
        layer._trainable = rest.get("trainable", layer._trainable)
        return layer

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build_from_config` needs: the shapes of the inputs; None if not built."""
        shapes = self._build_shapes
        if len(shapes) > 1:
            return {"shapes_dict": {n: shape for n, shape in shapes.items() if shape is not None}}
        return {"input_shape": next(iter(shapes.values()))} if shapes else None

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Build the layer, and those in it, for the shapes that `get_build_config` returned."""
        shapes = [as_shapes(config["input_shape"])] if "input_shape" in config else []
        given = config.get("shapes_dict", {})
        named = {name: as_shapes(shape) for name, shape in given.items() if shape is not None}
        if not named.keys() <= inspect.signature(self.build).parameters.keys():
            shapes, named = [next(iter(named.values()))], {}  # the layer needs that of the data
        self.build(*shapes, **named)
        if not all(layer.built for layer in self.flat_layers()):  # which a call builds
            inputs = {name.removesuffix("_shape"): specs_of(x) for name, x in named.items()}
            self._inferred(tuple(map(specs_of, shapes)), inputs)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        own = {"name": self.name, "trainable": self._trainable, "dtype": DTypePolicy()}
        shapes = {name: None for name in ("input_shape", "input_dim") if name not in vars(self)}
        found = super()._arguments(**own, **shapes, **elsewhere)
        for name in found.keys() & set(self.written_by_name):
            found[name] = activations.serialize(found[name])
        return own | found

    # --- for subclasses to use

    def add_loss(self, loss: Array) -> None:
        """Add a scalar to the loss that training minimizes; for use inside `call`."""
        self.recorded_losses.append(loss)

    # --- the public interface

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs: arrays for arrays, Tensors for Tensors, Symbols for Symbols.

        Args:
            args: the arguments of ``call``: a batch, or several in a list, a dictionary, or one by
                one.
            kwargs: named arguments. ``training`` tells whether layers such as `Dropout` are active;
                by default as in the call of the enclosing layer, or else the default of the layer's
                own ``call``. ``mask`` is by default that of the inputs.
        """
        if has_specs(args) or has_specs(kwargs.values()):
            return self._on_symbols(args, kwargs)
        masks = masks_for(self._signature, args, kwargs)
        args, kwargs = as_arguments(self._signature.names, args, kwargs, not self.casts_integers)
        kwargs |= masks
        named = self._signature.named(args, kwargs)
        training = context.resolve_training(
            kwargs.pop("training", None), self._signature.training_default
        )
        self._ensure_built_for(named)
        if context.is_outermost():
            self._clear_losses()
        passed = {"training": training} if self._passes_training(args, training) else {}
        scope = context.layer_scope(self.name, lambda: _label(self), self.is_one_box, self._line)
        with context.training_scope(training), scope:
            try:
                outputs = self.call(*args, **kwargs, **passed)
            except AttributeError as error:
                add_cure(error, self.name)
                raise
            outputs = tree.map_leaves(narrowed, outputs)
        context.tell_outputs(self.name, outputs)
        if self.activity_regularizer is not None:
            for output in tree.leaves(outputs):
                self.add_loss(self.activity_regularizer(output) / max((1, *output.shape[:1])))
        self._pass_on_masks(named, outputs)
        return outputs

    def ensure_built(self, input_shape: Any) -> None:
        """Build the layer if it isn't built yet, and check the shape of the inputs."""
        if not self.built:
            self.build(input_shape)
        self.check_input(input_shape)

    @property
    def output(self) -> Any:
        """The Symbol that the layer returned when it was called first; a list of several."""
        return _alone(tree.leaves(self._first_call().outputs))

    @property
    def input(self) -> Any:
        """The Symbol that the layer was called on first; a list if it was called on several."""
        call = self._first_call()
        return _alone(call.inputs() or tree.leaves(call.outputs))  # `Input` has outputs alone

    @property
    def losses(self) -> list[Array]:
        """The penalties: those recorded during the last call, then those of the weights."""
        return [
            *(loss for layer in self.flat_layers() for loss in layer.recorded_losses),
            *(
                weight.regularizer(weight.value)
                for weight in self.trainable_weights
                if weight.regularizer is not None
            ),
        ]

    # --- parts of a call

    def _passes_training(self, args: tuple[Any, ...], training: bool | None) -> bool:
        signature = self._signature
        return (
            training is not None
            and signature.takes_training
            and "training" not in signature.names[: len(args)]
        )

    def _ensure_built_for(self, named: Mapping[str, Any]) -> None:
        """Build the layer for the arguments of ``call``, and check the shape of the first."""
        check_one_array(self, named)
        shapes = {name: shapes_of(value) for name, value in arrays_in(named).items()}
        if not self.built:
            self.build(**shape_arguments(self.build, shapes))
        self.check_input(next(iter(shapes.values()), ()))

    def _pass_on_masks(self, named: Mapping[str, Any], outputs: Any) -> None:
        """Attach masks to the outputs; warn where a layer drops the mask of its inputs."""
        inputs = next(iter(named.values()), None)
        previous = named.get("mask")
        previous = masks_of(inputs) if previous is None else previous
        if self.supports_masking:
            if previous is not None or type(self).compute_mask is not Layer.compute_mask:
                attach_masks(outputs, self.compute_mask(inputs, previous))
        elif previous is not None and "mask" not in self._signature.names:
            warn(
                f"layer {self.name!r} drops the mask of its inputs, so that the layers after it "
                f"count masked steps too. Set self.supports_masking = True in its class "
                f"{type(self).__name__} if its outputs have the same steps, or define "
                "compute_mask(self, inputs, previous_mask)."
            )

    def _on_symbols(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Build the layer, and record the call, whose outputs are Symbols."""
        self._ensure_built_for(self._signature.named(args, kwargs))
        outputs = record(self, args, kwargs, self.compute_output_spec(*args, **kwargs))
        self._mark_masked(self._signature.named(args, kwargs), outputs)
        return outputs

    def _mark_masked(self, named: Mapping[str, Any], outputs: Any) -> None:
        """Mark the Symbols among the outputs that have masks when there are numbers."""
        inputs = next(iter(named.values()), None)
        is_masked = any(spec.is_masked for spec in specs_in(inputs))
        if self.supports_masking and (
            is_masked or type(self).compute_mask is not Layer.compute_mask
        ):
            values, masks = masked_zeros(inputs)
            found = self.compute_mask(values, masks if is_masked else None)
            of_each = tree.leaves(found) if tree.is_structure(found) else [found]
            for symbol, mask in zip(specs_in(outputs), of_each, strict=False):
                symbol.is_masked = mask is not None

    def _inferred(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return Symbols like the outputs, found by calling on zeros; state is left as it is."""
        kwargs = {"training": False, **kwargs}
        state = [*self.non_trainable_weights, *self.carried]
        before = [(weight, weight.numpy()) for weight in state]
        outputs = infer(self, args, kwargs)
        for weight, value in before:
            weight.assign(value)
        return outputs

    def _first_call(self) -> Call:
        if not self.calls:
            raise AttributeError(
                f"layer {self.name!r} expects a call on Symbols, in a functional model or a built "
                "Sequential, to have an input and an output, got none. Call it on an Input."
            )
        return self.calls[0]

    def _clear_losses(self) -> None:
        for layer in self.flat_layers():
            layer.recorded_losses = []

    if not TYPE_CHECKING:  # which finds misspelled names itself

        def __getattr__(self, name: str) -> Any:
            if "name" not in vars(self) and not name.startswith("__"):
                raise AttributeError(
                    f"class {type(self).__name__} expects its __init__ to begin with "
                    f"super().__init__(), got none before {name!r} was used. Add this line."
                )
            return missing_in(self, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _alone(values: list[Any]) -> Any:
    """Return the only one of the values; or the list."""
    return values[0] if len(values) == 1 else values


def _label(layer: Layer) -> str:
    """Return a short label for pictures: ``Dense 50 relu``, ``Conv2D 8 3×3``."""
    sizes = [getattr(layer, name, "") for name in _SIZES]
    sizes[0] = "" if sizes[1] else sizes[0]  # a ConvLSTM2D has filters under both names
    written = ["×".join(map(str, x)) if isinstance(x, tuple) else str(x) for x in sizes]
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    parts = (type(layer).__name__.lstrip("_"), *written, activation)
    return " ".join(part for part in parts if part not in ("", "linear"))


def _marking_built(build: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``build`` to set ``built`` and to keep the shapes, so that subclasses needn't."""
    _, *names = inspect.signature(build).parameters

    @wraps(build)
    def build_and_mark(self: Layer, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        self.built, self._build_shapes = True, dict(zip(names, args, strict=False)) | kwargs

    return build_and_mark
