"""How to draw the arguments of every layer, and the shape of a row that it takes."""

import numpy as np
from hypothesis import strategies as st

from nn import activations, constraints, initializers, regularizers
from nn.layers import cells, dense, recurrent

SIZES = st.integers(0, 64).map(lambda n: n / 16)  # exact in float32
FRACTIONS = st.integers(0, 15).map(lambda n: n / 16)
FLAGS = st.booleans()
SEEDS = st.integers(0, 1000)
FEW = st.integers(1, 3)
ACTIVATIONS = st.sampled_from(["relu", "gelu", "softmax", None])
INITIALIZERS = st.builds(initializers.HeNormal, seed=SEEDS)
REGULARIZERS = st.none() | st.builds(regularizers.L2, l2=SIZES)
CONSTRAINTS = st.none() | st.builds(constraints.MaxNorm, SIZES) | st.just("non_neg")
FORMATS = st.just("channels_last")


def of_weights(*names):
    """Return the arguments for weights: how they begin, a penalty, a constraint."""
    options = {f"{name}_initializer": INITIALIZERS for name in names}
    options |= {f"{name}_regularizer": REGULARIZERS for name in names}
    return options | {f"{name}_constraint": CONSTRAINTS for name in names}


COMMON = {"activation": ACTIVATIONS, "use_bias": FLAGS, "activity_regularizer": REGULARIZERS}
SLIDING = {"padding": st.sampled_from(["valid", "same"]), "data_format": FORMATS}
CONVOLUTION = SLIDING | COMMON | {"filters": FEW, "kernel_size": FEW, "strides": FEW}
CONVOLUTION |= of_weights("kernel", "bias")
DEPTHWISE = SLIDING | COMMON | {"kernel_size": FEW, "depth_multiplier": FEW}
DEPTHWISE |= of_weights("depthwise", "bias")
SEPARABLE = DEPTHWISE | of_weights("pointwise") | {"filters": FEW}
POOLING = SLIDING | {"pool_size": st.integers(1, 2), "strides": FEW}
GLOBAL = {"data_format": FORMATS, "keepdims": FLAGS}
SCALED = {"epsilon": SIZES.map(lambda x: x + 0.5), "center": FLAGS, "scale": FLAGS}
SCALED |= of_weights("beta", "gamma")
PADDING = {"data_format": FORMATS}
RANKS = (1, 2, 3)
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")

MORE_LAYERS = {
    **{f"Conv{r}D": CONVOLUTION for r in RANKS},
    **{f"Conv{r}DTranspose": CONVOLUTION | {"output_padding": st.just(0)} for r in RANKS},
    **{f"DepthwiseConv{r}D": DEPTHWISE for r in (1, 2)},
    **{f"SeparableConv{r}D": SEPARABLE for r in (1, 2)},
    **{f"{kind}Pooling{r}D": POOLING for kind in ("Max", "Average") for r in RANKS},
    **{f"Global{kind}Pooling{r}D": GLOBAL for kind in ("Max", "Average") for r in RANKS},
    **{f"ZeroPadding{r}D": PADDING | {"padding": FEW} for r in RANKS},
    **{f"Cropping{r}D": PADDING | {"cropping": st.just(1)} for r in RANKS},
    "ZeroPadding1D": {"padding": FEW},
    "Cropping1D": {"cropping": st.just(1)},
    "UpSampling1D": {"size": FEW},
    "UpSampling2D": {"size": FEW, "interpolation": st.sampled_from(["nearest", "bicubic"])},
    "UpSampling3D": {"size": FEW},
    **{name: {} for name in MERGES[:6]},
    "Concatenate": {"axis": st.sampled_from([-1, 1])},
    "Dot": {"axes": st.just(1), "normalize": FLAGS},
    "Reshape": {"target_shape": st.sampled_from([(2, 2), (-1, 2)])},
    "Permute": {"dims": st.just((1,))},
    "PReLU": of_weights("alpha") | {"shared_axes": st.sampled_from([None, [1]])},
    "RepeatVector": {"n": FEW},
    "Embedding": {
        "input_dim": st.just(5), "output_dim": FEW, "mask_zero": FLAGS, **of_weights("embeddings")
    },
    "EinsumDense": {
        "equation": st.just("...b,bc->...c"), "output_shape": FEW.map(lambda n: (n,)),
        "bias_axes": st.sampled_from([None, "c"]), "activation": ACTIVATIONS,
        **of_weights("kernel", "bias"),
    },
    "ReversibleEmbedding": {
        "input_dim": st.just(5), "output_dim": FEW, "mask_zero": FLAGS, "tie_weights": FLAGS,
        "logit_soft_cap": st.sampled_from([None, 2.0]), **of_weights("embeddings"),
    },
    "Resizing": PADDING | {
        "height": FEW, "width": FEW, "crop_to_aspect_ratio": FLAGS, "fill_value": SIZES,
        "interpolation": st.sampled_from(["nearest", "bilinear", "bicubic"]), "antialias": FLAGS,
    },
    "CenterCrop": PADDING | {"height": FEW, "width": FEW},
    **{
        f"Adaptive{kind}Pooling{r}D": PADDING | {"output_size": FEW}
        for kind in ("Max", "Average") for r in RANKS
    },
    "Masking": {"mask_value": SIZES},
    "Identity": {},
    "Lambda": {"function": st.just(activations.relu)},
    "ActivityRegularization": {"l1": SIZES, "l2": SIZES},
    "Rescaling": {"scale": SIZES, "offset": SIZES},
    "GaussianNoise": {"stddev": FRACTIONS, "seed": SEEDS},
    "GaussianDropout": {"rate": FRACTIONS, "seed": SEEDS},
    "AlphaDropout": {
        "rate": FRACTIONS, "seed": SEEDS, "noise_shape": st.sampled_from([None, (3, 1)])
    },
    "SpatialDropout1D": {"rate": FRACTIONS, "seed": SEEDS},
    **{
        f"SpatialDropout{r}D": {"rate": FRACTIONS, "seed": SEEDS, "data_format": FORMATS}
        for r in (2, 3)
    },
    "BatchNormalization": SCALED | {
        "momentum": FRACTIONS, "moving_mean_initializer": INITIALIZERS,
        "moving_variance_initializer": INITIALIZERS,
    },
    "LayerNormalization": SCALED,
    "GroupNormalization": SCALED | {"groups": st.sampled_from([1, 2, -1])},
    "RMSNormalization": {"epsilon": SIZES},
    "UnitNormalization": {"axis": st.sampled_from([-1, 1])},
}  # fmt: skip


CELL = {
    "units": FEW, "use_bias": FLAGS, "activation": ACTIVATIONS, "dropout": FRACTIONS,
    "recurrent_dropout": FRACTIONS, "seed": SEEDS, **of_weights("kernel", "recurrent", "bias"),
}  # fmt: skip
RECURRENT = CELL | {"return_sequences": FLAGS, "go_backwards": FLAGS, "unroll": FLAGS}
RECURRENT |= {"return_state": FLAGS}
OWN = {"SimpleRNN": {}, "LSTM": {"unit_forget_bias": FLAGS}, "GRU": {"reset_after": FLAGS}}
MORE_LAYERS |= {kind: RECURRENT | own for kind, own in OWN.items()}
MORE_LAYERS |= {f"{kind}Cell": CELL | own for kind, own in OWN.items()}
CONV_LSTM = {**CONVOLUTION, **RECURRENT, **of_weights("kernel", "recurrent", "bias")}
del CONV_LSTM["units"]
MORE_LAYERS |= {f"ConvLSTM{r}D": CONV_LSTM | {"unit_forget_bias": FLAGS} for r in RANKS}
CELLS = st.builds(cells.GRUCell, FEW, name=st.just("cell"), seed=SEEDS)
MORE_LAYERS |= {
    "RNN": {"cell": CELLS, "return_sequences": FLAGS, "go_backwards": FLAGS},
    "StackedRNNCells": {"cells": st.lists(CELLS, min_size=1, max_size=1)},
    "TimeDistributed": {"layer": st.builds(dense.Dense, FEW, name=st.just("inner"))},
    "SpectralNormalization": {
        "layer": st.builds(dense.Dense, FEW, name=st.just("inner")),
        "power_iterations": FEW,
    },
    "Bidirectional": {
        "layer": st.builds(recurrent.GRU, FEW, name=st.just("inner"), seed=SEEDS),
        "merge_mode": st.sampled_from(["concat", "sum", None]),
    },
}


HEADS = {"dropout": FRACTIONS, "use_bias": FLAGS, "seed": SEEDS, **of_weights("kernel", "bias")}
MORE_LAYERS |= {
    "MultiHeadAttention": HEADS | {"num_heads": FEW, "key_dim": FEW, "value_dim": FEW},
    "GroupQueryAttention": HEADS | {
        "head_dim": FEW, "num_query_heads": st.just(4), "num_key_value_heads": st.just(2)
    },
    "Attention": {"use_scale": FLAGS, "dropout": FRACTIONS, "seed": SEEDS},
    "AdditiveAttention": {"use_scale": FLAGS, "dropout": st.just(0.0)},
}  # fmt: skip


MODES = st.sampled_from(["int", "one_hot", "multi_hot", "count"])
LOOKUP = {
    "output_mode": MODES, "num_oov_indices": st.just(1), "max_tokens": st.sampled_from([None, 5])
}  # fmt: skip
MORE_LAYERS |= {
    "Normalization": {
        "axis": st.sampled_from([-1, None]), "invert": FLAGS,
    },
    "Discretization": {"bin_boundaries": st.just([-0.5, 0.0, 0.25]), "output_mode": MODES},
    "CategoryEncoding": {
        "num_tokens": st.just(5), "output_mode": st.sampled_from(["one_hot", "count"])
    },
    "IntegerLookup": LOOKUP | {"vocabulary": st.just([1, 3]), "mask_token": st.just(0)},
    "StringLookup": LOOKUP | {"vocabulary": st.just(["a", "c"]), "mask_token": st.just("")},
    "Hashing": {"num_bins": FEW, "mask_value": st.just(1), "salt": SEEDS, "output_mode": MODES},
    "HashedCrossing": {"num_bins": FEW, "output_mode": st.sampled_from(["int", "one_hot"])},
}  # fmt: skip
NEEDS_TENSORFLOW = ("IntegerLookup", "StringLookup", "Hashing", "HashedCrossing")  # in Keras


def inputs_for(name, numbers):
    """Return the inputs of a layer of this name, made from some fractions."""
    wholes = (abs(numbers) * 5).astype(int) % 5
    if name == "StringLookup":
        return np.array(["", "a", "b", "c", "d"])[wholes]
    if name == "HashedCrossing":
        return [wholes[:, 0], wholes[:, 1]]
    whole_ones = ("CategoryEncoding", "IntegerLookup", "Hashing")
    return wholes if name in whole_ones else [numbers, numbers] if name in MERGES else numbers


def rows_for(name):
    """Return the shape of a row that a layer of this name takes."""
    name = name.removesuffix("Transpose")
    if "ConvLSTM" in name:
        return (3, *(4,) * int(name[-2]), 2)
    if (
        name.endswith("1D")
        or name in (*OWN, "RNN", "TimeDistributed", "Bidirectional")
        or "Attention" in name
    ):
        return (4, 4)
    if name.endswith("2D") or name in ("Resizing", "CenterCrop"):
        return (4, 4, 4)
    return (4, 4, 4, 4) if name.endswith("3D") else (4,)
