"""Feeding data to a model, training it, and showing how that goes."""
