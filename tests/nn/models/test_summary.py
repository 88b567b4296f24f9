"""The summary of every kind of model: its rows, beside Keras's, and its options."""

import re

import numpy as np
import pytest

import nn
from nn import Sequential
from nn.layers import Dense, Flatten
from nn.models.summary import _bytes


def summary(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def test_it_lists_layers_shapes_and_numbers():
    model = Sequential(
        [Flatten(input_shape=(28, 28), name="flat"), Dense(50, name="hidden", trainable=False)],
        name="digits",
    )
    model.add(Dense(10, name="scores"))
    text = summary(model)
    assert "Model: digits" in text
    assert "flat (Flatten)  (None, 784)            0" in text
    assert "hidden (Dense)  (None, 50)        39,250" in text
    assert text.endswith("Parameters: 39,760 (155.3 KB), of which 510 are trainable")


def test_unknown_values_are_question_marks():
    text = summary(Sequential([Dense(50, name="hidden")]))
    assert "hidden (Dense)  ?" in text
    assert "unknown until" in text


def test_it_prints_by_default(capsys):
    Sequential([Dense(1, input_dim=1)]).summary()
    assert "Parameters: 2 (8 B)" in capsys.readouterr().out


def shared_and_nested(library, concatenate):
    layers = library.layers
    a, b = library.Input((4,), name="a"), library.Input((4,), name="b")
    start = library.Input((4,), name="start")
    inner = library.Model(
        start, layers.Dense(4, name="last")(layers.Dense(3, name="first")(start)), name="inner"
    )
    chain = library.Sequential(
        [library.Input((4,)), layers.Dense(2, name="narrow"), layers.Dropout(0.5, name="drop")],
        name="chain",
    )
    shared = layers.Dense(4, name="shared", trainable=False)
    hidden = shared(a)
    together = concatenate(
        [chain(layers.Add(name="sum")([inner(hidden), inner(shared(b))])), hidden]
    )
    return library.Model([a, b], layers.Dense(1, name="out")(together), name="both")


def nested_model():
    return shared_and_nested(nn, nn.layers.Concatenate(name="joined"))


def rows(text):
    """Return the cells of a table of either library."""
    lines = [line.strip("│ ") for line in text.splitlines()]
    kept = [line for line in lines if "(" in line and "Layer (type)" not in line]
    split = [re.split(r"\s+│\s+|\s{2,}(?!└)", line) for line in kept]
    return [[cell.strip() for cell in cells] for cells in split if len(cells) > 2]


@pytest.mark.slow
def test_connections_of_shared_and_nested_models():
    text = summary(nested_model())
    assert re.search(r"shared \(Dense\) +\(None, 4\) +20  a\[0\]\[0\], b\[0\]\[0\]\n", text)
    assert "shared[0][0], shared[1][0]" in text
    assert "first" not in text
    opened = summary(nested_model(), expand_nested=True, show_trainable=True)
    assert re.search(r"\n   └ first \(Dense\) +\(None, 3\) +15  - +Y\n", opened)
    assert re.search(r"shared .* N\n", opened)
    assert re.search(r"out .* Y\n", opened)
    assert re.search(r"drop .* -\n", opened)


@pytest.mark.parametrize("options", [{}, {"expand_nested": True, "show_trainable": True}])
def test_the_rows_are_those_of_keras(keras, monkeypatch, options):
    monkeypatch.setenv("COLUMNS", "240")
    theirs = shared_and_nested(keras, keras.layers.Concatenate(name="joined"))
    expected = rows(summary(theirs, line_length=220, **options))
    assert len(expected) > 5
    assert rows(summary(nested_model(), **options)) == expected


def test_operations_are_listed():
    x = nn.Input((3,), name="x")
    model = nn.Model(x, np.concatenate([x, x[:, :1] * 2.0], axis=1))
    text = summary(model)
    for kind in ("(GetItem)", "(Multiply)", "(Concatenate)"):
        assert kind in text


def test_a_function_is_listed_as_its_layer():
    x = nn.Input(shape=(3,))
    text = summary(nn.Model(x, nn.layers.Lambda(np.tanh, name="squashed")(np.exp(x))))
    assert "exp (Exp)" in text
    assert "squashed (Lambda)" in text


def test_a_chain_has_no_column_of_connections():
    x = nn.Input((3,), name="x")
    assert "Connected" not in summary(nn.Model(x, Dense(1)(Dense(2)(x))))
    assert "Connected" in summary(nn.Model(x, Dense(1)(x + x)))


def test_length_and_positions_of_lines():
    model = nested_model()
    lines = summary(model, line_length=90).splitlines()
    assert len(lines[1]) == 88
    assert max(map(len, lines)) <= 90
    absolute = summary(model, positions=[30, 50, 64, 100]).splitlines()
    assert len(absolute[1]) == 98
    assert absolute[2].index("Output shape") == 30
    with pytest.raises(ValueError, match="leave 4 characters"):
        summary(model, line_length=20)
    with pytest.raises(ValueError, match="each of the columns"):
        summary(model, positions=[0.5, 1.0])


def test_a_range_of_layers():
    model = nested_model()
    names = [cells[0].split()[0] for cells in rows(summary(model, layer_range=("inner", "jo.*")))]
    assert names == ["inner", "sum", "chain", "joined"]
    turned = summary(model, layer_range=("jo.*", "inner"))
    assert turned == summary(model, layer_range=("inner", "jo.*"))
    for wrong, message in (
        (("inner", "nobody"), "names of layers"),
        (("nobody", "inner"), "names of layers"),
        ("inner", "two layers"),
        ("in", "two layers"),
        (("inner", "sum", "chain"), "two layers"),
    ):
        with pytest.raises(ValueError, match=message):
            summary(model, layer_range=wrong)


def test_a_model_written_in_python_lists_its_layers():
    class Own(nn.Model):
        def __init__(self):
            super().__init__(name="own")
            self.dense = Dense(2, name="d")

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model(np.ones((1, 3)))
    assert re.search(r"d \(Dense\) +\? +8\n", summary(model))


def test_a_further_column_widens_a_table_with_positions():
    model, positions = nested_model(), [0.3, 0.5, 0.6, 1.0]

    def width(**options):
        return max(map(len, summary(model, positions=positions, **options).splitlines()))

    assert width(show_trainable=True) > width()


@pytest.mark.parametrize("options", [{}, {"show_trainable": True}])
def test_no_line_is_longer_than_line_length(options):
    text = summary(nested_model(), line_length=100, expand_nested=True, **options)
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("units", "size"),
    [(255, "1020 B"), (256, "1.0 KB"), (2**18 - 1, "1024.0 KB"), (2**18, "1.0 MB")],
)
def test_sizes_begin_another_unit_at_1024(units, size):
    layer = nn.layers.EinsumDense("ab,b->ab", (units,), input_shape=(units,))
    assert f"Parameters: {units:,} ({size})" in summary(nn.Sequential([layer]))


@pytest.mark.parametrize(("size", "shown"), [(2**30 - 2**20, "1023.0 MB"), (3 * 2**31, "6.0 GB")])
def test_the_largest_unit_is_the_gigabyte(size, shown):
    assert _bytes(size) == shown
