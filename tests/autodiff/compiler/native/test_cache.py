"""Compiled modules on disk, and programs that are loaded from there, without a compiler."""

import importlib.machinery
import json
import logging
import subprocess
import sys
import threading
from types import ModuleType
from unittest.mock import MagicMock

import numpy as np
import pytest

import autodiff as ad
from autodiff.compiler.native import background, cache
from autodiff.compiler.native.blas_threads import one_thread

SOURCE = "def f(x):  # a comment\n    return x + 1  # another\n"


@pytest.fixture(autouse=True)
def versions(monkeypatch):
    """Versions of packages that needn't be installed."""
    known = {"numba": "1", "numpy": "2", "llvmlite": "3"}
    monkeypatch.setattr(cache, "version", known.__getitem__)
    monkeypatch.setitem(sys.modules, "platformdirs", MagicMock())
    return known


def test_a_file_is_named_by_what_it_depends_on(tmp_path, versions, monkeypatch):
    path = cache.path_of(SOURCE)
    assert path.parent == tmp_path
    assert path.read_text() == "def f(x):\n    return x + 1\n"
    assert path.name.startswith("autodiff_")
    assert (len(path.stem), path.suffix) == (len("autodiff_") + 32, ".py")
    assert cache.path_of(SOURCE.replace("another", "one more")) == path
    others = [cache.path_of(SOURCE + "\n")]
    for name in versions:
        with monkeypatch.context() as patch:
            patch.setitem(versions, name, "4")
            others.append(cache.path_of(SOURCE))
    for place in ("machine", "processor"):
        with monkeypatch.context() as patch:
            patch.setattr(cache.platform, place, lambda: "another")
            others.append(cache.path_of(SOURCE))
    assert len({path, *others}) == 7
    assert {file.suffix for file in tmp_path.iterdir()} == {".py"}  # nothing else is left


def test_a_file_is_written_only_if_it_has_another_text():
    path = cache.path_of(SOURCE)
    before = path.stat().st_ino
    assert cache.path_of(SOURCE).stat().st_ino == before
    path.write_text("foreign")
    assert cache.path_of(SOURCE).read_text() == "def f(x):\n    return x + 1\n"


def test_a_module_is_imported_by_its_name():
    path = cache.path_of(SOURCE)
    module = cache.load(path)
    assert module.f(1) == 2
    assert sys.modules[path.stem] is module
    with pytest.raises(ImportError, match="expected a Python file"):
        cache.load(path.with_suffix(".txt"))


@pytest.fixture
def compiled():
    """A file with what a compiler would write beside it."""
    path = cache.path_of(SOURCE)
    folder = path.parent / "__pycache__"
    folder.mkdir()
    for name in (f"{path.stem}.f-1.nbi", f"{path.stem}.f-1.1.nbc", "other.f-1.nbi"):
        (folder / name).write_bytes(name.encode())
    return path


def test_what_was_sealed_is_compiled(compiled, caplog):
    assert not cache.is_compiled(compiled)
    cache.seal(compiled)
    assert cache.is_compiled(compiled)
    assert len(json.loads(compiled.with_suffix(".json").read_text())) == 2
    (compiled.parent / "__pycache__" / "other.f-1.nbi").write_bytes(b"changed")
    assert cache.is_compiled(compiled)
    assert not caplog.records


@pytest.mark.parametrize("damage", ["changed", "more", "less", "none", "seal", "bytes", "list"])
def test_what_is_not_as_it_was_sealed_is_removed(compiled, damage, caplog):
    cache.seal(compiled)
    folder, seal = compiled.parent / "__pycache__", compiled.with_suffix(".json")
    mine = sorted(folder.glob(f"{compiled.stem}*"))
    if damage == "changed":
        mine[0].write_bytes(b"changed")
    elif damage == "more":
        (folder / f"{compiled.stem}.g-1.nbi").write_bytes(b"")
    elif damage in ("less", "none"):
        for file in mine[: 1 if damage == "less" else 2]:
            file.unlink()
    else:
        seal.write_bytes({"seal": b"{", "bytes": b"\xff", "list": b"[]"}[damage])
    with caplog.at_level(logging.WARNING, logger="autodiff.native"):
        assert not cache.is_compiled(compiled)
    assert f"{compiled} isn't whole; it is compiled again" in caplog.text
    assert not seal.exists()
    assert [file.name for file in folder.iterdir()] == ["other.f-1.nbi"]


class Library:
    """A library of BLAS with four threads."""

    def __init__(self):
        self.calls = []

    def get_num_threads(self):
        return 4

    def set_num_threads(self, number):
        self.calls.append(number)


@pytest.fixture
def library(monkeypatch):
    """Packages that interpret what they would compile, and a library of BLAS."""
    numba, library = ModuleType("numba"), Library()
    numba.__spec__ = importlib.machinery.ModuleSpec("numba", None)
    numba.njit = lambda *args, **kwargs: lambda function: function
    numba.types = MagicMock()
    threads = MagicMock()
    threads.ThreadpoolController().select.return_value.lib_controllers = [library]
    for name, module in {"numba": numba, "threadpoolctl": threads}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(background, "_is_installed", lambda name: True)
    monkeypatch.setattr(one_thread, "_libraries", [])
    monkeypatch.setattr(one_thread, "_before", [])
    return library


def scaled(x):
    return np.sort(x * 2) + 1


X = np.array([3.0, 1.0])


def test_a_program_is_loaded_before_the_first_call(library, tmp_path):
    f = ad.jit(scaled, native="wait")
    np.testing.assert_array_equal(f(X), [3, 7])
    native = f.compiled(X).native
    assert native._thread is None
    native.wait()
    (path,) = tmp_path.glob("*.py")
    assert "def piece_1(" in path.read_text()
    assert path.with_suffix(".json").exists()
    assert native.source == f"{native.module.pieces}\n{native.module.main.text}"
    assert f.source(X, native=True) == native.source
    assert not library.calls


def test_a_program_without_loops_needs_no_file(library, tmp_path):
    f = ad.jit(np.sort, native="wait")
    np.testing.assert_array_equal(f(X), [1, 3])
    assert list(tmp_path.iterdir()) == []
    assert not library.calls


@pytest.fixture
def compiler(monkeypatch):
    """The other process, which the test lets go on."""
    compiler = MagicMock(returncode=0, stderr="a" * 3000 + "the reason")
    go_on = threading.Event()

    def run(command, **options):
        compiler.command, compiler.thread = command, threading.current_thread()
        assert options == {"capture_output": True, "text": True, "check": False}
        go_on.wait(10)
        return compiler

    monkeypatch.setattr(subprocess, "run", run)
    compiler.go_on = go_on.set
    return compiler


@pytest.mark.usefixtures("library")
def test_numpy_runs_while_another_process_compiles(compiler, tmp_path):
    f = ad.jit(scaled, native=True)
    np.testing.assert_array_equal(f(X), [3, 7])
    program = f.compiled(X)
    numpys = program._new_function
    compiler.go_on()
    program.native.wait()
    assert program._new_function != numpys  # a bound method is another object each time
    np.testing.assert_array_equal(f(X), [3, 7])
    (path,) = tmp_path.glob("*.py")
    assert compiler.command[0] == sys.executable
    assert compiler.command[-1].endswith(f"import {path.stem}")
    assert repr(str(tmp_path)) in compiler.command[-1]
    assert compiler.thread.daemon


@pytest.mark.usefixtures("library")
def test_numpy_goes_on_where_the_compiler_fails(compiler, caplog):
    compiler.returncode = 1
    f = ad.jit(scaled, native=True)
    f(X)
    with caplog.at_level(logging.WARNING, logger="autodiff.native"):
        compiler.go_on()
        f.compiled(X).native.wait()
    np.testing.assert_array_equal(f(X), [3, 7])
    assert "couldn't be compiled; NumPy code runs instead" in caplog.text
    assert caplog.text.rstrip().endswith("the reason")
    assert "a" * 1990 in caplog.text
    assert "a" * 2001 not in caplog.text


@pytest.mark.usefixtures("library")
def test_what_was_compiled_before_is_loaded_at_once(compiler, monkeypatch):
    monkeypatch.setattr(cache, "is_compiled", lambda path: True)
    f = ad.jit(scaled, native=True)
    f(X)
    assert f.compiled(X).native._thread is None
    assert not compiler.mock_calls


@pytest.mark.slow
@pytest.mark.parametrize(("size", "calls"), [(80, []), (100, [1, 4]), (140, [])])
def test_blas_has_one_thread_where_products_are_neither_small_nor_large(library, size, calls):
    f = ad.jit(lambda x: x @ x + 1, native="wait")
    x = np.eye(size)
    np.testing.assert_array_equal(f(x), x + 1)
    assert library.calls == calls


@pytest.mark.usefixtures("library")
def test_an_array_that_is_read_after_an_assignment_stays_numpys():
    total, other = np.zeros(2), np.zeros(2)

    def update(x):
        old = ad.live(total)
        ad.assign(total, old + x)
        return old * 2

    def look(x):
        ad.assign(other, x)
        return ad.live(total) * 2 + ad.live(other)

    f = ad.jit(update, native="wait")
    np.testing.assert_array_equal([f(np.ones(2)), f(np.ones(2))], [[0, 0], [2, 2]])
    with pytest.raises(ValueError, match="It reads an array after it has assigned to it"):
        f.source(np.ones(2), native=True)
    np.testing.assert_array_equal(ad.jit(look, native="wait")(np.ones(2)), [5, 5])


def test_packages_that_are_missing_are_named(monkeypatch):
    monkeypatch.setattr(background, "_is_installed", lambda name: name != "threadpoolctl")
    with pytest.raises(ImportError, match=r"^expected threadpoolctl to be installed, which "):
        ad.jit(scaled, native=True)
    monkeypatch.setattr(background, "_is_installed", lambda name: False)
    with pytest.raises(ImportError, match="expected numba, scipy, platformdirs, threadpoolctl to"):
        ad.jit(scaled, native="wait")
