"""Lookup of names, and unique names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.naming import lookup, reset_names, to_snake_case, unique_name

TABLE = {"glorot_uniform": 1, "adam": 2, "adamax": 3, "l1_l2": 4}


@pytest.mark.parametrize("name", TABLE)
def test_a_name_is_found_in_any_spelling(name):
    for spelling in (name, name.upper(), name.title().replace("_", "")):
        assert lookup("thing", spelling, TABLE) == TABLE[name]


def test_an_exact_match_wins_over_one_that_ignores_capitals():
    table = {"MSE": "class", "mse": "function"}
    assert [lookup("loss", name, table) for name in ("MSE", "mse")] == ["class", "function"]


def test_the_error_for_an_unknown_name_lists_the_nearest():
    with pytest.raises(ValueError, match=r"an optimizer that exists, got 'adm'.*'adam'"):
        lookup("optimizer", "adm", TABLE)


def test_the_error_for_a_name_far_from_all_lists_all():
    with pytest.raises(ValueError, match=r"'adam', 'adamax', 'glorot_uniform' or 'l1_l2'"):
        lookup("optimizer", "zzz", TABLE)


def test_the_error_for_a_name_where_there_are_none():
    with pytest.raises(ValueError, match=r"got 'adam'. There are none."):
        lookup("optimizer", "adam", {})


def test_other_types_than_strings_are_refused():
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


def test_the_error_for_a_prefix_suggests_the_name():
    with pytest.raises(ValueError, match=r"got 'f1'\. Did you mean 'f1_score'\?"):
        lookup("metric", "f1", {"f1_score": 1, "auc": 2})
