"""The steps of a computation as SVG: one step, or all of them, animated."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator

from autodiff.display.picture import colors
from autodiff.display.slides.scene import HEADING, Scene, SceneArrow, SceneBox, SceneCell

__all__ = ["animated", "frame"]

_SECONDS, _PAUSE = 1.8, 3  # of a step; steps for which the end stays
_FONT = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"
_NUMBERS = "DejaVu Sans Mono,Menlo,Consolas,monospace"
_ACTIVE = "#ffd84d"
_PAD = 12.0
Span = tuple[int, int | None]  # the first step, and the last one


def frame(scene: Scene, step: int) -> str:
    """Draw one step."""
    parts = [text for (first, last), text in _parts(scene) if _covers(first, last, step)]
    return _document(scene, parts, scene.captions[step], "")


def animated(scene: Scene) -> str:
    """Draw all steps, one after the other; still, as after the last, where motion is reduced."""
    parts = list(_parts(scene))
    prefix = f"s{hashlib.sha1(repr(scene).encode()).hexdigest()[:8]}"
    count = len(scene.captions)
    names = {span: f"{prefix}_{i}" for i, span in enumerate(dict(parts)) if span != (0, None)}
    drawn = [
        f'<g class="{names[span]}">{text}</g>' if span in names else text for span, text in parts
    ]
    hidden = [f".{name}" for (_, last), name in names.items() if last not in (None, count - 1)]
    rules = "\n".join(_animation(name, span, count) for span, name in names.items())
    still = f"{', '.join(hidden)} {{visibility: hidden}}\n" if hidden else ""
    style = f"<style>{still}@media (prefers-reduced-motion: no-preference) {{\n{rules}\n}}</style>"
    return _document(scene, drawn, f"{scene.title}, step by step", style)


def _covers(first: int, last: int | None, step: int) -> bool:
    return first <= step and (last is None or step <= last)


def _animation(name: str, span: Span, count: int) -> str:
    """Write when an element is visible, in parts of the whole duration."""
    first, last = span
    whole = count + _PAUSE
    start = 100 * first / whole
    end = 100.0 if last is None or last == count - 1 else 100 * (last + 1) / whole
    marks = [] if start == 0 else [f"0%, {start - 0.01:.2f}% {{visibility: hidden}}"]
    marks.append(f"{start:.2f}%, {end - 0.01:.2f}% {{visibility: visible}}")
    if end < 100:
        marks.append(f"{end:.2f}%, 100% {{visibility: hidden}}")
    return (
        f".{name} {{animation: {name} {_SECONDS * whole:.1f}s linear infinite}}\n"
        f"@keyframes {name} {{{' '.join(marks)}}}"
    )


def _document(scene: Scene, parts: list[str], words: str, style: str) -> str:
    width, height = scene.width + 2 * _PAD, scene.height + 2 * _PAD
    described = html.escape("; ".join(scene.captions))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_PAD:g} {-_PAD:g} {width:.0f} '
        f'{height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img" '
        f'font-family="{_FONT}" fill="{colors.INK}">\n'
        f"<title>{html.escape(words)}</title>\n<desc>{described}</desc>\n{style}\n"
        f'<rect x="{-_PAD:g}" y="{-_PAD:g}" width="{width:.0f}" height="{height:.0f}" '
        f'fill="{colors.WHITE}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _parts(scene: Scene) -> Iterator[tuple[Span, str]]:
    """Yield the elements, from the back to the front, each with the steps that it is shown in."""
    for i, caption in enumerate(scene.captions):
        count = f"{i} of {len(scene.captions) - 1}: " if i else ""
        size = ' font-size="17" font-weight="bold"'
        yield (i, i), _text(0, HEADING / 2 - 4, f"{count}{caption}", size)
    for arrow in scene.arrows:
        yield (0, None), _curve(arrow, colors.PALE_ARROW, 1.3)
        for step in filter(None, (arrow.forward, arrow.backward)):
            color = arrow.color if step == arrow.backward else colors.ARROW
            yield (step, step), _curve(arrow, color, 3.4)
    for reference in scene.references:
        yield (0, None), _reference(reference)
    for number, box in enumerate(scene.boxes):
        yield (0, None), _outline(box, colors.FRAME, 1.3)
        for step in (i for i, active in enumerate(scene.active) if active == number):
            yield (step, step), _outline(box, _ACTIVE, 4)
        yield from _content(box)
    for arrow in scene.arrows:
        if arrow.backward and arrow.text:
            yield (arrow.backward, arrow.backward), _chip(arrow)


def _content(box: SceneBox) -> Iterator[tuple[Span, str]]:
    for word in box.words:
        look = ' font-size="13" font-weight="bold"' if word.is_name else ' font-size="12"'
        yield (0, None), _text(word.x, word.y, word.text, look)
    yield (box.valued, None), _row("value", box.values, box)
    if box.slopes:
        yield (box.sloped, None), _row("slope", box.slopes, box)


def _row(label: str, cells: list[SceneCell], box: SceneBox) -> str:
    look = f' font-size="11" fill="{colors.MUTED}"'
    words = _text(box.x + 8, cells[0].y + cells[0].height / 2, label, look)
    return words + "".join(map(_cell, cells))


def _cell(cell: SceneCell) -> str:
    back = (
        f'<rect x="{cell.x + 1:.1f}" y="{cell.y + 1:.1f}" width="{cell.width - 2:.1f}" '
        f'height="{cell.height - 2:.1f}" rx="3" fill="{cell.fill}"/>'
        if cell.fill
        else ""
    )
    ink = colors.WHITE if cell.fill == colors.NOT_FINITE else colors.INK
    look = f' font-size="12" text-anchor="end" font-family="{_NUMBERS}" fill="{ink}"'
    return back + _text(cell.x + cell.width - 5, cell.y + cell.height / 2, cell.text, look)


def _reference(cell: SceneCell) -> str:
    look = f' font-size="11" text-anchor="middle" fill="{colors.MUTED}"'
    words = _text(cell.x + cell.width / 2, cell.y + cell.height / 2, cell.text, look)
    return _outline(cell, colors.PALE_FRAME, 1) + words


def _outline(box: SceneBox | SceneCell, color: str, width: float) -> str:
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="7" fill="none" stroke="{color}" stroke-width="{width:g}"/>'
    )


def _curve(arrow: SceneArrow, color: str, width: float) -> str:
    (x, y), *rest = arrow.points
    path = f"M{x:.1f} {y:.1f}C" + " ".join(f"{a:.1f} {b:.1f}" for a, b in rest)
    (bx, by), (tx, ty) = arrow.points[-1], arrow.tip
    nx, ny = (ty - by) * 0.45, (bx - tx) * 0.45
    head = f"M{tx:.1f} {ty:.1f}L{bx + nx:.1f} {by + ny:.1f} {bx - nx:.1f} {by - ny:.1f}Z"
    return (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"/>'
        f'<path d="{head}" fill="{color}"/>'
    )


def _chip(arrow: SceneArrow) -> str:
    """Write the slope that flows back along an arrow above its middle."""
    x, y = middle(arrow)
    width = 7.6 * len(arrow.text) + 12
    look = f' font-size="12" font-weight="bold" text-anchor="middle" font-family="{_NUMBERS}"'
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - 24:.1f}" width="{width:.1f}" height="18" rx="9" '
        f'fill="{arrow.color}"/>' + _text(x, y - 15, arrow.text, look)
    )


def middle(arrow: SceneArrow) -> tuple[float, float]:
    """Return the middle of an arrow."""
    points = arrow.points
    if len(points) % 6 == 1:  # an even number of curves
        return points[len(points) // 2]
    start = 3 * ((len(points) - 1) // 6)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[start : start + 4]
    return (ax + 3 * bx + 3 * cx + dx) / 8, (ay + 3 * by + 3 * cy + dy) / 8


def _text(x: float, y: float, text: str, look: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" dominant-baseline="central"{look}>{html.escape(text)}'
        "</text>"
    )
