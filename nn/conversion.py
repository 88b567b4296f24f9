"""Convert the user's data to checked arrays, or raise errors that name the unusable value.

Arrays, (nested) lists, pandas DataFrames and Series, and anything else that NumPy can convert are
accepted. pandas is never imported: a frame is recognized by its ``to_numpy`` method.
"""

import numbers
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autodiff as ad
from nn.numbers import shown

Float32Array = NDArray[np.float32]


def as_numbers(name: str, value: object) -> NDArray[Any]:
    """Convert ``value`` to an array: integer if ``value`` is, float32 otherwise.

    Args:
        name: the argument's name, for errors: 'x', 'y', ….
        value: numbers in any container; bools count as the floats 0 and 1.

    Raises:
        TypeError: ``value`` has no rows, or holds a value that isn't a real number.
        ValueError: a value is missing or not finite, or the rows differ in length.

    >>> as_numbers("y", [0, 2, 1])
    array([0, 2, 1])
    """
    columns = _column_names(value)
    array = _read(name, value, columns)
    if array.dtype.kind in "iu":
        return array
    return _as_finite(name, array, columns)


def as_floats(name: str, value: object) -> Float32Array:
    """Convert ``value`` to a float32 array; otherwise like ``as_numbers``.

    >>> as_floats("x", [[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    columns = _column_names(value)
    return _as_finite(name, _read(name, value, columns), columns)


def as_real(name: str, value: Any) -> Any:
    """Return real arrays and traced values unchanged; convert anything else to a real array.

    Numbers may be NaN or infinite. Entries that are None, missing in pandas, or masked become NaN.

    Args:
        name: the argument's name, for errors.
        value: bools, integers or floats in any container, or a single number.

    Raises:
        TypeError: ``value`` isn't an array, or holds a value that isn't a real number.
        ValueError: the rows differ in length, or a number is too large.

    >>> as_real("inputs", [[1, None]])
    array([[ 1., nan]])
    """
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind in "biuf" and not isinstance(value, np.ma.MaskedArray | np.matrix):
            return value
    elif hasattr(value, "__array_ufunc__") and not hasattr(value, "to_numpy"):
        return value
    elif isinstance(value, int | float):
        return np.asarray(value)
    return _read(name, value, _column_names(value), keep_traced=True)


def _column_names(value: object) -> list[str] | None:
    columns = getattr(value, "columns", None)
    return None if columns is None else [str(column) for column in columns]


def _read(
    name: str, value: Any, columns: list[str] | None, keep_traced: bool = False
) -> NDArray[Any]:
    """Convert ``value`` to an array of bools, integers or floats with at least one dimension.

    With ``keep_traced``, an array of objects of which some are traced numbers becomes a Tensor.
    """
    if isinstance(value, ad.Tensor):
        raise TypeError(
            f"expected {name} to be a plain array, got a Tensor, whose slope would be lost. Pass "
            f"its numbers: {name}.numpy()."
        )
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        array = value.to_numpy() if hasattr(value, "to_numpy") else np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"expected {name} to be rectangular, got rows of different lengths. "
            "Make every row as long as the first."
        ) from error
    if array.ndim == 0:
        raise not_rows(name, value)
    if array.dtype.kind in "biuf":
        return array
    if keep_traced and array.dtype.kind == "O" and any(map(_is_traced, array.flat)):
        return _joined(name, array, columns)
    if array.dtype.kind in "SU":  # NumPy converts the numbers in [1, 'a'] to text
        array = np.asarray(value, dtype=object)
    return _from_objects(name, array, columns)


def _joined(name: str, array: NDArray[Any], columns: list[str] | None) -> NDArray[Any]:
    """Return an array of traced numbers and others as one Tensor."""
    traced = np.reshape([_is_traced(item) for item in array.flat], array.shape)
    others = _from_objects(name, np.where(traced, 0.0, array), columns)
    parts = [
        t if is_traced else x
        for t, is_traced, x in zip(array.flat, traced.flat, others.flat, strict=True)
    ]
    return np.stack(parts).reshape(array.shape)


def _is_traced(item: Any) -> bool:
    return isinstance(item, ad.Tensor)


def not_rows(name: str, value: Any) -> TypeError:
    """Return the error for an object that isn't rows of numbers, with advice on converting it."""
    return TypeError(
        f"expected {name} to be an array, a list or a DataFrame with one entry per row, got "
        f"{type(value).__name__}. {_cure(name, value)}"
    )


def _cure(name: str, value: Any) -> str:
    """Return advice on converting an object to rows."""
    if hasattr(value, "toarray"):  # SciPy's sparse matrices
        return f"It is sparse: pass {name}.toarray(), which includes the zeros."
    if isinstance(value, Mapping):
        return (
            f"One input takes one array: pass {name}[key], or stack the columns: "
            f"np.column_stack(list({name}.values()))."
        )
    if isinstance(value, AbstractSet):
        return f"A set has no order: pass a list, such as sorted({name})."
    if isinstance(value, Iterator):
        return (
            f"Collect its rows first, np.array(list({name})); if it yields batches, call "
            "train_on_batch(*batch) for each."
        )
    if isinstance(value, str | bytes | PathLike):
        return "Read the file first, by np.loadtxt or pandas.read_csv."
    if value is None:
        return f"Pass {name}."
    return "Put a single row into a list: [row]."


def _from_objects(name: str, array: NDArray[Any], columns: list[str] | None) -> NDArray[np.float64]:
    """Convert an array of Python objects, such as a frame whose columns have several types."""
    floats = np.empty(array.shape, np.float64)
    for index, item in np.ndenumerate(array):
        if item is None or type(item).__name__ in ("NAType", "NaTType"):
            floats[index] = np.nan
        elif isinstance(item, numbers.Number | np.bool_) and not isinstance(
            item, complex | np.complexfloating | np.timedelta64
        ):
            floats[index] = _as_float(name, item, _place(index, columns))
        else:
            kind = "the string" if isinstance(item, str) else f"the {type(item).__name__}"
            raise TypeError(
                f"expected {name} to hold numbers, got {kind} {item!r} at "
                f"{_place(index, columns)}. {_cure_of_entry(name, item)}"
            )
    return floats


def _cure_of_entry(name: str, item: Any) -> str:
    """Return advice on converting an entry that isn't a real number."""
    if isinstance(item, complex | np.complexfloating):
        return f"Pass the real and the imaginary part as numbers of their own: {name}.real."
    if isinstance(item, ad.Tensor):
        return "Pass its number: t.item()."
    if isinstance(item, np.datetime64 | np.timedelta64 | date | timedelta):
        return "Convert times to numbers, such as days: (t - t.min()) / np.timedelta64(1, 'D')."
    if isinstance(item, np.generic) and item.dtype.kind == "V" and item.dtype.names is None:
        return f"NumPy doesn't compute in {item.dtype}: pass {name}.astype(np.float32)."
    return "Convert it to numbers (pandas.get_dummies, or one number per class) or leave it out."


def _as_float(name: str, item: Any, place: str) -> float:
    """Convert a number; raise an error for an integer too large for a float."""
    try:
        return float(item)
    except OverflowError:
        raise ValueError(
            f"expected {name} to hold finite numbers below 3.4e38, got {shown(item)} at {place}. "
            "Scale such values down, or drop their rows."
        ) from None


def _as_finite(name: str, array: NDArray[Any], columns: list[str] | None) -> Float32Array:
    """Convert to float32; raise an error for NaN, infinity and values too large for float32."""
    with np.errstate(over="ignore"):
        floats = np.ascontiguousarray(array, np.float32)
    finite = np.isfinite(floats)
    if finite.all():
        return floats
    indices = np.argwhere(~finite)
    first = tuple(indices[0].tolist())
    more = f" (and {len(indices) - 1} more)" if len(indices) > 1 else ""
    raise ValueError(
        f"expected {name} to hold finite numbers below 3.4e38, got {array[first]} at "
        f"{_place(first, columns)}{more}. Replace such values or drop their rows "
        "(pandas: fillna, dropna)."
    )


def _place(index: tuple[int, ...], columns: list[str] | None) -> str:
    """Return the row and column of a value, with the column's name if it has one."""
    if len(index) == 1:
        return f"row {index[0]}"
    if len(index) > 2:
        return f"row {index[0]}, position {index[1:]}"
    row, column = index
    return f"row {row}, column {column if columns is None else repr(columns[column])}"
