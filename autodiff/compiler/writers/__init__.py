"""Writers of a program's source; so far NumPy's."""
