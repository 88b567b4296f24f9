"""The text of a box: its rows and cells, how wide they are, and their colors."""

import re

import pytest

import nn
from nn.layers import Dense, Dropout
from nn.pictures.layer_box import Boxes

EVERYTHING = dict.fromkeys(("shapes", "dtype", "names", "activations", "trainable"), True)
CELL = re.compile(r'<td bgcolor="(.*?)" colspan="(\d)"><font color="(.*?)">(.*?)</font></td>')


def boxes(layer, **chosen):
    """Return the rows of the box of a layer: the background, width, color and text of each cell."""
    model = nn.Sequential([nn.Input((3,)), layer])
    part = next(part for part in model.architecture().parts if part.layer is layer)
    options = dict.fromkeys(EVERYTHING, False) | chosen
    label = Boxes(**options).label(part)
    assert label.startswith('<<table border="0" cellborder="1"')
    assert label.endswith("</table>>")
    return [CELL.findall(row) for row in re.findall("<tr>(.*?)</tr>", label)]


def test_a_box_with_everything():
    frozen = Dense(2, "relu", name="a&b")
    frozen.trainable = False
    for layer, words, color in (
        (Dense(2, "relu", name="a&b"), "Trainable", "#1b6e3c"),
        (frozen, "Non-trainable", "#a3262a"),
    ):
        assert boxes(layer, **EVERYTHING) == [
            [("#1f2933", "4", "white", "<b>a&amp;b</b> (Dense)")],
            [("white", "4", "black", "Activation: <b>relu</b>")],
            [
                ("white", "1", "black", "Input shape: <b>(None, 3)</b>"),
                ("white", "1", "black", "Output shape: <b>(None, 2)</b>"),
                ("white", "1", "black", "Output dtype: <b>float32</b>"),
                (color, "1", "white", f"<b>{words}</b>"),
            ],
        ]


@pytest.mark.parametrize(
    ("chosen", "title", "rows"),
    [
        ({}, "<b>Dropout</b>", 1),
        ({"names": True}, "<b>drop</b> (Dropout)", 1),
        ({"activations": True, "trainable": True}, "<b>Dropout</b>", 1),  # it has neither
        ({"shapes": True}, "<b>Dropout</b>", 2),
        ({"dtype": True}, "<b>Dropout</b>", 2),
    ],
)
def test_what_a_box_has(chosen, title, rows):
    found = boxes(Dropout(0.5, name="drop"), **chosen)
    assert len(found) == rows
    width = str(2 if "shapes" in chosen else 1)
    assert found[0] == [("#1f2933", width, "white", title)]


def test_the_activation_of_a_box_may_be_an_object():
    layer = Dense(2, nn.layers.LeakyReLU())
    assert boxes(layer, activations=True)[1] == [
        ("white", "1", "black", "Activation: <b>LeakyReLU</b>")
    ]
