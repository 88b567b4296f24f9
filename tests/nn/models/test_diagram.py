import numpy as np
import pytest

from nn.layers import Dense, Dropout, Flatten
from nn.models import Model, Sequential
from nn.utils import plot_model

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


def test_only_what_is_asked_for_is_told():
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


def test_a_model_within_the_model_is_opened_when_asked():
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


def test_a_model_of_ones_own_is_one_box():
    class Own(Model):
        pass

    assert dot_of(Own(name="own"), **EVERYTHING).count("<table") == 1


def test_how_it_is_laid_out():
    dot = dot_of(rankdir="LR", dpi=72, splines="curved")
    assert "rankdir=LR" in dot
    assert "dpi=72" in dot
    assert "splines=curved" in dot


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("A.DOT", b"digraph"), ("a", b"\x89PNG")],
)
def test_the_ending_says_the_format(tmp_path, name, start):
    shown = plot_model(small_model(), tmp_path / name, expand_nested=True, **EVERYTHING)
    (path,) = tmp_path.iterdir()
    assert path.name == (name if "." in name else f"{name}.png")
    assert path.read_bytes().startswith(start)
    assert "a&lt;b" in shown._repr_svg_()


@pytest.mark.parametrize("thing", [Dense(2), Sequential, np.zeros(3)])
def test_only_models_are_drawn(thing):
    with pytest.raises(TypeError, match="expects a model, got"):
        plot_model(thing)
