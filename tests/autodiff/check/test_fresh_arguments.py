"""Copies of arguments: edits of one call are not seen by the next, and layouts are those given."""

import numpy as np
import pytest

from autodiff.check.fresh_arguments import with_fresh_arguments

F = np.arange(6.0).reshape(2, 3, order="F")
ROWS = np.arange(12.0).reshape(4, 3)[::2]


def arrays_in(value):
    if isinstance(value, np.ndarray):
        return [value]
    if not isinstance(value, (dict, list, tuple)):
        return []
    parts = value.values() if isinstance(value, dict) else value
    return [x for part in parts for x in arrays_in(part)]


@pytest.mark.parametrize("build", [
    lambda x, y: x, lambda x, y: [x, y], lambda x, y: (y, x), lambda x, y: {"a": y, "b": [x, (y,)]},
    lambda x, y: [{"a": x}, 2.0, None], lambda x, y: ((x,), [y, [x]]),
])  # fmt: skip
def test_structures_are_copied_in_the_layouts_of_the_first_arguments(build):
    like = build(F, ROWS)
    given = build(np.ascontiguousarray(F) + 1, np.ascontiguousarray(ROWS) + 1)
    seen = []

    def f(argument, number):
        seen.append(argument)
        for x in arrays_in(argument):
            x[...] = 0
        return number

    assert with_fresh_arguments(f, (like, 3))(given, 4) == 4
    assert type(seen[0]) is type(given)
    for x, own, first in zip(*map(arrays_in, (seen[0], given, like)), strict=True):
        assert x.strides == first.strides
        assert not np.shares_memory(x, own)
        assert not np.shares_memory(x, first)
        assert own.all()


@pytest.mark.parametrize(
    "like", [np.zeros(4), np.zeros((1, 3)), None, [np.zeros(3)], {"a": F}, (F, F, F)]
)
def test_what_was_not_alike_is_copied_in_its_own_layout(like):
    call = with_fresh_arguments(lambda x: x, (like,))
    (own,), found = [F], call([F])
    assert type(found) is list
    assert found[0].flags.c_contiguous
    assert not np.shares_memory(found[0], own)
    np.testing.assert_array_equal(call(F), F)
    np.testing.assert_array_equal(call({"b": F})["b"], F)


def test_dtypes_and_objects_are_those_given():
    call = with_fresh_arguments(lambda x: x, (F,))
    assert call(F.astype("f4")).dtype == np.float32
    assert call(F.astype(complex)).strides == tuple(2 * step for step in F.strides)
    objects = np.full((2, 3), None)
    assert call(objects) is not objects
    assert call("text") == "text"
