"""Run what numba would compile as plain Python: the same text, in a fraction of the time."""

import sys
from types import ModuleType
from unittest.mock import MagicMock, patch

import numpy as np

import autodiff as ad
from autodiff.compiler.native.loop_forms import for_loops
from autodiff.compiler.native.writer import write_native
from autodiff.compiler.program import program_of
from autodiff.compiler.simplify import simplify


def native_module(f, *args):
    """Return the source of a function in pieces, and the inputs of the program."""
    jitted = ad.jit(f)
    call = jitted._call_of(args, {})
    with np.errstate(all="ignore"):
        recording, _ = jitted._recording(call)
    program = simplify(program_of(recording))
    return write_native(for_loops(program), "Interpreted."), call.leaves


def interpreted(f, *args):
    """Return the leaves of the result, by pieces that Python interprets."""
    module, leaves = native_module(f, *args)
    numba = ModuleType("numba")
    numba.njit = lambda *args, **kwargs: lambda function: function
    numba.types = MagicMock()
    pieces = {}
    with patch.dict(sys.modules, {"numba": numba, "numba.extending": MagicMock()}):
        exec(module.pieces, pieces)
    pieces |= {"math": np, "exp32": np.exp, "tanh32": np.tanh}  # np.sqrt(-1) is NaN, as numba's
    namespace = {"np": np, **module.main.namespace, **{n: pieces[n] for n in module.names}}
    exec(module.main.text, namespace)
    with np.errstate(all="ignore"):
        return namespace[module.main.function](*leaves)
