"""The trainer: compiles a model, trains it, evaluates it and predicts with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from autodiff import calling_line
from nn import tree
from nn.argument_checks import keywords_checked
from nn.built_in import is_built_in
from nn.callbacks import CallbackList, History
from nn.distribution.data_parallel import checked
from nn.training import agreement, loop
from nn.training.advice import advise
from nn.training.class_weight import weigh_classes
from nn.training.compile_options import CompileOptions
from nn.training.data_methods import DataMethods
from nn.training.dataset import Dataset
from nn.training.epoch_schedule import EpochSchedule, checked_batch_size
from nn.training.machine_code import check_jit_compile
from nn.training.progress import progress_for
from nn.training.step import Step, TestStep, TrainStep
from nn.training.streams import Stream, check_alone, is_stream
from nn.training.training_state import TrainingState
from nn.training.validation_split import split

if TYPE_CHECKING:
    from collections.abc import Collection

    from nn.distribution import DataParallel
    from nn.optimizers.store import Store
    from nn.training.scores import Scores
    from nn.training.user_step import UserStep

S = TypeVar("S", bound=Step)


class Trainer(DataMethods):
    """A container of layers with loops over data; `Model` adds pictures and files."""

    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    def __init__(self, *, name: str | None, trainable: bool) -> None:
        super().__init__(name=name, trainable=trainable)
        self.loss: Any = None
        self.stop_training = False
        self.history: History | None = None

    # --- training

    @keywords_checked
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        jit_compile: bool | Literal["auto", "wait"] = "auto",
        distribution: DataParallel | None = None,
    ) -> None:
        """Configure the model for training.

        Args:
            optimizer: a name such as ``'adam'``, or an instance from `nn.optimizers`.
            loss: a name such as ``'mean_squared_error'``, an instance from `nn.losses`, or a
                function of ``(y_true, y_pred)``; for several outputs one for all, or a list or a
                dictionary by their names, with None for an output without.
            loss_weights: a number that the loss (but no penalty) is multiplied by; for several
                outputs one for each, likewise.
            metrics: names, instances or functions; they ignore sample weights. Where the loss takes
                logits (``from_logits=True``), so does ``'accuracy'`` of one output: above 0 counts
                as 1. Keras compares logits with 0.5. For several outputs, a list for each of
                them, in a list or a dictionary by their names.
            weighted_metrics: the same, weighted by sample weights.
            run_eagerly: whether each step runs operation by operation.
            jit_compile: whether to compile the steps and the optimizer's update to machine code
                with numba, of the extra ``native``; see `autodiff.jit`. That takes seconds, in the
                background, while training runs; with ``"wait"``, the first step waits, so that all
                steps have the same bits in each training. With ``"auto"``, steps are NumPy code.
            distribution: a `nn.distribution.DataParallel`, to share batches among processes; by
                default what `nn.distribution.set_distribution` has set.

        Raises:
            ImportError: ``jit_compile=True`` without the packages of the extra.
            ValueError: a name is unknown (the message suggests the nearest ones), or the loss
                isn't reduced to one number.
        """
        check_jit_compile(jit_compile, run_eagerly)
        compile_options = CompileOptions.of(
            optimizer, loss, metrics, weighted_metrics, loss_weights, self.known_outputs
        )
        self._training = TrainingState(compile_options, self._training)
        self.loss = loss
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self._distribution = checked(distribution)
        self._compiled_at = calling_line()

    @keywords_checked
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train the model, and return its history: the loss and metrics of each epoch.

        Args:
            x: the inputs, one row for each example: an array, a list or a DataFrame; for a model
                with several inputs, several of them in a list, or in a dictionary by their names.
                Or batches, ``(x, y)`` or ``(x, y, sample_weight)``: a `nn.utils.PyDataset`, a
                generator, or another iterable.
            y: the targets, as many rows; for several outputs likewise.
            batch_size: rows for each update; by default 32, or all of them in ``steps_per_epoch``.
            epochs: the number of the last epoch; each goes through all the data once.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line per epoch; 'auto' chooses.
            callbacks: instances from `nn.callbacks`.
            validation_split: the fraction of the rows, taken from the end, to validate on.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` to validate on instead, or
                batches.
            shuffle: whether to draw a new random order of the rows for each epoch.
            class_weight: maps each class to its weight in the loss; 1 for a class left out.
            sample_weight: the weight of each row in the loss; multiplied by the class weights
                where both are passed (Keras refuses both together).
            initial_epoch: the number of the first epoch, from 0.
            steps_per_epoch: the most batches in an epoch; each epoch starts at the first row, so
                that without shuffling the rows beyond are never used.
            validation_steps: batches to validate on.
            validation_batch_size: rows in each of these; by default ``batch_size``, or as above.
            validation_freq: the number of epochs between validations, or the epochs, counted
                from 1, to validate after.

        Raises:
            RuntimeError: the model isn't compiled.
            ValueError: the data doesn't fit the model or the loss, or holds NaN or infinity.
        """
        self._require_compiled("fit")
        schedule = EpochSchedule(
            batch_size=batch_size,
            epochs=epochs,
            initial_epoch=initial_epoch,
            shuffle=shuffle,
            steps_per_epoch=steps_per_epoch,
            validation_batch_size=(
                batch_size if validation_batch_size is None else validation_batch_size
            ),
            validation_steps=validation_steps,
            validation_freq=validation_freq,
        )
        data: Dataset | Stream
        if is_stream(x):
            check_alone(y, sample_weight, validation_split)
            data = self._stream(x, steps_per_epoch, "steps_per_epoch", shuffle, class_weight)
            sample = self._built_for_stream(data)
        else:
            data = self._prepared(x, y, sample_weight)
            if validation_split and validation_data is None:
                data, validation_data = split(data, validation_split, self.loss_function)
            data = sample = self._build_and_align(weigh_classes(data, class_weight))
        validation = self._validation(validation_data, validation_steps)
        advise(self, sample, self._training.logits)
        self.history = history = History()
        steps = schedule.steps(data)
        callback_list = self._callback_list(callbacks, verbose, steps, epochs, history)
        loop.fit(self, data, validation, schedule, callback_list)
        self.history = history  # a callback may have called fit
        return history

    @keywords_checked
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
        """Return the loss on the data; where there are metrics, a list of the loss and the metrics.

        With ``return_dict``, return them in a dictionary. The arguments are those of `fit`.

        Raises:
            RuntimeError: the model isn't compiled.
            ValueError: the data doesn't fit the model or the loss, or holds NaN or infinity.
        """
        self._require_compiled("evaluate")
        data: Dataset | Stream
        if is_stream(x):
            check_alone(y, sample_weight)
            data = self._stream(x, steps, "steps")
            self._built_for_stream(data)
        else:
            data = self._build_and_align(self._prepared(x, y, sample_weight))
        batch_size = checked_batch_size(batch_size, data, steps)
        callback_list = self._callback_list(callbacks, verbose, _count(data, batch_size, steps))
        agreement.begin(self, "evaluate")
        results = loop.evaluate(self, data, batch_size, steps, callback_list, self.scores())
        return _as_dict_or_list(results, return_dict)

    @keywords_checked
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for all rows of ``x``, in float32; compiling isn't needed.

        A model with several outputs returns an array for each, in their structure.

        Raises:
            ValueError: the data doesn't fit the model, or holds NaN or infinity.
        """
        data: Dataset | Stream
        if is_stream(x):
            data = Stream(x, self._inputs_of_batch, steps, "steps")
            self._build_for(self._inputs_of_batch(data.peek()))
        else:
            data = self._build_for(self._prepared(x))
        batch_size = checked_batch_size(batch_size, data, steps)
        callback_list = self._callback_list(callbacks, verbose, _count(data, batch_size, steps))
        agreement.begin(self, "predict")
        return loop.predict(self, data, batch_size, steps, callback_list)

    @keywords_checked
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Update the model once, and return the loss and metrics from before the update."""
        self._require_compiled("train_on_batch")
        batch = weigh_classes(self._prepared(x, y, sample_weight), class_weight)
        return self._score_batch(TrainStep, batch, return_dict)

    @keywords_checked
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and metrics of one batch."""
        self._require_compiled("test_on_batch")
        return self._score_batch(TestStep, self._prepared(x, y, sample_weight), return_dict)

    @keywords_checked
    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch."""
        batch = self._build_for(self._prepared(x))
        agreement.begin_once(self)
        return self.step(Step)(batch, slice(0, len(batch))).y_pred

    # --- used by training

    @property
    def optimizer(self) -> Any:
        """The optimizer passed to `compile`, or None."""
        return self._training.compile_options and self._training.compile_options.optimizer

    @property
    def loss_function(self) -> Any:
        """The loss passed to `compile`, if there is one: a function of targets, outputs, weights.

        None before `compile`, and for several losses in a list or a dictionary.
        """
        loss = self._training.compile_options and self._training.compile_options.loss
        return None if tree.is_structure(loss) else loss

    def step(self, kind: type[S]) -> S | UserStep:
        """Return a step: recorded, or by the methods that the model's class overrides."""
        return self._training.step(self, kind)

    @property
    def refused(self) -> set[type]:
        """The kinds of steps that couldn't be recorded since the model was compiled."""
        return self._training.refused

    @keywords_checked
    def train_source(self, batch_size: int | None = None, native: bool = False) -> str:
        """Return the code that `fit` runs for each batch of this model.

        Args:
            batch_size: rows in the batch; by default as in the last `fit`.
            native: whether to return the loops that are compiled to machine code, instead of the
                NumPy code; see ``jit_compile`` of `compile`.

        Raises:
            RuntimeError: the model isn't compiled, has seen no data, or runs eagerly.
            ValueError: ``native``, and the model isn't compiled to machine code.
        """
        self._require_compiled("train_source")
        count = None if batch_size is None else checked_batch_size(batch_size)
        return self.step(TrainStep).source(count, native=native)

    @property
    def metrics_names(self) -> list[str]:
        """The names of the values that `evaluate` returns, the loss first; none before compile."""
        compile_options = self._training.compile_options
        if compile_options is None:
            return []
        scores = self._training.running_scores
        return (
            scores or compile_options.make_scores(compile_options.objective(self.known_outputs))
        ).names

    @property
    def running_scores(self) -> Scores | None:
        """The running loss and metrics; None before the model has seen data."""
        return self._training.running_scores

    def scores(self) -> Scores:
        """Return the running scores, reset; a copy of them while ``fit`` is using them."""
        return self._training.scores(self)

    @property
    def store(self) -> Store:
        """The flat buffers of the weights; made again if layers have changed.

        Raises:
            ValueError: the trainable weights aren't those that the optimizer was built for.
        """
        return self._training.store(self)

    # --- helpers

    def _require_compiled(self, action: str) -> None:
        if self._training.compile_options is None:
            raise RuntimeError(
                f"model {self.name!r} expects compile before {action}. "
                "Call model.compile(optimizer='adam', loss='mean_squared_error'), for example."
            )
        has_loss = self._training.compile_options.has_loss or self._has_own_loss
        if not has_loss and not self._may_add_losses():
            raise ValueError(
                f"model {self.name!r} expects a loss before {action}, got compile(loss=None). "
                "Call compile again with a loss, such as loss='mean_squared_error'; or call "
                "add_loss in a layer of your own."
            )

    def _may_add_losses(self) -> bool:
        """Return whether there are penalties, or user-defined layers, which may add losses."""
        return any(weight.regularizer for weight in self.weights) or any(
            layer.activity_regularizer is not None or not is_built_in(type(layer))
            for layer in self.flat_layers()
        )

    def _callback_list(
        self,
        callbacks: Any,
        verbose: Any,
        steps: int | None,
        epochs: int = 1,
        history: History | None = None,
    ) -> CallbackList:
        """Return the user's callbacks, then the progress bar, then the history."""
        params = {"verbose": verbose, "epochs": epochs, "steps": steps}
        return CallbackList([callbacks, progress_for(verbose), history], self, params)

    def _score_batch(self, kind: type[Step], batch: Dataset, return_dict: bool) -> Any:
        batch = self._align_batch(kind, batch)
        agreement.begin_once(self)
        step, scores = self.step(kind), self.scores()
        self._note_shapes(step, batch)
        scores.update(step(batch, slice(0, len(batch))))
        return _as_dict_or_list(scores.results(), return_dict)


def _count(data: Dataset | Stream, batch_size: int, steps: int | None) -> int | None:
    """Return the number of batches, if it is known."""
    return data.steps if isinstance(data, Stream) else steps or -(-len(data) // batch_size)


def _as_dict_or_list(results: dict[str, float], return_dict: bool) -> Any:
    """Return the results as a dictionary, by name, a list, or, where there is one, a number."""
    values = list(results.values())
    if return_dict:
        return dict(sorted(results.items()))
    return values if len(values) > 1 else values[0]
