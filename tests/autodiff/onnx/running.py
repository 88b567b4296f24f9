"""Write functions in ONNX files, and run them."""

import numpy as np

import autodiff as ad
from autodiff.onnx import export

__all__ = ["check", "run", "written"]


def run(onnxruntime, content, *arrays):
    """Return the results of a file for some inputs."""
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(content, providers=providers)
    names = [entry.name for entry in session.get_inputs()]
    return session.run(None, dict(zip(names, arrays, strict=True)))


def written(function, *arrays, any_rows=True):
    """Return the content of a file of a function of arrays like these."""
    shapes = [(None, *a.shape[1:]) if any_rows else a.shape for a in arrays]
    inputs = [(f"x{i}", shapes[i], a.dtype) for i, a in enumerate(arrays)]
    return export(lambda *xs: [function(*xs)], inputs, ["y"])


def check(onnxruntime, function, *arrays, tolerance=1e-5, any_rows=True):
    """Compare a file with the function, for more rows than it was recorded with."""
    [found] = run(onnxruntime, written(function, *arrays, any_rows=any_rows), *arrays)
    expected = function(*arrays)
    expected = expected.numpy() if isinstance(expected, ad.Tensor) else np.asarray(expected)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
