"""Conditions: derivations, pictures and pages state the choices of Python and NumPy."""

import numpy as np
import pytest

import autodiff as ad

W, X = np.array([1.0, -2.0]), np.array([3.0, 1.0])


def by_max(w, x):
    hidden = max(0, w @ x)
    return 3 * hidden


def by_if(w, x):
    z = w @ x
    if z > 0:
        return 3 * z
    return 0 * z


def by_elif(w):
    error = w - 3
    if error > 1:
        return error - 0.5
    if error > 0:
        return error**2 / 2
    return -error


def by_numpy(w, x):
    z = w @ x
    return 3 * np.maximum(0, z)


def by_where(w, x):
    z = w @ x
    return np.where(z > 0, 3 * z, 0)


def by_truth(w):
    return w if w else 2 * w


def many(w):
    for limit in range(10):
        w = w if w > -limit else 2 * w
    return w


CASES = [
    (by_max, (W, X), "while w @ x > 0"),
    (by_max, (-W, X), "while w @ x ≤ 0"),
    (by_if, (W, X), "while z > 0"),
    (by_if, (-W, X), "while z ≤ 0"),
    (by_elif, (5.0,), "while error > 1"),
    (by_elif, (3.5,), "while error ≤ 1 and error > 0"),
    (by_numpy, (W, X), "while z > 0"),
    (by_where, (W, X), "while z > 0"),
    (by_truth, (2.0,), "while w ≠ 0"),
]


@pytest.mark.parametrize(("f", "args", "words"), CASES)
def test_each_display_lists_the_choices(f, args, words):
    assert words in str(ad.explain(f)(*args)).split("The slopes")[1]
    assert words in ad.draw(f).text(*args)
    assert words.replace(">", "&gt;").replace("<", "&lt;") in ad.draw(f)(*args).dot


def test_of_many_choices_the_first_are_listed():
    assert "and 6 more choices" in ad.draw(many).text(1.0)


def test_a_choice_of_arrays_is_part_of_the_formula():
    def relu(z):
        return np.maximum(z, 0).sum()

    assert "while" not in ad.draw(relu).text(np.array([1.0, -1.0]))


def test_without_choices_nothing_is_listed():
    assert "while" not in ad.draw(np.square).text(3.0)
    assert "while" not in ad.draw(lambda x: np.maximum(x, 3.0)).text(3.0)  # neither is larger
    assert "while" not in str(ad.explain(np.square)(3.0))
