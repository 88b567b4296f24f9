"""Layers around a layer: in both directions of a sequence, and for each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.layers.recurrent_base import Recurrent
from nn.layers.row_independence import is_row_independent

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

__all__ = ["Bidirectional", "TimeDistributed", "Wrapper"]


class Wrapper(Layer):
    """The base class of layers around another one.

    Args:
        layer: the inner layer.
        options: those of every `Layer`.

    >>> from nn.layers import Dense
    >>> class Doubled(Wrapper):
    ...     def call(self, inputs):
    ...         return 2 * self.layer(inputs)
    >>> Doubled(Dense(3))(np.ones((1, 2))).shape
    (1, 3)
    """

    takes_structures = True

    def __init__(self, layer: Layer, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layer, Layer):
            raise TypeError(
                f"{type(self).__name__} expects a layer, got {layer!r}. Write "
                f"{type(self).__name__}(Dense(32)), for example."
            )
        self.layer = layer

    def build(self, input_shape: Any) -> None:
        """Build the inner layer."""
        self.layer.ensure_built(input_shape)


class TimeDistributed(Wrapper):
    """Apply a layer to each step of sequences, (rows, steps, ...).

    Args:
        layer: takes inputs of shape (rows, ...).
        options: those of every `Layer`.

    >>> from nn.layers import Dense
    >>> TimeDistributed(Dense(4))(np.zeros((2, 5, 3))).shape
    (2, 5, 4)
    """

    def __init__(self, layer: Layer, **options: Any) -> None:
        super().__init__(layer, **options)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Build the inner layer for a single step."""
        if len(input_shape) < 3:
            raise ValueError(
                f"layer {self.name!r} expects sequences of shape (rows, steps, ...), got "
                f"{input_shape}. Reshape them."
            )
        self.layer.ensure_built((None, *input_shape[2:]))

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        """Apply the layer to all steps at once, as rows, where this is the same as one by one.

        A mask of the parts of a step, shape (rows, steps, parts, ...), is that of the layer.
        """
        rows, steps = inputs.shape[:2]
        mask = mask if self._takes(mask) else None
        if (training and self._updates_state()) or not is_row_independent(self.layer):
            outputs = [
                self._inner(inputs[:, i], None if mask is None else mask[:, i], training)
                for i in range(steps)
            ]
            return np.stack(outputs, axis=1)
        merged = None if mask is None else mask.reshape(-1, *mask.shape[2:])
        outputs = self._inner(inputs.reshape(-1, *inputs.shape[2:]), merged, training)
        return outputs.reshape(rows, steps, *outputs.shape[1:])

    def _takes(self, mask: Array | None) -> bool:
        """Return whether the layer is passed a mask; that of steps is no use to one of parts."""
        return (
            mask is not None
            and "mask" in self.layer._signature.names
            and (mask.ndim > 2 or not self.layer.masks_steps)
        )

    def compute_mask(self, inputs: Array, previous_mask: Array | None) -> Array | None:
        """Return the mask of the inputs; of parts that are merged, where any of them counts."""
        if previous_mask is None or previous_mask.ndim <= 2:
            return previous_mask
        rank = len(self.compute_output_shape((None, *inputs.shape[1:])))
        merged = tuple(range(rank - 1, previous_mask.ndim))
        return np.any(previous_mask, axis=merged) if merged else previous_mask

    def _inner(self, inputs: Array, mask: Array | None, training: bool) -> Array:
        options = {} if mask is None else {"mask": mask}
        return self.layer(inputs, training=training, **options)

    def _updates_state(self) -> bool:
        """Return whether calls of the layer change it, as moving averages do."""
        return any(
            layer.trainable and any(not weight.trainable for weight in layer.own_weights)
            for layer in self.layer.flat_layers()
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        inner = self.layer.compute_output_shape((None, *input_shape[2:]))
        return (*input_shape[:2], *inner[1:])


class Bidirectional(Wrapper):
    """Run a recurrent layer forward and backward over sequences, and merge the outputs.

    Args:
        layer: a recurrent layer, which runs forward.
        merge_mode: ``'concat'``, ``'sum'``, ``'mul'``, ``'ave'``, or None to return both outputs.
        backward_layer: runs backward; by default a copy of the layer with ``go_backwards``.
        options: those of every `Layer`; and ``weights``, the initial weights, those of the forward
            layer first.

    >>> from nn.layers import LSTM
    >>> Bidirectional(LSTM(4))(np.zeros((2, 5, 3))).shape
    (2, 8)
    """

    masks_steps = True

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        backward_layer: Layer | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(layer, Recurrent):
            raise TypeError(
                f"Bidirectional expects a recurrent layer, got {layer!r}. Write "
                "Bidirectional(LSTM(32)), for example."
            )
        if merge_mode not in ("concat", "sum", "mul", "ave", None):
            raise ValueError(
                f"Bidirectional expects merge_mode to be 'concat', 'sum', 'mul', 'ave' or None, "
                f"got {merge_mode!r}. Pass one of these."
            )
        self._given = options.pop("weights", None)
        Layer.__init__(self, **options)
        self.merge_mode = merge_mode
        self.forward_layer = self._renamed(layer, "forward", layer.go_backwards)
        self.backward_layer: Any = backward_layer or self._renamed(
            layer, "backward", go_backwards=True
        )
        self._check_pair()
        layers: tuple[Any, Any] = (self.forward_layer, self.backward_layer)
        for each in layers:
            each.zero_output_for_mask = each.return_sequences  # as in Keras
        self.supports_masking = True

    @property
    def layer(self) -> Layer:  # type: ignore[override]
        """The layer that runs forward."""
        forward: Layer = self.forward_layer
        return forward

    @staticmethod
    def _renamed(layer: Any, prefix: str, go_backwards: bool) -> Any:
        """Return a layer of the same config with another name and direction."""
        config = layer.get_config()
        name = f"{prefix}_{layer.name.removeprefix('forward_').removeprefix('backward_')}"
        config |= {"name": name, "go_backwards": go_backwards}
        return type(layer).from_config(config)

    def _check_pair(self) -> None:
        """Raise an error unless the layers run in both directions, and return the same."""
        forward, backward = self.forward_layer, self.backward_layer
        if not isinstance(backward, Recurrent) or forward.go_backwards == backward.go_backwards:
            raise ValueError(
                f"layer {self.name!r} expects recurrent layers in both directions, got {forward!r} "
                f"and {backward!r}. Pass go_backwards=True to the backward layer alone."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError(
                    f"layer {self.name!r} expects layers with the same {name}, got "
                    f"{getattr(forward, name)} forward and {getattr(backward, name)} backward. "
                    f"Pass {name}= to both."
                )

    def build(self, input_shape: Any) -> None:
        """Build both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            layer.ensure_built(input_shape)
        if self._given is not None:
            self.set_weights(self._given)

    def call(
        self,
        inputs: Array,
        initial_state: Any = None,
        mask: Array | None = None,
        training: bool = False,
    ) -> Any:
        """Run both layers, and merge their outputs."""
        first = second = None
        if initial_state is not None:
            half = len(initial_state) // 2
            first, second = initial_state[:half], initial_state[half:]
        options = {"mask": mask, "training": training}
        forward = self.forward_layer(inputs, initial_state=first, **options)
        backward = self.backward_layer(inputs, initial_state=second, **options)
        states: list[Any] = []
        if self.forward_layer.return_state:
            states = [*forward[1:], *backward[1:]]
            forward, backward = forward[0], backward[0]
        if self.forward_layer.return_sequences:
            backward = backward[:, ::-1]
        merged = self._merged(forward, backward)
        return [*(merged if isinstance(merged, list) else [merged]), *states] if states else merged

    def _merged(self, forward: Array, backward: Array) -> Any:
        if self.merge_mode == "concat":
            return np.concatenate([forward, backward], axis=-1)
        if self.merge_mode == "sum":
            return forward + backward
        if self.merge_mode == "ave":
            return (forward + backward) / 2
        return forward * backward if self.merge_mode == "mul" else [forward, backward]

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the outputs: that of the inputs if all outputs are returned."""
        mask = previous_mask if self.forward_layer.return_sequences else None
        return [mask, mask] if self.merge_mode is None else mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the merged outputs, and of the states if they are returned."""
        shapes = self.forward_layer.compute_output_shape(input_shape)
        output, states = (shapes[0], shapes[1:]) if isinstance(shapes, list) else (shapes, [])
        if self.merge_mode == "concat":
            output = (*output[:-1], 2 * output[-1])
        merged = [output, output] if self.merge_mode is None else [output]
        return [*merged, *states, *states] if states or len(merged) > 1 else output

    def reset_state(self) -> None:
        """Set the states that stateful layers keep to zeros."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    @property
    def states(self) -> tuple[Any, ...] | None:
        """The states that stateful layers keep, forward ones first; None if there are none."""
        forward, backward = (
            getattr(layer, "states", None) or ()
            for layer in (self.forward_layer, self.backward_layer)
        )
        return (*forward, *backward) or None
