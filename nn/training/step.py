"""The steps of training: one batch through the model, forward and, for training, backward.

A step is recorded once for each number of rows, and then runs as straight-line NumPy code: a batch
is gathered into buffers, and the slopes are written where the optimizer reads them. A model runs
eagerly, operation by operation, if it can't be recorded, was compiled with ``run_eagerly=True``, or
has weights being traced. Only here and in `StepMethods.loss_and_gradients` does training use the
engine's gradients.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import tree
from nn.distribution.sharing import fraction
from nn.layers.masks import mask_of, masks_of, set_mask
from nn.layers.weight import assigned, bound, store
from nn.logits import remembering
from nn.messages import warn
from nn.optimizers import Optimizer
from nn.optimizers.compiled_update import compile_update
from nn.training.batch_program import BatchProgram, Rows, live_weights
from nn.training.guards import Guards
from nn.training.machine_code import native_for, native_source
from nn.training.shared_step import SharedBatches
from nn.training.step_source import step_source
from nn.training.total_loss import total_loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight
    from nn.training.dataset import Dataset
    from nn.training.model_protocol import TrainableModel

_MOST = 500  # programs that a step keeps, one for each number of rows
_MOST_BYTES = 1 << 28  # in the buffers of these programs, except the latest


class StepResult(NamedTuple):
    """The result of a step.

    Attributes:
        batch: the rows.
        loss: the loss of these rows before the update, penalties included.
        y_pred: the outputs; None where the step has computed all metrics.
        sums: for each metric computed by the step, the sums of its values and of their weights.
        losses: the losses of single outputs, if there are several.
        logs: the scores so far by name, where a user-defined step returns them.
    """

    batch: Dataset
    loss: float
    y_pred: Any
    sums: Sequence[Any] = ()
    losses: Sequence[Any] = ()
    logs: Mapping[str, Any] | None = None


class Step:
    """Run a model forward on a batch; compute the loss if there are targets.

    Args:
        model: built, and compiled where there are targets.

    Attributes:
        output_shapes: the shapes of the outputs for inputs of each form that is known.
    """

    training = False
    is_custom = False
    has_loss = False  # even without targets
    names_logits = False  # whether displays name the logits; otherwise the last layer is named

    def __init__(self, model: TrainableModel) -> None:
        self.model = model
        self.scores = model.running_scores
        self.layers = list(model.flat_layers())
        self.records_metrics = not model._overrides("compute_metrics")
        known = self.scores.all_metrics if self.scores else []
        self.has_own_metrics = any(metric not in known for metric in model._own_metrics())
        self.output_shapes: dict[str, list[Shape]] = {}
        self._programs: dict[tuple[int, str], BatchProgram] = {}  # in the order of their last run
        self._latest: tuple[int, str] | None = None
        self.live = [*model.weights, *model.carried]
        traced = any(type(weight.value) is not np.ndarray for weight in self.live)
        self._is_eager = model.run_eagerly or traced or type(self) in model.refused
        self._guards = Guards(model)
        self._team = model.team
        self._shared = self._team and SharedBatches(
            self._team, self.moving_weights(), model._own_metrics()
        )
        self._lock = threading.RLock()  # runs share the buffers

    def __call__(self, data: Dataset, rows: Rows) -> StepResult:
        """Run the model on some rows, and update the weights in training."""
        with self._lock:
            result = self.without_update(data, rows)
            self.update_weights()
            return result

    def without_update(self, data: Dataset, rows: Rows) -> StepResult:
        """Run the model on some rows; in training, the slopes are written, and no more."""
        run = self._eagerly if self._is_eager else self._by_program
        if not self._shared:
            return run(data, rows)
        result: StepResult = self._shared.run(run, data, rows, self.gradients())
        return result

    def moving_weights(self) -> list[Weight]:
        """Return the weights that the step assigns to; `TrainStep` has some."""
        return []

    def gradients(self) -> np.ndarray | None:
        """Return the flat gradient that the step writes, if it does."""
        return None

    def update_weights(self) -> None:
        """Do nothing; `TrainStep` updates the weights here."""

    def eager(self, batch: Dataset) -> tuple[float, Any]:
        """Compute the loss and the outputs operation by operation."""
        loss, y_pred = self.forward(batch)
        return float(loss), y_pred

    def recorded(self, batch: Dataset) -> tuple[Array, Any, list[Any], list[Any]]:
        """Compute the loss, the outputs, the sums of the metrics, and the losses of single outputs.

        With the outputs come their masks; both are None where no metric needs them.
        """
        loss, y_pred = self.passes(batch)
        losses = self.model._training.take_latest_losses()
        if not self.scores or batch.y is None:
            return loss, (y_pred, None), [], losses
        if not self.records_metrics:
            return loss, (y_pred, masks_of(y_pred)), [], losses
        sums = self.scores.sums(batch, y_pred)
        outputs = (y_pred, masks_of(y_pred)) if self.scores.unrecorded else (None, None)
        return loss, outputs, sums, losses

    def passes(self, batch: Dataset) -> tuple[Array, Any]:
        """Compute the loss and the outputs, reading the weights at each call."""
        with live_weights(self.live):
            return self.forward(batch)

    def forward(self, batch: Dataset) -> tuple[Array, Any]:
        """Compute the loss and the outputs; these are Tensors while weights are traced."""
        with remembering():
            y_pred = self.model(batch.x, training=self.training)
            if batch.y is None and not self.has_loss:
                return 0.0, y_pred
            label = getattr(self.model.loss_function, "name", "loss")
            with ad.scope("loss", label=label, line=self.model._compiled_at):
                return ad.name(fraction(self.loss(batch, y_pred)), "loss"), y_pred

    def loss(self, batch: Dataset, y_pred: Any) -> Array:
        """Compute the total loss, by the model's ``compute_loss`` if it is overridden."""
        if not self.model._overrides("compute_loss"):
            return total_loss(self.model, batch.y, y_pred, batch.sample_weight, self.names_logits)
        return self.model._own_loss(batch, y_pred, training=self.training)

    def is_current(self) -> bool:
        """Return whether the model is unchanged since this step was made."""
        return self._team is self.model.team and self._guards.is_current()

    def program(self, count: int | None = None) -> BatchProgram:
        """Return the program for ``count`` rows; by default for the largest batch.

        Raises:
            RuntimeError: the model has seen no data, or runs operation by operation.
        """
        if self._is_eager:
            raise RuntimeError(
                f"model {self.model.name!r} expects to be recorded before it has a source, but it "
                f"is run operation by operation. Compile it without run_eagerly=True; if it was, "
                f"see the warning of its first fit for what can't be recorded."
            )
        if not self._programs:
            raise RuntimeError(
                f"model {self.model.name!r} expects data before it has a source, got none. "
                f"Call fit first."
            )
        largest = max(self._programs.values(), key=lambda program: len(program.batch))
        if count in (None, len(largest.batch)):
            return largest
        shown = [p for (rows, _), p in self._programs.items() if rows == count]
        repeated = largest.batch.take(np.zeros(count, int))
        return shown[-1] if shown else BatchProgram(self, repeated, slice(0, count))

    def _eagerly(self, data: Dataset, rows: Rows) -> StepResult:
        batch = data.take(rows)
        loss, y_pred = self.eager(batch)
        losses = [float(as_plain(part)) for part in self.model._training.take_latest_losses()]
        return StepResult(batch, loss, y_pred, losses=losses)

    def _by_program(self, data: Dataset, rows: Rows) -> StepResult:
        """Run the program for these rows; if recording it fails, run the model eagerly."""
        try:
            program = self._program_for(data, rows)
        except Exception as error:  # a user's mistake is raised again below
            reason = error
        else:
            return self._run(program, data, rows)
        result = self._eagerly(data, rows)
        self._refuse(reason)
        return result

    def _run(self, program: BatchProgram, data: Dataset, rows: Rows) -> StepResult:
        """Run a program; an index out of range is the error of the layer that has it."""
        try:
            loss, y_pred, sums, losses = program.run(data, rows)
        except IndexError as error:
            reason = error
        else:
            return StepResult(program.batch, loss, y_pred, sums, losses)
        self.eager(data.take(rows))  # raises the layer's own error
        raise reason

    def _program_for(self, data: Dataset, rows: Rows) -> BatchProgram:
        """Find the program for as many rows, or record it."""
        count = rows.stop - rows.start if type(rows) is slice else len(rows)
        key = (count, data.form)
        if key != self._latest:
            program = self._programs.pop(key, None)
            if program is None:
                program = BatchProgram(self, data, rows)
                self._make_room(program.bytes)
            self._programs[key] = program
            self._latest = key
        return self._programs[key]

    def _refuse(self, reason: Exception) -> None:
        """Run eagerly until the model is compiled again; warn once."""
        self._is_eager = True
        if not self.model.refused:
            why = str(reason).rstrip() or f"it raised {type(reason).__name__} without a message"
            why += "" if why.endswith((".", "!", "?")) else "."
            warn(
                f"model {self.model.name!r} is run operation by operation, which is slower, since "
                f"it can't be recorded: {why} Or compile it with run_eagerly=True.",
                RuntimeWarning,
            )
        self.model.refused.add(type(self))

    def _make_room(self, needed: int) -> None:
        """Delete the programs that ran longest ago, if they are too many or too large."""
        while self._programs and (
            len(self._programs) >= _MOST
            or needed + sum(program.bytes for program in self._programs.values()) > _MOST_BYTES
        ):
            del self._programs[next(iter(self._programs))]


class TestStep(Step):
    """Score a model on one batch at a time."""

    __test__ = False  # for pytest
    has_loss = True


class TrainStep(Step):
    """Train a model on one batch at a time."""

    training = True
    has_loss = True

    def __init__(self, model: TrainableModel) -> None:
        self.store = model.store  # making it may move the weights
        super().__init__(model)
        self.constrained = [weight for weight in self.store.trainable if weight.constraint]
        self._native, self._is_update_compiled = native_for(model), False
        self.applies_by_itself = type(model.optimizer).apply is not Optimizer.apply
        self._y_pred: Array | None = None
        self._assigned: list[tuple[Weight, Array]] = []

    def __call__(self, data: Dataset, rows: Rows) -> StepResult:
        """Run the model on some rows, and update the weights; an observer sees both."""
        training = self.model._training
        observer, divergence = training.observer, training.divergence
        with self._lock:
            result = self.without_update(data, rows)
            if divergence is not None and not math.isfinite(result.loss) and not self._shared:
                divergence.note(self.model, data, rows)
            if observer is None:
                self.update_weights()
                return result
            with observer.watching(self.store, self.model.optimizer, result.loss):
                self.update_weights()
            return result

    def moving_weights(self) -> list[Weight]:
        """Return weights such as moving averages."""
        return [weight for weight in self.model.non_trainable_weights if not weight.trainable]

    def gradients(self) -> np.ndarray | None:
        """Return the flat gradient."""
        flat: np.ndarray = self.store.gradients
        return flat

    def update_weights(self) -> None:
        """Apply the optimizer and the constraints."""
        if self.applies_by_itself and self.store.trainable:
            optimizer = self.model.optimizer
            slopes = [optimizer.scale_loss(np.array(view)) for view in self.store.views]
            optimizer.apply(slopes, self.store.trainable)  # which divides by the scale
        elif self.store.trainable:
            self.store.update(self.model.optimizer.step)
            if self._native and not self._is_update_compiled:
                self._is_update_compiled = True
                buffers = self.store.parameters, self.store.gradients
                compile_update(self.model.optimizer, *buffers, native=self._native)
            for weight in self.constrained:
                weight.assign(weight.constraint(weight.value))

    def source(self, count: int | None = None, *, native: bool = False) -> str:
        """Return the code that runs for a batch of ``count`` rows; see `program`."""
        program = self.program(count)
        optimizer = self.model.optimizer
        if native:
            return native_source(program.compiled, optimizer)
        return step_source(program.batch, program.source, optimizer, self.constrained)

    def eager(self, batch: Dataset) -> tuple[float, Any]:
        """Compute the loss, the outputs and the slopes operation by operation."""
        if not self.store.trainable:
            return super().eager(batch)
        values = [weight.value for weight in self.store.trainable]
        loss, slopes = ad.value_and_grad(self._objective)(values, batch)
        self.store.collect(slopes)
        self._store_assigned()
        return float(loss), tree.map_leaves(as_plain, self._pop_y_pred())

    def passes(self, batch: Dataset) -> tuple[Array, Any]:
        """Compute the loss and the outputs, and write the slopes into the flat gradient."""
        store = self.store
        values = [ad.live(weight.value, weight.path) for weight in store.trainable]
        with live_weights(store.other):
            if values:
                loss, slopes = ad.value_and_grad(self._objective)(values, batch)
            else:
                loss, self._y_pred = self.forward(batch)
                slopes = []
        for weight, view, slope in zip(store.trainable, store.views, slopes, strict=True):
            ad.assign(view, slope, f"d_{weight.path}")
        self._store_assigned()
        return loss, self._pop_y_pred()

    def _store_assigned(self) -> None:
        """Store what layers have assigned to trainable weights, for the optimizer to start from."""
        changed, self._assigned = self._assigned, []
        for weight, value in changed:
            store(weight.value, value, weight.path)

    def _pop_y_pred(self) -> Array:
        """Return the outputs and drop the reference to them, which keeps the graph alive."""
        y_pred, self._y_pred = self._y_pred, None
        return y_pred

    def _objective(self, values: list[Array], batch: Dataset) -> Array:
        with bound(self.store.trainable, values):
            loss, self._y_pred = self.forward(batch)
            self._assigned = assigned(self.store.trainable, values)
        return loss


def as_plain(value: Array) -> Array:
    """Return a Tensor as a plain array or number, with its mask."""
    if not isinstance(value, ad.Tensor):
        return value
    plain = value.numpy()
    if (mask := mask_of(value)) is not None:
        set_mask(plain, as_plain(mask))
    return plain
