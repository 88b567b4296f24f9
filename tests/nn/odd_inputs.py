"""Inputs that aren't arrays of real numbers, each with a part of the message that refuses it."""

import datetime as dt

import numpy as np

ROWS = np.array([[0, 1], [1, 0], [0, 1]], np.float32)


def odd_inputs():
    """Return the inputs by kind; a generator is new each time."""
    return {
        "a dictionary": ({"a": ROWS}, "dict"),
        "nothing": (None, "None"),
        "a name": ("abc", "str|'abc'"),
        "a generator": ((row for row in ROWS), "generator"),
        "a set": ({1, 2}, "set"),
        "rows of several lengths": ([[1, 2], [3]], "lengths"),
        "strings": (np.array([["a", "b"]] * 3), "the string 'a'"),
        "complex numbers": (ROWS * 1j, "imaginary part"),
        "a list of complex numbers": ([[1j, 1]] * 3, "imaginary part"),
        "dates": (np.full((3, 2), np.datetime64("2020-01-01")), "times to numbers"),
        "a list of dates": ([[dt.date(2020, 1, 1)] * 2] * 3, "times to numbers"),
        "durations": (np.ones((3, 2), "m8[s]"), "times to numbers"),
        "a large number": (np.full((3, 2), 10**400, object), "401 digits"),
    }
