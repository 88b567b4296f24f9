"""Which axes of the inputs share the random mask of dropout."""

import numpy as np
import pytest

from nn import layers

DROPOUTS = [layers.Dropout, layers.AlphaDropout]


@pytest.mark.parametrize("kind", DROPOUTS)
@pytest.mark.parametrize("noise_shape", ["a", 3, (2.5,), (0, 1), (-1,), {1: 2}])
def test_what_is_not_a_shape_is_refused(kind, noise_shape):
    with pytest.raises(ValueError, match=f"{kind.__name__} expects noise_shape as a tuple of len"):
        kind(0.5, noise_shape=noise_shape)


@pytest.mark.parametrize("kind", DROPOUTS)
def test_a_mask_has_the_axes_of_the_inputs(kind):
    layer, x = kind(0.5, noise_shape=(None, 1), seed=1), np.ones((50, 3), np.float32)
    z = layer(x, training=True)
    assert len(np.unique(z)) == 2
    np.testing.assert_array_equal(z, np.repeat(z[:, :1], 3, axis=1))
    with pytest.raises(ValueError, match="as many axes as its inputs of shape"):
        layer(np.ones((50, 3, 2), np.float32), training=True)
