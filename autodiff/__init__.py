"""Reverse-mode automatic differentiation of plain NumPy code."""
