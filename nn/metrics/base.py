"""The base classes of metrics, which accumulate batches and return one result for all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import initializers
from nn.absent import missing_in
from nn.argument_checks import ArgumentsChecked, options_checked, undefined
from nn.configs.configurable import Configurable
from nn.configs.dtype_policy import check_dtype
from nn.conversion import as_real
from nn.layers.masks import mask_of
from nn.layers.nested import nested
from nn.losses.reduction import align_weight, masked_weights
from nn.losses.shapes import as_arrays
from nn.metrics.variable import MetricVariable
from nn.naming import unique_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Metric(ArgumentsChecked, Configurable):
    """The base class of metrics; for a user-defined metric, subclass it.

    `update_state` adds one batch, `result` returns the result of all batches since `reset_state`,
    and calling the metric does both. What is kept between batches is made by `add_weight`.

    Args:
        name: the key of its values in the history; by default the class name in snake case.
        dtype: float32 is the only one; sums are kept in float64.

    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", **options):
    ...         super().__init__(name=name, **options)
    ...         self.largest = self.add_weight(name="largest", initializer="zeros")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         error = np.max(np.abs(y_pred - y_true))
    ...         self.largest.assign(np.maximum(self.largest, error))
    ...     def result(self):
    ...         return self.largest
    >>> metric = Largest()
    >>> metric.update_state(np.zeros(3), np.array([0.5, -2.0, 1.0]))
    >>> float(metric.result())
    2.0
    """

    written_by_keras: ClassVar = {"dtype": "float32"}

    def __init__(self, name: str | None = None, *, dtype: Any = None) -> None:
        check_dtype(type(self), dtype)
        self.name, self.dtype = name or unique_name(type(self).__name__), "float32"
        self._variables: list[MetricVariable] = []

    def add_variable(
        self,
        shape: Sequence[int] | int,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "sum",  # noqa: ARG002 - for Keras's sake, which may run on several
        name: str | None = None,
    ) -> MetricVariable:
        """Create a number or an array that `reset_state` sets to zero.

        Args:
            shape: the length of each axis; ``()`` for a number.
            initializer: sets the initial value: a name, an object or a function of the shape.
            dtype: a dtype of whole numbers or bools; float64 by default, and for other floats.
            aggregation: accepted for Keras's sake.
            name: its name.
        """
        if not hasattr(self, "_variables"):
            raise RuntimeError(
                f"{type(self).__name__} expects super().__init__() before add_weight, got none. "
                "Call super().__init__(name=name) first."
            )
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        kept = np.dtype(dtype or np.float64)
        variable = MetricVariable(
            initializers.get(initializer or "zeros")(shape),
            np.float64 if kept.kind == "f" else kept,
            name=name or f"variable_{len(self._variables)}",
            metric=self.name,
        )
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] | int = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> MetricVariable:
        """Create a number or an array; see `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[MetricVariable]:
        """What `add_variable` has created, here and in metrics in attributes."""
        inner = nested(vars(self).values(), Metric)
        return [*self._variables, *(v for metric in inner for v in metric.variables)]

    if not TYPE_CHECKING:  # which finds misspelled names itself

        def __getattr__(self, name: str) -> Any:
            return missing_in(self, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        """Add one batch, with the arguments of `update_state`, and return the `result` so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add one batch: (y_true, y_pred, sample_weight=None), except for `Mean`."""
        raise NotImplementedError(
            undefined(
                self, "update_state(self, y_true, y_pred, sample_weight=None)", "add one batch"
            )
        )

    def result(self) -> Array:
        """Return the result of all batches since the last reset: a float, or an array."""
        raise NotImplementedError(
            undefined(self, "result(self)", "return the result of all batches")
        )

    def reset_state(self) -> None:
        """Remove all batches: set the `variables` to zero."""
        if not self.variables:
            raise NotImplementedError(undefined(self, "reset_state(self)", "remove all batches"))
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))


class RowMean(Metric):
    """The base class of means over all rows of all batches; stores a total and a count."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.total = self.count = 0.0
        self._live = np.zeros(2)  # the total and the count that recorded steps add

    def add(self, values: Array, sample_weight: Array = None) -> None:
        """Add the values of one batch.

        Args:
            values: one per row; further axes are averaged, and a single number is the value of the
                whole batch.
            sample_weight: one weight per row, or per value; None means equal weights.
        """
        if isinstance(values, ad.Tensor):
            self._add_traced(ad.stop_gradient(values).astype(np.float64), sample_weight)
        else:
            values = np.asarray(as_real("values", values), np.float64)
            self.gather(*sums(values, sample_weight))

    def gather(self, total: float, count: float) -> None:
        """Add the weighted sum of the values of a batch, and the sum of their weights."""
        self.total += float(total)
        self.count += float(count)

    def result(self) -> float:
        """Return the weighted mean, or 0 if there are no values."""
        total, count = self.total + float(self._live[0]), self.count + float(self._live[1])
        return total / count if count else 0.0

    def reset_state(self) -> None:
        """Remove all batches."""
        self.total = self.count = 0.0
        self._live[:] = 0

    def _add_traced(self, values: Array, sample_weight: Array) -> None:
        """Add traced values; a program that is being recorded adds them at each call."""
        before = ad.live(self._live, self.name)
        total, count = sums(values, sample_weight)
        if isinstance(before, ad.Tensor):
            ad.assign(self._live, before + np.stack([total, count]), self.name)
        else:
            self.gather(total.numpy(), count.numpy() if isinstance(count, ad.Tensor) else count)


def sums(values: Array, sample_weight: Array = None) -> tuple[Array, Array]:
    """Return the sum of the values times their weights, and of the weights, averaged in each row.

    >>> sums(np.array([1.0, 3.0]), np.array([1.0, 0.5]))
    (np.float64(2.5), np.float64(1.5))
    """
    if sample_weight is None:
        return np.sum(_row_means(values)), float(len(values) if values.ndim else 1)
    if values.ndim:
        weights = align_weight(sample_weight, values.shape, values.dtype)
        weights = np.broadcast_to(weights, values.shape)
    else:
        weights = np.sum(sample_weight)
    return np.sum(_row_means(values * weights)), np.sum(_row_means(weights))


def _row_means(values: Array) -> Array:
    """Return the mean of each row."""
    within_row = tuple(range(1, values.ndim))
    return np.mean(values, axis=within_row) if within_row else values


class Mean(RowMean):
    """The mean of values, one per row, over all rows of all batches.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0])
    >>> mean([8.0], sample_weight=[2.0])
    5.0
    """

    def __init__(self, name: str | None = "mean") -> None:
        super().__init__(name)

    def update_state(self, values: Array, sample_weight: Array = None) -> None:
        """Add the values of one batch; see `RowMean.add`."""
        self.add(values, sample_weight)


class MeanMetricWrapper(RowMean):
    """The mean of a function of the targets and the predictions.

    Args:
        fn: returns one value per row, or a single number.
        name: by default that of the function.
        options: passed to the function at each call.

    >>> MeanMetricWrapper(lambda y_true, y_pred: np.abs(y_pred - y_true), "error")([1, 2], [1, 4])
    1.0
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, **options: Any) -> None:
        super().__init__(name or getattr(fn, "__name__", type(self).__name__))
        self.fn, self.options = fn, options
        options_checked(type(self), options, fn)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**elsewhere) | self.options

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch, without masked steps; targets (N,) match predictions (N, 1)."""
        weight = masked_weights(sample_weight, mask_of(y_pred))
        y_true, y_pred = aligned(y_true, y_pred)
        self.add(self.fn(y_true, y_pred, **self.options), weight)


class BuiltInMetric(RowMean):
    """The mean of the function ``rowwise``, named after it; ``options`` are passed to it."""

    rowwise: ClassVar[Callable[..., Any]]
    averages_last_axis: ClassVar[bool] = False

    def __init__(self, name: str | None = None, **options: Any) -> None:
        super().__init__(name or self.rowwise.__name__)
        options_checked(type(self), options, self.rowwise)
        self.options = options

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**self.options, **elsewhere)

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> None:
        """Add one batch, without masked steps; targets (N,) match predictions (N, 1)."""
        self.add(self.values(y_true, y_pred), self.row_weights(y_true, y_pred, sample_weight))

    def row_weights(self, y_true: Array, y_pred: Array, sample_weight: Array) -> Array:
        """Return the weights of the rows, 0 where the predictions are masked; None for all 1."""
        return self.weights(y_true, masked_weights(sample_weight, mask_of(y_pred)))

    def weights(self, y_true: Array, sample_weight: Array) -> Array:  # noqa: ARG002 - for subclasses
        """Return the weights of the rows, or None; the targets may be traced."""
        return sample_weight

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return one value per row of a batch; the predictions may be traced."""
        y_true, y_pred = aligned(y_true, y_pred)
        if self.averages_last_axis and y_true.ndim == y_pred.ndim == 1:
            y_true, y_pred = y_true[:, np.newaxis], y_pred[:, np.newaxis]
        return self.rowwise(y_true, y_pred, **self.options)


def can_be_recorded(metric: Any) -> bool:
    """Return whether a metric is the mean of a function of this library, and nothing else."""
    return (
        isinstance(metric, BuiltInMetric)
        and type(metric).update_state is BuiltInMetric.update_state
        and type(metric).gather is RowMean.gather
    )


def aligned(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return both as arrays; (N,) becomes (N, 1) where the other has this shape."""
    y_true, y_pred = as_arrays(y_true, y_pred)
    if y_pred.shape == (*y_true.shape, 1):
        y_true = y_true[..., np.newaxis]
    elif y_true.shape == (*y_pred.shape, 1):
        y_pred = y_pred[..., np.newaxis]
    return y_true, y_pred


def as_table(values: Array) -> Array:
    """Return numbers of shape (N, …) as one of shape (N, columns).

    >>> as_table(np.zeros((0, 2, 3))).shape, as_table(np.zeros(4)).shape
    ((0, 6), (4, 1))
    """
    return values.reshape(len(values), math.prod(values.shape[1:]))
