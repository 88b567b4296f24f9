"""The layer: a function with weights, built when the shape of its inputs is known."""

from __future__ import annotations

import inspect
import operator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, Self

import numpy as np

import autodiff as ad
from nn import constraints, initializers, naming, regularizers
from nn.layers.arguments import Shape, check_dtype, declared_shape, names_of
from nn.layers.weight import Array, Weight, check_values, computed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Layer:
    """A function of arrays that owns weights; subclasses write `build` and `call`.

    ``build(input_shape)`` makes the weights and ``call(inputs)`` computes with them, in plain NumPy
    code; the engine differentiates it. A layer that behaves differently during training takes
    ``call(self, inputs, training=False)``. Layers held in attributes are found, and their weights
    belong to this one too.

    Args:
        name: the layer's name, in messages and in the summary; made from the class otherwise.
        trainable: whether ``fit`` may learn the weights.
        input_shape: the shape of one row, which lets a first layer be built at once.
        input_dim: the same for rows of one axis: ``input_dim=9`` is ``input_shape=(9,)``.
        activity_regularizer: a penalty on the outputs, divided by the number of rows.
        dtype: float32 is the one that there is.

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

    _takes_training = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._takes_training = "training" in inspect.signature(cls.call).parameters
        if "build" in vars(cls):
            cls.build = _then_built(cls.build)  # type: ignore[method-assign]

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
        naming.refuse_unknown(type(self), unknown)
        check_dtype(type(self), dtype)
        self.name = name or naming.unique_name(type(self).__name__)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.built = False
        self.input_shape_given = declared_shape(input_shape, input_dim)
        self._trainable = bool(trainable)
        self._own_weights: list[Weight] = []
        self.recorded_losses: list[Array] = []

    # --- what a subclass writes

    def build(self, input_shape: Shape) -> None:  # noqa: ARG002 - a layer without weights
        """Make the weights, knowing the shape of the inputs: ``(None, ...)``."""
        self.built = True

    def call(self, inputs: Array) -> Array:
        """Compute the outputs of a batch of inputs."""
        raise NotImplementedError(
            f"layer {self.name!r} expects its class {type(self).__name__} to define "
            "call(self, inputs), got none. Write what the layer computes, in NumPy."
        )

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError where inputs of this shape can't be computed with; built layers."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the outputs, ``(None, ...)``; found by trying it on a row of zeros."""
        row = np.zeros([1] + [length or 1 for length in input_shape[1:]], dtype=np.float32)
        return (None, *self(row).shape[1:])

    def get_config(self) -> dict[str, Any]:
        """The arguments that would make this layer again, each kept as an attribute of its name."""
        return {name: getattr(self, name) for name in names_of(type(self)) if hasattr(self, name)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the layer that `get_config` described, with new weights."""
        return cls(**config)

    # --- what a subclass uses

    def add_weight(
        self,
        shape: Sequence[int] | int = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Weight:
        """Make a weight of this layer; ``initializer`` is glorot_uniform unless given."""
        check_dtype(type(self), dtype)
        shape = (shape,) if isinstance(shape, int) else tuple(map(operator.index, shape))
        initialize = initializers.get(initializer or "glorot_uniform")
        weight = Weight(
            initialize(shape),
            name=name or f"weight_{len(self._own_weights)}",
            layer=self.name,
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
        )
        self._own_weights.append(weight)
        return weight

    def add_loss(self, loss: Array) -> None:
        """Add a scalar to what training minimizes; for use inside `call`."""
        self.recorded_losses.append(loss)

    # --- what everybody uses

    def __call__(self, inputs: Array, training: bool | None = False) -> Array:
        """Compute the outputs: an array for an array, a Tensor for a Tensor."""
        inputs = as_input(inputs)
        self.ensure_built((None, *inputs.shape[1:]) if inputs.shape else ())
        with _forgetting_penalties(self), ad.scope(self.name, label=lambda: _kind_of(self)):
            if self._takes_training:
                outputs = self.call(inputs, training=bool(training))  # type: ignore[call-arg]
            else:
                outputs = self.call(inputs)
        if self.activity_regularizer is not None:
            self.add_loss(self.activity_regularizer(outputs) / outputs.shape[0])
        return outputs

    def ensure_built(self, input_shape: Shape) -> None:
        """Make the weights unless they are there, and check that the inputs suit them."""
        if not self.built:
            self.build(input_shape)
        self.check_input(input_shape)

    @property
    def trainable(self) -> bool:
        """Whether ``fit`` may learn the weights of this layer and of those inside it."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        for layer in self.flat_layers():
            layer._trainable = bool(trainable)

    @property
    def weights(self) -> list[Weight]:
        """All weights; in each layer those that can be learned come first."""
        return [
            weight
            for layer in self.flat_layers()
            for weight in sorted(layer._own_weights, key=lambda weight: not weight.trainable)
        ]

    @property
    def trainable_weights(self) -> list[Weight]:
        """The weights that ``fit`` learns; what is inside a frozen layer is frozen too."""
        seen: dict[int, Layer] = {}
        _collect(self, seen, lambda layer: layer.trainable)
        return [
            weight for layer in seen.values() for weight in layer._own_weights if weight.trainable
        ]

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """The weights that ``fit`` leaves alone: frozen ones, and state."""
        learned = set(map(id, self.trainable_weights))
        return [weight for weight in self.weights if id(weight) not in learned]

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

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the numbers of all weights, in the order of `weights`."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Write new numbers into all weights, in the order of `weights`.

        Raises:
            ValueError: there isn't one array of the right shape for each weight.
        """
        check_values(self.weights, weights)
        for weight, value in zip(self.weights, weights, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """How many numbers the weights hold.

        Raises:
            ValueError: the layer has no weights yet, for want of a shape.
        """
        if not self.built:
            raise ValueError(
                f"layer {self.name!r} expects to know the shape of its inputs before it counts its "
                "parameters, got none. Call build(input_shape), or give input_shape=."
            )
        return sum(weight.size for weight in self.weights)

    def sublayers(self) -> list[Layer]:
        """The layers in this one's attributes, also those in lists and dictionaries there."""
        return [
            item
            for value in vars(self).values()
            for item in _items(value)
            if isinstance(item, Layer)
        ]

    def flat_layers(self) -> list[Layer]:
        """This layer, then all layers inside it at any depth, each once."""
        seen: dict[int, Layer] = {}
        _collect(self, seen)
        return list(seen.values())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


_is_inside_a_call: ContextVar[bool] = ContextVar("is_inside_a_call", default=False)


@contextmanager
def _forgetting_penalties(layer: Layer) -> Iterator[None]:
    """Begin anew where this is the outermost call; inside, a layer may be called several times."""
    if _is_inside_a_call.get():
        yield
        return
    for each in layer.flat_layers():
        each.recorded_losses = []
    token = _is_inside_a_call.set(True)
    try:
        yield
    finally:
        _is_inside_a_call.reset(token)


def _kind_of(layer: Layer) -> str:
    """Say in few words what kind of layer it is, for pictures: ``Dense 50 relu``."""
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    told = [type(layer).__name__, getattr(layer, "units", ""), getattr(layer, "rate", "")]
    return " ".join(str(part) for part in (*told, activation) if part not in ("", "linear"))


def as_input(inputs: Array) -> Array:
    """Turn lists, frames, integers and float64 arrays into float32; leave traced values alone.

    Where the weights are bound to float64 values, float64 is kept, so that a slope can be held
    against differences.
    """
    dtype = computed_in.get()
    if hasattr(inputs, "to_numpy"):  # a DataFrame or a Series
        inputs = inputs.to_numpy()
    if isinstance(inputs, np.ndarray):
        if inputs.dtype in (np.float32, dtype, object):
            return inputs
        return inputs.astype(dtype)
    return inputs if hasattr(inputs, "__array_ufunc__") else np.asarray(inputs, dtype=dtype)


def _then_built(build: Callable[..., None]) -> Callable[..., None]:
    """Let ``build`` mark the layer as built, so that a subclass needn't."""

    @wraps(build)
    def build_and_mark(self: Layer, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        self.built = True

    return build_and_mark


def _collect(
    layer: Layer, seen: dict[int, Layer], is_wanted: Callable[[Layer], bool] = lambda _: True
) -> None:
    """Gather a layer and those inside it, each once, but none that is only inside unwanted ones."""
    if id(layer) not in seen and is_wanted(layer):
        seen[id(layer)] = layer
        for sublayer in layer.sublayers():
            _collect(sublayer, seen, is_wanted)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else (value,)
