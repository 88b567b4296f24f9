"""Seeds and the global stream of generators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.random import generator, set_seed

seeds = st.integers(0, 2**64)


@given(seeds, st.integers(1, 5))
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


@given(seeds)
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
