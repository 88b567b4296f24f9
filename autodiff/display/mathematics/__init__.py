"""Formulas: the rules run on symbols, read, simplified, and written as text or LaTeX."""
