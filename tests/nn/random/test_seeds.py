"""Seeds and the global stream of generators."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.random import generator, normal, seeds, set_seed

whole_numbers = st.integers(0, 2**64)


@given(whole_numbers, st.integers(1, 5))
def test_the_same_seed_yields_the_same_children(seed, children):
    set_seed(seed)
    first = [generator().random(3) for _ in range(children)]
    set_seed(seed)
    second = [generator().random(3) for _ in range(children)]
    assert np.array_equal(first, second)
    assert len(np.unique(first)) == 3 * children


def test_the_draws_of_one_child_do_not_change_the_next():
    set_seed(0)
    generator().random(1000)
    after_many = generator().random()
    set_seed(0)
    generator()
    assert generator().random() == after_many


@given(whole_numbers)
def test_a_seeded_generator_does_not_change_the_stream(seed):
    set_seed(3)
    expected = generator().random()
    set_seed(3)
    assert generator(seed).random() == generator(seed).random()
    assert generator().random() == expected


@pytest.mark.parametrize("use", [set_seed, generator])
def test_bad_seeds_are_refused(use):
    with pytest.raises(ValueError, match=r"at least 0, got -1"):
        use(-1)
    with pytest.raises(TypeError, match=r"whole number as a seed, got 1.5"):
        use(1.5)


@pytest.fixture
def _stream_as_it_was():
    before = seeds.get_state()
    yield
    seeds.set_state(before)


@pytest.mark.usefixtures("_stream_as_it_was")
@pytest.mark.parametrize("kind", [int, np.int64, np.uint8, bool])
def test_seeds_of_any_whole_number_are_plain_in_the_state(kind):
    set_seed(kind(1))
    state = seeds.get_state()
    assert type(state["entropy"]) is int
    assert json.loads(json.dumps(state)) == state
    expected = generator().random(), normal((2,)).tolist()
    set_seed(1)
    assert (generator().random(), normal((2,)).tolist()) == expected
    assert generator(kind(1)).random() == generator(1).random()


@pytest.mark.usefixtures("_stream_as_it_was")
@given(whole_numbers, st.integers(0, 3), st.integers(0, 3))
def test_a_state_that_is_restored_goes_on_where_it_was_taken(seed, children, draws):
    set_seed(seed)
    for _ in range(children):
        generator()
    for _ in range(draws):
        normal((1,))
    state = seeds.get_state()
    assert state["children"] == children
    expected = [generator().random(), generator().random(), *normal((2,)).tolist()]
    set_seed(seed + 1)
    seeds.set_state(state)
    assert [generator().random(), generator().random(), *normal((2,)).tolist()] == expected


@pytest.mark.usefixtures("_stream_as_it_was")
def test_the_state_before_any_seed_is_one_that_is_not_repeatable():
    seeds.set_state({"entropy": None, "children": 0, "shared": None})
    assert seeds.get_state()["entropy"] is None
    first, second = generator().random(), generator().random()
    assert first != second
    assert seeds.get_state()["children"] == 2  # of one stream, which the first call made
    seeds.set_state({"entropy": None, "children": 0, "shared": None})
    assert generator().random() not in (first, second)


def test_a_stream_of_its_own_ends_with_its_block():
    set_seed(7)
    expected = [generator().random() for _ in range(2)]
    set_seed(7)
    found = [generator().random()]
    with seeds.seeded(3):
        inside = generator().random()
        with seeds.seeded(4):
            assert generator().random() != inside
        assert generator().random() != inside
    assert [*found, generator().random()] == expected
    with pytest.raises(ZeroDivisionError), seeds.seeded(3):
        _ = 1 / 0
    set_seed(7)
    assert [generator().random() for _ in range(2)] == expected
    with pytest.raises(ValueError, match="at least 0"), seeds.seeded(-1):
        pass


def test_the_source_of_draws_is_another_than_any_child_or_layer_of_the_same_seed():
    set_seed(0)
    assert seeds.shared.generator.random() != generator(0).random()
    set_seed(0)
    draws = {round(float(x), 6) for x in seeds.shared.generator.random(4)}
    set_seed(0)
    children = {round(float(x), 6) for _ in range(70) for x in generator().random(4)}
    assert not draws & children


def test_the_source_of_draws_is_made_at_its_first_use():
    first, second = seeds.Shared(), seeds.Shared()
    assert first.generator is first.generator
    assert first.generator.random() != second.generator.random()
