"""Machine code: parts of a program as loops that numba compiles, beside calls of NumPy."""
