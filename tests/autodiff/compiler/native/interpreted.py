"""Run what numba would compile as plain Python: the same text, in a fraction of the time."""

import builtins
import functools
from types import ModuleType
from unittest.mock import MagicMock

import numpy as np

import autodiff as ad
from autodiff.compiler.jitted import CompiledProgram
from autodiff.compiler.native.background import reason_against
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
    with np.errstate(all="ignore"):
        return interpreted_function(module)(*leaves)


def interpreted_function(module):
    """Return the function of a module in pieces, which Python interprets."""
    numba = ModuleType("numba")
    numba.njit = lambda *args, **kwargs: lambda function: function
    numba.types = MagicMock()
    modules = {"numba": numba, "numba.extending": MagicMock()}

    def imported(name, *args):  # sys.modules is that of other threads too
        return modules[name] if name in modules else __import__(name, *args)

    pieces = {"__builtins__": {**vars(builtins), "__import__": imported}}
    exec(module.pieces, pieces)
    pieces |= {"math": np, "exp32": np.exp, "tanh32": np.tanh}  # np.sqrt(-1) is NaN, as numba's
    namespace = {"np": np, **module.main.namespace, **{n: pieces[n] for n in module.names}}
    exec(module.main.text, namespace)
    return namespace.pop(module.main.function)  # not in a cycle


def run_all_programs_in_pieces(by):
    """Run what each jitted function compiles in pieces, until the process ends.

    Args:
        by: ``"python"``, which interprets them, or ``"numba"``.
    """
    make = CompiledProgram.__init__

    @functools.wraps(make)
    def make_in_pieces(self, recording, state, title, start, native=False):
        make(self, recording, state, title, start, native or ("wait" if by == "numba" else False))
        program = simplify(program_of(recording))
        if by == "python" and not native and not reason_against(program):
            module = write_native(for_loops(program), title)
            self._switch(lambda: interpreted_function(module))

    CompiledProgram.__init__ = make_in_pieces
