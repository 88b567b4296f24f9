import builtins
import csv
import gzip
import itertools
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nn.datasets import hourly_wages, mnist, titanic
from nn.datasets.idx import read_idx

tables = pytest.mark.parametrize(
    ("module", "rows"), [(hourly_wages, 534), (titanic, 1317)], ids=["wages", "titanic"]
)


def as_idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.data


def digits(rows: int, start: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x = np.arange(start, start + rows * 784).reshape(rows, 28, 28).astype(np.uint8)
    return x, np.arange(rows, dtype=np.uint8)


# --- tables --------------------------------------------------------------------------------------


@tables
def test_a_table_has_the_contents_of_its_file(module, rows):
    predictors, target = module.load_data()
    assert predictors.shape == (rows, len(module.feature_names))
    assert target.shape == (rows,)
    assert predictors.dtype == target.dtype == np.float32
    name = module.__name__.rpartition(".")[2]
    with Path(module.__file__).with_name(f"{name}.csv").open() as file:
        header, first, *_ = csv.reader(file)
    assert (module.target_name, *module.feature_names) == tuple(header)
    np.testing.assert_array_equal([target[0], *predictors[0]], np.float32(first))


@tables
def test_a_table_comes_as_a_frame_too(module, rows):
    frame = module.load_frame()
    predictors, target = module.load_data()
    assert len(frame) == rows
    np.testing.assert_array_equal(frame[module.target_name].to_numpy(np.float32), target)
    others = frame.drop(columns=[module.target_name])
    assert tuple(others.columns) == module.feature_names
    np.testing.assert_array_equal(others.to_numpy(np.float32), predictors)


@tables
def test_each_load_returns_a_new_copy(module, rows):
    predictors, _ = module.load_data()
    predictors[:] = 0
    assert module.load_data()[0].any()
    assert predictors.shape[0] == rows


def test_known_properties_of_the_tables():
    predictors, survived = titanic.load_data()
    assert set(survived) == {0, 1}
    assert survived.sum() == 500
    male = predictors[:, titanic.feature_names.index("male")] == 1
    assert survived[~male].mean() > 3 * survived[male].mean()
    _, wages = hourly_wages.load_data()
    assert wages.mean() == pytest.approx(9.024, abs=1e-3)  # the mean that AER reports


def test_the_error_without_pandas_shows_the_cure(monkeypatch):
    original = builtins.__import__

    def refuse(name, *arguments):
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return original(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
        titanic.load_frame()


# --- MNIST ---------------------------------------------------------------------------------------


def test_the_shipped_digits():
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    for x, y, rows in ((x_train, y_train, 8000), (x_test, y_test, 2000)):
        assert x.shape == (rows, 28, 28)
        assert y.shape == (rows,)
        assert x.dtype == y.dtype == np.uint8
        assert (x.min(), x.max()) == (0, 255)
        assert np.bincount(y).min() > rows / 20
        assert len(np.bincount(y)) == 10
    ones = x_train[y_train == 1].mean(axis=0)
    assert ones[:, 12:16].mean() > 5 * ones[:, :8].mean()  # a one is a stroke in the middle


def test_the_shipped_digits_have_no_doubles():
    (x_train, _), (x_test, _) = mnist.load_data()
    assert len({row.tobytes() for row in itertools.chain(x_train, x_test)}) == 10_000


@pytest.mark.parametrize("stem", ["{}-idx{}-ubyte", "{}.idx{}-ubyte"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_full_set_is_read_from_the_four_files(tmp_path, stem, suffix):
    train, test = digits(5), digits(3, start=7)
    for (x, y), name in ((train, "train"), (test, "t10k")):
        for array, what, rank in ((x, "images", 3), (y, "labels", 1)):
            data = as_idx(array)
            path = tmp_path / (stem.format(f"{name}-{what}", rank) + suffix)
            path.write_bytes(gzip.compress(data) if suffix else data)
    for loaded, expected in zip(mnist.load_data(tmp_path), (train, test), strict=True):
        np.testing.assert_array_equal(loaded[0], expected[0])
        np.testing.assert_array_equal(loaded[1], expected[1])


def test_the_full_set_is_read_from_the_file_of_keras(tmp_path):
    (x_train, y_train), (x_test, y_test) = digits(5), digits(3)
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    loaded = mnist.load_data(str(path))
    np.testing.assert_array_equal(loaded[0][0], x_train)
    np.testing.assert_array_equal(loaded[1][1], y_test)


def test_invalid_files_of_mnist(tmp_path):
    with pytest.raises(FileNotFoundError, match="Without a path, load_data returns 10,000 digits"):
        mnist.load_data(tmp_path / "mnist.npz")
    with pytest.raises(FileNotFoundError, match="none of train-images-idx3-ubyte,"):
        mnist.load_data(tmp_path)
    np.savez(tmp_path / "other.npz", a=np.zeros(1))
    with pytest.raises(ValueError, match=r"to hold the arrays x_train, .*, got a"):
        mnist.load_data(tmp_path / "other.npz")
    (tmp_path / "text.npz").write_text("not an archive")
    with pytest.raises(ValueError, match=r"to be an \.npz file"):
        mnist.load_data(tmp_path / "text.npz")


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize(
    ("images", "labels"), [((4, 28, 28), (3,)), ((4, 784), (4,)), ((4, 28, 27), (4,))], ids=str
)
def test_files_that_do_not_belong_together_are_refused(tmp_path, part, images, labels):
    x, y = digits(4)
    arrays = {"x_train": x, "y_train": y, "x_test": x, "y_test": y}
    arrays |= {f"x_{part}": np.zeros(images, np.uint8), f"y_{part}": np.zeros(labels, np.uint8)}
    np.savez(tmp_path / "mixed.npz", **arrays)
    with pytest.raises(ValueError, match="one label per digit"):
        mnist.load_data(tmp_path / "mixed.npz")


# --- IDX -----------------------------------------------------------------------------------------


@given(array=hnp.arrays(np.uint8, hnp.array_shapes(max_dims=4)), compressed=st.booleans())
def test_idx_files_are_read_as_they_were_written(tmp_path_factory, array, compressed):
    path = tmp_path_factory.mktemp("idx") / ("a.gz" if compressed else "a")
    data = as_idx(array)
    path.write_bytes(gzip.compress(data) if compressed else data)
    result = read_idx(path)
    assert result.dtype == np.uint8
    assert result.flags.writeable
    np.testing.assert_array_equal(result, array)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"\x89PNG....", "got 89 50 4e"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x01abcd", "got 00 00 0d"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05abc", r"5 values, the shape \(5,\).*got 3"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x02abc", r"2 values, the shape \(2,\).*got 3"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x02", "Download the file again"),
        (b"\x00\x00\x08", "number of dimensions, got 00 00 08"),
        (b"\x00\x00\x08\x01\x00\x00", "Download the file again"),
    ],
)
def test_damaged_idx_files_are_refused(tmp_path, data, words):
    path = tmp_path / "damaged"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=words):
        read_idx(path)
