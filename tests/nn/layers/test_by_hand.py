"""Layers beside the same in plain loops and formulas, over combinations of their options."""

import itertools

import numpy as np
import pytest

from nn import layers
from nn.activations import sigmoid, softmax
from nn.layers.masks import mask_of, set_mask
from tests.nn.layers.options import FLAG, combined

RANDOM = np.random.default_rng(7)
MASK = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [0, 0, 0, 0]], bool)


def numbers(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def with_weights(layer, *inputs, **options):
    """Build a layer, and give its weights numbers, positive ones where they are vectors."""
    layer(*inputs, **options)
    layer.set_weights([
        np.abs(numbers(*w.shape)) + 0.5 if len(w.shape) == 1 else 0.5 * numbers(*w.shape)
        for w in layer.weights
    ])  # fmt: skip
    return layer


# --- attention


def dropped(weights, rate):
    """Return weights as a layer of this rate and seed 3 drops them out in its first call."""
    draws = np.random.default_rng(3).random(weights.shape, dtype=np.float32)
    return weights * (draws >= rate) / (1 - rate) if rate else weights


@combined(
    groups=[None, 1, 2], is_causal=FLAG, use_bias=FLAG, use_gate=FLAG, window=[None, 1, 2],
    apart=FLAG, rate=[0.0, 0.25], query=FLAG, value=FLAG, key=FLAG, pairs=FLAG,
)  # fmt: skip
def test_attention_by_its_formula(
    groups, is_causal, use_bias, use_gate, window, apart, rate, **are_masked
):
    masks = {name for name, is_masked in are_masked.items() if is_masked}
    options = {"use_bias": use_bias, "use_gate": use_gate, "sliding_window": window}
    options |= {"dropout": rate, "seed": 3}
    heads, size = 2, 3
    if groups is None:
        layer = layers.MultiHeadAttention(heads, size, value_dim=4, **options)
    else:
        layer = layers.GroupQueryAttention(size, heads, groups, **options)
    query, value = numbers(3, 5, 6), numbers(3, 4, 6)
    key = numbers(3, 4, 7) if apart else value
    given_masks = {
        "query": {"query_mask": RANDOM.random((3, 5)) > 0.3}, "value": {"value_mask": MASK},
        "key": {"key_mask": MASK[::-1]},
        "pairs": {"attention_mask": RANDOM.random((3, 5, 4)) > 0.3},
    }  # fmt: skip
    chosen = {k: v for name in sorted(masks) for k, v in given_masks[name].items()}
    arguments = {"key": key, **chosen, "use_causal_mask": is_causal}
    with_weights(layer, query, value, **arguments)
    found, shown = layer(query, value, return_attention_scores=True, training=rate > 0, **arguments)

    weights = {w.path.split("/", 1)[1]: w.numpy() for w in layer.weights}

    def dense(name, x, axes=1):
        product = np.tensordot(x, weights[f"{name}/kernel"], axes)
        return product + weights[f"{name}/bias"] if use_bias else product

    q, k, v = dense("query", query), dense("key", key), dense("value", value)
    repeats = q.shape[2] // k.shape[2]
    k, v = np.repeat(k, repeats, axis=2), np.repeat(v, repeats, axis=2)
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(size)
    allowed = np.ones((3, 1, 5, 4), bool)
    i, j = np.arange(5)[:, None], np.arange(4)
    allowed &= (not is_causal) | (i >= j)
    allowed &= window is None or np.abs(i - j) < window
    if "query_mask" in chosen:
        allowed &= chosen["query_mask"][:, None, :, None]
    for name in ("value_mask", "key_mask"):
        if name in chosen:
            allowed &= chosen[name][:, None, None, :]
    if "attention_mask" in chosen:
        allowed &= chosen["attention_mask"][:, None]
    equal = softmax(np.where(allowed, scores, -1e9))  # where a query may see nothing
    expected = np.where(allowed, equal, 0)
    np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-5)

    def outputs(weights):
        mixed = np.einsum("bhqk,bkhd->bqhd", weights, v)
        mixed = mixed * sigmoid(dense("gate", query)) if use_gate else mixed
        return dense("attention_output", mixed, 2)

    close = {"rtol": 1e-3, "atol": 1e-4}
    np.testing.assert_allclose(found, outputs(dropped(expected, rate)), **close)
    alone = layer(query, value, **arguments)
    np.testing.assert_allclose(alone, outputs(expected if rate else equal), **close)


@combined(
    is_causal=FLAG, mode=["dot", "concat", "additive"], use_scale=FLAG, apart=FLAG,
    masks=list(itertools.product(FLAG, FLAG)), rate=[0.0, 0.25],
)  # fmt: skip
def test_attention_without_projections(is_causal, mode, use_scale, apart, masks, rate):
    drops = {"dropout": rate, "seed": 3}
    layer = (
        layers.AdditiveAttention(use_scale=use_scale, **drops)
        if mode == "additive"
        else layers.Attention(use_scale=use_scale, score_mode=mode, **drops)
    )
    query, value, key = numbers(3, 5, 2), numbers(3, 4, 2), numbers(3, 4, 2)
    inputs = [query, value, key] if apart else [query, value]
    key = key if apart else value
    with_weights(layer, inputs)
    query_mask = RANDOM.random((3, 5)) > 0.5 if masks[0] else None
    value_mask = MASK if masks[1] else None
    found, shown = layer(
        inputs, mask=[query_mask, value_mask], return_attention_scores=True,
        use_causal_mask=is_causal, training=rate > 0,
    )  # fmt: skip
    scale = layer.scale.numpy() if use_scale else 1.0
    both = query[:, :, None] + key[:, None]
    if mode == "dot":
        scores = scale * np.einsum("bqd,bkd->bqk", query, key)
    elif mode == "concat":
        scores = layer.concat_score_weight.numpy() * np.tanh(scale * both).sum(-1)
    else:
        scores = (scale * np.tanh(both)).sum(-1)
    allowed = np.ones((3, 5, 4), bool)
    allowed &= (not is_causal) | (np.arange(5)[:, None] >= np.arange(4))
    allowed &= True if value_mask is None else value_mask[:, None]
    weights = dropped(softmax(np.where(allowed, scores, -1e9).astype("f")), rate)
    np.testing.assert_allclose(shown, weights, rtol=1e-4, atol=1e-5)
    expected = weights @ value
    expected = expected if query_mask is None else expected * query_mask[..., None]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


# --- normalizations


def scaled(layer, normal, shape):
    normal = normal if layer.gamma is None else normal * layer.gamma.numpy().reshape(shape)
    return normal if layer.beta is None else normal + layer.beta.numpy().reshape(shape)


SCALING = {"center": FLAG, "scale": FLAG, "epsilon": [0.001, 0.5]}


@combined(**SCALING, axis=[-1, 1, 2, [1, 2], [1, -1], [3, 2, 1], (-1,)])
def test_rows_are_normalized_over_any_axes(axis, **options):
    x = numbers(2, 3, 4, 5)
    layer = with_weights(layers.LayerNormalization(axis=axis, **options), x)
    axes = tuple(sorted(a % 4 for a in (axis if isinstance(axis, list | tuple) else [axis])))
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    normal = (x - mean) / np.sqrt(variance + options["epsilon"])
    for w in layer.weights:  # in the order of the sorted axes as they were passed
        chosen = sorted(axis) if isinstance(axis, list | tuple) else [axis]
        assert w.shape == tuple(x.shape[a] for a in chosen)
    if list(axes) == [a % 4 for a in (sorted(axis) if isinstance(axis, list | tuple) else [axis])]:
        shape = [n if i in axes else 1 for i, n in enumerate(x.shape)]
        np.testing.assert_allclose(layer(x), scaled(layer, normal, shape), rtol=1e-4, atol=1e-5)


@combined(**SCALING, axis=[-1, 1, 2], groups=[1, 2, -1])
def test_groups_of_channels_are_normalized(axis, groups, **options):
    x = numbers(2, 4, 6, 4)
    layer = with_weights(layers.GroupNormalization(groups, axis, **options), x)
    last = np.moveaxis(x, axis, -1)
    count = last.shape[-1] if groups == -1 else groups
    apart = last.reshape(*last.shape[:-1], count, -1)
    over = (1, 2, 4)
    normal = apart - apart.mean(over, keepdims=True)
    normal = normal / np.sqrt(apart.var(over, keepdims=True) + options["epsilon"])
    expected = scaled(layer, normal.reshape(last.shape), (-1,))
    np.testing.assert_allclose(layer(x), np.moveaxis(expected, -1, axis), rtol=1e-4, atol=1e-5)


@combined(**SCALING, axis=[-1, 1], momentum=[0.0, 0.75, 1.0], is_masked=FLAG)
def test_batches_are_normalized_and_their_averages_kept(axis, momentum, is_masked, **options):
    x, mask = numbers(3, 4, 2), MASK if is_masked and axis == -1 else None
    layer = with_weights(layers.BatchNormalization(axis, momentum, **options), x)
    before = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    shape = [1, 1, 1]
    shape[axis] = -1
    at_rest = layer(x)
    expected = (x - before[0].reshape(shape)) / np.sqrt(
        before[1].reshape(shape) + options["epsilon"]
    )
    np.testing.assert_allclose(at_rest, scaled(layer, expected, shape), rtol=1e-4, atol=1e-5)
    rows = np.moveaxis(x, axis, -1)
    rows = rows.reshape(-1, rows.shape[-1]) if mask is None else rows[mask]
    moments = rows.mean(0), rows.var(0)
    found = layer(x, training=True, mask=mask)
    expected = (x - moments[0].reshape(shape)) / np.sqrt(
        moments[1].reshape(shape) + options["epsilon"]
    )
    np.testing.assert_allclose(found, scaled(layer, expected, shape), rtol=1e-4, atol=1e-4)
    for weight, old, new in zip(
        (layer.moving_mean, layer.moving_variance), before, moments, strict=True
    ):
        np.testing.assert_allclose(
            weight.numpy(), momentum * old + (1 - momentum) * new, rtol=1e-4, atol=1e-5
        )


@combined(axis=[-1, 1, [1, 2], (1, -1)], epsilon=[1e-6, 0.5])
def test_rows_are_divided_by_their_size(axis, epsilon):
    x = numbers(2, 3, 4, 5)
    axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
    root = np.sqrt((x * x).mean(axes, keepdims=True) + epsilon)
    layer = layers.RMSNormalization(axis, epsilon)
    layer(x)
    scale = RANDOM.random(layer.scale.shape).astype("f")
    layer.scale.assign(scale)
    shape = [n if i in [a % 4 for a in axes] else 1 for i, n in enumerate(x.shape)]
    np.testing.assert_allclose(layer(x), x / root * scale.reshape(shape), rtol=1e-5)
    length = np.sqrt((x * x).sum(axes, keepdims=True))
    np.testing.assert_allclose(layers.UnitNormalization(axis)(x), x / length, rtol=1e-5)
    assert not layers.UnitNormalization(axis)(0 * x).any()


# --- merges


@combined(
    kind=["Add", "Average", "Multiply", "Maximum", "Minimum"],
    masked=[masked for n in (1, 2, 3) for masked in itertools.product(FLAG, repeat=n)],
)
def test_merges_of_masked_inputs_step_by_step(kind, masked):
    xs, masks = [numbers(3, 4, 2) for _ in masked], []
    for x, is_masked in zip(xs, masked, strict=True):
        mask = RANDOM.random((3, 4)) > 0.5
        masks.append(mask if is_masked else None)
        set_mask(x, masks[-1])
    found = getattr(layers, kind)()(xs)
    wide = [None if m is None else m[..., None] for m in masks]
    if kind in ("Add", "Average"):
        expected = np.sum(xs, axis=0) / (len(xs) if kind == "Average" else 1)
    elif kind == "Multiply":
        pairs = zip(xs, wide, strict=True)
        expected = np.prod([x if m is None else np.where(m, x, 1) for x, m in pairs], axis=0)
        if all(masked):
            expected = np.where(np.any(wide, axis=0), expected, 0)
    else:
        worst = -np.inf if kind == "Maximum" else np.inf
        function = np.max if kind == "Maximum" else np.min
        pairs = zip(xs, wide, strict=True)
        kept = [x if m is None else np.where(m, x, worst) for x, m in pairs]
        counts = np.ones((3, 4, 1), bool) if not all(masked) else np.any(wide, axis=0)
        expected = np.where(counts, function(kept, axis=0), found)  # nothing counts: anything
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    mask = mask_of(found)
    if all(masked):
        np.testing.assert_array_equal(mask, np.any(masks, axis=0))
    else:
        assert mask is None


@combined(axes=[(2, 2), (1, 1), (2, 1), (1, 2), (-1, 1), (-1, -1)], normalize=FLAG)
def test_dots_along_any_axes(axes, normalize):
    a, b = numbers(3, 4, 4), numbers(3, 4, 4)
    found = layers.Dot(axes, normalize=normalize)([a, b])
    first, second = np.moveaxis(a, axes[0], -1), np.moveaxis(b, axes[1], -1)
    if normalize:
        first, second = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (first, second))
    np.testing.assert_allclose(
        found, np.einsum("bik,bjk->bij", first, second), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_inputs_side_by_side_along_any_axis(axis):
    shapes = [[2, 3, 4], [2, 3, 4], [2, 3, 4]]
    for i, shape in enumerate(shapes):
        shape[axis] = i + 1
    xs = [numbers(*shape) for shape in shapes]
    layer = layers.Concatenate(axis)
    expected = np.concatenate(xs, axis)
    np.testing.assert_array_equal(layer(xs), expected)
    assert layer.compute_output_shape([x.shape for x in xs]) == expected.shape
    open_shapes = [tuple(None if i == axis % 3 else n for i, n in enumerate(s)) for s in shapes]
    found = layer.compute_output_shape([shapes[0], *open_shapes[1:]])
    assert found == tuple(None if i == axis % 3 else n for i, n in enumerate(shapes[0]))
