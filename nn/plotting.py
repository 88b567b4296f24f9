"""Plots of training histories: `plot` draws one history, `compare` several in one picture."""

from nn.pictures.curves import compare, plot

__all__ = ["compare", "plot"]
