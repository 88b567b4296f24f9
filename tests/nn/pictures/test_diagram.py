import re

import numpy as np
import pytest

from nn.layers import Dense, Dropout, Flatten, Input, StringLookup
from nn.models import Model, Sequential
from nn.utils import model_to_dot, plot_model

EVERYTHING = dict.fromkeys(
    ("show_shapes", "show_dtype", "show_layer_names", "show_layer_activations", "show_trainable"),
    True,
)


def small_model():
    return Sequential(
        [
            Flatten(input_shape=(2, 3), name="flat"),
            Dense(4, "relu", name="a<b"),
            Sequential([Dense(5, name="inner")], name="part"),
            Dropout(0.5),
        ]
    )


def dot_of(model=None, **options):
    return plot_model(model or small_model(), None, **options).dot


def test_layers_are_a_chain_of_boxes():
    dot = dot_of()
    assert dot.count("<table") == 4
    assert [f"layer_{i} -> layer_{i + 1}" in dot for i in range(4)] == [True, True, True, False]
    positions = [dot.index(f"<b>{kind}</b>") for kind in ("Flatten", "Sequential", "Dropout")]
    assert positions == sorted(positions)


def test_only_requested_properties_are_shown():
    plain = dot_of()
    for word in ("(None, 6)", "float32", "a&lt;b", "relu", "Trainable", "cluster"):
        assert word not in plain
    for option, word in {
        "show_shapes": "Input shape: <b>(None, 6)</b>",
        "show_dtype": "float32",
        "show_layer_names": "<b>a&lt;b</b> (Dense)",
        "show_layer_activations": "Activation: <b>relu</b>",
        "show_trainable": "<b>Trainable</b>",
    }.items():
        assert word in dot_of(**{option: True})


def test_a_frozen_layer_and_one_without_weights():
    model = small_model()
    model.layers[1].trainable = False
    dot = dot_of(model, show_trainable=True)
    assert dot.count("<b>Non-trainable</b>") == 1
    assert dot.count("<b>Trainable</b>") == 1


def test_expand_nested_opens_an_inner_model():
    assert "(Sequential)" in dot_of(show_layer_names=True)
    dot = dot_of(show_layer_names=True, expand_nested=True)
    assert "cluster_part" in dot
    assert "inner" in dot
    assert "(Sequential)" not in dot
    assert dot.count(" -> ") == 3


def test_unknown_shapes_are_question_marks():
    dot = dot_of(Sequential([Dense(2)]), show_shapes=True)
    assert "Input shape: <b>?</b>" in dot
    assert "Output shape: <b>?</b>" in dot


def test_a_subclassed_model_is_one_box():
    class Own(Model):
        pass

    assert dot_of(Own(name="own"), **EVERYTHING).count("<table") == 1


def test_layout_options():
    dot = dot_of(rankdir="LR", dpi=72, splines="curved")
    assert "rankdir=LR" in dot
    assert "dpi=72" in dot
    assert "splines=curved" in dot


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("A.DOT", b"digraph"), ("a", b"\x89PNG")],
)
def test_the_suffix_sets_the_format(tmp_path, name, start):
    shown = plot_model(small_model(), tmp_path / name, expand_nested=True, **EVERYTHING)
    (path,) = tmp_path.iterdir()
    assert path.name == (name if "." in name else f"{name}.png")
    assert path.read_bytes().startswith(start)
    assert "a&lt;b" in shown._repr_svg_()
    assert shown._repr_html_().startswith('<div style="overflow-x:auto"><svg style="max-width:100%')


def test_a_notebook_shows_a_diagram_in_the_size_of_its_text():
    model = Sequential([Dense(2, input_shape=(3,)), *[Dense(2) for _ in range(9)]])
    widths = {
        dpi: re.search(r'<svg width="([\d.]+)pt"', shown._repr_svg_())[1]
        for dpi in (72, 200)
        for shown in [plot_model(model, None, rankdir="LR", dpi=dpi)]
    }
    assert widths[72] == widths[200]
    html = plot_model(model, None, rankdir="LR")._repr_html_()
    least = float(re.search(r"min-width:(\d+)pt", html)[1])
    assert 0.5 * float(widths[72]) < least < float(widths[72])


@pytest.mark.parametrize("thing", [Dense(2), Sequential, np.zeros(3)])
def test_only_models_are_drawn(thing):
    with pytest.raises(TypeError, match="expects a model, got"):
        plot_model(thing)


def graph_model():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    start = Input((4,), name="start")
    inner = Model(start, Dense(4, name="last")(Dense(3, name="first")(start)), name="inner")
    chain = Sequential(
        [Input((4,)), Dense(2, name="narrow"), Dropout(0.5, name="drop")], name="chain"
    )
    shared = Dense(4, name="shared")
    hidden = shared(a)
    joined = np.concatenate([chain(inner(hidden) + inner(shared(b))), hidden], axis=1)
    return Model([a, b], Dense(1, name="out")(joined), name="both")


def arrows(dot):
    """Return the arrows, by the names of the layers."""
    names = dict(re.findall(r"(layer_\d+) \[label=<<table.*?<b>(.*?)</b>", dot))
    names = {box: re.sub(r"_\d+$", "", name) for box, name in names.items()}
    return [(names[a], names[b]) for a, b in re.findall(r"(layer_\d+) -> (layer_\d+)", dot)]


def test_arrows_of_a_graph_are_its_calls_each_once():
    assert sorted(arrows(dot_of(graph_model(), show_layer_names=True))) == [
        ("a", "shared"), ("add", "chain"), ("b", "shared"), ("chain", "concatenate"),
        ("concatenate", "out"), ("inner", "add"), ("shared", "concatenate"), ("shared", "inner"),
    ]  # fmt: skip


def test_arrows_go_into_the_models_that_are_opened():
    dot = dot_of(graph_model(), show_layer_names=True, expand_nested=True)
    assert dot.count("subgraph") == 2
    assert sorted(arrows(dot)) == [
        ("a", "shared"), ("add", "narrow"), ("b", "shared"), ("concatenate", "out"),
        ("drop", "concatenate"), ("first", "last"), ("last", "add"), ("narrow", "drop"),
        ("shared", "concatenate"), ("shared", "start"), ("start", "first"),
    ]  # fmt: skip


def test_a_nested_model_with_several_inputs_and_outputs():
    x, y = Input((2,), name="x"), Input((2,), name="y")
    inner = Model([x, y], [Dense(1, name="of_y")(y), Dense(1, name="of_x")(x)], name="inner")
    a, b = Input((2,), name="a"), Input((2,), name="b")
    first, second = inner([a, b])
    model = Model([a, b], [Dense(1, name="m")(first), Dense(1, name="n")(second)])
    found = arrows(dot_of(model, show_layer_names=True, expand_nested=True))
    assert set(found) == {
        ("a", "x"), ("b", "y"), ("x", "of_x"), ("y", "of_y"), ("of_y", "m"), ("of_x", "n")
    }  # fmt: skip


def test_shapes_and_dtypes_of_a_graph():
    word = Input((1,), dtype="string", name="word")
    place = StringLookup(vocabulary=["a"])(word)
    model = Model(word, np.concatenate([place, place * 2], axis=1))
    dot = dot_of(model, show_shapes=True, show_dtype=True)
    assert "Input shape: <b>[(None, 1), (None, 1)]</b>" in dot
    assert dot.count("Input shape") == 3  # an InputLayer has none
    assert "Output dtype: <b>int64</b>" in dot


def test_model_to_dot_has_names():
    model = graph_model()
    assert model_to_dot(model).dot == plot_model(model, None, show_layer_names=True).dot


@pytest.mark.slow
def test_a_graph_is_rendered(tmp_path):
    path = tmp_path / "model.png"
    plot_model(graph_model(), path, **EVERYTHING, expand_nested=True, dpi=50)
    assert path.read_bytes().startswith(b"\x89PNG")
