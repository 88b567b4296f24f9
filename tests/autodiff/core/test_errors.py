"""Errors name the user's own line."""

import functools
import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.errors import argument_names


def line_of(text):
    """The number of the line of this file that holds a text."""
    with open(__file__, encoding="utf-8") as file:
        return next(i for i, line in enumerate(file, 1) if text in line and "line_of" not in line)


def predict(weights, x):
    return float(weights @ x)  # the culprit


def test_the_line_is_the_innermost_of_the_users():
    with pytest.raises(TypeError) as caught:
        ad.grad(lambda w: predict(w, np.ones(2)))(np.ones(2))
    assert f"test_errors.py:{line_of('# the culprit')}:" in str(caught.value)


def test_a_function_is_named_with_its_place():
    def many(x):  # defined here
        return x

    with pytest.raises(TypeError) as caught:
        ad.grad(many)(np.ones(2))
    assert f"many (test_errors.py:{line_of('# defined here')})" in str(caught.value)


def test_what_was_got_is_described_briefly():
    with pytest.raises(TypeError) as caught:
        ad.grad(lambda x: x * ("a" * 1000))(1.0)
    assert len(str(caught.value)) < 300
    with pytest.raises(TypeError, match=re.escape("<U1 array of shape (2,)")):
        ad.grad(lambda x: 1.0)(np.array(["a", "b"]))


class Net:
    def __call__(self, row, scale=1.0):
        return self.predict(row) * scale

    def predict(self, *rows):
        return rows[0]


@ad.primitive
def cube(side):
    return side**3


@pytest.mark.parametrize(
    ("f", "position", "name"),
    [
        (predict, 1, "x"),
        (Net(), 0, "row"),
        (Net().predict, 1, "rows[1]"),
        (functools.partial(predict, np.ones(2)), 0, "x"),
        (functools.partial(Net(), scale=3.0), 0, "row"),
        (ad.grad(predict), 0, "weights"),
        (cube, 0, "side"),
        (np.sin, 0, "x"),
        (lambda **options: options, 0, "argument 0"),
        (max, 0, "argument 0"),
    ],
)
def test_arguments_are_called_as_in_the_code(f, position, name):
    assert argument_names(f, [position]) == [name]


def test_a_dtype_that_numpy_refuses_is_named_with_the_users_line():
    x = np.eye(2, dtype=np.longdouble)
    for run in (lambda: np.linalg.inv(ad.tensor(x)), lambda: ad.jit(np.linalg.det)(x)):
        with pytest.raises(TypeError, match=r"test_errors\.py:\d+: .*unsupported.*astype\(float\)"):
            run()


def test_what_a_users_primitive_raises_is_left_as_it_is():
    @ad.primitive
    def fails(x):
        raise TypeError(f"of the user: {x}")

    ad.derivative(fails, x=lambda g, z, x: g)
    with pytest.raises(TypeError, match=r"^of the user: ") as caught:
        fails(ad.tensor(1.0))
    assert caught.value.__cause__ is None
