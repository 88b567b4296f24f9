"""The tables in the package: CSV files whose first column is the target."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Float32Array = NDArray[np.float32]


def load_table(name: str) -> tuple[Float32Array, Float32Array]:
    """Return the predictors, shape (rows, columns), and the target, shape (rows,)."""
    table = np.loadtxt(_path(name), np.float32, delimiter=",", skiprows=1)
    return np.ascontiguousarray(table[:, 1:]), table[:, 0].copy()


def load_frame(name: str) -> "pd.DataFrame":
    """Return the table, target first, as a pandas DataFrame.

    Raises:
        ModuleNotFoundError: pandas isn't installed.
    """
    try:
        import pandas as pd
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "expected pandas for load_frame, but it isn't installed. Run: pip install pandas. "
            "Or use load_data, which returns NumPy arrays."
        ) from error
    return pd.read_csv(_path(name))


def _path(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.csv")
