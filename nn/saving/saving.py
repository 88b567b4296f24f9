"""Models and weights in files; the ending of a name chooses the format.

============== ===== ======= ==============================================================
ending         model weights
============== ===== ======= ==============================================================
.keras         yes   read    Keras 3's archive
.h5, .hdf5     yes   read    the older format of Keras
.weights.h5    no    yes     Keras's file of weights, with the state of the optimizer
.npz           yes   yes     NumPy's, which needs no other package
.safetensors   no    yes     weights by their paths
============== ===== ======= ==============================================================
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nn.distribution import is_main
from nn.saving.atomic_files import replace_file
from nn.saving.reading import naming
from nn.saving.whole_model import Loading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

__all__ = [
    "check_model_path", "check_weights_path", "export", "load_model", "load_weights", "save_model",
    "save_weights",
]  # fmt: skip


# The module of a format is imported when it is used, since some are slow.
def _keras_archive() -> Any:
    from nn.saving import keras_archive

    return keras_archive


def _legacy_h5() -> Any:
    from nn.saving import legacy_h5

    return legacy_h5


def _npz() -> Any:
    from nn.saving import npz

    return npz


def _safetensors() -> Any:
    from nn.saving import safetensors_file

    return safetensors_file


def _weights_h5() -> Any:
    from nn.saving import weights_h5

    return weights_h5


_WHOLE = {".keras": _keras_archive, ".h5": _legacy_h5, ".hdf5": _legacy_h5, ".npz": _npz}
_WEIGHTS = {".weights.h5": _weights_h5, ".npz": _npz, ".safetensors": _safetensors}


def save_model(model: Any, filepath: str | PathLike[str], overwrite: bool = True) -> None:
    """Write a model to a file: its config, its weights, its ``compile``, its optimizer's state.

    A file of that name is replaced when the new one is complete.

    Args:
        model: any model whose classes and functions have names; see `register_keras_serializable`.
        filepath: ends in ``.keras``, ``.h5`` or ``.npz``.
        overwrite: False to refuse to replace a file.

    Raises:
        FileExistsError: there is such a file, and ``overwrite`` is False.
        ModuleNotFoundError: the format needs a package that isn't installed.
        NotImplementedError: the model has a lambda, or an argument without a config.
        OSError: the file can't be written; the old one, if any, stays as it was.
        ValueError: the format isn't known.

    >>> import tempfile
    >>> import nn
    >>> model = nn.Sequential([nn.layers.Dense(2, input_shape=(3,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, folder + "/model.keras")
    ...     loaded = nn.models.load_model(folder + "/model.keras")
    >>> loaded.output_shape
    (None, 2)
    """
    path = os.fspath(filepath)
    write = _format(path, _WHOLE, "a model").save_model
    _replace(path, overwrite, lambda: write(model))


def load_model(
    filepath: str | PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002 - Keras's name
    safe_mode: bool = True,
) -> Any:
    """Return the model in a file that `save_model` or Keras has written, to use and train on.

    Nothing in the file is run, unless ``safe_mode`` is False.

    Args:
        filepath: ends in ``.keras``, ``.h5`` or ``.npz``.
        custom_objects: classes and functions by their names, besides those that are registered.
        compile: whether to compile the model, and restore its optimizer, as it was.
        safe_mode: False to accept the code of lambdas, which can do anything.

    Raises:
        FileNotFoundError: there is no such file.
        ModuleNotFoundError: the format needs a package that isn't installed.
        ValueError: the file is broken, may do harm, or names a class or function that isn't known.

    >>> import tempfile
    >>> import nn
    >>> model = nn.Sequential([nn.layers.Dense(2, input_shape=(3,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(folder + "/model.keras")
    ...     loaded = load_model(folder + "/model.keras")
    >>> bool((loaded.get_weights()[0] == model.get_weights()[0]).all())
    True
    """
    path = os.fspath(filepath)
    loading = Loading(path, custom_objects, compile, safe_mode)
    module = _format(path, _WHOLE, "a model")
    with naming(path):
        return module.load_model(loading)


def save_weights(model: Any, filepath: str | PathLike[str], overwrite: bool = True) -> None:
    """Write the weights of a model to a file.

    Args:
        model: a built model.
        filepath: ends in ``.weights.h5``, ``.npz`` or ``.safetensors``.
        overwrite: False to refuse to replace a file.

    Raises:
        FileExistsError: there is such a file, and ``overwrite`` is False.
        ModuleNotFoundError: the format needs a package that isn't installed.
        OSError: the file can't be written; the old one, if any, stays as it was.
        ValueError: the format isn't known, or the model has no weights yet.

    >>> import tempfile
    >>> import nn
    >>> first, second = (nn.Sequential([nn.layers.Dense(2, input_shape=(3,))]) for _ in range(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(first, folder + "/model.weights.h5")
    ...     second.load_weights(folder + "/model.weights.h5")
    >>> bool((first.get_weights()[0] == second.get_weights()[0]).all())
    True
    """
    path = os.fspath(filepath)
    write = _format(path, _WEIGHTS, "weights").save_weights
    _replace(path, overwrite, lambda: write(model))


def load_weights(model: Any, filepath: str | PathLike[str], skip_mismatch: bool = False) -> None:
    """Set the weights of a model to those in a file, of weights or of a whole model.

    Args:
        model: a built model, which stays as it was if an error is raised.
        filepath: ends in ``.weights.h5``, ``.npz``, ``.safetensors``, ``.keras`` or ``.h5``.
        skip_mismatch: whether weights that don't fit are left as they are, with a warning.

    Raises:
        FileNotFoundError: there is no such file.
        ModuleNotFoundError: the format needs a package that isn't installed.
        ValueError: the file is broken, or its weights don't match those of the model.

    >>> import tempfile
    >>> import nn
    >>> first, second = (nn.Sequential([nn.layers.Dense(2, input_shape=(3,))]) for _ in range(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first.save_weights(folder + "/model.weights.h5")
    ...     load_weights(second, folder + "/model.weights.h5")
    >>> bool((first.get_weights()[0] == second.get_weights()[0]).all())
    True
    """
    path = os.fspath(filepath)
    module = _format(path, _WEIGHTS | _WHOLE, "weights")
    with naming(path):
        module.load_weights(model, path, skip_mismatch)


def export(model: Any, filepath: str | PathLike[str], format: str = "onnx") -> None:  # noqa: A002
    """Write what a model computes to a file of ONNX; see ``Model.export``."""
    if format != "onnx":
        raise ValueError(
            f"expected the format 'onnx', got {format!r}. Use model.save for files to read again."
        )
    path = os.fspath(filepath)
    from nn.saving.onnx_file import content_of  # slow to import

    _replace(path, True, lambda: content_of(model))  # noqa: FBT003 - as in save_model


def _replace(path: str, overwrite: bool, write: Callable[[], bytes]) -> None:
    if not is_main():  # of several processes, which may come when the file is written already
        return
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            f"expected a new file with overwrite=False, got {path!r}, which exists. "
            "Choose another name, or leave overwrite out."
        )
    replace_file(path, write())


def check_model_path(path: str) -> None:
    """Raise a ValueError unless whole models are written to files of this ending."""
    _checked_format(path, _WHOLE, "a model")


def check_weights_path(path: str) -> None:
    """Raise a ValueError unless weights are written to files of this ending."""
    _checked_format(path, _WEIGHTS, "weights")


def _format(path: str, formats: Mapping[str, Callable[[], Any]], what: str) -> Any:
    """Return the module that reads and writes files of this ending."""
    return _checked_format(path, formats, what)()


def _checked_format(
    path: str, formats: Mapping[str, Callable[[], Any]], what: str
) -> Callable[[], Any]:
    """Return what imports the module of an ending."""
    endings = [ending for ending in (*_WEIGHTS, *_WHOLE) if path.endswith(ending)]
    if not endings or endings[0] not in formats:  # .weights.h5 is an .h5 too
        *first, last = formats
        raise ValueError(
            f"expected a filepath for {what} that ends in {', '.join(first)} or {last}, got "
            f"{path!r}. Write {path.partition('.')[0] + '.npz'!r}, for example."
        )
    return formats[endings[0]]
