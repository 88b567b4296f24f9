"""The steps of training: one batch through the model, forward, and for learning backward too.

This is the one place where training meets the engine. A step is recorded once for each number of
rows and runs as straight-line NumPy code from then on: the batch is gathered into its buffers, and
the slopes are computed right where the optimizer finds them. A model that can't be recorded is run
eagerly, operation by operation; so is one that was compiled with ``run_eagerly=True``, or one whose
weights are being traced.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from nn.callbacks.message import warn
from nn.layers.weight import bound
from nn.scores import remembering
from nn.training.configuration import Configuration
from nn.training.listing import listing
from nn.training.recorded import Recorded, Rows, following

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.weight import Array
    from nn.models.model import Model
    from nn.training.data import Dataset

_MOST = 8  # programs that a step keeps
_MOST_BYTES = 1 << 28  # in their buffers, but for the latest one's


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
    names_scores = False  # for readers of the graph: the last layer has the name otherwise

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scores = model.running_scores
        self.layers = list(model.flat_layers())
        self.penalized = [weight for weight in model.trainable_weights if weight.regularizer]
        self._programs: dict[tuple[int, str], Recorded] = {}  # the one run last comes last
        traced = any(type(weight.value) is not np.ndarray for weight in model.weights)
        self._is_eager = model.run_eagerly or traced or type(self) in model.refused
        self._made_for = Configuration.of(model)
        self._lock = threading.RLock()  # there is one set of buffers

    def __call__(self, data: Dataset, rows: Rows) -> Batch:
        """Take some rows through the model."""
        with self._lock:
            run = self._eagerly if self._is_eager else self._by_program
            answer = run(data, rows)
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
        has_seen_all = batch.y is not None and self.scores and not self.scores.unrecorded
        return loss, None if has_seen_all else outputs, sums

    def passes(self, batch: Dataset) -> tuple[Array, Array]:
        """Compute the loss and the outputs with the weights as they are at each call."""
        with following(self.model.weights):
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
            if self.names_scores and predicted is not outputs:
                predicted = ad.name(predicted, "scores")
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
        return self._made_for.is_of(Configuration.of(self.model))

    def program(self, count: int | None = None) -> Recorded:
        """Answer what runs for so many rows; unless given, as many as the largest batch.

        Raises:
            RuntimeError: no data was seen yet, so that nobody knows how targets look; or the model
                is run operation by operation.
        """
        if self._is_eager:
            raise RuntimeError(
                f"model {self.model.name!r} expects to be recorded before it has a source, but it "
                f"is run operation by operation. Compile it without run_eagerly=True; if that is "
                f"so already, its first fit has warned of what can't be recorded."
            )
        if not self._programs:
            raise RuntimeError(
                f"model {self.model.name!r} expects data before it has a source, got none: how the "
                f"targets look is part of it. Call fit first."
            )
        largest = max(self._programs.values(), key=lambda program: len(program.batch))
        if count in (None, len(largest.batch)):
            return largest
        shown = [p for (rows, _), p in self._programs.items() if rows == count]
        repeated = largest.batch.take(np.zeros(count, int))
        return shown[-1] if shown else Recorded(self, repeated, slice(0, count))

    def _eagerly(self, data: Dataset, rows: Rows) -> Batch:
        batch = data.take(rows)
        return Batch(batch, *self.eager(batch), ())

    def _by_program(self, data: Dataset, rows: Rows) -> Batch:
        """Run the program for so many rows; where there can be none, see if the model runs."""
        try:
            program = self._program_for(data, rows)
        except Exception as error:  # a mistake of the user's comes again below
            reason = error
        else:
            loss, outputs, sums = program.run(data, rows)
            return Batch(program.batch, loss, outputs, sums)
        answer = self._eagerly(data, rows)
        self._refuse(reason)
        return answer

    def _program_for(self, data: Dataset, rows: Rows) -> Recorded:
        """Find the program for so many rows, or record it."""
        count = rows.stop - rows.start if type(rows) is slice else len(rows)
        key = (count, data.form)
        program = self._programs.pop(key, None)
        if program is None:
            program = Recorded(self, data, rows)
            self._make_room(program.bytes)
        self._programs[key] = program
        return program

    def _refuse(self, reason: Exception) -> None:
        """Run eagerly from now on, until the model is compiled anew; say so once."""
        self._is_eager = True
        if not self.model.refused:
            warn(
                f"model {self.model.name!r} is run operation by operation, which is slower, since "
                f"it can't be recorded: {reason} Or compile it with run_eagerly=True.",
                RuntimeWarning,
            )
        self.model.refused.add(type(self))

    def _make_room(self, needed: int) -> None:
        """Forget programs that ran long ago, where there are many of them or they are large."""
        while self._programs and (
            len(self._programs) >= _MOST
            or needed + sum(program.bytes for program in self._programs.values()) > _MOST_BYTES
        ):
            del self._programs[next(iter(self._programs))]


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

    def source(self, count: int | None = None) -> str:
        """List all that happens for a batch of so many rows; see `program`."""
        program = self.program(count)
        optimizer = self.model.optimizer
        return listing(program.batch, program.source, optimizer, self.constrained)

    def eager(self, batch: Dataset) -> tuple[float, np.ndarray]:
        """Find the slopes operation by operation."""
        if not self.store.trainable:
            return super().eager(batch)
        values = [weight.value for weight in self.store.trainable]
        loss, slopes = ad.value_and_grad(self._objective)(values, batch)
        self.store.collect(slopes)
        outputs = self._taken_outputs()
        return float(loss), outputs.numpy() if isinstance(outputs, ad.Tensor) else outputs

    def passes(self, batch: Dataset) -> tuple[Array, Array]:
        """Go forward and backward; the slopes go into the flat gradient."""
        store = self.store
        values = [ad.live(weight.value, weight.path) for weight in store.trainable]
        with following(store.other):
            if values:
                loss, slopes = ad.value_and_grad(self._objective)(values, batch)
            else:
                loss, self._outputs = self.forward(batch)
                slopes = []
        for weight, view, slope in zip(store.trainable, store.views, slopes, strict=True):
            ad.assign(view, slope, f"d_{weight.path}")
        return loss, self._taken_outputs()

    def _taken_outputs(self) -> Any:
        """Answer the outputs once: they hold on to the graph."""
        outputs, self._outputs = self._outputs, None
        return outputs

    def _objective(self, values: list[Array], batch: Dataset) -> Array:
        with bound(self.store.trainable, values):
            loss, self._outputs = self.forward(batch)
        return loss
