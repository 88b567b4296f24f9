"""The source is readable Python with the user's names and lines, and it is the code that runs."""

import ast
import linecache
import re

import numpy as np

import autodiff as ad


def loss(weights, x, target):
    node_0 = np.maximum((x * weights["node_0"]).sum(1), 0)
    error = node_0 * weights["output"] - target
    return (error**2).mean()


ARGS = ({"node_0": np.ones(3), "output": np.ones(4)}, np.ones((4, 3)), np.ones(4))
SOURCE = ad.jit(ad.value_and_grad(loss)).source(*ARGS)


def test_user_names_are_kept_and_slopes_are_named_after_them():
    header = next(line for line in SOURCE.splitlines() if line.startswith("def "))
    assert header == "def loss(node_0, output, x, target):"
    names = {node.id for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Name)}
    assert {"error", "d_error", "d_node_0", "d_output"} <= names


def test_lines_have_shapes_and_the_users_lines():
    assert SOURCE.startswith("# loss (test_numpy.py:")
    line = next(line for line in SOURCE.splitlines() if re.search(r"\berror\)?\s+#", line))
    assert re.search(r"# 4, test_numpy\.py:1\d$", line)
    assert "    # Backward pass." in SOURCE


def test_it_is_the_source_that_runs():
    f = ad.jit(loss)
    compiled = f.compiled(*ARGS)
    assert "".join(linecache.getlines(compiled.code.co_filename)) == f.source(*ARGS)
    namespace = dict(compiled.source.namespace)
    exec(compiled.source.text, namespace)
    leaves = [ARGS[0]["node_0"], ARGS[0]["output"], *ARGS[1:]]
    assert namespace[compiled.source.function](*leaves) == (f(*ARGS),)


def test_names_that_python_or_the_source_has_are_not_taken():
    class_, np_ = np.ones(3), np.ones(3)
    f = ad.jit(lambda weights, np_: weights["class"] + weights["np"] * weights["a b"] + np_)
    weights = {"class": class_, "np": np_, "a b": np_ * 3}
    np.testing.assert_array_equal(f(weights, np_), [5, 5, 5])
    ast.parse(f.source(weights, np_))


def test_lambdas_and_classes_have_functions_too():
    class Double:
        def __call__(self, x):
            return x * 2

    x = np.ones(2)
    np.testing.assert_array_equal(ad.jit(Double())(x), [2, 2])
    ast.parse(ad.jit(lambda x: x).source(x))


def test_literals_are_those_numbers():
    def f(x):
        return x * -1.5, x + np.inf, x - (-np.inf), x * 1j, x ** (-2), x + np.float32(0.1)

    x = np.array([1.0, 2.0])
    for ours, theirs in zip(ad.jit(f)(x), f(x), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def test_reductions_write_their_axes():
    def f(x):
        return (
            x.sum(), x.max(0), x.min((0, 1)), np.mean(x, keepdims=True), x.prod(-1), np.cumsum(x),
            x.sum((0, 2), keepdims=True), np.cumsum(x, 1),
        )  # fmt: skip

    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for ours, theirs in zip(ad.jit(f)(x), f(x), strict=True):
        np.testing.assert_allclose(ours, theirs, strict=True)


def test_indices_are_written_as_users_do():
    def f(x):
        return x[0], x[:, 1:], x[..., ::-1], x[None, 1, -1], x[1, 2], x[np.array([1, 0])]

    x = np.arange(6.0).reshape(2, 3)
    for ours, theirs in zip(ad.jit(f)(x), f(x), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    source = ad.jit(lambda x: x[0, 1:] * 2).source(x)
    assert "x[0, 1:]" in source


def test_user_defined_primitives_are_called_by_name():
    @ad.primitive
    def reshape(x, y):
        return x + 2 * y

    ad.derivative(reshape, x=lambda g, z, x, y: g, y=lambda g, z, x, y: 2 * g)
    f = ad.jit(ad.grad(lambda x, y: reshape(x, y).sum() + reshape(1.0, y[0]), 1))
    np.testing.assert_array_equal(f(np.ones(2), np.ones(2)), [4, 2])
    plain = ad.jit(lambda x: reshape(x, x))
    np.testing.assert_array_equal(plain(np.ones(2)), [3, 3])


def test_the_slope_of_a_single_operation_is_a_backward_pass():
    source = ad.jit(ad.value_and_grad(lambda w: np.prod(w))).source(np.ones(3))
    forward, _, backward = source.partition("# Backward pass.")
    assert "# Forward pass." in forward
    lines = [line for line in backward.splitlines() if "=" in line]
    assert lines
    assert all("test_numpy.py:" in line for line in lines)
