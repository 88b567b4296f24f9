"""The operations that Keras has in ``ops.nn`` too: those of networks, the same as in `nn.ops`.

>>> from nn.ops.nn import relu
>>> import nn
>>> relu is nn.ops.relu
True
"""

from __future__ import annotations

import sys
from typing import Any

from nn import absent
from nn.ops import (
    activations,
    ctc,
    errors,
    linalg,
    networks,
    products,
    reductions,
    selecting,
    shaping,
    sliding,
)

_NAMES = """
    adaptive_average_pool adaptive_max_pool average_pool batch_normalization binary_crossentropy
    categorical_crossentropy celu conv conv_transpose ctc_decode ctc_loss depth_to_space
    depthwise_conv dot_product_attention elu fold gelu glu hard_shrink hard_sigmoid hard_silu
    hard_swish hard_tanh layer_normalization leaky_relu log_sigmoid log_softmax max_pool moments
    multi_hot normalize one_hot polar psnr relu relu6 rms_normalization selu separable_conv
    sigmoid silu soft_shrink softmax softplus softsign space_to_depth
    sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus swish
    tanh_shrink threshold unfold
"""

_FAMILIES = (
    activations,
    ctc,
    errors,
    linalg,
    networks,
    products,
    reductions,
    selecting,
    shaping,
    sliding,
)


def __getattr__(name: str) -> Any:
    if name in __dir__():
        return next(vars(family)[name] for family in _FAMILIES if name in vars(family))
    return absent.missing(sys.modules[__name__], name)


def __dir__() -> list[str]:
    return _NAMES.split()
