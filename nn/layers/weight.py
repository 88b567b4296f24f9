"""A weight: a named float32 array that belongs to a layer, learned or kept as state.

At rest its `value` is a plain array (a view of the model's flat buffer), so that a model predicts
at NumPy's speed. While a function of the weights is being differentiated, `bound` puts a traced
``ad.Tensor`` in its place. A layer needn't know which of the two it computes with: it writes
``inputs @ self.kernel + self.bias``.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

import autodiff as ad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Array: TypeAlias = Any  # an ndarray, or an ad.Tensor while a function is being differentiated

computed_in: ContextVar[type[np.floating[Any]]] = ContextVar("computed_in", default=np.float32)
"""The dtype that layers compute in: float32, but what weights are bound to where that is wider."""


class Weight(NDArrayOperatorsMixin):
    """A named array that stands for its `value` in every NumPy expression.

    Args:
        value: the initial numbers, of any shape; kept as float32.
        name: the name within the layer, such as ``'kernel'``.
        layer: the name of the layer, such as ``'dense_1'``.
        trainable: whether ``fit`` may learn it.
        regularizer: a function of the value that answers a scalar penalty.
        constraint: a function applied to the value after each update.

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
        self.regularizer = regularizer
        self.constraint = constraint

    def numpy(self) -> np.ndarray:
        """Answer a copy of the numbers, which later training leaves alone."""
        return np.array(_plain(self.value))

    def assign(self, value: Array) -> None:
        """Write new numbers over the old ones.

        Where the weight is bound to a traced value, the new value holds until the binding ends, and
        no slope goes through it, as none goes through numbers.

        Raises:
            ValueError: the shapes differ.
        """
        if _shape(value) != self.shape:
            raise ValueError(
                f"weight {self.path!r} expects an array of shape {self.shape}, got "
                f"{_shape(value)}. Check the order of the weights, or reshape the array."
            )
        if isinstance(self.value, np.ndarray):
            self.value[...] = _plain(value)
        else:
            fixed = ad.stop_gradient(_unwrap(value))
            self.value = fixed if fixed.dtype == self.dtype else fixed.astype(self.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return tuple(self.value.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers: float32 at rest."""
        dtype: np.dtype[Any] = self.value.dtype
        return dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(self.value.size)

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The value with its axes reversed."""
        return self.value.T

    # A Tensor on the left leaves its operators to these; its own are quicker than NumPy's dispatch.

    def __rmatmul__(self, other: Array) -> Array:
        return other @ self.value

    def __radd__(self, other: Array) -> Array:
        return other + self.value

    def __rmul__(self, other: Array) -> Array:
        return other * self.value

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        result = getattr(ufunc, method)(*map(_unwrap, inputs), **_unwrap(options))
        targets = options.get("out", ())
        return targets[0] if targets and isinstance(targets[0], Weight) else result

    def __array_function__(
        self, function: Callable[..., Any], _types: Any, inputs: Any, options: Any
    ) -> Any:
        return function(*_unwrap(inputs), **_unwrap(options))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype, copy=copy)  # of a Tensor: an array of Tensors

    def __getitem__(self, index: Any) -> Array:
        return self.value[index]

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return f"<Weight {self.path} shape={self.shape}>"


@contextmanager
def bound(weights: Sequence[Weight], values: Sequence[Array]) -> Iterator[None]:
    """Let ``weights`` stand for ``values``, arrays or Tensors, until the block ends.

    Raises:
        ValueError: there isn't one value of the right shape for each weight.
    """
    check_values(weights, values)
    resting = [weight.value for weight in weights]
    wide = any(getattr(value, "dtype", None) == np.float64 for value in values)
    token = computed_in.set(np.float64 if wide else computed_in.get())
    try:
        for weight, value in zip(weights, values, strict=True):
            weight.value = value
        yield
    finally:
        computed_in.reset(token)
        for weight, value in zip(weights, resting, strict=True):
            weight.value = value


def check_values(weights: Sequence[Weight], values: Sequence[Array]) -> None:
    """Raise a ValueError unless there is one value of the right shape for each weight."""
    if len(values) != len(weights):
        names = ", ".join(weight.path for weight in weights) or "none"
        raise ValueError(
            f"expected {len(weights)} arrays, one for each weight ({names}), got {len(values)}. "
            "Give them in the order of get_weights()."
        )
    for weight, value in zip(weights, values, strict=True):
        if _shape(value) != weight.shape:
            raise ValueError(
                f"weight {weight.path!r} expects an array of shape {weight.shape}, got "
                f"{_shape(value)}. Give the arrays in the order of get_weights()."
            )


def _shape(value: Array) -> tuple[int, ...]:
    return value.shape if hasattr(value, "shape") else np.shape(value)


def _plain(value: Array) -> Any:
    """The numbers of an array, a Weight or a Tensor, cut off from any trace."""
    return value if isinstance(value, np.ndarray) or not hasattr(value, "numpy") else value.numpy()


def _unwrap(value: Any) -> Any:
    """Put each weight's value in its place, also inside the containers that NumPy takes."""
    if isinstance(value, Weight):
        return value.value
    if isinstance(value, list | tuple):
        return type(value)(map(_unwrap, value))
    if isinstance(value, dict):
        return {name: _unwrap(item) for name, item in value.items()}
    return value
