"""Kernels that slide over arrays: their places, what they see there, and products with it."""
