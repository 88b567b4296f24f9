"""What is on a figure of matplotlib, in words: artists, their data and how they look."""

import numpy as np


def described(figure):
    """Return the lines of a description of a figure."""
    engine = type(figure.get_layout_engine()).__name__
    title = "" if figure._suptitle is None else text(figure._suptitle)
    yield f"figure {shown(figure.get_size_inches())} {engine} {title}"
    for axes in figure.axes:
        sides = f"x {text(axes.xaxis.label)}, y {text(axes.yaxis.label)}"
        yield f"axes title {text(axes.title)}, {sides}"
        yield from frame_of(axes)
        yield from map(line, axes.lines)
        for levels in axes.collections:
            if hasattr(levels, "levels"):
                yield f"  levels {levels.cmap.name} {levels.extend} {shown(levels.levels)}"
        legend = axes.get_legend()
        if legend is not None:
            box = legend.get_frame()
            yield f"  legend edge {shown(box.get_edgecolor())} face {shown(box.get_alpha())}"
            yield from (f"    {text(entry)}" for entry in legend.get_texts())


def frame_of(axes):
    sides = [name for name, spine in axes.spines.items() if spine.get_visible()]
    grids = {f"{x.get_visible()} {shown(x.get_alpha())}": None for x in axes.get_xgridlines()}
    visible = f"grid {' | '.join(grids)} below {axes.get_axisbelow()}"
    yield f"  {axes.get_xscale()} by {axes.get_yscale()}, {' '.join(sides)}, {visible}"
    labels = axes.get_xticklabels()
    looks = {
        f"{x.get_rotation():g} {x.get_ha()} {x.get_fontsize():g}": None
        for x in (*labels, *axes.get_yticklabels())
    }
    names = [x.get_text() for x in labels if x.get_text().isalpha()]
    yield f"  ticks {' | '.join(looks)} {' '.join(names)}".rstrip()


def line(line):
    dashes = line.get_linestyle() if line.get_linestyle() != "--" else line._unscaled_dash_pattern
    sizes = (line.get_linewidth(), line.get_markersize(), line.get_markeredgewidth())
    face = line.get_markerfacecolor()
    look = f"{line.get_color()} {dashes} {line.get_marker()} {face} {shown(sizes)}"
    name = line.get_label() if not line.get_label().startswith("_") else "-"
    points = f"{shown(line.get_xdata())} {shown(line.get_ydata())}"
    return f"  line {name!r} {look} every {line.get_markevery()} {points}"


def text(artist):
    return f"{artist.get_text()!r} {artist.get_fontsize():g}" if artist.get_text() else "-"


def shown(values):
    """Return numbers with three digits, which differ on no machine."""
    if values is None:
        return "-"
    return " ".join(f"{value:.3g}" for value in np.ravel(np.asarray(values, float)))
