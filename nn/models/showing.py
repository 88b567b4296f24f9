"""How a model is shown: as a picture, as a derivation of its slopes, as a table of its layers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import autodiff as ad
from nn import tree
from nn.argument_checks import keywords_checked
from nn.layers.context import unrolled
from nn.models import summary
from nn.models.recorded_training import recorded_training
from nn.models.rows import as_batch, as_row, default_batch
from nn.pictures.images import images_of
from nn.training.function_of_weights import function_of_weights
from nn.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.pictures.training_page import TrainingRecording
    from nn.training.dataset import Dataset

__all__ = ["ShownModel"]


class ShownModel(Trainer):
    """The methods of a model that show it."""

    @keywords_checked
    def draw(
        self,
        x: Any = None,
        y: Any = None,
        depth: int | None = None,
        unroll: bool = False,
        fold: bool | None = None,
    ) -> ad.Drawing:
        """Draw what the model computes, with every value and slope; layers are boxes.

        Layers act as in prediction: `Dropout` does nothing, so it isn't in the picture. A
        cross-entropy is computed from the scores before the last activation wherever training
        does that. The filters and feature maps of convolutions are small images.

        Args:
            x: the inputs, preferably a single row, with or without an axis for the batch; a row of
                ones by default.
            y: the targets, which extend the drawing to the loss; the model must be compiled.
            depth: the number of levels of boxes to open; 2 shows the inside of the layers. By
                default layers are closed, in the page as well, and equal ones that follow each
                other are one box.
            unroll: whether recurrent layers are drawn step by step.
            fold: whether all that repeats is one box; False draws each layer.

        Raises:
            ValueError: the data doesn't fit, or the input shape is unknown.
        """
        x, y, _ = (default_batch(self), y, False) if x is None else as_batch(self, x, y)
        function, arguments = function_of_weights(self, self._batch_to_show(x, y))
        argnums = (0, 1) if tree.leaves(arguments[1]) else (0,)

        @functools.wraps(function)  # a page runs it again
        def shown(*args: Any) -> Any:
            with unrolled(unroll):
                return function(*args)

        return ad.draw(shown, argnums, depth, images_of(self), fold)(*arguments)

    @keywords_checked
    def explain(
        self, x_row: Any, y_row: Any = None, of: str | None = None, depth: int | None = 1
    ) -> ad.Explanation:
        """Derive the slopes of the loss for one observation, with its numbers; print the result.

        Layers act as in prediction: `Dropout` does nothing, so it isn't derived. The slope
        of a cross-entropy after a softmax or sigmoid is ``p - y``, as in training.

        Args:
            x_row: the inputs of one observation, with or without an axis for the batch.
            y_row: its target; without one, the slopes of the prediction are derived.
            of: the path of one weight, such as ``"dense_1/kernel"``; all by default.
            depth: the number of levels of blocks to open; 1 leaves the layers closed, None opens
                all.

        Raises:
            RuntimeError: there is a target, but the model isn't compiled.
            ValueError: ``x_row`` isn't one row of the right shape, ``of`` isn't a value with a
                slope, or the model is too large for a readable derivation.

        >>> from nn.layers import Dense
        >>> from nn.models import Sequential
        >>> model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="ones", name="d")])
        >>> model.compile(loss="mean_squared_error")
        >>> print(model.explain([3.0, 4.0], 2.0, of="d/kernel"))
        Forward: how loss is computed
        ...
            ∂loss/∂(d/kernel) = 2 · xᵀ @ (d − y) = 2 · [[3 4]]ᵀ @ [[5]] = [[30] [40]]
        ...
        """
        batch = self._batch_to_show(*as_row(self, x_row, y_row))
        function, arguments = function_of_weights(self, batch)
        return ad.explain(function, argnums=0, of=of, depth=depth)(*arguments)

    def record(self, x: Any, y: Any, verbose: Any = 0, **options: Any) -> TrainingRecording:
        """Train the model as `fit` does, and remember each step: weights, slopes, the loss.

        ``.save("training.html")`` of the result writes a page that plays the training, which
        notebooks display; `nn.pictures.training_page` shows several side by side.

        Args:
            x: the inputs: a table, one row for each example, or images.
            y: the targets, as many rows.
            verbose: as for `fit`.
            **options: those of `fit`: ``epochs``, ``batch_size``, ``callbacks``, ``shuffle``...

        Raises:
            RuntimeError: the model isn't compiled, or has its own ``train_step``.
            ValueError: the data doesn't fit the model, or isn't one array.

        >>> from nn.layers import Dense
        >>> from nn.models import Sequential
        >>> model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="ones", name="d")])
        >>> model.compile("sgd", "mse")
        >>> recording = model.record([[1.0]], [3.0], epochs=2)
        >>> [(f"{step.before[0]:.2f}", f"{step.slopes[0]:.2f}") for step in recording.steps]
        [('1.00', '-4.00'), ('1.04', '-3.84')]
        """
        return recorded_training(self, x, y, {"verbose": verbose, **options})

    @keywords_checked
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print a table of the layers, their output shapes and their numbers of parameters.

        Where the layers aren't one chain, a column tells where the inputs of each come from:
        ``dense[1][0]`` is the first output of the second call of ``dense``.

        Args:
            line_length: the length of the lines; by default as long as they need to be.
            positions: where the columns end: fractions of this length, or numbers of characters.
            print_fn: what the table is passed to, in one text; ``print`` by default.
            expand_nested: whether to list the layers of models in the model.
            show_trainable: whether to tell which layers with weights are trainable, Y or N.
            layer_range: the names of the first and the last layer to list, or regular expressions.

        Raises:
            ValueError: a name isn't found, or a column is narrower than 4 characters.
        """
        (print_fn or print)(
            summary.table(self, line_length, positions, expand_nested, show_trainable, layer_range)
        )

    def _batch_to_show(self, x: Any, y: Any) -> Dataset:
        """Return the rows for a picture or a derivation."""
        if y is None:
            return self._build_for(self._prepared(x))
        self._require_compiled("a loss is shown")
        return self._build_and_align(self._prepared(x, y))
