"""Folding: layers and rounds of loops become blocks, so that pictures stay small."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.picture.folding import MOST, Block, nodes_of, outline
from autodiff.display.working.working import of_function


def shown(f, depth=None, x=0.5):
    """Return the titles, counts or names of the parts of a function, without the argument."""
    chosen = outline(of_function(f, None, (x,), {}), depth)
    return [
        (*part.titles, part.count) if isinstance(part, Block) else part.primitive.name
        for part in chosen.parts[1:]
    ]


def layer(x, name):
    with ad.scope(name, label="Dense 1 tanh"):
        return np.tanh(x * 2)


def net(x):
    with ad.scope("net"):
        h = layer(layer(x, "first"), "second")
    return h + 1


def test_equal_layers_are_one_block():
    assert shown(net) == [("Dense 1 tanh", 2), "add"]


def test_depth_opens_scopes():
    assert shown(net, 0) == [("net", 1), "add"]
    assert shown(net, 1) == [("Dense 1 tanh", 1), ("Dense 1 tanh", 1), "add"]
    assert shown(net, 2) == ["multiply", "tanh", "multiply", "tanh", "add"]
    assert shown(net, 9) == shown(net, 2)


def test_a_folded_scope_is_one_block_whatever_is_inside():
    def attention(x):
        with ad.scope("attention", folded=True):
            return layer(layer(x, "query"), "key") * 3

    def whole(x):
        with ad.scope("model"):
            return attention(x) + 1

    assert shown(attention) == [("attention", 1)]
    assert shown(whole) == [("attention", 1), "add"]
    assert shown(whole, 2) == [("Dense 1 tanh", 1), ("Dense 1 tanh", 1), "multiply", "add"]


def test_a_block_of_everything_is_opened():
    assert shown(lambda x: layer(x, "only")) == ["multiply", "tanh"]


def test_rounds_of_layers_are_one_block():
    def rounds(x):
        for _ in range(3):
            x = layer(x, "dense")
            with ad.scope("more", label="Add"):
                x = x + 1
        return x * 3

    assert shown(rounds) == [("Dense 1 tanh", "Add", 3), "multiply"]


def loop(x):
    h = x
    for _ in range(300):
        z = h * 0.9
        h = np.tanh(z) + x
    return h * 2


def test_a_long_loop_is_one_block_with_its_lines():
    assert shown(loop) == [("z = h * 0.9", "h = np.tanh(z) + x", 300), "multiply"]


def without_repeats(length):
    """Return a sequence of 0, 1 and 2 in which no round is repeated (Thue 1906)."""
    found = [0]
    while len(found) < length:
        found = [x for kind in found for x in ((0, 1, 2), (0, 2), (1,))[kind]]
    return found[:length]


def irregular(x, kinds):
    for kind in kinds:
        if kind == 0:
            x = x + 1
        elif kind == 1:
            x = np.sin(x) * 0.5
        else:
            x = x * 2
    return x


def test_steps_of_a_line_are_folded_where_no_rounds_are():
    kinds = without_repeats(180)
    expected = {0: "add", 1: ("x = np.sin(x) * 0.5", 1), 2: "multiply"}
    assert shown(lambda x: irregular(x, kinds)) == [expected[kind] for kind in kinds]


def test_pieces_of_equal_length_are_folded_where_nothing_else_is():
    kinds = without_repeats(203)
    source = {0: "x = x + 1", 1: "x = np.sin(x) * 0.5", 2: "x = x * 2"}
    pieces = [dict.fromkeys(source[kind] for kind in kinds[i : i + 3]) for i in range(0, 203, 3)]
    assert shown(lambda x: irregular(x, kinds)) == [(*titles, 1) for titles in pieces]


def test_few_steps_are_not_folded():
    def short(x):
        for _ in range(3):
            x = x * 2
        return x

    assert shown(short) == ["multiply"] * 3


@pytest.mark.slow
def test_a_picture_reports_that_steps_are_folded():
    drawing = ad.draw(loop)(0.5)
    assert "902 values, of which repeated steps are folded" in drawing.dot
    assert "×300" in drawing.dot
    assert "z = h * 0.9 / h = np.tanh(z) + x ×300: 900 steps" in drawing.svg()


def test_loops_of_any_size_are_folded_where_that_is_asked_for():
    def power(x):
        for _ in range(4):
            x = x * 2
        return x

    assert "x = x * 2 ×4" in ad.draw(power, fold=True)(1.5).text()
    assert "×" not in ad.draw(power, fold=False)(1.5).text()
    assert "×" not in ad.draw(power)(1.5).text()


def test_blocks_are_folded_at_a_depth_where_that_is_asked_for():
    def twice(x):
        for name in ("first", "second"):
            with ad.scope(name, label="Square"):
                x = np.sin(x) ** 2
        return x

    drawings = {fold: ad.draw(twice, depth=0, fold=fold)(1.5).text() for fold in (None, True)}
    assert "×2" in drawings[True]
    assert "×2" not in drawings[None]


@pytest.mark.slow
def test_a_depth_that_shows_too_much_is_refused():
    def long(x):
        for _ in range(2001):
            x = x * 1
        return x

    with pytest.raises(ValueError, match=r"at most 2,000 boxes .* got 2,002 of long at depth=1"):
        ad.draw(long, depth=1)(1.0)
    assert ad.draw(long)(1.0).title == "long = 1"


def test_the_picture_of_layers_has_frames_and_names():
    drawing = ad.draw(net)(0.5)
    assert "first, second" in drawing.dot
    assert re.search(r"subgraph cluster_s\d+ {[^<]*label=net", drawing.dot)


def test_a_block_shows_its_result_and_no_values_inside():
    def f(x):
        with ad.scope("hidden"):
            h = np.tanh(x * 2) + 1
        return h * 3

    drawing = ad.draw(f, depth=0)(0.5)
    assert "<TD>1.762</TD>" in drawing.dot
    assert "0.7616" not in drawing.dot


def test_a_block_that_is_not_repeated_has_no_count():
    drawing = ad.draw(net, depth=0)(0.5)
    assert "<B>net  </B>" in drawing.dot
    assert "×" not in drawing.dot


@given(st.lists(st.integers(0, 3), min_size=1, max_size=600), st.sampled_from([None, 0, 1]))
def test_folding_keeps_all_nodes_and_no_block_depends_on_itself(choices, depth):
    """The parts of any program contain every Node once, and no part depends on a later one."""

    def program(x):
        h = x
        for choice in choices:
            if choice == 0:
                h = h + x
            elif choice == 1:
                h = layer(h, "layer")
            else:
                h = -h if choice == 2 else h * 0.5
        return h

    working = of_function(program, None, (0.5,), {})
    chosen = outline(working, depth)
    assert sorted(n.order for part in chosen.parts for n in nodes_of(part)) == [
        node.order for node in working.nodes
    ]
    places = {node: i for i, part in enumerate(chosen.parts) for node in nodes_of(part)}
    inputs = [(x, node) for node in working.nodes for x in node.inputs if x in places]
    assert all(places[x] <= places[node] for x, node in inputs)
    assert depth is not None or len(chosen.parts) <= MOST + 1


@pytest.mark.slow
def test_a_far_use_of_a_value_has_a_reference():
    def recurrent(w):
        h = 1.0
        for _ in range(9):
            h = np.tanh(w * h)
        return h

    drawing = ad.draw(recurrent)(0.5)
    references = re.findall(r"\t(r\d+) \[label=.*>from w<", drawing.dot)
    assert 6 <= len(references) < 9  # the uses further than 6 steps away, and in other rows
    assert all(f"{box_id}:e -> " in drawing.dot for box_id in references)
    assert "from further back: w: value 0.5" in drawing.svg()


@pytest.mark.slow
def test_a_large_picture_has_local_slopes_only_as_tooltips():
    def chain(x):
        for _ in range(400):
            x = x * 0.99
        return x

    drawing = ad.draw(chain, depth=1)(1.0)
    assert "on an arrow" not in drawing.dot
    assert "∂x₁₀₀/∂x₉₉ = 0.99" in drawing.svg()


def test_many_arguments_are_folded_into_the_blocks_that_use_them():
    def deep(weights, x):
        for w in weights:
            with ad.scope("dense", label="Dense"):
                x = np.tanh(x * w)
        return x * weights[0]

    drawing = ad.draw(deep)([np.ones(2) * i for i in range(13)], 1.0)
    assert "12 arguments inside, slopes up to" in drawing.dot  # the first one is used elsewhere too
    assert "Dense ×13 (dense … dense): 26 steps, 12 arguments inside" in drawing.svg()
    assert "weights[0]" in drawing.text()
    assert "weights[1]" not in drawing.text()


def test_rounds_within_rounds_keep_their_count():
    """The equal layers of a round are one block, which the long loop around it repeats."""

    def nested(x):
        for _ in range(100):
            x = layer(layer(x, "first"), "second")
            x = x * 0.5 + 1
        return x

    ((*titles, count),) = shown(nested)
    assert titles == ["Dense 1 tanh ×2", "x = x * 0.5 + 1"]
    assert count == 100


def test_an_argument_of_two_blocks_stays_outside_of_both():
    def shared(weights, x):
        for i, key in enumerate([*weights][1:]):
            with ad.scope(f"layer {i}", label=f"Layer {i}"):
                x = x * weights["w0"] * weights[key]
        return x

    working = of_function(shared, (0,), ({f"w{i}": 0.5 for i in range(16)}, 2.0), {})
    chosen = outline(working)
    alone = [working.names[part] for part in chosen.parts if not isinstance(part, Block)]
    assert "weights['w0']" in alone
    assert "weights['w5']" not in alone
