"""The steps of training: one batch through the model, forward, and for learning backward too.

This is the one place where training meets the engine. A step is recorded once for each number of
rows and runs as straight-line NumPy code from then on: the batch is gathered into its buffers, and
the slopes are computed right where the optimizer finds them. A model that can't be recorded is run
eagerly, operation by operation; so is one that was compiled with ``run_eagerly=True``.
"""

from __future__ import annotations

import inspect
import operator
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from nn.callbacks.message import warn
from nn.layers.weight import bound
from nn.scores import remembering
from nn.training.data import Dataset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.weight import Array
    from nn.models.model import Model

Rows = Any  # a slice, or an array of row numbers


class Batch(NamedTuple):
    """What a step answers.

    Attributes:
        data: the rows.
        loss: of these rows, penalties included; of before the update.
        outputs: None where all metrics have been computed.
        sums: of the metrics that have been: of their values, and of the weights of these.
    """

    data: Dataset
    loss: float
    outputs: Any
    sums: Sequence[Any]


class Step:
    """Runs a model forward on a batch, and answers the outputs, with the loss where it is compiled.

    Args:
        model: built, and compiled where there are targets.
    """

    training = False

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scores = model.running_scores
        self.layers = list(model.flat_layers())
        self.penalized = [weight for weight in model.trainable_weights if weight.regularizer]
        self._programs: dict[Any, Recorded] = {}
        self._is_eager = bool(model.run_eagerly)
        self._seen: Dataset | None = None  # one row of the latest data
        self._latest: tuple[Any, int, Recorded | None] = (None, 0, None)
        self._made_for = configuration(model)

    def __call__(self, data: Dataset, rows: Rows) -> Batch:
        """Take some rows through the model."""
        program = None if self._is_eager else self._program(data, rows)
        if program is not None:
            loss, outputs, sums = program.run(data, rows)
            answer = Batch(program.batch, loss, outputs, sums)
        else:
            batch = data.take(rows)
            answer = Batch(batch, *self.eager(batch), ())
        self.learn()
        return answer

    def learn(self) -> None:
        """Do what follows the passes: nothing, unless this is training."""

    def eager(self, batch: Dataset) -> tuple[float, np.ndarray]:
        """Run operation by operation."""
        loss, outputs = self.forward(batch)
        return float(loss), outputs

    def recorded(self, batch: Dataset) -> tuple[Array, Array, list[Any]]:
        """Do what is recorded; answer the outputs only where somebody is going to look."""
        loss, outputs = self.passes(batch)
        sums = self.scores.sums(batch, outputs) if self.scores and batch.y is not None else []
        has_seen_all = batch.y is not None and not self.scores.unrecorded  # type: ignore[union-attr]
        return loss, None if has_seen_all else outputs, sums

    def passes(self, batch: Dataset) -> tuple[Array, Array]:
        """Compute the loss and the outputs with the weights as they are at each call."""
        weights = self.model.weights
        with bound(weights, [ad.live(weight.value, weight.path) for weight in weights]):
            return self.forward(batch)

    def forward(self, batch: Dataset) -> tuple[Array, Array]:
        """Compute the loss and the outputs: Tensors where the weights are being traced."""
        with remembering() as latest:
            outputs = self.model(batch.x, training=self.training)
        if batch.y is None:
            return 0.0, outputs
        function, predicted = self.model.loss_function, outputs
        if latest and latest[0].probabilities is outputs:
            on_scores = function.on_scores(latest[0].activation, latest[0].axis)
            if on_scores is not None:
                function, predicted = on_scores, latest[0].scores
        with ad.scope("loss", label=function.name):
            loss = function(batch.y, predicted, batch.sample_weight)
            for weight in self.penalized:
                loss = loss + weight.regularizer(weight.value)  # type: ignore[misc] # not None
            for layer in self.layers:
                for penalty in layer.recorded_losses:
                    loss = loss + penalty
                layer.recorded_losses = []  # they hold on to the graph
            return ad.name(loss, "loss"), outputs

    def is_current(self) -> bool:
        """Whether the model is still as it was when this step was made."""
        now = configuration(self.model)
        return len(now) == len(self._made_for) and all(map(operator.is_, now, self._made_for))

    def source(self, count: int) -> str:
        """Answer the code that runs for so many rows.

        Raises:
            RuntimeError: no data was seen yet, so that nobody knows how targets look.
            autodiff.RecordingError: the model can't be recorded.
        """
        if self._seen is None:
            raise RuntimeError(
                f"model {self.model.name!r} expects data before it has a source, got none: how the "
                f"targets look is part of it. Call fit first."
            )
        repeated = self._seen.take(np.zeros(count, int))
        return self.gathering() + Recorded(self, repeated, slice(0, count)).source + self.update()

    def gathering(self) -> str:
        """Tell how a batch gets into the buffers."""
        names = [name for name, _ in self._seen.arrays()] if self._seen else []
        lines = [f"#   all_{n}.take(rows, 0, {n}, 'clip')" for n in names]
        return "\n".join(["# Before each call the batch is gathered:", *lines, "", ""])

    def update(self) -> str:
        """Tell what follows the program."""
        return ""

    def _program(self, data: Dataset, rows: Rows) -> Recorded | None:
        """Find the program for so many rows; None where the model can't be recorded."""
        count = rows.stop - rows.start if type(rows) is slice else len(rows)
        seen, rows_then, program = self._latest
        if seen is data and rows_then == count:
            return program
        if seen is not data:
            self._seen = data.take(slice(0, 1))
        key = (count, data.form)
        program = self._programs.get(key)
        if program is None:
            try:
                program = self._programs[key] = Recorded(self, data, rows)
            except ad.RecordingError as error:
                self._is_eager = True
                warn(
                    f"model {self.model.name!r} is run operation by operation, which is slower, "
                    f"since it can't be recorded: {error} Or compile it with run_eagerly=True.",
                    RuntimeWarning,
                )
        self._latest = data, count, program
        return program


class TrainStep(Step):
    """Updates a model from one batch at a time."""

    training = True

    def __init__(self, model: Model) -> None:
        self.store = model.store  # which may move the weights
        super().__init__(model)
        self.constrained = [weight for weight in self.store.trainable if weight.constraint]
        self._outputs: Any = None

    def learn(self) -> None:
        """Update the weights."""
        if self.store.trainable:
            self.model.optimizer.step(self.store.parameters, self.store.gradients)
            for weight in self.constrained:
                weight.assign(weight.constraint(weight.value))  # type: ignore[misc] # not None

    def update(self) -> str:
        """Show the optimizer's rule, which moves all parameters by their slopes."""
        rule = textwrap.dedent(inspect.getsource(type(self.model.optimizer).update))
        return (
            f"\n\n# Then the optimizer, {self.model.optimizer.name}, moves the parameters. The\n"
            "# weights above are views of one flat array of parameters, their slopes of\n"
            f"# one of gradients.\n\n{rule}"
        )

    def eager(self, batch: Dataset) -> tuple[float, np.ndarray]:
        """Find the slopes operation by operation."""
        if not self.store.trainable:
            return super().eager(batch)
        values = [weight.value for weight in self.store.trainable]
        loss, slopes = ad.value_and_grad(self._objective)(values, batch)
        self.store.collect(slopes)
        outputs = self._outputs
        return float(loss), outputs.numpy() if isinstance(outputs, ad.Tensor) else outputs

    def passes(self, batch: Dataset) -> tuple[Array, Array]:
        """Go forward and backward; the slopes go into the flat gradient."""
        store = self.store
        state = [ad.live(weight.value, weight.path) for weight in store.other]
        values = [ad.live(weight.value, weight.path) for weight in store.trainable]
        with bound(store.other, state):
            if values:
                loss, slopes = ad.value_and_grad(self._objective)(values, batch)
            else:
                loss, self._outputs = self.forward(batch)
                slopes = []
            changed = [weight.value for weight in store.other]
        for weight, before, after in zip(store.other, state, changed, strict=True):
            if after is not before:
                ad.assign(weight.value, after, weight.path)
        for weight, view, slope in zip(store.trainable, store.views, slopes, strict=True):
            ad.assign(view, slope, f"d_{weight.path}")
        return loss, self._outputs

    def _objective(self, values: list[Array], batch: Dataset) -> Array:
        with bound(self.store.trainable, values):
            loss, self._outputs = self.forward(batch)
        return loss


def configuration(model: Model) -> list[Any]:
    """List all that a recording of a model depends on: what its layers and weights hold."""
    parts = [*model.flat_layers(), *model.weights, model.loss_function]
    attributes = (vars(part) for part in parts if hasattr(part, "__dict__"))
    held = [x for own in attributes for name, x in own.items() if name not in _CHANGING]
    return [model.optimizer, model.run_eagerly, model.running_scores, *held]


_CHANGING = {"recorded_losses", "history", "stop_training", "_steps", "_scores"}


class Recorded:
    """A step for one number of rows: its program, and the buffers that it reads the batch from.

    Attributes:
        batch: the buffers.
        source: the code that runs.
    """

    def __init__(self, step: Step, data: Dataset, rows: Rows) -> None:
        first = data.take(rows)
        self.batch = replace(first, **{n: np.array(a) for n, a in first.arrays()})
        self._sources = [(getattr(data, name), buffer) for name, buffer in self.batch.arrays()]
        self._data = data

        def train_step() -> tuple[Array, Array, list[Any]]:
            live = {name: ad.live(buffer, name) for name, buffer in self.batch.arrays()}
            return step.recorded(replace(self.batch, **live))

        train_step.__name__ = "train_step" if step.training else "forward_step"
        compiled = ad.jit(train_step).compiled()
        self.source = compiled.source.text
        self._run = compiled.run
        self._has_outputs = compiled.structure.skeleton[1] is not None

    def run(self, data: Dataset, rows: Rows) -> tuple[float, Any, Sequence[Any]]:
        """Gather the rows into the buffers, and run the program on them."""
        if data is not self._data:
            self._sources = [(getattr(data, name), b) for name, b in self.batch.arrays()]
            self._data = data
        if type(rows) is slice:
            for array, buffer in self._sources:
                buffer[...] = array[rows]
        else:
            for array, buffer in self._sources:
                array.take(rows, 0, buffer, "clip")
        loss, *rest = self._run()
        outputs = rest.pop(0) if self._has_outputs else None
        return float(loss), outputs, rest
