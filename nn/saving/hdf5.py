"""HDF5 files: arrays in groups, written in memory, and read without following links.

Keras's layout, of a ``.weights.h5`` and of the file of weights in a ``.keras``: the arrays of the
layer with the path ``layers/dense`` are ``layers/dense/vars/0`` and so on, and the layer's name is
an attribute of the group.
"""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.saving.arrays import collect
from nn.saving.extras import needed
from nn.saving.heaps import check_heaps
from nn.saving.reading import check_expansion, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "group_at", "in_memory", "opened", "read_array", "read_group", "write_state",
]  # fmt: skip

_MOST_ARRAYS = 2**20  # in one group


def write_state(file: Any, model: Any) -> None:
    """Write the arrays of a model in Keras's layout."""
    for path, (name, variables) in collect(model).items():
        group = file.create_group(f"{path}/vars")
        group.attrs["name"] = name
        for key, value in variables.items():
            group.create_dataset(key, data=value)


@contextmanager
def in_memory() -> Iterator[tuple[Any, BytesIO]]:
    """Make a new HDF5 file in a buffer, which is complete when the block ends."""
    h5py = needed("h5py", "keras", "a file of HDF5")
    buffer = BytesIO()
    with h5py.File(buffer, "w") as file:
        yield file, buffer


@contextmanager
def opened(path: str, content: BytesIO | None = None) -> Iterator[Any]:
    """Open an HDF5 file, or its content in an archive, to read it."""
    h5py = needed("h5py", "keras", "a file of HDF5")
    with content or open(path, "rb") as file, reading(path):
        check_heaps(file)
        with h5py.File(file, "r") as found:
            yield found


def group_at(group: Any, path: str) -> Any:
    """Return the group at a path, or None if there is none.

    Raises:
        ValueError: a part of the path is a link, or not a group.
    """
    h5py = needed("h5py", "keras", "a file of HDF5")
    for name in filter(None, path.split("/")):
        if name not in group:
            return None
        _refuse_link(group, name)
        group = group[name]
        if not isinstance(group, h5py.Group):
            raise ValueError(f"expected a group {name!r}, got {group!r}. Write the file again.")
    return group


def read_group(file: Any, path: str) -> Mapping[str, np.ndarray]:
    """Return the arrays in the group at a path, by their names; none if there is no such group."""
    group = group_at(file, path)
    if group is None:
        return {}
    if len(group) > _MOST_ARRAYS:
        raise ValueError(
            f"expected at most {_MOST_ARRAYS} arrays in {path!r}, got {len(group)}. "
            "Choose another file."
        )
    return {name: read_array(group, name) for name in group}


def read_array(group: Any, name: str) -> np.ndarray:
    """Return the array of a name, which may be a path.

    Raises:
        ValueError: it is a link, lies in another file, isn't an array of numbers, or takes far
            more memory than there are bytes in the file.
    """
    h5py = needed("h5py", "keras", "a file of HDF5")
    path, _, name = name.rpartition("/")
    group = group_at(group, path)
    if group is None or name not in group:
        raise ValueError(f"expected an array {name!r}, got none. Write the file again.")
    _refuse_link(group, name)
    data = group[name]
    if not isinstance(data, h5py.Dataset) or data.dtype.kind not in "fiub" or data.shape is None:
        raise ValueError(f"expected an array of numbers {name!r}, got {data!r}. Choose another.")
    if data.external or data.is_virtual:
        raise ValueError(
            f"expected the numbers of {name!r} in the file, got a reference to other files. "
            "Don't use this file: it may be made to read others."
        )
    chunks = data.chunks or data.shape  # a chunk is read whole
    for shape in (data.shape, chunks):
        size = int(np.prod(shape, dtype=object)) * data.dtype.itemsize
        check_expansion(name, size, data.id.get_storage_size())
    return np.asarray(data[()])


def _refuse_link(group: Any, name: str) -> None:
    h5py = needed("h5py", "keras", "a file of HDF5")
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(
            f"expected {name!r} in the file, got a link, {type(link).__name__}, to something else. "
            "Don't use this file: it may be made to read others."
        )
