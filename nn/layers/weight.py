"""A weight: a named float32 array of a layer, trainable or not.

Normally its `value` is a plain array (a view of the model's flat buffer), so that a model predicts
at NumPy's speed. While a function of the weights is differentiated, `bound` replaces the value by
a traced ``ad.Tensor``. The code of a layer is the same in both cases:
``inputs @ self.kernel + self.bias``.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

import autodiff as ad
from autodiff import Array
from nn.conversion import as_real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import DTypeLike


compute_dtype: ContextVar[type[np.floating[Any]]] = ContextVar("compute_dtype", default=np.float32)
"""The dtype that layers compute in: float32, or float64 where weights are bound to such values."""


class Weight(NDArrayOperatorsMixin):
    """A named array that stands for its `value` in every NumPy expression.

    Args:
        value: the initial value, of any shape; stored as float32.
        name: the name within the layer, such as ``'kernel'``.
        layer: the name of the layer, such as ``'dense_1'``.
        trainable: whether ``fit`` updates it.
        regularizer: a function of the value that returns a scalar penalty.
        constraint: a function applied to the value after each update.

    Attributes:
        is_used: whether anything is computed with it; if not, it is only part of files.

    >>> weight = Weight([[1.0, 2.0]], name="kernel", layer="dense")
    >>> np.array([[10.0]]) @ weight + 1
    array([[11., 21.]])
    """

    def __init__(
        self,
        value: Array,
        *,
        name: str,
        layer: str = "",
        trainable: bool = True,
        regularizer: Callable[[Array], Array] | None = None,
        constraint: Callable[[Array], Array] | None = None,
    ) -> None:
        self.value: Array = np.array(value, dtype=np.float32)
        self.name = name
        self.path = f"{layer}/{name}" if layer else name
        self.trainable = trainable
        self.is_used = True
        self.regularizer = regularizer
        self.constraint = constraint

    def numpy(self) -> np.ndarray:
        """Return a copy of the value, which later training doesn't change."""
        return np.array(_plain(self.value))

    def assign(self, value: Array) -> None:
        """Overwrite the value in place.

        Where the weight is bound to a traced value, the new value lasts until the binding ends; a
        step of ``fit`` then stores it. It is a constant for differentiation, but the slope of a
        trainable weight is that at the new value.

        Raises:
            ValueError: the shapes differ.
        """
        value = as_real(self.path, _unwrap(value))
        self.check_shape(value)
        if isinstance(self.value, np.ndarray):
            self.value[...] = _plain(value)
        else:
            fixed = ad.stop_gradient(value)
            fixed = fixed if fixed.dtype == self.dtype else fixed.astype(self.dtype)
            self.value = _instead_of(self.value, fixed) if self.trainable else fixed

    def assign_add(self, value: Array) -> None:
        """Add to the value in place; see `assign`."""
        self.assign(self.value + as_real(self.path, _unwrap(value)))

    def assign_sub(self, value: Array) -> None:
        """Subtract from the value in place; see `assign`."""
        self.assign(self.value - as_real(self.path, _unwrap(value)))

    def check_shape(self, value: Array) -> None:
        """Raise a ValueError unless a value has the shape of the weight."""
        if _shape(value) != self.shape:
            raise ValueError(
                f"weight {self.path!r} expects an array of shape {self.shape}, got "
                f"{_shape(value)}. Check the order of the weights, or reshape the array."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return tuple(self.value.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value: float32 unless bound to another."""
        dtype: np.dtype[Any] = self.value.dtype
        return dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(self.value.size)

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The value with its axes reversed."""
        return self.value.T

    # With a Tensor on the left these are called; its operators are faster than NumPy's dispatch.

    def __rmatmul__(self, other: Array) -> Array:
        return other @ self.value

    def __radd__(self, other: Array) -> Array:
        return other + self.value

    def __rmul__(self, other: Array) -> Array:
        return other * self.value

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Array, **options: Any
    ) -> Array:
        result = getattr(ufunc, method)(*map(_unwrap, inputs), **_unwrap(options))
        targets = options.get("out", ())
        return targets[0] if targets and isinstance(targets[0], Weight) else result

    def __array_function__(
        self,
        function: Callable[..., Any],
        _types: Iterable[type],
        inputs: tuple[Any, ...],
        options: Mapping[str, Any],
    ) -> Any:
        return function(*_unwrap(inputs), **_unwrap(options))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype, copy=copy)  # of a Tensor: an array of Tensors

    def __getitem__(self, index: Any) -> Array:
        return self.value[index]

    def __len__(self) -> int:
        return len(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<Weight {self.path} shape={self.shape}>"


@contextmanager
def bound(weights: Sequence[Weight], values: Sequence[Array]) -> Iterator[None]:
    """Replace the values of ``weights`` by ``values``, arrays or Tensors, until the block ends.

    Raises:
        ValueError: the values don't match the weights in number or in shape.
    """
    check_values(weights, values)
    originals = [weight.value for weight in weights]
    wide = any(getattr(value, "dtype", None) == np.float64 for value in values)
    token = compute_dtype.set(np.float64 if wide else compute_dtype.get())
    try:
        for weight, value in zip(weights, values, strict=True):
            weight.value = value
        yield
    finally:
        compute_dtype.reset(token)
        for weight, value in zip(weights, originals, strict=True):
            weight.value = value


def assigned(weights: Sequence[Weight], values: Sequence[Array]) -> list[tuple[Weight, Array]]:
    """Return the weights, bound to values, that were assigned to since, and what they became."""
    pairs = zip(weights, values, strict=True)
    return [(weight, weight.value) for weight, value in pairs if weight.value is not value]


def store(array: np.ndarray, value: Array, name: str) -> None:
    """Write a value to an array in place; a step that is recorded does so at each run."""
    value = ad.stop_gradient(value)
    if isinstance(ad.live(array, name), ad.Tensor):
        ad.assign(array, value, name)
    else:
        array[...] = _plain(value)


@ad.primitive(inline=True)
def _instead_of(weight: Array, value: Array) -> Array:  # noqa: ARG001 - it has the slope
    """Return the value in place of the weight, whose slope is that of the result."""
    return np.positive(value)


ad.derivative(_instead_of, weight=lambda g, z, weight, value: g, value=None)


def check_values(weights: Sequence[Weight], values: Sequence[Array]) -> None:
    """Raise an error unless there is one value of the right shape for each weight, in a list."""
    if not isinstance(values, list | tuple | np.ndarray):
        raise TypeError(
            f"expected {len(weights)} arrays in a list, one for each weight, got "
            f"{type(values).__name__}. Pass them in the order of get_weights()."
        )
    if len(values) != len(weights):
        names = ", ".join(weight.path for weight in weights) or "none"
        raise ValueError(
            f"expected {len(weights)} arrays, one for each weight ({names}), got {len(values)}. "
            "Pass them in the order of get_weights()."
        )
    for weight, value in zip(weights, values, strict=True):
        shape = _shape(as_real(weight.path, value))
        if shape != weight.shape:
            raise ValueError(
                f"weight {weight.path!r} expects an array of shape {weight.shape}, got {shape}. "
                "Pass the arrays in the order of get_weights()."
            )


def _shape(value: Array) -> tuple[int, ...]:
    return value.shape if hasattr(value, "shape") else np.shape(value)


def _plain(value: Array) -> Array:
    """Return an array, a Weight or a Tensor as a plain array, without its trace."""
    return value if isinstance(value, np.ndarray) or not hasattr(value, "numpy") else value.numpy()


def _unwrap(value: Any) -> Any:
    """Replace each Weight by its value, also in the containers that NumPy takes."""
    if isinstance(value, Weight):
        return value.value
    if isinstance(value, list | tuple):
        return type(value)(map(_unwrap, value))
    if isinstance(value, dict):
        return {name: _unwrap(item) for name, item in value.items()}
    return value
