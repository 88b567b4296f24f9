"""Data before it comes to a model, under the names of ``keras.preprocessing``."""

from nn.preprocessing import sequence
from nn.utils.timeseries import timeseries_dataset_from_array

__all__ = ["sequence", "timeseries_dataset_from_array"]
