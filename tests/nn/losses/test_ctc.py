"""The loss of alignments: counted by hand, beside PyTorch's, recorded in `fit`, and misused."""

import itertools

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import losses, ops

RANDOM = np.random.default_rng(0)


def collapsed(alignment):
    return tuple(k for k, _ in itertools.groupby(alignment) if k)


@pytest.mark.parametrize("labels", [(1,), (1, 2), (2, 2), ()])
def test_all_alignments_are_counted(labels):
    scores = RANDOM.normal(size=(1, 4, 3))
    p = np.exp(scores[0]) / np.exp(scores[0]).sum(-1, keepdims=True)
    total = sum(
        np.prod([p[t, k] for t, k in enumerate(alignment)])
        for alignment in itertools.product(range(3), repeat=4)
        if collapsed(alignment) == labels
    )
    padded = np.array([[*labels, 0, 0][:2]])
    np.testing.assert_allclose(losses.ctc(padded, scores), [-np.log(total)])


def test_values_and_slopes_are_those_of_torch(torch):
    labels = np.array([[1, 2, 2, 0], [3, 0, 0, 0], [2, 1, 3, 1]])
    scores = RANDOM.normal(size=(3, 7, 4))
    of_labels, lengths = np.array([3, 1, 4]), np.array([7, 4, 6])
    leaf = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.functional.ctc_loss(
        leaf.log_softmax(-1).transpose(0, 1), torch.tensor(labels), torch.tensor(lengths),
        torch.tensor(of_labels), reduction="none",
    )  # fmt: skip
    expected.sum().backward()
    found, slope = ad.value_and_grad(
        lambda scores: np.sum(ops.ctc_loss(labels, scores, of_labels, lengths))
    )(scores)
    np.testing.assert_allclose(found, expected.sum().item())
    np.testing.assert_allclose(slope, leaf.grad.numpy(), atol=1e-8)
    ad.check_grads(lambda x: ops.ctc_loss(labels, x, of_labels, lengths).sum(), scores)


def test_too_many_labels_have_no_alignment():
    assert losses.ctc([[1, 1]], np.zeros((1, 2, 3))).tolist() == [np.inf]


@pytest.mark.slow
def test_a_network_learns_an_alignment_in_a_recorded_step():
    x = np.eye(3, dtype=np.float32)[RANDOM.integers(0, 3, (32, 6))]
    y = np.array([[k for k, _ in itertools.groupby(row) if k] + [0] * 6 for row in x.argmax(-1)],
                 dtype=object)  # fmt: skip
    y = np.array([list(row)[:6] for row in y])
    model = nn.Sequential([nn.Input((6, 3)), nn.layers.Dense(3)])
    model.compile(nn.optimizers.Adam(0.1), losses.CTC())
    model.fit(x, y, epochs=30, verbose=0)
    assert "for " in model.train_source()
    found, _ = ops.ctc_decode(model.predict(x, verbose=0), np.full(32, 6))
    np.testing.assert_array_equal(np.where(found[0] < 0, 0, found[0]), y)


def test_misuse():
    model = nn.Sequential([nn.Input((6, 3)), nn.layers.Dense(3)])
    model.compile("sgd", "ctc")
    with pytest.raises(ValueError, match="labels from 1 to 2, and zeros to fill up rows, got 1 to"):
        model.fit(np.zeros((2, 6, 3)), np.array([[1, 3], [1, 2]]), verbose=0)
    with pytest.raises(ValueError, match=r"labels of shape \(rows, longest\)"):
        losses.CTC()([1, 2], np.zeros((2, 6, 3)))
    with pytest.raises(NotImplementedError, match="expects strategy='greedy'"):
        ops.ctc_decode(np.zeros((1, 2, 3)), [2], strategy="beam_search")
    for lengths in (([2], [4, 4]), ([2, 2], 4), ([[2, 2]], [4, 4])):
        with pytest.raises(ValueError, match="one number for each of the 2 rows, got the shape"):
            ops.ctc_loss(np.ones((2, 2)), np.zeros((2, 4, 3)), *lengths)
