"""Functions as ONNX graphs, which other programs run: a reader of the recorded graph.

Each recorded operation becomes an operator of ONNX; `operator` says how, for user-defined
primitives too. The first axis of the inputs may have any length: the function is recorded with two
lengths, and what differs depends on it.
"""

from autodiff.onnx import indexing  # noqa: F401 - registers its forms
from autodiff.onnx.export import export
from autodiff.onnx.operators import operator
from autodiff.onnx.writer import Value, Writer

__all__ = ["Value", "Writer", "export", "operator"]
