"""The model: a layer that can be compiled, trained, evaluated and saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import autodiff as ad
from nn.callbacks import CallbackList, History
from nn.models.composite import Composite
from nn.models.computation import computation
from nn.models.store import Store
from nn.training import data, loop
from nn.training.arrays import as_floats
from nn.training.compiled import Compiled
from nn.training.progress import progress_for
from nn.training.recorded import recording
from nn.training.step import Step, TrainStep

if TYPE_CHECKING:
    from collections.abc import Collection

    from autodiff.show.drawing import Drawing
    from autodiff.show.explanation import Explanation
    from nn.training.arrays import Float32Array
    from nn.training.scores import Scores

S = TypeVar("S", bound=Step)


class Model(Composite):
    """What `nn.Sequential` is; derive from it to connect layers in ways of your own.

    Keep layers in attributes and write ``call(self, inputs, training=False)``.

    A training loop of your own is three lines. The parameters are a list of arrays, and ``bound``
    lets the model compute with those that it is given:

    >>> import numpy as np
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

    def __init__(self, *, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        self.loss: Any = None
        self.stop_training = False
        self.run_eagerly = False
        self.history: History | None = None
        self._compiled: Compiled | None = None
        self._scores: Scores | None = None
        self._store: Store | None = None
        self._optimized: list[Any] | None = None
        self._steps: dict[type, Any] = {}
        self._refused: set[type] = set()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the steps out of a copy: it records its own."""
        return {**vars(self), "_steps": {}}

    # --- training

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Sequence[Any] | None = None,
        weighted_metrics: Sequence[Any] | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Choose how the model is trained and scored.

        Args:
            optimizer: a name such as ``'adam'``, or an instance from `nn.optimizers`.
            loss: a name such as ``'mean_squared_error'``, an instance from `nn.losses`, or a
                function of ``(y_true, y_pred)``.
            metrics: names, instances or functions; they ignore sample weights.
            weighted_metrics: the same, taking account of sample weights.
            run_eagerly: whether each step runs operation by operation.

        Raises:
            ValueError: a name stands for nothing that there is, and the message has the nearest
                ones; or the loss isn't reduced to one number.
        """
        self._compiled = Compiled.of(optimizer, loss, metrics, weighted_metrics)
        self.loss = loss
        self.run_eagerly = run_eagerly
        self._scores = self._optimized = None
        self._refused = set()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train the model, and answer its history: the scores of each epoch.

        Args:
            x: the inputs, one row for each example: an array, a list or a DataFrame.
            y: the targets, as many rows.
            batch_size: rows for each update; 32 unless given.
            epochs: the number of the last epoch; all data is seen once in each.
            verbose: 0 is silent, 1 a progress bar, 2 a line for each epoch; 'auto' chooses.
            callbacks: instances from `nn.callbacks`.
            validation_split: the share of the rows, the last ones, that is kept for validation.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` to validate on instead.
            shuffle: whether each epoch goes through the rows in a new random order.
            class_weight: from class to its weight in the loss; a class left out counts as 1.
            sample_weight: the weight of each row in the loss.
            initial_epoch: the number of the first epoch, from 0.
            steps_per_epoch: batches in an epoch; the next epoch goes on where it stopped.
            validation_steps: batches to validate on.
            validation_batch_size: rows in each of these; ``batch_size`` unless given.
            validation_freq: validate every so many epochs, or after the epochs listed, from 1.

        Raises:
            RuntimeError: the model isn't compiled.
            ValueError: the data doesn't fit the model or the loss, or holds NaN or infinity.
        """
        self._require_compiled("fit")
        size = loop.rows_in_batch(batch_size)
        schedule = loop.Schedule(
            batch_size=size,
            epochs=epochs,
            initial_epoch=initial_epoch,
            shuffle=shuffle,
            steps_per_epoch=steps_per_epoch,
            validation_batch_size=size if validation_batch_size is None else validation_batch_size,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
        )
        train = data.prepare(x, y, sample_weight)
        validation = None
        if validation_data is not None:
            validation = data.prepare(*loop.unpacked(validation_data))
        elif validation_split:
            train, validation = data.split(train, validation_split, self.loss_function)
        train = self._fitted(data.weigh_classes(train, class_weight))
        validation = validation and self._fitted(validation)
        self.history = history = History()
        steps = schedule.steps(len(train))
        watchers = self._watchers(callbacks, verbose, steps, epochs, history)
        loop.fit(self, train, validation, schedule, watchers)
        self.history = history  # a callback may have called fit
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Answer the loss on the data, or where there are metrics a list: the loss, then these.

        With ``return_dict`` the scores come by name. The arguments are those of `fit`.

        Raises:
            RuntimeError: the model isn't compiled.
            ValueError: the data doesn't fit the model or the loss, or holds NaN or infinity.
        """
        self._require_compiled("evaluate")
        size = loop.rows_in_batch(batch_size)
        dataset = self._fitted(data.prepare(x, y, sample_weight))
        watchers = self._watchers(callbacks, verbose, steps or -(-len(dataset) // size))
        results = loop.evaluate(self, dataset, size, steps, watchers, self.scores())
        return _answer(results, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> np.ndarray:
        """Answer the outputs for all rows of ``x``, a float32 array; the model may be uncompiled.

        Raises:
            ValueError: the data doesn't fit the model, or holds NaN or infinity.
        """
        size = loop.rows_in_batch(batch_size)
        dataset = self._buildable(data.prepare(x))
        watchers = self._watchers(callbacks, verbose, steps or -(-len(dataset) // size))
        return loop.predict(self, dataset, size, steps, watchers)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Update the model once, from all rows given, and answer the scores from before."""
        self._require_compiled("train_on_batch")
        batch = data.weigh_classes(data.prepare(x, y, sample_weight), class_weight)
        return self._score_batch(TrainStep, self._fitted(batch), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Answer the scores on all rows given, in one batch."""
        self._require_compiled("test_on_batch")
        return self._score_batch(Step, self._fitted(data.prepare(x, y, sample_weight)), return_dict)

    def predict_on_batch(self, x: Any) -> np.ndarray:
        """Answer the outputs for all rows given, in one batch."""
        batch = self._buildable(data.prepare(x))
        outputs: np.ndarray = self.step(Step)(batch, slice(0, len(batch))).outputs
        return outputs

    # --- what training uses

    @property
    def optimizer(self) -> Any:
        """The optimizer that `compile` chose, or None."""
        return self._compiled and self._compiled.optimizer

    @property
    def loss_function(self) -> Any:
        """The loss that `compile` chose, as a function of targets, outputs and weights."""
        return self._compiled and self._compiled.loss

    def step(self, kind: type[S]) -> S:
        """Answer the step of a kind; a new one where the model is another than it was."""
        with recording:
            step = self._steps.get(kind)
            if step is None or not step.is_current():
                step = self._steps[kind] = kind(self)
            return step

    @property
    def refused(self) -> set[type]:
        """The kinds of steps that couldn't be recorded since the model was compiled."""
        return self._refused

    def train_source(self, batch_size: int | None = None) -> str:
        """Answer the code that `fit` runs for each batch, as it is written for this model.

        Args:
            batch_size: rows in the batch; as in `fit` unless given.

        Raises:
            RuntimeError: the model isn't compiled, has seen no data, or is run operation by
                operation.
        """
        self._require_compiled("train_source")
        rows = None if batch_size is None else loop.rows_in_batch(batch_size)
        return self.step(TrainStep).source(rows)

    @property
    def metrics_names(self) -> list[str]:
        """The names of the scores that `evaluate` answers, the loss first; none before compile."""
        if self._compiled is None:
            return []
        return (self._scores or self._compiled.scores()).names

    @property
    def running_scores(self) -> Scores | None:
        """The running scores; None before data was seen."""
        return self._scores

    def scores(self) -> Scores:
        """The running scores, emptied; for models that have seen targets.

        While a fit gathers in them, a callback that evaluates the model gets a copy.
        """
        if self._scores is None:
            raise RuntimeError(
                f"model {self.name!r} expects data before it has scores, got none. Call fit first."
            )
        scores = copy.deepcopy(self._scores) if self._scores.is_busy else self._scores
        scores.reset()
        return scores

    @property
    def store(self) -> Store:
        """The flat buffers that hold the weights; made anew where layers have changed.

        Raises:
            ValueError: other weights are to be trained than those that the optimizer has seen.
        """
        trainable, other = self.trainable_weights, self.non_trainable_weights
        if self._store is None or not self._store.holds(trainable, other):
            self._store = Store(trainable, other)
        if self._optimized is None:
            self.optimizer.build(self._store.parameters.size, self._store.segments, trainable)
            self._optimized = trainable
        if list(map(id, trainable)) != list(map(id, self._optimized)):
            raise ValueError(
                f"model {self.name!r} expects to train the {len(self._optimized)} weights that it "
                f"has trained since compile, got {len(trainable)}: layers were added, removed, "
                "frozen or thawed. Call compile again."
            )
        return self._store

    # --- what it shows

    def draw(self, x: Any = None, y: Any = None, depth: int | None = None) -> Drawing:
        """Draw what the model computes, with every value and slope; layers are boxes.

        Layers act as in prediction: `Dropout` lets everything pass, so it isn't in the picture.
        Where training computes a cross-entropy from the scores before the last activation, so does
        the picture.

        Args:
            x: the inputs, best a single row, with or without an axis for the batch; a row of ones
                unless given.
            y: the targets, which let the drawing go on to the loss; the model is compiled.
            depth: how many levels of boxes are opened; 2 shows what is inside the layers.

        Raises:
            ValueError: the data doesn't fit, or the model can't tell the shape of its inputs.
        """
        if x is not None and self._is_row(x := as_floats("x", x)):
            x, y = x[np.newaxis], None if y is None else np.asarray(y)[np.newaxis]
        function, arguments = computation(self, self._batch_to_show(x, y))
        return ad.draw(function, argnums=(0, 1), depth=depth)(*arguments)

    def explain(
        self, x_row: Any, y_row: Any = None, of: str | None = None, depth: int | None = None
    ) -> Explanation:
        """Derive the slopes of the loss for one observation, with its numbers; print what comes.

        Layers act as in prediction: `Dropout` lets everything pass, so it isn't derived. The slope
        of a cross-entropy after a softmax or sigmoid is ``p - y``, as in training.

        Args:
            x_row: the inputs of one observation, without an axis for the batch.
            y_row: its target; without one, the slopes of the prediction are derived.
            of: the path of one weight, such as ``"dense_1/kernel"``; all unless given.
            depth: how many levels of blocks are opened; 1 leaves the layers closed.

        Raises:
            RuntimeError: there is a target, but the model isn't compiled.
            ValueError: not one row of the right shape, ``of`` names nothing that has a slope, or
                the model is too large for a derivation that people read.

        >>> from nn.layers import Dense
        >>> from nn.models import Sequential
        >>> model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="ones", name="d")])
        >>> model.compile(loss="mean_squared_error")
        >>> print(model.explain([3.0, 4.0], 2.0, of="d/kernel", depth=1))
        Forward: how loss is computed
        ...
            ∂loss/∂(d/kernel) = 2 · xᵀ @ (d − y) = 2 · [[3 4]]ᵀ @ [[5]] = [[30] [40]]
        ...
        """
        expected = self.input_shape_given
        if expected is not None and np.ndim(x_row) >= len(expected):
            raise ValueError(
                f"model {self.name!r} explains one row, of shape {expected[1:]}, got shape "
                f"{np.shape(x_row)}. Pass x[0] and y[0]."
            )
        y = None if y_row is None else np.asarray(y_row)[np.newaxis]
        batch = self._batch_to_show(np.asarray(x_row)[np.newaxis], y)
        function, arguments = computation(self, batch)
        return ad.explain(function, argnums=0, of=of, depth=depth)(*arguments)

    # --- helpers

    def _require_compiled(self, action: str) -> None:
        if self._compiled is None:
            raise RuntimeError(
                f"model {self.name!r} expects compile before {action}. "
                "Call model.compile(optimizer='adam', loss='mean_squared_error'), for example."
            )
        if self.loss_function is None:
            raise ValueError(
                f"model {self.name!r} expects a loss before {action}, got compile(loss=None). "
                "Call compile again with a loss, such as loss='mean_squared_error'."
            )

    def _shaped(self, dataset: data.Dataset) -> data.Dataset:
        """Give the inputs the shape that the model takes."""
        if self.input_shape_given is None:
            return dataset
        return replace(dataset, x=data.align_inputs(dataset.x, self.input_shape_given))

    def _buildable(self, dataset: data.Dataset) -> data.Dataset:
        """Make sure that all weights are there before a step is made."""
        dataset = self._shaped(dataset)
        if not self.built:
            self(dataset.x[:1])
        return dataset

    def _is_row(self, x: Float32Array) -> bool:
        """Whether inputs lack an axis for the batch; several numbers may be rows of one column."""
        shape = self.input_shape_given
        if shape is None or x.ndim >= len(shape):
            return False
        return x.shape == (1,) or shape[1:] != (1,)

    def _batch_to_show(self, x: Any, y: Any) -> data.Dataset:
        """Prepare the rows that a picture or a derivation is made of."""
        if x is None:
            if self.input_shape_given is None:
                raise ValueError(
                    f"model {self.name!r} expects to know the shape of its inputs before it makes "
                    "some up, got none. Pass x, a row of data."
                )
            x = np.ones((1, *self.input_shape_given[1:]))
        if y is None:
            return self._buildable(data.prepare(x))
        self._require_compiled("a loss is shown")
        return self._fitted(data.prepare(x, y))

    def _fitted(self, dataset: data.Dataset) -> data.Dataset:
        """Build the model if need be, and make sure that inputs and targets fit it."""
        y = dataset.y
        if y is None:
            raise ValueError(
                f"model {self.name!r} expects targets, got y=None. Pass them: fit(x, y)."
            )
        dataset = self._shaped(dataset)
        output_shape = (None, *self(dataset.x[:1]).shape[1:])
        targets = data.align_targets(y, output_shape)
        self.loss_function.validate(targets, output_shape)
        if self._scores is None and self._compiled is not None:
            self._scores = self._compiled.scores(output_shape)
        return replace(dataset, y=targets)

    def _watchers(
        self,
        callbacks: Any,
        verbose: Any,
        steps: int,
        epochs: int = 1,
        history: History | None = None,
    ) -> CallbackList:
        """The user's callbacks, then the progress bar, then the history, which sees all logs."""
        params = {"verbose": verbose, "epochs": epochs, "steps": steps}
        return CallbackList([callbacks, progress_for(verbose), history], self, params)

    def _score_batch(self, kind: type[Step], batch: data.Dataset, return_dict: bool) -> Any:
        step, scores = self.step(kind), self.scores()
        scores.update(step(batch, slice(0, len(batch))))
        return _answer(scores.results(), return_dict)


def _answer(results: dict[str, float], return_dict: bool) -> Any:
    values = list(results.values())
    if return_dict:
        return results
    return values if len(values) > 1 else values[0]
