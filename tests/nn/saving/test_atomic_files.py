"""Files stay whole: a kill at any moment, a full disk, a folder that can't be written to."""

import errno
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.saving import atomic_files

OLD, NEW = b"old" * 10_000, b"new" * 200_000

KILLED = """
import os, sys
folder, path, point = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, folder)
import atomic_files  # alone, which is faster

calls = 0

def counting(function):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == point:
            os.kill(os.getpid(), 9)
        return function(*args, **kwargs)
    return call

class Slow:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def __getattr__(self, name): return getattr(self.file, name)
    def write(self, data):
        for start in range(0, len(data), 100_000):
            counting(self.file.write)(data[start : start + 100_000])

atomic_files.open = lambda *args: Slow(open(*args))
for name in ("open", "fsync", "chmod", "replace"):
    setattr(os, name, counting(getattr(os, name)))
atomic_files.replace_file(path, b"new" * 200_000)
sys.exit(calls)
"""


@pytest.mark.slow
def test_a_kill_at_any_point_leaves_the_old_file_or_the_new_one(tmp_path):
    path, seen = tmp_path / "file", set()
    for point in range(1, 40):
        path.write_bytes(OLD)
        words = [sys.executable, "-c", KILLED, Path(atomic_files.__file__).parent, path, str(point)]
        done = subprocess.run(words, check=False)
        seen.add(path.read_bytes())
        if done.returncode != -9:
            break
    assert done.returncode == point - 1 > 8  # each call was a moment to be killed at
    assert seen == {OLD, NEW}


def test_the_content_is_on_the_disk_before_the_name(tmp_path, monkeypatch):
    order, replace = [], os.replace
    synced = {True: "folder", False: "file"}
    monkeypatch.setattr(
        os, "fsync", lambda file: order.append(synced[stat.S_ISDIR(os.fstat(file).st_mode)])
    )
    monkeypatch.setattr(os, "replace", lambda *paths: order.append("name") or replace(*paths))
    atomic_files.replace_file(tmp_path / "file", NEW)
    assert order == ["file", "name", "folder"]


ENDINGS = [".keras", ".h5", ".npz", ".weights.h5", ".safetensors", ".onnx"]


def saver(model, ending):
    """Return the method that writes this format; skip the test where its package is missing."""
    packages = {".npz": "numpy", ".safetensors": "safetensors", ".onnx": "onnx"}
    pytest.importorskip(packages.get(ending, "h5py"))
    if ending == ".onnx":
        return model.export
    return model.save_weights if ending in (".weights.h5", ".safetensors") else model.save


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_leaves_the_old_file(ending, tmp_path):
    path = tmp_path / f"model{ending}"
    model = nn.Sequential([Dense(200, input_shape=(300,))])
    save = saver(model, ending)
    save(path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError, match="a file that was there before is unchanged") as caught:
            save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.filename == str(path)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_is_read_only_is_named(ending, tmp_path, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    path = tmp_path / f"model{ending}"
    save = saver(nn.Sequential([Dense(1, input_shape=(2,))]), ending)
    save(path)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)  # a superuser may write everywhere
        with pytest.raises(PermissionError, match="a file that was there before") as caught:
            save(path)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may write anywhere")
def test_a_folder_without_rights_is_named(tmp_path):
    path = tmp_path / "model.npz"
    model = nn.Sequential([Dense(1, input_shape=(2,))])
    model.save(path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match=r"model\.npz"):
            model.save(path)
    finally:
        tmp_path.chmod(0o700)
    nn.models.load_model(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none/model\.npz"):
        nn.Sequential([Dense(1, input_shape=(2,))]).save(tmp_path / "none" / "model.npz")


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(IsADirectoryError, match=r"model\.npz"):
        nn.Sequential([Dense(1, input_shape=(2,))]).save(tmp_path / "model.npz")


def test_permissions_and_links_are_kept(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(OLD)
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_files.replace_file(str(link), NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_model_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path, model = tmp_path / "model.npz", nn.Sequential([Dense(1, input_shape=(2,))])
    model.save(path)
    before = path.read_bytes()
    model.add(nn.layers.Lambda(lambda x: x))
    with pytest.raises(NotImplementedError, match="lambda"):
        model.save(path)
    assert path.read_bytes() == before


def test_a_file_may_be_replaced_while_it_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(OLD)
    with open(path, "rb") as file:
        atomic_files.replace_file(str(path), NEW)
        assert file.read() == OLD
    assert np.array_equal(np.fromfile(path, np.uint8), np.frombuffer(NEW, np.uint8))
