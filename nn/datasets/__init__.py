"""Three small, real data sets that come with the package; nothing is downloaded.

>>> from nn.datasets import titanic
>>> predictors, survived = titanic.load_data()
>>> predictors.shape
(1317, 9)
"""

from nn.datasets import hourly_wages, mnist, titanic

__all__ = ["hourly_wages", "mnist", "titanic"]
