"""Looking names up, and making unique ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.naming import (
    Configurable,
    create,
    lookup,
    reset_names,
    serialize,
    to_snake_case,
    unique_name,
)

TABLE = {"glorot_uniform": 1, "adam": 2, "adamax": 3, "l1_l2": 4}


@pytest.mark.parametrize("name", TABLE)
def test_a_name_is_found_in_any_spelling(name):
    for spelling in (name, name.upper(), name.title().replace("_", "")):
        assert lookup("thing", spelling, TABLE) == TABLE[name]


def test_an_exact_match_wins_over_one_that_ignores_capitals():
    table = {"MSE": "class", "mse": "function"}
    assert [lookup("loss", name, table) for name in ("MSE", "mse")] == ["class", "function"]


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(ValueError, match=r"an optimizer that exists, got 'adm'.*'adam'"):
        lookup("optimizer", "adm", TABLE)


def test_a_name_far_from_all_lists_all():
    with pytest.raises(ValueError, match=r"'adam', 'adamax', 'glorot_uniform' or 'l1_l2'"):
        lookup("optimizer", "zzz", TABLE)


def test_what_is_not_a_string_is_refused():
    with pytest.raises(TypeError, match=r"name of a loss, got 3 of type int. Write a string"):
        lookup("loss", 3, TABLE)


@given(st.lists(st.sampled_from(["dense", "Dense", "dense_1", "dropout"]), max_size=20))
def test_names_are_unique(bases):
    reset_names()
    names = [unique_name(base) for base in bases]
    assert len(set(names)) == len(names)
    reset_names()
    assert [unique_name(base) for base in bases] == names


def test_snake_case_is_kept():
    assert to_snake_case("batch_normalization_1") == "batch_normalization_1"


class Shape(Configurable):
    def __init__(self, sides=4, *, color="red"):
        self.sides = sides
        self.color = color


class Square(Shape):
    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size


@given(st.integers(), st.integers(), st.text())
def test_a_config_makes_an_equal_object(size, sides, color):
    square = Square(size, sides=sides, color=color)
    assert square.get_config() == {"size": size, "sides": sides, "color": color}
    for twin in (
        Square.from_config(square.get_config()),
        create("shape", serialize(square), {"square": Square}),
    ):
        assert vars(twin) == vars(square)


def test_a_repr_tells_what_is_not_the_default():
    assert repr(Square(3, color="blue")) == "Square(size=3, color='blue')"
    assert repr(Shape()) == "Shape()"
