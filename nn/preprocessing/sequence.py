"""Sequences of different lengths, under the name of ``keras.preprocessing.sequence``."""

from nn.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]
