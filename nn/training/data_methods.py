"""The preparation of data: checked, converted to arrays, and aligned with a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nn import tree
from nn.logits import made_by, remembering
from nn.training import loop
from nn.training.class_weight import weigh_classes
from nn.training.dataset import Dataset
from nn.training.packing import unpack_x_y_sample_weight
from nn.training.preparation import Expected, align_inputs, align_targets, prepare
from nn.training.step import Step
from nn.training.step_methods import StepMethods
from nn.training.streams import Stream, is_stream

if TYPE_CHECKING:
    from nn.training.objective import Outputs
    from nn.training.user_step import UserStep

__all__ = ["DataMethods"]


class DataMethods(StepMethods):
    """A model that builds itself for the data it is given, and aligns the data with itself."""

    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    @property
    def known_outputs(self) -> Outputs | None:
        """The outputs of the model; None where they aren't known before it is called."""
        return None

    def expected(self) -> Expected:
        """Return what the model expects of its data; any structure where it isn't known."""
        return Expected(dtypes=None, several_inputs=True, several_outputs=True)

    def _validation(self, validation_data: Any, steps: int | None) -> Dataset | Stream | None:
        """Return the data to validate on, if any: arrays, or a stream."""
        if validation_data is None:
            return None
        if isinstance(validation_data, Dataset):
            return self._build_and_align(validation_data)
        if not is_stream(validation_data):
            arrays = loop.unpack_validation_data(validation_data)
            return self._build_and_align(self._prepared(*arrays))
        stream = self._stream(validation_data, steps, "validation_steps")
        self._built_for_stream(stream)
        return stream

    def _stream(
        self,
        source: Any,
        steps: int | None,
        name: str,
        shuffle: bool = False,
        class_weight: Mapping[int, float] | None = None,
    ) -> Stream:
        """Return batches, each of which is checked, and aligned with the model, when it comes."""

        def convert(batch: Any) -> Dataset:
            data = self._prepared(*unpack_x_y_sample_weight(batch))
            data = self._align_inputs(weigh_classes(data, class_weight))
            objective, shapes = self._training.objective, self._training.output_shapes
            if data.y is None or objective is None or self._is_unaligned:
                return data
            return replace(data, y=_aligned(objective, data.y, shapes))

        return Stream(source, convert, steps, name, shuffle)

    def _built_for_stream(self, stream: Stream) -> Dataset:
        """Build the model for the first batch, and return this batch."""
        return self._build_and_align(self._prepared(*unpack_x_y_sample_weight(stream.peek())))

    def _inputs_of_batch(self, batch: Any) -> Dataset:
        """Return the inputs of a batch, whose targets aren't needed."""
        return self._align_inputs(self._prepared(unpack_x_y_sample_weight(batch)[0]))

    def _prepared(self, x: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        """Check the data, and convert it to arrays."""
        return prepare(x, y, sample_weight, self.expected())

    def _align_inputs(self, data: Dataset) -> Dataset:
        """Return the data with inputs in the shape that the model expects."""
        if self.input_shape_given is None:
            return data
        return replace(data, x=align_inputs(data.x, self.input_shape_given))

    def _build_for(self, data: Dataset) -> Dataset:
        """Build the model for the data, and return the data with aligned inputs."""
        data = self._align_inputs(data)
        if not self.built:
            self._called(self._first_rows(data))
        return data

    def _build_for_own_methods(self, data: Dataset) -> Dataset:
        """Build a model that overrides the loss or metrics; the targets stay as they are."""
        if not self.is_callable:  # the overridden methods don't call the model
            self._running_scores()
            return data
        data = self._align_inputs(data)
        y_pred = self._called(self._first_rows(data))
        self._training.objective_for(y_pred, self.known_outputs)
        self._build_for_training(self._first_rows(data))
        self._training.make_scores(_shapes(y_pred))
        return data

    def _build_for_training(self, x: Any) -> None:
        """Build layers that are called in training only."""
        if not all(layer.built for layer in self.flat_layers()):
            self._called(x, training=True)

    def _called(self, x: Any, **options: Any) -> Any:
        """Call the model, for the shapes of its outputs; the non-trainable weights don't change."""
        state = [*self.non_trainable_weights, *self.carried]
        before = [(weight, weight.numpy()) for weight in state]
        with np.errstate(all="ignore"):  # of a single row, such as a standard deviation of 0
            y_pred = self(x, **options)
        for weight, value in before:
            weight.assign(value)
        return y_pred

    def _first_rows(self, data: Dataset) -> Any:
        """Return the inputs that a model is built with: the first row, or as many as it expects."""
        return data.take(slice(0, self.fixed_rows or 1)).x

    @property
    def fixed_rows(self) -> int | None:
        """The number of rows in each batch, where the model has an input that says so."""
        return None

    @property
    def _is_unaligned(self) -> bool:
        """Whether targets stay as they are, for methods that the model overrides."""
        compile_options = self._training.compile_options
        is_without_loss = compile_options is not None and not compile_options.has_loss
        return is_without_loss or self._has_own_loss or self._overrides("compute_metrics")

    def _build_and_align(self, data: Dataset) -> Dataset:
        """Build the model, and return the data with inputs and targets checked and aligned."""
        if self._is_unaligned:
            return self._build_for_own_methods(data)
        y = data.y
        if y is None:
            raise ValueError(
                f"model {self.name!r} expects targets, got y=None. Pass them: fit(x, y)."
            )
        data = self._align_inputs(data)
        with remembering():
            y_pred = self._called(self._first_rows(data))
            self._training.logits = made_by(y_pred)
        objective = self._training.objective_for(y_pred, self.known_outputs)
        self._build_for_training(self._first_rows(data))
        self._training.output_shapes = shapes = _shapes(y_pred)
        y = _aligned(objective, y, shapes)
        self._training.make_scores(shapes)
        return replace(data, y=y)

    def _align_batch(self, kind: type[Step], batch: Dataset) -> Dataset:
        """Return a single batch aligned; call the model only for inputs of a form not seen yet."""
        training = self._training
        step = None if batch.y is None or self._is_unaligned else training.current_step(kind)
        if step is not None:
            aligned = self._align_inputs(batch)
            shapes = step.output_shapes.get(Dataset(aligned.x).form)
            if shapes is not None:
                training.output_shapes = shapes
                return replace(aligned, y=_aligned(training.objective, batch.y, shapes))
        return self._build_and_align(batch)

    def _note_shapes(self, step: Step | UserStep, batch: Dataset) -> None:
        """Keep the shapes of the outputs for inputs of this form, for `_align_batch`."""
        if isinstance(step, Step):
            step.output_shapes[Dataset(batch.x).form] = self._training.output_shapes


def _shapes(y_pred: Any) -> list[Any]:
    """Return the shapes of batches of outputs, in order."""
    return [(None, *output.shape[1:]) for output in tree.leaves(y_pred)]


def _aligned(objective: Any, y: Any, shapes: Sequence[Any]) -> Any:
    """Return targets in the shapes of their outputs, checked by their losses.

    Returns:
        An array for a single output, otherwise a list with None for outputs without targets.
    """
    targets = [
        None if target is None else align_targets(target, shape)
        for target, shape in zip(objective.targets(y), shapes, strict=True)
    ]
    for loss in objective.losses:
        if targets[loss.position] is None:
            raise ValueError(
                f"expected targets for the output {loss.name!r}, which has a loss, got none. Pass "
                "them in y, or leave out its loss."
            )
        loss.function.validate(targets[loss.position], shapes[loss.position])
    return targets[0] if objective.outputs.is_single else targets
