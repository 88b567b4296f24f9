"""Layers that merge several inputs into one: sums, products, extremes, concatenations."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.layers.unit_vectors import of_unit_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape


class Merge(Layer):
    """The base class of layers that combine a list of inputs, entry by entry.

    Inputs of length 1 along an axis are broadcast, and so are those with fewer axes, along the
    first ones after the rows.
    """

    casts_integers = True
    takes_structures = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Combine the inputs."""
        raise NotImplementedError

    def call(self, inputs: Sequence[Array]) -> Array:
        """Combine the inputs, entry by entry."""
        return self.merge(_of_one_rank(inputs))

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless there are inputs of shapes that broadcast."""
        self._check_list(shape)
        for lengths in zip(*self._aligned(shape), strict=True):
            if len({n for n in lengths if n not in (None, 1)}) > 1:
                raise ValueError(self._mismatch(shape))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that the inputs broadcast to."""
        self.check_input(input_shape)
        rows = next((shape[0] for shape in input_shape if shape[0] is not None), None)
        return (rows, *map(_longest, zip(*self._aligned(input_shape), strict=True)))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:  # noqa: ARG002
        """Return the mask of the steps that count in any input; None if an input has no mask."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return functools.reduce(np.logical_or, previous_mask)

    def _aligned(self, shapes: Any) -> list[Shape]:
        """Return shapes of equal length, without the rows."""
        rank = max(map(len, shapes))
        return [_widened(shape, rank)[1:] for shape in shapes]

    def _check_list(self, shape: Any) -> None:
        is_list = isinstance(shape, list | tuple) and shape and isinstance(shape[0], list | tuple)
        if not is_list:
            raise ValueError(
                f"layer {self.name!r} expects a list of inputs, got one of shape {shape}. Write "
                f"{type(self).__name__}()([a, b])."
            )

    def _mismatch(self, shape: Any) -> str:
        return (
            f"layer {self.name!r} expects inputs of the same shape, or of length 1 where they "
            f"differ, got {', '.join(map(str, shape))}. Reshape one of them, or use Concatenate."
        )


def _widened(shape: Shape, rank: int) -> Shape:
    """Return a shape with axes of length 1 after the rows, so that there are ``rank`` of them."""
    return (*shape[:1], *[1] * (rank - len(shape)), *shape[1:])


def _of_one_rank(inputs: Sequence[Array]) -> list[Array]:
    rank = max(x.ndim for x in inputs)
    return [x if x.ndim == rank else x.reshape(_widened(x.shape, rank)) for x in inputs]


def _longest(lengths: Sequence[int | None]) -> int | None:
    known = [n for n in lengths if n not in (None, 1)]
    return known[0] if known else (None if None in lengths else 1)


class Add(Merge):
    """The sum of the inputs.

    >>> Add()([np.ones((1, 2)), np.ones((1, 2))])
    array([[2., 2.]], dtype=float32)
    """

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Add the inputs."""
        return functools.reduce(operator.add, inputs)


class Subtract(Merge):
    """The first input minus the second.

    >>> Subtract()([np.ones((1, 2)), np.ones((1, 2))])
    array([[0., 0.]], dtype=float32)
    """

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Subtract the second input from the first."""
        first, second = inputs
        return first - second

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless there are two inputs."""
        super().check_input(shape)
        if len(shape) != 2:
            raise ValueError(
                f"layer {self.name!r} expects two inputs, got {len(shape)}. Subtract one by one."
            )


class Multiply(Merge):
    """The product of the inputs, entry by entry; steps of an input that are masked count as 1.

    >>> Multiply()([np.full((1, 2), 3.0), np.full((1, 2), 2.0)])
    array([[6., 6.]], dtype=float32)
    """

    def call(self, inputs: Sequence[Array], mask: Any = None) -> Array:
        """Multiply the inputs; the result is 0 at steps that are masked in all of them."""
        if mask is None:
            return super().call(inputs)
        allowed: list[Any] = [None if each is None else each[..., np.newaxis] for each in mask]
        product = super().call(
            [x if each is None else np.where(each, x, x.dtype.type(1))
             for x, each in zip(inputs, allowed, strict=True)]
        )  # fmt: skip
        if any(each is None for each in mask):
            return product
        counts = functools.reduce(operator.or_, allowed)
        return np.where(counts, product, product.dtype.type(0))

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Multiply the inputs."""
        return functools.reduce(operator.mul, inputs)


class Average(Merge):
    """The mean of the inputs, entry by entry.

    >>> Average()([np.zeros((1, 2)), np.ones((1, 2))])
    array([[0.5, 0.5]], dtype=float32)
    """

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Average the inputs."""
        inputs = [x.astype(np.float32) if x.dtype == bool else x for x in inputs]
        return functools.reduce(operator.add, inputs) / len(inputs)


class _Extreme(Merge):
    """The base class of extremes: masked steps of an input count as those of the others."""

    extreme: ClassVar[np.ufunc]

    def call(self, inputs: Sequence[Array], mask: Any = None) -> Array:
        """Combine the inputs, entry by entry."""
        if mask is None:
            return super().call(inputs)
        (result, *others), (known, *masks) = _of_one_rank(inputs), mask
        for x, each in zip(others, masks, strict=True):
            other = x if each is None else np.where(each[..., np.newaxis], x, result)
            if known is not None:
                result = np.where(known[..., np.newaxis], result, other)
            known = None if known is None or each is None else np.logical_or(known, each)
            result = self.extreme(result, other)
        return result

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Return the extreme input at each entry."""
        return functools.reduce(self.extreme, inputs)


class Maximum(_Extreme):
    """The largest of the inputs, entry by entry.

    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 2.0]])])
    array([[3., 5.]], dtype=float32)
    """

    extreme = np.maximum


class Minimum(_Extreme):
    """The smallest of the inputs, entry by entry.

    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 2.0]])])
    array([[1., 2.]], dtype=float32)
    """

    extreme = np.minimum


class Concatenate(Merge):
    """The inputs side by side along an axis.

    Args:
        axis: the axis, the rows included; the last one by default.
        options: those of every `Layer`.

    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))])
    array([[1., 1., 0.]], dtype=float32)
    """

    casts_integers = False

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = operator.index(axis)

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Concatenate the inputs."""
        return np.concatenate(inputs, axis=self.axis)

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless the inputs have the same lengths along the other axes."""
        self._check_list(shape)
        ranks = {len(each) for each in shape}
        rank = max(ranks)
        if len(ranks) > 1 or not -rank <= self.axis < rank:
            raise ValueError(self._mismatch(shape))
        for axis, lengths in enumerate(zip(*shape, strict=True)):
            if axis != self.axis % rank and len({n for n in lengths if n is not None}) > 1:
                raise ValueError(self._mismatch(shape))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the inputs, with their lengths added up along the axis."""
        self.check_input(input_shape)
        lengths: list[int | None] = [_longest(each) for each in zip(*input_shape, strict=True)]
        axis = self.axis % len(lengths)
        along = [shape[axis] for shape in input_shape]
        lengths[axis] = None if None in along else sum(along)
        return tuple(lengths)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the masks side by side, True for an input without a mask."""
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        masks = []
        for x, mask in zip(inputs, previous_mask, strict=True):
            if mask is None:
                masks.append(np.ones(x.shape, bool))
            else:
                wide = mask if mask.ndim == x.ndim else np.expand_dims(mask, -1)
                masks.append(np.broadcast_to(wide, x.shape))
        return np.any(np.concatenate(masks, axis=self.axis), axis=-1)

    def _mismatch(self, shape: Any) -> str:
        return (
            f"layer {self.name!r} expects inputs that differ in length along axis {self.axis} "
            f"only, got {', '.join(map(str, shape))}. Reshape one of them, or pass another axis=."
        )


class Dot(Merge):
    """The products of two inputs, row by row, summed over an axis of each.

    Args:
        axes: the axis of both to sum over, or one for each; the rows are axis 0.
        normalize: whether the inputs are scaled to have length 1 along these axes: the result is
            then the cosine of their angle.
        options: those of every `Layer`.

    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    """

    def __init__(self, axes: Any, normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.axes = axes if isinstance(axes, int) else tuple(map(operator.index, axes))
        if not isinstance(self.axes, int) and len(self.axes) != 2:
            raise ValueError(
                f"Dot expects one axis for both inputs, or one for each, got axes={axes!r}. Write "
                "axes=(1, 2), for example."
            )
        self.normalize = bool(normalize)

    def call(self, inputs: Sequence[Array]) -> Array:
        """Sum the products."""
        return self.merge(inputs)

    def merge(self, inputs: Sequence[Array]) -> Array:
        """Sum the products."""
        first, second = inputs
        a, b = self._pair(len(first.shape), len(second.shape))
        if self.normalize:
            first, second = (of_unit_length(x, i, 1e-7) for x, i in ((first, a), (second, b)))
        letters = "abcdefghijklmnop"
        of_first = ["z", *letters[: first.ndim - 1]]
        of_second = ["z", *letters[first.ndim - 1 : first.ndim + second.ndim - 2]]
        of_second[b] = of_first[a]
        kept = [x for x in of_first[1:] if x != of_first[a]]
        kept += [x for x in of_second[1:] if x != of_first[a]]
        formula = f"{''.join(of_first)},{''.join(of_second)}->z{''.join(kept)}"
        result = np.einsum(formula, first, second)
        return result if kept else result[:, np.newaxis]

    def check_input(self, shape: Any) -> None:
        """Raise a ValueError unless there are two inputs of equal length along their axes."""
        self._check_list(shape)
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        ranks = map(len, shape)
        if any(not -n <= a < n or a % n == 0 for a, n in zip(axes, ranks, strict=False)):
            raise ValueError(
                f"layer {self.name!r} expects axes after that of the rows, up to the last one, got "
                f"axes={self.axes} for {', '.join(map(str, shape))}. Pass other axes=."
            )
        a, b = self._pair(len(shape[0]), len(shape[-1]))
        if len(shape) != 2 or len({shape[0][a], shape[1][b]} - {None}) > 1:
            raise ValueError(
                f"layer {self.name!r} expects two inputs of equal length along axes {self.axes}, "
                f"got {', '.join(map(str, shape))}. Pass other axes=."
            )

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the remaining axes of both inputs."""
        self.check_input(input_shape)
        first, second = input_shape
        a, b = self._pair(len(first), len(second))
        rest = [n for i, n in enumerate(first) if i not in (0, a)]
        rest += [n for i, n in enumerate(second) if i not in (0, b)]
        rows = second[0] if first[0] is None else first[0]
        return (rows, *(rest or [1]))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """Return None: the steps may have been summed over."""

    def _pair(self, first: int, second: int) -> tuple[int, int]:
        a, b = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return a % first, b % second
