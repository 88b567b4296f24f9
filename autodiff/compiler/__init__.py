"""The compiler: a function recorded once, simplified, and written as straight-line NumPy code.

The public function is ``ad.jit``. Read in this order: ``record.py`` runs the function on traced
arguments; ``program.py`` turns the recording into a program; ``simplify.py`` shortens it (by the
rules in ``identities.py``, ``reductions.py`` and ``broadcasting.py``), ``lower.py`` makes it
faster; ``plan.py`` allocates memory; ``writers/`` write the source; ``jitted.py`` caches and runs
the programs.
"""

from autodiff.compiler.effects import assign, live, sample
from autodiff.compiler.jitted import Jitted, jit
from autodiff.compiler.scanning import scan

__all__ = ["Jitted", "assign", "jit", "live", "sample", "scan"]
