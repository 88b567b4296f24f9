import numpy as np
import pytest

from nn import Sequential
from nn.layers import Dense, Dropout


def make(units=4):
    return Sequential([Dense(units, input_dim=3), Dropout(0.5), Dense(1)])


def test_saved_weights_come_back_in_a_model_with_other_names(tmp_path):
    model, other = make(), make()
    model.save_weights(tmp_path / "weights.npz")
    other.load_weights(str(tmp_path / "weights.npz"))
    for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(mine, theirs)


def test_more_than_ten_weights_keep_their_order(tmp_path):
    model = Sequential([Dense(3, input_dim=3) for _ in range(8)])
    model.save_weights(tmp_path / "weights.npz")
    before = model.get_weights()
    model.set_weights([np.zeros_like(weight) for weight in before])
    model.load_weights(tmp_path / "weights.npz")
    assert all(map(np.array_equal, before, model.get_weights()))


def test_weights_of_another_network_are_refused(tmp_path):
    make(4).save_weights(tmp_path / "weights.npz")
    with pytest.raises(ValueError, match=r"kernel' expects an array of shape \(3, 5\), got \(3, 4"):
        make(5).load_weights(tmp_path / "weights.npz")


def test_a_model_without_weights_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="expects weights to save"):
        Sequential([Dense(1)]).save_weights(tmp_path / "weights.npz")
