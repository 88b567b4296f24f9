"""The arguments of a layer's call: converted to arrays of the right dtype, and their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import tree
from nn.built_in import is_built_in
from nn.conversion import as_real
from nn.layers.spec import Spec
from nn.layers.weight import compute_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nn.layers.shapes import Shape

__all__ = [
    "arrays_in",
    "as_arguments",
    "as_given",
    "as_input",
    "as_inputs",
    "as_shapes",
    "check_one_array",
    "holds_arrays",
    "is_array",
    "is_mask",
    "narrowed",
    "shapes_of",
    "specs_of",
]


def as_arguments(
    names: Sequence[str], args: tuple[Any, ...], kwargs: Mapping[str, Any], keep_integers: bool
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Convert the arguments of ``call``; masks keep their dtypes.

    Args:
        names: those of the parameters.
        args: by position; there may be more than names.
        kwargs: by name.
        keep_integers: as in `as_input`.
    """
    keeps = [keep_integers or is_mask(name) for name in names]
    keeps += [keep_integers] * (len(args) - len(names))
    return (
        tuple(as_inputs(value, keep) for value, keep in zip(args, keeps, strict=False)),
        {name: as_given(v, keep_integers or is_mask(name)) for name, v in kwargs.items()},
    )


def as_inputs(value: Any, keep_integers: bool = False) -> Any:
    """Convert an argument of ``call``: an array, arrays in any structure, or a list of numbers."""
    if tree.is_structure(value) and (isinstance(value, dict) or holds_arrays(value)):
        return as_given(value, keep_integers)
    is_plain = value is None or isinstance(value, bool | str)
    return value if is_plain else as_input(value, keep_integers)


def as_given(value: Any, keep_integers: bool = False) -> Any:
    """Convert the arrays in an argument of ``call``, and leave anything else unchanged."""
    return tree.map_leaves(
        lambda leaf: as_input(leaf, keep_integers) if is_array(leaf) else leaf, value
    )


def as_input(inputs: Array, keep_integers: bool = False) -> Array:
    """Convert lists, frames and float64 arrays to float32; return Tensors unchanged.

    Where the weights are bound to float64 values, float64 is kept, so that a slope can be compared
    with finite differences.

    Args:
        inputs: numbers.
        keep_integers: whether arrays of integers, bools, strings and objects stay what they are.

    Raises:
        TypeError: the inputs aren't real numbers.
        ValueError: the rows of a list differ in length.
    """
    is_plain = isinstance(inputs, np.ndarray) and not isinstance(inputs, np.ma.MaskedArray)
    if keep_integers and is_plain and inputs.dtype.kind in "iubUO":
        return inputs
    array, dtype = as_real("inputs", inputs), compute_dtype.get()
    is_plain = isinstance(array, np.ndarray | np.generic) and array.dtype != object
    return array.astype(dtype) if is_plain and array.dtype not in (np.float32, dtype) else array


def check_one_array(layer: Any, named: Mapping[str, Any]) -> None:
    """Raise a TypeError unless a built-in layer that takes one array is called on one.

    >>> from nn.layers import Dense
    >>> Dense(1, name="dense")({"age": np.ones((2, 1)), "fare": np.ones((2, 1))})
    Traceback (most recent call last):
    ...
    TypeError: layer 'dense' expects an array of inputs, got a dict of 2. Pass one of them, or merge
    them first: nn.layers.Concatenate()(list(inputs.values())).
    """
    if not named or layer.takes_structures or not is_built_in(type(layer)):
        return
    inputs = next(iter(named.values()))
    if is_array(inputs):
        return
    got, cure = repr(inputs), "Pass an array or a list of rows."
    if tree.is_structure(inputs):
        got = f"a {type(inputs).__name__} of {len(inputs)}"
        values = "list(inputs.values())" if isinstance(inputs, dict) else "inputs"
        cure = f"Pass one of them, or merge them first: nn.layers.Concatenate()({values})."
    raise TypeError(f"layer {layer.name!r} expects an array of inputs, got {got}. {cure}")


def narrowed(output: Array) -> Array:
    """Return an output of float64, which integer inputs may give, in the dtype of layers."""
    dtype = compute_dtype.get()
    is_wide = getattr(output, "dtype", None) == np.float64 and dtype is not np.float64
    return output.astype(dtype) if is_wide else output


def is_array(value: Any) -> bool:
    """Return whether a value is an array, a Tensor, a Symbol, or a frame."""
    return hasattr(value, "shape") and (hasattr(value, "dtype") or hasattr(value, "to_numpy"))


def holds_arrays(structure: Any) -> bool:
    """Return whether a structure holds arrays, not only numbers."""
    return any(is_array(leaf) and len(leaf.shape) > 0 for leaf in tree.leaves(structure))


def arrays_in(named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that are arrays or hold arrays, except masks."""
    return {
        name: value
        for name, value in named.items()
        if (is_array(value) or (tree.is_structure(value) and holds_arrays(value)))
        and not is_mask(name)
    }


def is_mask(name: str) -> bool:
    """Return whether a parameter of ``call`` takes a mask, which keeps its dtype.

    >>> is_mask("mask"), is_mask("value_mask"), is_mask("value")
    (True, True, False)
    """
    return name == "mask" or name.endswith("_mask")


def shapes_of(structure: Any) -> Any:
    """Return the shapes of arrays in a structure, with None for the batch, except of Symbols."""
    return tree.map_leaves(_shape, structure)


def _shape(x: Any) -> Shape:
    if isinstance(x, Spec):
        return x.shape
    return (None, *x.shape[1:]) if getattr(x, "shape", ()) else ()


def as_shapes(structure: Any) -> Any:
    """Return shapes that were read from JSON, which has lists for tuples.

    >>> as_shapes([None, 3]), as_shapes([[None, 3], [None, 2]])
    ((None, 3), [(None, 3), (None, 2)])
    """
    if isinstance(structure, dict):
        return {key: as_shapes(shape) for key, shape in structure.items()}
    if all(length is None or isinstance(length, int) for length in structure):
        return tuple(structure)
    return [as_shapes(shape) for shape in structure]


def specs_of(shapes: Any) -> Any:
    """Return Specs of shapes: one shape, or several in a list or dictionary."""
    if isinstance(shapes, dict):
        return {key: specs_of(shape) for key, shape in shapes.items()}
    if isinstance(shapes, list) or any(isinstance(part, tuple | list) for part in shapes):
        return type(shapes)(map(specs_of, shapes))
    return Spec(shapes)
