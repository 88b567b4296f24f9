"""Recurrent layers beside the same step by step, over combinations of their options."""

import numpy as np

from nn import layers
from nn.activations import sigmoid
from tests.nn.layers.options import FLAG, combined
from tests.nn.layers.test_by_hand import MASK, numbers, with_weights


def stepped(layer, x, mask, states):
    """Return the outputs and the states of a recurrent layer, one step after the other."""
    latest, outputs = np.zeros((len(x), layer.cell.units), np.float32), []
    steps = range(x.shape[1])
    for t in reversed(steps) if layer.go_backwards else steps:
        output, after = layer.cell(x[:, t], states)
        if mask is None:
            states, latest = after, output
            outputs.append(output)
            continue
        counts = mask[:, t, np.newaxis]
        states = [np.where(counts, a, b) for a, b in zip(after, states, strict=True)]
        outputs.append(np.where(counts, output, 0 if layer.zero_output_for_mask else latest))
        latest = np.where(counts, output, latest)
    return np.stack(outputs, axis=1), outputs[-1], states


KINDS = {
    "SimpleRNN": (layers.SimpleRNN, {}), "LSTM": (layers.LSTM, {}), "GRU": (layers.GRU, {}),
    "older GRU": (layers.GRU, {"reset_after": False}),
    "other activations": (
        layers.LSTM, {"activation": "relu", "recurrent_activation": "hard_sigmoid"}
    ),
}  # fmt: skip


@combined(
    kind=sorted(KINDS), is_masked=FLAG, begins=FLAG, return_sequences=FLAG, return_state=FLAG,
    go_backwards=FLAG, zero_output_for_mask=FLAG, use_bias=FLAG,
)  # fmt: skip
def test_recurrent_layers_step_by_step(kind, is_masked, begins, **options):
    cls, more = KINDS[kind]
    x, mask = numbers(3, 4, 2), MASK if is_masked else None
    layer = with_weights(cls(3, **options, **more), x)
    states = [numbers(3, 3) if begins else np.zeros((3, 3), np.float32)
              for _ in range(2 if cls is layers.LSTM else 1)]  # fmt: skip
    found = layer(x, mask=mask, **({"initial_state": states} if begins else {}))
    every, last, after = stepped(layer, x, mask, states)
    found = found if options["return_state"] else [found]
    expected = [every if options["return_sequences"] else last]
    expected += after if options["return_state"] else []
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    shapes = layer.compute_output_shape((None, 4, 2))
    shapes = shapes if options["return_state"] else [shapes]
    assert shapes == [(None, *part.shape[1:]) for part in expected]


def steps_with_dropout(kind, layer, x, dropout, recurrent_dropout):
    """Return the last output of a layer of seed 3 in training, gate by gate."""
    rng, gates = np.random.default_rng(3), {"SimpleRNN": 1, "LSTM": 4}.get(kind, 3)
    kernel, other, *bias = layer.get_weights()
    lead = (gates,) if recurrent_dropout and gates > 1 else ()

    def mask(width, rate):
        draws = rng.random((*lead, len(x), width), dtype=np.float32) if rate else np.ones(1)
        return np.broadcast_to((draws >= rate) / (1 - rate), (gates, len(x), width))

    of_x, of_h = mask(x.shape[2], dropout), mask(3, recurrent_dropout)
    kernels, others = np.split(kernel, gates, axis=1), np.split(other, gates, axis=1)
    first, second = bias[0] if kind == "GRU" else (bias[0], np.zeros(3 * gates))
    first, second = np.split(first, gates), np.split(second, gates)
    h = c = np.zeros((len(x), 3))
    for t in range(x.shape[1]):
        a = [(x[:, t] * of_x[i]) @ kernels[i] + first[i] for i in range(gates)]
        b = [(h * of_h[i]) @ others[i] + second[i] for i in range(gates)]
        if kind == "SimpleRNN":
            h = np.tanh(a[0] + b[0])
        elif kind == "LSTM":
            i, f, o = (sigmoid(a[n] + b[n]) for n in (0, 1, 3))
            c = f * c + i * np.tanh(a[2] + b[2])
            h = o * np.tanh(c)
        else:
            z, r = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
            reset = r * b[2] if kind == "GRU" else (r * h * of_h[2]) @ others[2]
            h = z * h + (1 - z) * np.tanh(a[2] + reset)
    return h


@combined(
    kind=["SimpleRNN", "LSTM", "GRU", "older GRU"], dropout=[0.0, 0.25],
    recurrent_dropout=[0.0, 0.5],
)  # fmt: skip
def test_dropouts_are_the_same_for_all_steps_and_those_of_each_gate(kind, **rates):
    cls, more = KINDS[kind]
    x = numbers(4, 3, 2)
    layer = with_weights(cls(3, seed=3, **rates, **more), x)
    expected = steps_with_dropout(kind, layer, x, **rates)
    np.testing.assert_allclose(layer(x, training=True), expected, rtol=1e-4, atol=1e-5)


@combined(
    mode=["concat", "sum", "mul", "ave", None], is_masked=FLAG, sequences=FLAG, states=FLAG,
    begins=FLAG,
)  # fmt: skip
def test_both_directions(mode, is_masked, sequences, states, begins):
    x, mask = numbers(3, 4, 2), MASK if is_masked else None
    options = {"return_sequences": sequences, "return_state": states}
    both = with_weights(layers.Bidirectional(layers.LSTM(3, **options), merge_mode=mode), x)
    given_states = [numbers(3, 3) for _ in range(4)] if begins else None
    found = both(x, mask=mask, **({"initial_state": given_states} if begins else {}))
    parts, after = [], []
    for i, layer in enumerate((both.forward_layer, both.backward_layer)):
        start = {"initial_state": given_states[2 * i : 2 * i + 2]} if begins else {}
        output = layer(x, mask=mask, **start)
        output, *last = output if states else [output]
        parts.append(output[:, ::-1] if i and sequences else output)
        after += last
    merged = {
        "concat": lambda a, b: np.concatenate([a, b], axis=-1), "sum": np.add,
        "mul": np.multiply, "ave": lambda a, b: (a + b) / 2,
    }  # fmt: skip
    expected = [merged[mode](*parts)] if mode else parts
    expected += after
    found = found if isinstance(found, list) else [found]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    shapes = both.compute_output_shape((None, 4, 2))
    shapes = shapes if isinstance(shapes, list) else [shapes]
    assert shapes == [(None, *part.shape[1:]) for part in expected]
    assert both.forward_layer.go_backwards is False
    assert both.backward_layer.go_backwards is True


@combined(kind=["SimpleRNN", "LSTM", "GRU"])
def test_a_dropout_of_everything_leaves_the_bias(kind):
    layer = getattr(layers, kind)(2, dropout=1.0, bias_initializer="ones")
    x = np.ones((1, 3, 2), np.float32)
    np.testing.assert_array_equal(layer(x, training=True), layer(0 * x))
