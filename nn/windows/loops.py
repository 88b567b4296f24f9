"""Loops of `nn.windows.primitives` for machine code: source with a window's numbers written in.

Each function returns a template of statements as `autodiff.derivative` takes it (``loops=``), or
None where NumPy's code stays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping

from nn.windows.window import Window

__all__ = ["max_pool_loops", "overlap_add_loops", "patches_loops", "unpool_loops"]

Shapes = Mapping[str, tuple[int, ...]]
_MOST = 16  # entries of a kernel that are written out


def patches_loops(shapes: Shapes, *, window: Window) -> str:
    """Copy what the kernel sees at each place, or zeros outside of the image."""
    return _over_patches(
        shapes["out"], window, "{{out}}[{row}] = {{x}}[{seen}]", "{{out}}[{row}] = 0"
    )


def overlap_add_loops(shapes: Shapes, *, window: Window) -> str:
    """Add each row back to where it came from."""
    loops = _over_patches(shapes["rows"], window, "{{out}}[{seen}] += {{rows}}[{row}]", "")
    return f"{{out}}[...] = 0\n{loops}"


def max_pool_loops(shapes: Shapes, *, window: Window) -> str | None:
    """Take the largest entry of each place."""
    if not _is_written_out(window):
        return None
    lines = [
        f"largest = {_largest('{x}', seen, is_first=not entry)}"
        for entry, seen in enumerate(_seen_entries(window))
    ]
    place = _index("i", _places(window), "c")
    return _nested(_place_loops(shapes["out"], window), [*lines, f"{{out}}[{place}] = largest"])


def unpool_loops(shapes: Shapes, *, window: Window) -> str | None:
    """Multiply the cotangent of each place by 1 for the first largest entry, by 0 for others."""
    if not (window.is_tiled and _is_written_out(window)):
        return None
    place = _index("i", _places(window), "c")
    lines, earlier = [], ""
    for seen in _seen_entries(window):
        lines += [
            f"for c in range({shapes['out'][-1]}):",
            f"    is_first = ({{x}}[{seen}] == {{largest}}[{place}]){earlier}",
            f"    {{out}}[{seen}] = {{cotangent}}[{place}] * {{dtype}}(is_first)",
        ]
        earlier += f" & ({{x}}[{seen}] != {{largest}}[{place}])"
    loops = _nested(_row_loops(shapes["largest"], window), lines)
    return loops if window.is_covering else f"{{out}}[...] = 0\n{loops}"


def _is_written_out(window: Window) -> bool:
    """Return whether a kernel is small, and inside of the image at each place."""
    is_inside = all(_is_inside(window, axis) for axis in range(len(window.size)))
    return window.count <= _MOST and is_inside


def _largest(x: str, seen: str, *, is_first: bool) -> str:
    return f"{x}[{seen}]" if is_first else f"np.maximum(largest, {x}[{seen}])"


def _places(window: Window) -> list[str]:
    return [f"p{axis}" for axis in range(len(window.size))]


def _place_loops(shape: tuple[int, ...], window: Window) -> list[str]:
    """Return the heads of the loops over rows, places and channels."""
    return [*_row_loops(shape, window), f"for c in range({shape[-1]}):"]


def _row_loops(shape: tuple[int, ...], window: Window) -> list[str]:
    """Return the heads of the loops over rows and places."""
    heads = [f"for p{axis} in range({n}):" for axis, n in enumerate(window.places)]
    return [f"for i in range({shape[0]}):", *heads]


def _seen_entries(window: Window) -> list[str]:
    """Return the index of what each entry of the kernel sees at a place."""
    return [
        _index("i", [_seen(window, axis, k) for axis, k in enumerate(entry)], "c")
        for entry in itertools.product(*map(range, window.size))
    ]


def _seen(window: Window, axis: int, entry: int | str) -> str:
    """Return what an entry of the kernel sees along an axis."""
    step, spacing, before = window.steps[axis], window.spacings[axis], window.before[axis]
    place = f"p{axis}" if step == 1 else f"p{axis} * {step}"
    if isinstance(entry, int):
        start = entry * spacing - before
        return f"{place} + {start}" if start > 0 else f"{place} - {-start}" if start else place
    offset = entry if spacing == 1 else f"{entry} * {spacing}"
    return f"{place} + {offset}" + (f" - {before}" if before else "")


def _over_patches(shape: tuple[int, ...], window: Window, inside: str, outside: str) -> str:
    """Return loops over rows, places, entries of the kernel and channels.

    Args:
        shape: that of the patches.
        window: the places.
        inside: the statement where an entry sees the image, outside one where it doesn't.
        outside: the statement elsewhere; there may be none.
    """
    axes = range(len(window.size))
    heads = _row_loops(shape, window)
    heads += [f"for k{axis} in range({n}):" for axis, n in enumerate(window.size)]
    entry = " + ".join(f"k{axis} * {math.prod(window.size[axis + 1 :])}" for axis in axes)
    names = {
        "row": _index("i", [*_places(window), entry.removesuffix(" * 1")], "c"),
        "seen": _index("i", [f"s{axis}" for axis in axes], "c"),
    }
    lines = [f"s{axis} = {_seen(window, axis, f'k{axis}')}" for axis in axes]
    channels = f"for c in range({shape[-1]}):"
    loop = [channels, f"    {inside.format(**names)}"]
    conditions = [
        f"0 <= s{axis} < {window.shape[axis]}" for axis in axes if not _is_inside(window, axis)
    ]
    if conditions:
        loop = [f"if {' and '.join(conditions)}:", *_indented(loop)]
        if outside:
            loop += ["else:", *_indented([channels, f"    {outside.format(**names)}"])]
    return _nested(heads, [*lines, *loop])


def _is_inside(window: Window, axis: int) -> bool:
    """Return whether all entries of the kernel see the image at all places along an axis."""
    last = (window.places[axis] - 1) * window.steps[axis] - window.before[axis]
    reach = (window.size[axis] - 1) * window.spacings[axis]
    return window.before[axis] <= 0 and last + reach < window.shape[axis]


def _index(first: str, middle: Iterable[str], last: str) -> str:
    return ", ".join([first, *middle, last])


def _nested(heads: Iterable[str], body: Iterable[str]) -> str:
    """Return a body inside of loops."""
    lines = list(body)
    for head in reversed(list(heads)):
        lines = [head, *_indented(lines)]
    return "\n".join(lines)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
