"""Names of values become identifiers of Python."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler.writers.names import comment, identifier


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("weights['node_0']", "node_0"),
        ("w[1]", "w_1"),
        ("w[1][2]", "w_1_2"),
        ("layers[1]['bias']", "x_1_bias"),
        ("net.weights[0].bias", "weights_0_bias"),
        ("self.hidden", "hidden"),
        ("d_weights['node_0']", "d_node_0"),
        ("d_w[1]", "d_w_1"),
        ("d_x", "d_x"),
        ("weights['class']", "class_"),
        ("lambda", "lambda_"),
        ("w['a b']", "a_b"),
        ("w['_private_']", "private"),
        ("w['']", ""),
        ("w['é']", "é"),
        ("w['+']", ""),
        ("3d", "x_3d"),
        ("", ""),
    ],
)
def test_identifiers(name, expected):
    assert identifier(name) == expected
    assert not expected or expected.isidentifier()


HOSTILE = "q\nraise SystemExit\n#"


@pytest.mark.parametrize("end", ["\n", "\r", "\f", "\0", "\u2028"])
def test_a_comment_ends_with_its_line(end):
    assert comment(f"f{end}(x)") == "# f (x)"


def test_no_name_runs_as_code():
    def f(**parts):
        return sum(parts.values()) * 2

    def doubled(x):
        return x * 2

    doubled.__name__ = doubled.__qualname__ = HOSTILE
    code = compile("def f(x):\n    return np.sin(x) * 2", f"{HOSTILE}.py", "exec")
    scope = {"np": np}
    exec(code, scope)
    made = ad.primitive(doubled)
    ad.derivative(made, x=lambda g, z, x: 2 * g)
    x = np.array([1.0, 3.0])
    for function, args, parts in (
        (f, (), {HOSTILE: x}),
        (doubled, (x,), {}),
        (scope["f"], (x,), {}),
        (lambda x: made(x) * x, (x,), {}),
    ):
        jitted = ad.jit(function)
        np.testing.assert_allclose(jitted(*args, **parts), function(*args, **parts))
        for line in jitted.source(*args, **parts).splitlines():
            assert "raise SystemExit" not in line.partition("#")[0]
    assert ad.jit(ad.grad(lambda x: made(x) * x))(3.0) == 12


@pytest.mark.parametrize("name", ["", "self", "f", "args", "a b", "if", "\0", "é", "\t"])
def test_any_text_names_an_argument(name):
    jitted = ad.jit(lambda x=1.0, **parts: sum(parts.values(), x) * 2)
    assert jitted(**{name: 3.0}) == 8
    slope = ad.jit(ad.grad(lambda x, **parts: jitted(x, **parts) * x))
    assert slope(2.0, **{name: 3.0}) == 14
