"""Small models beside Keras's: the same shapes, names, outputs, training, and files both ways.

The cases are combinations that go beyond one layer with its usual arguments: masks that are merged,
states that are passed on, axes other than the usual ones.
"""

import numpy as np
import pytest

import nn

RANDOM = np.random.default_rng(3)
STEPS, IMAGE, TABLE = (5, 4), (3, 5, 4), (4,)


def rows_of(shape, masked=False):
    x = RANDOM.normal(size=(8, *shape)).astype("f")
    if masked:
        x[:4, -2:] = 0
        x[2, 0] = 0
    return x


def one(make, shape, masked=False):
    """Return a case of a chain of layers between an input and a Dense layer."""

    def build(library):
        x = inputs = library.Input(shape)
        for layer in make(library.layers):
            x = layer(x)
        return library.Model(inputs, library.layers.Dense(2)(library.layers.Flatten()(x)))

    return build, [rows_of(shape, masked)]


def several(connect, *shapes, masked=()):
    """Return a case of a function of the layers and some Symbols, which returns outputs."""

    def build(library):
        inputs = [library.Input(shape) for shape in shapes]
        return library.Model(inputs, connect(library.layers, *inputs))

    return build, [rows_of(shape, i in masked) for i, shape in enumerate(shapes)]


def merged(kind, both):
    def connect(layers, a, b):
        b = layers.Masking()(b) if both else layers.Dense(4)(b)
        x = getattr(layers, kind)()([layers.Masking()(a), b])
        return layers.Dense(2)(layers.GRU(3)(x))

    return several(connect, STEPS, STEPS, masked=(0, 1))


def decoder(kind):
    def connect(layers, a, b):
        states = getattr(layers, kind)(3, return_state=True)(a)[1:]
        return layers.Dense(2)(getattr(layers, kind)(3)(b, initial_state=states))

    return several(connect, STEPS, (3, 2))


def two_ways(layers, a):
    _, *states = layers.Bidirectional(layers.LSTM(3, return_state=True))(a)
    backward = layers.GRU(2, go_backwards=True, return_sequences=True)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True), backward_layer=backward)(a)
    return [layers.Bidirectional(layers.LSTM(3))(a, initial_state=states), layers.Dense(1)(x)]


def of_queries(make, *shapes, **options):
    return several(lambda layers, q, v: make(layers)(q, v, **options), *(shapes or [STEPS, (7, 4)]))


ONE_MASKED = ("Average", "Multiply", "Maximum")
BOTH_MASKED = ("Add", "Multiply", "Minimum", "Concatenate")
CLIPPED = {"rmin": 0.5, "rmax": 1.2, "dmax": 0.2}
CASES = {
    **{f"{kind}, one masked": merged(kind, both=False) for kind in ONE_MASKED},
    **{f"{kind}, both masked": merged(kind, both=True) for kind in BOTH_MASKED},
    "axes that are missing": several(lambda L, a, b: L.Dense(2)(L.Multiply()([a, b])), STEPS, (4,)),
    "one input": several(lambda L, a: L.Dense(2)(L.Add()([a])), TABLE),
    **{f"states of {kind}": decoder(kind) for kind in ("LSTM", "GRU", "SimpleRNN")},
    "both directions": several(two_ways, STEPS),
    **{
        f"both directions, masked, {mode}": one(
            lambda L, mode=mode: [
                L.Masking(),
                L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=mode),
            ],
            STEPS,
            masked=True,
        )
        for mode in ("concat", "mul")
    },
    "averages of each step": one(
        lambda L: [L.Masking(), L.TimeDistributed(L.BatchNormalization(momentum=0.5))],
        STEPS,
        masked=True,
    ),
    "attention over images": of_queries(
        lambda L: L.MultiHeadAttention(2, 3, attention_axes=(1, 2)), IMAGE, (2, 7, 4)
    ),
    "attention over all axes": of_queries(lambda L: L.MultiHeadAttention(2, 3), IMAGE, (2, 7, 4)),
    "attention in rows": of_queries(
        lambda L: L.MultiHeadAttention(2, 3, attention_axes=-2, output_shape=5), IMAGE, (3, 7, 4)
    ),
    "gates": of_queries(lambda L: L.MultiHeadAttention(2, 3, value_dim=2, use_gate=True)),
    "windows": of_queries(
        lambda L: L.MultiHeadAttention(2, 3, sliding_window=2), use_causal_mask=True
    ),
    "penalties of projections": of_queries(
        lambda L: L.MultiHeadAttention(2, 3, activity_regularizer="l2")
    ),
    "groups": of_queries(lambda L: L.GroupQueryAttention(3, 2, 1, use_gate=True, sliding_window=3)),
    "penalties of groups": of_queries(
        lambda L: L.GroupQueryAttention(3, 2, 1, activity_regularizer="l2")
    ),
    "weights of attention": several(
        lambda L, q, v: L.Attention(use_scale=True)([q, v], return_attention_scores=True),
        STEPS,
        (7, 4),
    ),
    "attention of images": several(
        lambda L, q, v: L.Dense(2)(L.AdditiveAttention()([q, v])), IMAGE, (3, 7, 4)
    ),
    "renormalization": one(lambda L: [L.BatchNormalization(renorm=True)], TABLE),
    "clipped renormalization": one(
        lambda L: [L.BatchNormalization(1, 0.8, renorm=True, renorm_clipping=CLIPPED)], STEPS
    ),
    "channels first": one(lambda L: [L.Flatten("channels_first")], IMAGE),
}


def as_list(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def check_equal(found, expected, tolerance):
    for mine, other in zip(as_list(found), as_list(expected), strict=True):
        np.testing.assert_allclose(mine, other, atol=tolerance, rtol=10 * tolerance)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_a_model_is_that_of_keras(keras, name, tmp_path):
    build, x = CASES[name]
    keras.backend.clear_session()
    nn.backend.clear_session()
    ours, theirs = build(nn), build(keras)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    weights = [
        w + np.abs(RANDOM.normal(0, 0.1, w.shape)).astype(w.dtype) for w in ours.get_weights()
    ]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    expected = theirs.predict(x, verbose=0)
    check_equal(ours.predict(x, verbose=0), expected, 1e-5)
    ours.save(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    check_equal(
        nn.models.load_model(tmp_path / "theirs.keras").predict(x, verbose=0), expected, 1e-5
    )
    read = keras.models.load_model(tmp_path / "ours.keras")
    check_equal(read.predict(x, verbose=0), expected, 1e-5)
    y = [np.ones_like(part) for part in as_list(expected)]
    for library, model in ((nn, ours), (keras, theirs)):
        model.compile(library.optimizers.SGD(0.05, momentum=0.9), "mse")
        model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    check_equal(ours.get_weights(), theirs.get_weights(), 1e-4)


def test_parts_of_steps_are_masked():
    words = RANDOM.integers(1, 6, (8, 4, 5))
    words[:, 3] = 0
    embedding = nn.layers.Embedding(6, 3, mask_zero=True)
    sentences = nn.layers.TimeDistributed(nn.layers.LSTM(3))
    whole = nn.layers.LSTM(2)(sentences(embedding(words)))
    assert whole.shape == (8, 2)
    longer = np.concatenate([words, np.zeros((8, 2, 5), int)], axis=1)
    recurrent = nn.layers.LSTM(2)
    found, expected = (recurrent(sentences(embedding(x))) for x in (longer, words))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda L: L.MultiHeadAttention(1, 2, attention_axes=3), "attention_axes between the rows"),
        (lambda L: L.MultiHeadAttention(1, 2, attention_axes=1), r"differ in axes \(1,\) alone"),
        (lambda L: L.GroupQueryAttention(1, 2, 1), "MultiHeadAttention, which takes any axes"),
    ],
)
def test_other_axes_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(nn.layers)(np.zeros((2, *IMAGE)), np.zeros((2, 3, 7, 4)))


def test_a_causal_mask_over_several_axes_is_refused():
    x = np.zeros((2, *IMAGE))
    with pytest.raises(
        ValueError, match=r"over one axis for a causal mask .* Pass attention_mask="
    ):
        nn.layers.MultiHeadAttention(1, 2)(x, x, use_causal_mask=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"renorm_clipping": {"max": 1.0}}, "to have rmin, rmax and dmax, got 'max'"),
        ({"renorm_clipping": {"rmin": 2.0, "rmax": 1.0}}, "rmin up to rmax"),
    ],
)
def test_bounds_of_renormalization_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        nn.layers.BatchNormalization(renorm=True, **options)


def test_layers_that_run_in_one_direction_are_refused():
    with pytest.raises(ValueError, match=r"in both directions, .* Pass go_backwards=True"):
        nn.layers.Bidirectional(nn.layers.GRU(2), backward_layer=nn.layers.GRU(2))
    backward = nn.layers.GRU(2, go_backwards=True, return_state=True)
    with pytest.raises(ValueError, match="with the same return_state, got False forward"):
        nn.layers.Bidirectional(nn.layers.GRU(2), backward_layer=backward)
