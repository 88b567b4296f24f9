"""jit: a function recorded once, simplified, and written out as straight-line NumPy code.

Read in this order: ``record.py`` runs the function on traced arguments; ``program.py`` is what was
recorded; ``simplify.py`` makes it shorter (by the rules in ``identities.py``, ``reductions.py`` and
``broadcasting.py``) and ``lower.py`` quicker; ``plan.py`` decides where each
value lies in memory; ``write.py`` writes the source that is run; ``jitted.py`` is what users call.

The package can be called: ``ad.jit(f)`` is :func:`autodiff.jit.jitted.jit`, whether or not
something has imported a module of it before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from autodiff.jit.effects import assign, live, sample
from autodiff.jit.jitted import Jitted, jit

__all__ = ["Jitted", "assign", "jit", "live", "sample"]


class _Callable(ModuleType):
    def __call__(self, f: Callable[..., Any]) -> Jitted:
        return jit(f)


_Callable.__call__.__doc__ = jit.__doc__
sys.modules[__name__].__class__ = _Callable
