"""A training that is interrupted at any moment, and started again, ends as if it hadn't been."""

import os
import subprocess
import sys

import numpy as np
import pytest

import nn
from nn.callbacks import BackupAndRestore
from nn.layers import Dense
from nn.saving.atomic_files import replace_file

from .interrupted import EPOCHS, Interrupted, X, Y, assert_ends_alike, network, run

WHEN = {
    "epoch": [[1], [5], [9], [15], [20, 14, 3], [50]],
    1: [[1], [4], [8], [9, 9], [6, 2, 7, 3, 12], [50]],
    3: [[10], [20, 14, 3]],
    5: [[16]],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("save_freq", "moments"), [(freq, m) for freq, found in WHEN.items() for m in found], ids=str
)
def test_a_resumed_training_ends_alike(save_freq, moments, tmp_path):
    assert_ends_alike(tmp_path, moments, save_freq=save_freq)


@pytest.mark.slow
@pytest.mark.parametrize(("save_freq", "batches"), [("epoch", 5), (3, 6), (4, 4), (7, 0)])
def test_the_backup_is_as_old_as_it_may_be(save_freq, batches, tmp_path, monkeypatch):
    """Interrupted after 6 batches, in the second epoch; what is trained on again is counted."""
    with pytest.raises(Interrupted):
        run(tmp_path, 1 + 8 + 3, save_freq=save_freq)
    steps = []
    update = nn.optimizers.Adam.step
    monkeypatch.setattr(nn.optimizers.Adam, "step", lambda *x: steps.append(1) or update(*x))
    run(tmp_path, save_freq=save_freq)
    assert len(steps) == EPOCHS * 5 - batches


@pytest.mark.slow
@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_a_training_that_was_stopped_early_stays_so(save_freq, tmp_path):
    epochs = len(run(tmp_path, mode="max")[1][0]["loss"])
    assert epochs < EPOCHS
    assert_ends_alike(tmp_path, [1 + 8 * epochs + 1], mode="max", save_freq=save_freq)


SCRIPT = """
import os, random, signal, sys, time
from pathlib import Path
import numpy as np
from nn.callbacks import Callback
from tests.nn.callbacks.interrupted import run

class Begun(Callback):
    is_backed_up = False
    def __init__(self, pipe): self.pipe, self.is_said = pipe, False
    def on_train_batch_end(self, *_):
        if not self.is_said:
            os.write(self.pipe, b"x")
        self.is_said = True

def child(folder, pipe):
    weights, record, text, drawn = run(folder, save_freq=1, others=[Begun(pipe)])
    np.savez(folder / "end.npz", *weights, np.array([repr(record), text, repr(drawn)]))

folder, kills, delays = Path(sys.argv[1]), 0, random.Random(0)
child(folder / "whole", os.open(os.devnull, os.O_WRONLY))
while True:
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        try:
            child(folder / "parts", writer)
        finally:
            os._exit(0)
    os.close(writer)
    os.read(reader, 1)
    if kills < 8:
        time.sleep(delays.uniform(0, 0.02))
        os.kill(process, signal.SIGKILL)
    os.close(reader)
    _, status = os.waitpid(process, 0)
    if not os.WIFSIGNALED(status):
        break
    kills += 1
whole, parts = (np.load(folder / name / "end.npz") for name in ("whole", "parts"))
assert whole.files == parts.files
assert all(np.array_equal(whole[name], parts[name]) for name in whole.files)
print(kills)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_is_killed_again_and_again_ends_alike(tmp_path):
    """The kills come at moments that nothing in the process chooses."""
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(command, check=True, env=one_thread, stdout=subprocess.PIPE)
    assert int(done.stdout) >= 3


@pytest.mark.slow
def test_a_backup_of_other_callbacks_is_refused(tmp_path):
    with pytest.raises(Interrupted):
        run(tmp_path, 20)
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="the callbacks of the interrupted training"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path / "backup")])


@pytest.mark.slow
def test_a_backup_of_another_training_is_refused(tmp_path):
    def make():
        model = nn.Sequential([Dense(1, input_shape=(3,))])
        model.compile("sgd", "mse")
        return model

    with pytest.raises(Interrupted):
        run(tmp_path, 20)
    with pytest.raises(ValueError, match=r"the optimizers of .* \['Adam'\], got \['SGD'\]"):
        run(tmp_path, make=make)


@pytest.mark.slow
def test_a_backup_that_does_not_fit_leaves_the_weights(tmp_path, monkeypatch):
    with pytest.raises(Interrupted):
        run(tmp_path, 20)
    models = []

    def fail(*_):
        raise ValueError("no such state")

    def make():
        monkeypatch.setattr(nn.optimizers.Adam, "set_state", fail)
        model = network()
        model.set_weights([weight + 1 for weight in model.get_weights()])
        models.append((model, model.get_weights()))
        return model

    with pytest.raises(ValueError, match="no such state"):
        run(tmp_path, make=make)
    [(model, weights)] = models
    assert all(map(np.array_equal, model.get_weights(), weights))


def test_a_broken_backup_is_named(tmp_path):
    (tmp_path / "backup.npz").write_bytes(b"PK\3\4broken")
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"backup\.npz"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path)])


@pytest.mark.slow
def test_a_damaged_backup_is_replaced_by_the_one_before(tmp_path):
    folder, options = tmp_path / "parts", {"save_freq": 2, "double_checkpoint": True}
    expected = run(tmp_path / "whole", **options)
    with pytest.raises(Interrupted):
        run(folder, 20, **options)
    damaged = folder / "backup" / "backup.npz"
    damaged.write_bytes(damaged.read_bytes()[:-2000])
    with pytest.warns(UserWarning, match=r"goes back to .*before\.npz.*backup\.npz"):
        weights, *others = run(folder, **options)
    assert all(map(np.array_equal, weights, expected[0]))
    assert others == list(expected[1:])
    assert not damaged.parent.exists()


@pytest.mark.slow
def test_a_kill_between_two_backups_leaves_the_one_before(tmp_path, monkeypatch):
    options = {"save_freq": 4, "double_checkpoint": True}
    expected = run(tmp_path / "whole", **options)

    def killed(*_):
        if len(os.listdir(tmp_path / "parts" / "backup")) == 1:
            raise Interrupted
        replace_file(*_)

    with monkeypatch.context() as patch:
        patch.setattr("nn.callbacks.backup_and_restore.replace_file", killed)
        with pytest.raises(Interrupted):
            run(tmp_path / "parts", **options)
    weights, *others = run(tmp_path / "parts", **options)
    assert all(map(np.array_equal, weights, expected[0]))
    assert others == list(expected[1:])


@pytest.mark.slow
def test_a_backup_may_be_kept(tmp_path):
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    kept = BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    model.fit(X, Y, verbose=0, callbacks=[kept])
    assert os.listdir(tmp_path / "backup") == ["backup.npz"]


def test_a_folder_is_needed():
    with pytest.raises(ValueError, match="expects a folder as backup_dir"):
        BackupAndRestore("")


@pytest.mark.parametrize("save_freq", ["batch", 0, True, 1.5])
def test_save_freq_is_an_epoch_or_a_number_of_batches(save_freq):
    with pytest.raises(ValueError, match="save_freq to be 'epoch' or a number of batches"):
        BackupAndRestore("backup", save_freq=save_freq)


@pytest.mark.parametrize("save_freq", ["epoch", 1, 2])
def test_save_freq_may_be_an_epoch_or_one_batch(save_freq):
    assert BackupAndRestore("backup", save_freq=save_freq).save_freq == save_freq
