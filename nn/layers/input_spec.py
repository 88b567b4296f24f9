"""What inputs a user-defined layer accepts, in Keras's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import tree
from nn.argument_checks import ArgumentsChecked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nn.layers.shapes import Shape

__all__ = ["InputSpec", "check_specs"]


class InputSpec(ArgumentsChecked):
    """The shapes that a layer accepts; set as its ``input_spec``, or several in a list.

    Args:
        shape: the length of each axis; None for any.
        ndim: the number of axes.
        max_ndim: the largest number of axes.
        min_ndim: the smallest number of axes.
        axes: lengths by the numbers of axes, such as ``{-1: 3}``.
        allow_last_axis_squeeze: whether an axis of length 1 at the end may be missing or added.
        name: of the input, in messages.

    >>> from nn.layers import Layer
    >>> class OfImages(Layer):
    ...     def __init__(self, **options):
    ...         super().__init__(**options)
    ...         self.input_spec = InputSpec(ndim=4, axes={-1: 3})
    ...     def call(self, inputs):
    ...         return inputs
    >>> OfImages(name="images")([[1.0, 2.0]])
    Traceback (most recent call last):
    ...
    ValueError: layer 'images' expects inputs of 4 axes, got shape (None, 2). Reshape them.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
    ) -> None:
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = dict(axes or {})
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name

    def __repr__(self) -> str:
        given = {
            name: value for name, value in vars(self).items() if value not in (None, {}, False)
        }
        return f"InputSpec({', '.join(f'{name}={value!r}' for name, value in given.items())})"

    def difference(self, shape: Shape) -> str | None:
        """Return what is expected of a shape that isn't accepted; None if it is."""
        rank = len(shape)
        if self.ndim not in (None, rank) and not self.allow_last_axis_squeeze:
            return f"of {self.ndim} axes"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"of at most {self.max_ndim} axes"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"of at least {self.min_ndim} axes"
        for axis, n in self.axes.items():
            if not -rank <= axis < rank or not _fits(shape[axis], n):
                return f"with length {n} of axis {axis}"
        if self.shape is not None and not self._has_shape(shape):
            return f"of shape {self.shape}"
        return None

    def _has_shape(self, shape: Shape) -> bool:
        expected = self.shape or ()
        if self.allow_last_axis_squeeze:
            expected, shape = _squeezed(expected), _squeezed(shape)
        return len(expected) == len(shape) and all(map(_fits, shape, expected))


def check_specs(name: str, specs: Any, shapes: Any) -> None:
    """Raise a ValueError for the first shape that its `InputSpec` doesn't accept.

    Args:
        name: the name of the layer.
        specs: an `InputSpec`, or several in a structure; None accepts any shape.
        shapes: one shape for each, in a list or a dictionary if there are several.
    """
    expected = tree.leaves(specs)
    found = [shapes] if _is_shape(shapes) else _shapes_in(shapes)
    if len(expected) != len(found):
        raise ValueError(
            f"layer {name!r} expects {len(expected)} inputs, got {len(found)}. Pass as many as its "
            "input_spec has."
        )
    for spec, shape in zip(expected, found, strict=True):
        wrong = None if spec is None else spec.difference(shape)
        if wrong is not None:
            which = "inputs" if spec.name is None else f"the input {spec.name!r}"
            raise ValueError(
                f"layer {name!r} expects {which} {wrong}, got shape {tuple(shape)}. Reshape them."
            )


def _fits(length: int | None, expected: int | None) -> bool:
    return None in (length, expected) or length == expected


def _squeezed(shape: Shape) -> Shape:
    return shape[:-1] if shape and shape[-1] == 1 else shape


def _is_shape(shapes: Any) -> bool:
    return isinstance(shapes, tuple) and all(n is None or isinstance(n, int) for n in shapes)


def _shapes_in(shapes: Any) -> list[Any]:
    items = shapes.values() if isinstance(shapes, dict) else shapes
    return [found for item in items for found in ([item] if _is_shape(item) else _shapes_in(item))]
