"""Every kind of edit of an argument, as a step on a dict of arrays and containers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Moments:
    mean: Any
    scale: Any = 1.0
    history: list = field(default_factory=list)


def arguments():
    """Return arguments of every kind of container, and a 0-d array."""
    return {
        "w": np.arange(6.0).reshape(2, 3),
        "v": np.array([3.0, 1.0, 2.0]),
        "count": np.array(1.0),
        "rate": 0.5,
        "pair": [np.ones(3), np.zeros(3)],
        "moments": Moments(np.full(3, 2.0), np.array(4.0), [np.ones(2)]),
        "int": np.array([5, 7, 9]),
        "single": np.ones(3, np.float32),
    }


def named(function):
    """Name a step, for hypothesis to show."""
    STEPS[function.__name__] = function
    return function


STEPS = {}


@named
def subtract(p):
    p["w"] -= 0.1 * p["v"]


@named
def write_entry(p):
    p["v"][0] = p["w"].sum()


@named
def write_row(p):
    row = p["w"][1]
    row *= p["v"]


@named
def write_through_a_transpose(p):
    p["w"].T[0, :] = p["count"]


@named
def write_through_a_reshape(p):
    p["w"].reshape(-1)[2:4] += 1


@named
def write_rows_in_a_loop(p):
    for row in p["w"]:
        row += p["v"]


@named
def write_at_positions(p):
    p["v"][np.argsort(p["w"][0])] = p["w"][1]


@named
def write_where_a_mask_is(p):
    p["v"][p["v"] > 1.5] = 0


@named
def write_by_out(p):
    np.add(p["v"], 1, out=p["v"])


@named
def write_by_copyto(p):
    np.copyto(p["v"], p["w"][0])


@named
def sort(p):
    p["v"].sort()


@named
def fill(p):
    p["pair"][1].fill(7)


@named
def put(p):
    np.put(p["v"], [0, 2], [8.0, 9.0])


@named
def fill_diagonal(p):
    np.fill_diagonal(p["w"], 0)


@named
def count(p):
    p["count"] += 1


@named
def count_by_out(p):
    np.multiply(p["count"], 2, out=p["count"])


@named
def halve(p):
    p["rate"] *= 0.5


@named
def replace_an_array(p):
    p["v"] = p["v"] * p["rate"]


@named
def put_a_constant(p):
    p["zeros"] = np.zeros(3)


@named
def swap_contents(p):
    kept = p["pair"][0].copy()
    p["pair"][0][:] = p["pair"][1]
    p["pair"][1][:] = kept


@named
def swap_names(p):
    p["pair"][0], p["pair"][1] = p["pair"][1], p["pair"][0]


@named
def move_between_containers(p):
    p["pair"][0], p["v"] = p["v"], p["pair"][0]


@named
def alias(p):
    p["same"] = p["v"]


@named
def write_an_alias(p):
    if "same" in p:
        p["same"] = p["same"] + 1


@named
def append(p):
    p["pair"].append(p["v"] + 1)


@named
def pop(p):
    if len(p["pair"]) > 2:
        p["pair"].pop(0)


@named
def add_a_structure(p):
    p["new"] = {"a": (p["v"] * 2, 3, None), "b": [1, 2]}


@named
def delete(p):
    p.pop("new", None)


@named
def set_an_attribute(p):
    p["moments"].mean = 0.9 * p["moments"].mean + p["v"]


@named
def edit_an_attribute(p):
    p["moments"].mean -= p["count"]
    p["moments"].scale *= 2


@named
def add_an_attribute(p):
    p["moments"].name = "moments"


@named
def delete_an_attribute(p):
    vars(p["moments"]).pop("name", None)


@named
def delete_a_field_with_a_default(p):
    vars(p["moments"]).pop("scale", None)


@named
def remember(p):
    p["moments"].history.append(p["v"][:2] * 1)


@named
def edit_integers(p):
    p["int"] += 2
    p["int"][0] = 3.7


@named
def edit_float32(p):
    p["single"] -= p["v"] / 3
