"""Keywords and numbers of functions and classes, with Python's other kinds of parameters."""

import functools

import numpy as np
import pytest

from nn.argument_checks import (
    ArgumentsChecked,
    accepted,
    as_axes,
    keywords_checked,
    numbers_checked,
    options_checked,
    own_parameters,
    parameters_of,
    refuse_keywords,
)


class Base(ArgumentsChecked):
    def __init__(self, size, *, color="red"):
        self.size, self.color = size, color

    @keywords_checked
    def paint(self, color):
        return color

    @keywords_checked
    def __call__(self, inputs):
        return inputs


class Wide(Base):
    def __init__(self, width, size=3, **options):
        super().__init__(size, **options)
        self.width = width


class Plain(Wide):
    pass


def test_parameters_are_those_of_the_parents_too():
    assert list(parameters_of(Wide)) == list(parameters_of(Plain)) == ["width", "size", "color"]
    assert parameters_of(Wide)["size"].default == 3  # its own
    assert list(parameters_of(Base)) == ["size", "color"]
    assert own_parameters(Base)[1] is False
    assert own_parameters(Wide)[1] is True


def test_keywords_that_are_taken():
    assert list(accepted(lambda self, a, /, b, *args, c=1: 0)) == ["b", "c"]
    assert accepted(lambda a, **options: 0) is None
    assert accepted(min) is None  # no signature


def test_misspelled_keywords_name_the_class_of_the_object():
    wide = Wide(2, color="blue")
    assert (wide.width, wide.size, wide.color) == (2, 3, "blue")
    assert wide.paint(color="green") == "green"
    for call, message in (
        (lambda: wide.paint(colour=1), r"an argument of Wide\.paint that exists, got 'colour'"),
        (lambda: wide(input=1), r"an argument of Base\.__call__ that exists, got 'input'"),
        (lambda: Base(2, colour=1), r"an argument of Base that exists.* Did you mean 'color'"),
        (lambda: Wide(widht=2), r"an argument of Wide that exists.* Did you mean 'width'"),
        (lambda: Wide(siz=2), r"an argument of Wide that exists.* Did you mean 'size'"),
        (lambda: Wide(2, colour=1), r"an argument of Base that exists.* 'color'"),
    ):
        with pytest.raises(TypeError, match=message):
            call()
    for call in (Wide, lambda: Wide(size=2, color="red"), lambda: Base(color="red")):
        with pytest.raises(TypeError, match=r"(Wide expects width|Base expects size), got none"):
            call()


def test_keywords_of_keras_and_older_ones_have_a_cure():
    with pytest.raises(TypeError, match=r"f has no argument workers, which Keras has\. Leave"):
        refuse_keywords("f", ["workers"], ["epochs"])
    with pytest.raises(TypeError, match=r"got 'nb_epoch'\. Did you mean 'epochs'"):
        refuse_keywords("f", ["nb_epoch"], ["batch", "epochs"])
    refuse_keywords("f", [], ["epochs"])


def test_options_are_those_of_the_function():
    class Owner(ArgumentsChecked):
        def __init__(self, fn, name=None, **options):  # noqa: ARG002 - a known name
            options_checked(Owner, options, fn)

    def function(y_true, y_pred, delta=1.0):
        return y_true, y_pred, delta

    Owner(function, delta=2.0)
    Owner(functools.partial(function, delta=2.0), delta=1.0)
    Owner(lambda y_true, y_pred, **rest: 0, anything=1)
    for wrong, right in (("dleta", "delta"), ("nmae", "name")):
        with pytest.raises(TypeError, match=f"Did you mean '{right}'"):
            Owner(function, **{wrong: 1})
    for wrong in ("y_tru", "functio"):
        with pytest.raises(TypeError, match="Choose 'delta' or 'name'"):
            Owner(function, **{wrong: 1})


@numbers_checked
def scaled(text: str, size: float, count: "int | None" = None, rate: "float" = 1.0, *, other=0):
    return text, size, count, rate, other


def test_numbers_are_checked_where_they_are_annotated():
    assert scaled("3", 1, None, rate=2.0, other="x") == ("3", 1, None, 2.0, "x")
    assert scaled("3", 10**39 - 1) == ("3", 10**39 - 1, None, 1.0, 0)
    for options, message in (
        ({"size": "1"}, "scaled expects size to be a number, got '1' of type str"),
        ({"size": 1, "count": b"1"}, "expects count to be a number, got b'1' of type bytes"),
        ({"size": 1, "rate": "x"}, "expects rate"),
    ):
        with pytest.raises(TypeError, match=message):
            scaled("t", **options)
    with pytest.raises(TypeError, match="expects count"):
        scaled("t", 1, "2")
    for huge in (10**39, -(10**39)):
        with pytest.raises(ValueError, match=r"a number below 3\.4e38, got a number of 40 digits"):
            scaled("t", huge)


def test_numbers_of_users_are_not_checked():
    class Own(ArgumentsChecked):
        def __init__(self, size: float):
            self.size = size

    assert Own("2").size == "2"
    assert numbers_checked(np.sum) is np.sum  # nothing is annotated


def test_axes():
    assert as_axes([0, 1]) == (0, 1)
    assert as_axes(2) == 2
