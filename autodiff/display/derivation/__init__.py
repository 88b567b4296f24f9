"""Derivations: the equations of a computation and its slopes, printed as text or LaTeX."""
