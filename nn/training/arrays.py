"""Turn what users pass as data into checked arrays, or say which value can't be used.

Arrays, (nested) lists, pandas DataFrames and Series, and anything else that NumPy can read are
welcome. pandas is never imported: a frame is known by its ``to_numpy`` method.
"""

import numbers
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Float32Array = NDArray[np.float32]


def as_numbers(name: str, data: object) -> Array:
    """Read ``data`` as an array that is integer where ``data`` is, and float32 otherwise.

    Args:
        name: what the user calls the data, for the errors: 'x', 'y', ….
        data: numbers in any container; bools count as the floats 0 and 1.

    Raises:
        TypeError: ``data`` has no rows, or holds something that isn't a real number.
        ValueError: a value is missing or not finite, or the rows differ in length.

    >>> as_numbers("y", [0, 2, 1])
    array([0, 2, 1])
    """
    columns = _column_names(data)
    array = _read(name, data, columns)
    if array.dtype.kind in "iu":
        return array
    return _as_finite(name, array, columns)


def as_floats(name: str, data: object) -> Float32Array:
    """Read ``data`` as a float32 array; otherwise like ``as_numbers``.

    >>> as_floats("x", [[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    columns = _column_names(data)
    return _as_finite(name, _read(name, data, columns), columns)


def _column_names(data: object) -> list[str] | None:
    columns = getattr(data, "columns", None)
    return None if columns is None else [str(column) for column in columns]


def _read(name: str, data: Any, columns: list[str] | None) -> Array:
    """Read ``data`` as an array of bools, integers or floats with at least one dimension."""
    if isinstance(data, np.ma.MaskedArray):
        data = np.ma.filled(data.astype(np.float64), np.nan)
    try:
        array = data.to_numpy() if hasattr(data, "to_numpy") else np.asarray(data)
    except ValueError as error:
        raise ValueError(
            f"{name} must be rectangular, got rows of different lengths. "
            "Make every row as long as the first."
        ) from error
    if array.ndim == 0:
        raise TypeError(
            f"{name} must be an array, a list or a DataFrame with one entry per row, "
            f"got {type(data).__name__}. Put a single row into a list: [row]."
        )
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind in "SU":  # NumPy has made text of the numbers too: [1, 'a']
        array = np.asarray(data, dtype=object)
    return _from_objects(name, array, columns)


def _from_objects(name: str, array: Array, columns: list[str] | None) -> NDArray[np.float64]:
    """Read an array of Python objects, such as a frame whose columns have several types."""
    floats = np.empty(array.shape, np.float64)
    for index, item in np.ndenumerate(array):
        if item is None or type(item).__name__ in ("NAType", "NaTType"):
            floats[index] = np.nan
        elif isinstance(item, numbers.Number | np.bool_) and not isinstance(item, complex):
            floats[index] = float(item)  # type: ignore[arg-type] # a Decimal is a Number too
        else:
            kind = "the text" if isinstance(item, str) else f"the {type(item).__name__}"
            raise TypeError(
                f"{name} must hold numbers, got {kind} {item!r} at {_place(index, columns)}. "
                "Turn it into numbers (pandas.get_dummies, or one number per class) "
                "or leave it out."
            )
    return floats


def _as_finite(name: str, array: Array, columns: list[str] | None) -> Float32Array:
    """Convert to float32, refusing NaN, infinity, and what float32 can't hold."""
    with np.errstate(over="ignore"):
        floats = np.ascontiguousarray(array, np.float32)
    finite = np.isfinite(floats)
    if finite.all():
        return floats
    indices = np.argwhere(~finite)
    first = tuple(indices[0].tolist())
    more = f" (and {len(indices) - 1} more)" if len(indices) > 1 else ""
    raise ValueError(
        f"{name} must hold finite numbers below 3.4e38, got {array[first]} at "
        f"{_place(first, columns)}{more}. Fill such values in or drop their rows "
        "(pandas: fillna, dropna)."
    )


def _place(index: tuple[int, ...], columns: list[str] | None) -> str:
    """Name a place in the data as the user knows it: by row and column."""
    if len(index) == 1:
        return f"row {index[0]}"
    if len(index) > 2:
        return f"row {index[0]}, position {index[1:]}"
    row, column = index
    return f"row {row}, column {column if columns is None else repr(columns[column])}"
