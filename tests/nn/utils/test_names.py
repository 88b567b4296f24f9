"""Names that nn.utils lacks, and questions about Symbols."""

import pytest

import nn
from nn.layers import Dense
from nn.utils import get_source_inputs, is_keras_tensor


def test_an_unknown_name_is_a_plain_attribute_error():
    with pytest.raises(AttributeError, match=r"'nn\.utils' has no attribute 'to_categories'"):
        nn.utils.to_categories  # noqa: B018
    with pytest.raises(AttributeError, match="Use slices"):
        nn.utils.split_dataset  # noqa: B018
    assert not hasattr(nn.utils, "get_file")


def test_the_inputs_of_a_symbol_that_has_several():
    a, b, unused = (nn.Input((2,), name=name) for name in ("a", "b", "unused"))
    hidden = Dense(2)(b)
    for _ in range(40):  # without a memory of what was seen, 2**40 steps
        hidden = hidden + hidden
    found = get_source_inputs({"x": a + hidden, "y": [b, b]})
    assert [symbol.name for symbol in found] == ["a", "b"]
    assert get_source_inputs(unused) == [unused]
    assert is_keras_tensor(hidden)
    assert not is_keras_tensor([hidden])
