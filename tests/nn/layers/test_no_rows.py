"""A batch without rows has outputs without rows, of the shape of others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import layers, ops, tree
from tests.laws.table import examples
from tests.nn.configs.layers import MORE_LAYERS, inputs_for, rows_for

IMAGE = (4, 4, 8)
OPERATIONS = {
    "depth_to_space": lambda x: ops.depth_to_space(x, 2),
    "depth_to_space, channels first": lambda x: ops.depth_to_space(x, 2, "channels_first"),
    "space_to_depth": lambda x: ops.space_to_depth(x, 2),
    "space_to_depth, channels first": lambda x: ops.space_to_depth(x, 2, "channels_first"),
    "extract_patches": lambda x: ops.image.extract_patches(x, 2),
    "unfold": lambda x: ops.unfold(x, 2),
    "fold": lambda x: ops.fold(ops.unfold(x, 2), (4, 8), 2),
    "softmax": lambda x: ops.softmax(x, axis=(1, 2)),
    "adaptive_average_pool": lambda x: ops.adaptive_average_pool(x, 3),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of negative variances
@pytest.mark.parametrize(
    "name", sorted(name for name in MORE_LAYERS if not name.endswith(("Cell", "Cells")))
)
@examples(2)
@given(data=st.data())
def test_layers(name, data):
    layer = getattr(layers, name)(**{k: data.draw(v) for k, v in MORE_LAYERS[name].items()})
    x = inputs_for(name, np.random.default_rng(0).uniform(size=(2, *rows_for(name))).astype("f"))
    given_ = (x, x) if "HeadAttention" in name or "QueryAttention" in name else (x,)
    given_ = ([x, x],) if name in ("Attention", "AdditiveAttention") else given_
    if name == "Normalization":
        layer.adapt(x)
    found, none = (
        tree.leaves(layer(*tree.map_leaves(lambda a, n=n: a[:n], given_))) for n in (2, 0)
    )
    assert [(0, *part.shape[1:]) for part in found] == [part.shape for part in none]
    assert [part.dtype for part in found] == [part.dtype for part in none]


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name):
    x = np.random.default_rng(0).normal(size=(2, *IMAGE)).astype(np.float32)
    shape = np.shape(OPERATIONS[name](x))
    assert np.shape(OPERATIONS[name](x[:0])) == (0, *shape[1:])
