"""Arguments without their traced values, which are filled in again."""

from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np

import autodiff as ad
from autodiff.transforms.slots import emptied, filled


class Pair(NamedTuple):
    """Two values."""

    a: Any
    b: Any


def test_traced_values_are_replaced_in_order_and_all_else_stays():
    x, y, texts, plain = ad.tensor(1.0), ad.tensor([2.0]), np.array(["a"]), np.arange(3)
    arguments = ([x, 3, plain], {"k": (y, texts)}, Pair(y, None), OrderedDict(z=x), "x")
    template, traced = emptied(arguments)
    assert traced[0] is x
    assert [t is y for t in traced] == [False, True]  # one slot for each value
    assert template[0][2] is plain
    assert template[1]["k"][1] is texts
    assert template[0][1] == 3
    assert type(template[2]) is Pair
    back = filled(template, ["1st", "2nd"])
    assert back == (["1st", 3, plain], {"k": ("2nd", texts)}, Pair("2nd", None), {"z": "1st"}, "x")


def test_an_array_of_traced_values_becomes_one_of_them():
    template, traced = emptied([np.array([ad.tensor(1.0), 2.0])])
    assert [t.tolist() for t in traced] == [[1.0, 2.0]]
    assert filled(template, [5.0]) == [5.0]


def test_numbers_that_look_like_a_slot_are_none():
    template, traced = emptied([0, 1, True])
    assert not traced
    assert filled(template, []) == [0, 1, True]
