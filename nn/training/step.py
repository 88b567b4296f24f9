"""The steps of training: one batch through the model, forward, and for learning backward too.

This is the one place where training meets the engine. A step is recorded once for each number of
rows and runs as straight-line NumPy code from then on: the batch is gathered into its buffers, and
the slopes are computed right where the optimizer finds them. A model that can't be recorded is run
eagerly, operation by operation; so is one that was compiled with ``run_eagerly=True``, or one whose
weights are being traced.
"""

from __future__ import annotations

import inspect
import textwrap
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import autodiff as ad
from nn.callbacks.message import warn
from nn.layers.weight import bound
from nn.scores import remembering
from nn.training.configuration import Configuration
from nn.training.data import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.layers.base import Layer
    from nn.layers.weight import Array, Weight
    from nn.models.model import Model

Rows = Any  # a slice, or an array of row numbers
_MOST = 8  # programs that a step keeps
_MOST_BYTES = 1 << 28  # in their buffers, but for the latest one's

recording = threading.RLock()  # weights stand for traced values meanwhile: nobody else may look


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
        self._programs: dict[tuple[int, str], Recorded] = {}  # the one run last comes last
        traced = any(type(weight.value) is not np.ndarray for weight in model.weights)
        self._is_eager = model.run_eagerly or traced or type(self) in model.refused
        self._made_for = Configuration(model)
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
        return self._made_for.is_of(Configuration(self.model))

    def source(self, count: int | None = None) -> str:
        """Answer the code that runs for so many rows; unless given, as many as the largest batch.

        Raises:
            RuntimeError: no data was seen yet, so that nobody knows how targets look; or the model
                is run operation by operation.
            autodiff.RecordingError: the model can't be recorded.
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
        shown = [p for (rows, _), p in self._programs.items() if rows == count]
        if count is None:
            shown = [largest]
        elif not shown:
            repeated = largest.batch.take(np.zeros(count, int))
            shown = [Recorded(self, repeated, slice(0, count))]
        return gathering(shown[-1].batch) + str(shown[-1].source) + self.update()

    def update(self) -> str:
        """Tell what follows the program."""
        return ""

    def _eagerly(self, data: Dataset, rows: Rows) -> Batch:
        batch = data.take(rows)
        return Batch(batch, *self.eager(batch), ())

    def _by_program(self, data: Dataset, rows: Rows) -> Batch:
        """Run the program for so many rows; where there can be none, see if the model runs."""
        try:
            program = self._program(data, rows)
        except Exception as error:  # a mistake of the user's comes again below
            reason = error
        else:
            loss, outputs, sums = program.run(data, rows)
            return Batch(program.batch, loss, outputs, sums)
        answer = self._eagerly(data, rows)
        self._refuse(reason)
        return answer

    def _program(self, data: Dataset, rows: Rows) -> Recorded:
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


@contextmanager
def following(weights: Sequence[Weight]) -> Iterator[None]:
    """Record that weights stand for their numbers at each call; what is assigned is written back.

    That is how running statistics advance.
    """
    values = [ad.live(weight.value, weight.path) for weight in weights]
    with bound(weights, values):
        yield
        assigned = [weight.value for weight in weights]
    for weight, before, after in zip(weights, values, assigned, strict=True):
        if after is not before:
            ad.assign(weight.value, after, weight.path)


def gathering(batch: Dataset) -> str:
    """Tell how a batch gets into the buffers."""
    lines = [f"#   all_{name}.take(rows, 0, {name}, 'clip')" for name, _ in batch.arrays()]
    return "\n".join(["# Before each call the batch is gathered:", *lines, "", ""])


class Recorded:
    """A step for one number of rows: its program, and the buffers that it reads the batch from.

    Attributes:
        batch: the buffers.
        bytes: their size, and that of the program's.
        source: the code that runs.

    Raises:
        Exception: whatever kept it from being recorded; autodiff.RecordingError where it would
            not do at each call what it does at first.
    """

    def __init__(self, step: Step, data: Dataset, rows: Rows) -> None:
        first = data.take(rows)
        self.batch = replace(first, **{n: np.array(a) for n, a in first.arrays()})
        self._buffers = self.batch.arrays()
        self._compiled = _compiled(step, self.batch)
        self.source = self._compiled.source.text
        self.bytes = self._compiled.report.bytes + sum(b.nbytes for _, b in self._buffers)
        self._has_outputs = self._compiled.structure.skeleton[1] is not None

    def run(self, data: Dataset, rows: Rows) -> tuple[float, Any, Sequence[Any]]:
        """Gather the rows into the buffers, and run the program on them."""
        if type(rows) is slice:
            for name, buffer in self._buffers:
                buffer[...] = getattr(data, name)[rows]
        else:
            for name, buffer in self._buffers:
                getattr(data, name).take(rows, 0, buffer, "clip")
        loss, *rest = self._compiled.run()
        outputs = rest.pop(0) if self._has_outputs else None
        return float(loss), outputs, rest


def _compiled(step: Step, batch: Dataset) -> Any:
    """Record a step; where code of the user's own is part of it, twice, to see if it agrees."""
    answers: list[Any] = []

    def train_step() -> tuple[Array, Array, list[Any]]:
        live = {name: ad.live(buffer, name) for name, buffer in batch.arrays()}
        answers.append(step.recorded(replace(batch, **live)))
        return answers[-1]  # type: ignore[no-any-return]

    train_step.__name__ = "train_step" if step.training else "forward_step"
    with recording, as_it_was(step.layers):
        before = Configuration(step.model)
        compiled = ad.jit(train_step).compiled()
        if before.has_foreign:
            ad.jit(train_step).compiled()
        _check_that_nothing_changed(before, Configuration(step.model))
    _check_that_all_agree(answers)
    return compiled


@contextmanager
def as_it_was(layers: Sequence[Layer]) -> Iterator[None]:
    """Give layers the attributes back that they had before the block ran."""
    held = [dict(vars(layer)) for layer in layers]
    try:
        yield
    finally:
        for layer, attributes in zip(layers, held, strict=True):
            vars(layer).update(attributes)


def _check_that_nothing_changed(before: Configuration, after: Configuration) -> None:
    if not after.is_of(before):
        raise ad.RecordingError(
            f"{before.changed_in(after)!r} changes something that isn't a weight while it runs (an "
            f"attribute, a list, a global), which would be done once and not at each step. Keep "
            f"such state in a weight: add_weight(..., trainable=False), and assign to it."
        )


def _check_that_all_agree(answers: Sequence[Any]) -> None:
    """Compare the loss and the outputs of several runs on the same batch."""
    first, *others = ([_numbers(loss), _numbers(outputs)] for loss, outputs, _ in answers)
    for other in others:
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, other, strict=True)):
            raise ad.RecordingError(
                "it gives another result each time that it is run on the same batch, as if by "
                "random numbers of a generator made on the spot. Make the generator once, and "
                "draw by ad.sample(rng.random, shape), which draws anew at each step."
            )


def _numbers(x: Any) -> Any:
    return x.numpy() if isinstance(x, ad.Tensor) else np.asarray(0.0 if x is None else x)
