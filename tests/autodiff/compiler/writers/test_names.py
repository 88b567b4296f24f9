"""Names of values become identifiers of Python."""

import pytest

from autodiff.compiler.writers.names import identifier


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
