"""Wages per hour of 534 workers in the USA, with 9 predictors: a regression.

From the Current Population Survey of May 1985: Berndt (1991), *The Practice of Econometrics*; the
table CPS1985 of the R package AER, recoded to numbers. US government survey data.

    wage_per_hour   dollars, 1 to 44.5                    the target
    union           1 for a union member
    education_yrs   years of education, 2 to 18
    experience_yrs  years of work, 0 to 55
    age             years, 18 to 64
    female          1 for a woman
    marr            1 for a married worker
    south           1 for a worker who lives in the South
    manufacturing   1 for work in manufacturing
    construction    1 for work in construction
"""

from typing import TYPE_CHECKING

from nn.datasets import table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["feature_names", "load_data", "load_frame", "target_name"]

target_name = "wage_per_hour"
feature_names = (
    "union", "education_yrs", "experience_yrs", "age", "female", "marr", "south",
    "manufacturing", "construction",
)  # fmt: skip


def load_data() -> tuple[table.Float32Array, table.Float32Array]:
    """Return (predictors, target): shapes (534, 9) and (534,), float32.

    >>> predictors, target = load_data()
    >>> target[:3]
    array([5.1 , 4.95, 6.67], dtype=float32)
    """
    return table.load_table("hourly_wages")


def load_frame() -> "pd.DataFrame":
    """Return the whole table as a pandas DataFrame of shape (534, 10).

    Raises:
        ModuleNotFoundError: pandas isn't installed.

    >>> from nn.datasets import hourly_wages
    >>> frame = hourly_wages.load_frame()
    >>> frame.shape, frame.columns[0]
    ((534, 10), 'wage_per_hour')
    """
    return table.load_frame("hourly_wages")
