"""Where gradients go: the sizes of activations and slopes, layer by layer and step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn import tree
from nn.argument_checks import keywords_checked
from nn.layers import context
from nn.layers.weight import bound
from nn.logits import made_by, remembering
from nn.pictures.curves import figure_of, places_for
from nn.pictures.style import COLORS, DASHES, MARKERS, finish, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Flow", "flows_of", "gradient_flow", "verdict"]

_FAR = 1000.0  # how far apart sizes are that vanish or explode
_WIDE = 20.0  # from which on they are drawn on a log scale


@dataclass(frozen=True)
class Flow:
    """The sizes at one place: the root mean squares of its entries.

    Attributes:
        layer: the layer's name.
        step: the number of the step of a recurrence; None for the outputs of the layer.
        activation: that of the outputs.
        slope: that of the slopes of the loss by the outputs; None where the loss doesn't depend on
            them.
    """

    layer: str
    step: int | None
    activation: float
    slope: float | None


@keywords_checked
@styled
def gradient_flow(model: Any, x: Any, y: Any, ax: Axes | Sequence[Axes] | None = None) -> Figure:
    """Draw the sizes of activations and of slopes from layer to layer, and return the figure.

    The size is the root mean square of the entries; the slopes are those of the loss by the outputs
    of a layer, as in training. Two more panels show the steps of recurrent layers. The title says
    whether slopes or activations vanish or explode: whether they differ by a factor of 1000.

    Args:
        model: compiled.
        x: the inputs: some rows of data.
        y: the targets.
        ax: the axes to draw on, two; four where there are recurrent layers. New ones by default.

    Raises:
        ModuleNotFoundError: matplotlib isn't installed.
        ValueError: the data doesn't fit the model, or the number of axes isn't right.

    >>> import numpy as np, nn
    >>> from nn.layers import Dense
    >>> nn.utils.set_random_seed(0)
    >>> layers = [Dense(8, "sigmoid", name=f"d{i}") for i in range(8)]
    >>> model = nn.Sequential([*layers, Dense(1, name="out")])
    >>> model.compile("sgd", "mse")
    >>> figure = nn.pictures.gradient_flow(model, np.ones((4, 3)), np.ones(4))
    >>> figure.get_suptitle()  # doctest: +ELLIPSIS
    'slopes vanish: those of d0 are ... times those of out'
    """
    flows = flows_of(model, x, y)
    layers = [flow for flow in flows if flow.step is None]
    steps = [flow for flow in flows if flow.step is not None]
    places = places_for(4 if steps else 2, ax, most_in_a_row=2)
    _draw_layers(places[0], layers, "size of activations", lambda flow: flow.activation)
    _draw_layers(places[1], layers, "size of slopes", lambda flow: flow.slope)
    if steps:
        _draw_steps(places[2], steps, "size of activations", lambda flow: flow.activation)
        _draw_steps(places[3], steps, "size of slopes", lambda flow: flow.slope)
    figure = figure_of(places)
    figure.suptitle(verdict(flows), wrap=True, fontsize="medium")
    return figure


def flows_of(model: Any, x: Any, y: Any) -> list[Flow]:
    """Return the sizes of each layer's outputs and, before these, those of its steps."""
    model._require_compiled("gradient_flow")
    batch = model._batch_to_show(x, y)
    weights = [weight for weight in model.weights if weight.is_used]
    values = [ad.tensor(weight.numpy()) for weight in weights]
    found: list[tuple[str, int | None, Any, Any]] = []

    def watch(name: str, outputs: Any, step: int | None) -> None:
        for output in tree.leaves(outputs):
            logits = made_by(output)
            found.append((name, step, output, None if logits is None else logits.values))

    with bound(weights, values), remembering(), np.errstate(all="ignore"):
        with context.watching_outputs(watch):
            outputs = model(batch.x, training=False)
        model.compute_loss(batch.x, batch.y, outputs, batch.sample_weight).backward()
    inner = [one for one in found if one[0] != model.name]
    return [
        Flow(name, step, _size(_plain(value)) or 0.0, _size(_slope(value, logits)))
        for name, step, value, logits in inner
    ]


def verdict(flows: Sequence[Flow]) -> str:
    """Name what vanishes or explodes, or say that nothing does.

    >>> verdict([Flow("a", None, 1.0, 1e-6), Flow("b", None, 1.0, 1.0)])
    'slopes vanish: those of a are 1e-06 times those of b'
    """
    broken = [flow for flow in flows if not np.isfinite(flow.activation)]
    if broken:
        return f"the activations of {_place(broken[0])} are NaN or infinite, the first to be so"
    layers = [flow for flow in flows if flow.step is None]
    dead = [flow.layer for flow in layers[:-1] if flow.activation == 0]
    if dead:
        return f"all activations of {', '.join(dead)} are 0, so that no slope passes"
    runs = [layers, *_runs_of_steps(flows)]
    parts = [
        part
        for run in runs
        for part in (
            _compared("slopes", run[::-1], lambda flow: flow.slope),
            _compared("activations", run, lambda flow: flow.activation),
        )
        if part
    ]
    return "; ".join(parts) or "slopes and activations neither vanish nor explode"


def _compared(what: str, run: Sequence[Flow], size: Callable[[Flow], float | None]) -> str:
    """Compare the first and the last size on their way; slopes go backward."""
    known = [(flow, found) for flow in run if (found := size(flow)) is not None]
    if len(known) < 2:
        return ""
    (start, first), (end, last) = known[0], known[-1]
    if not np.isfinite([first, last]).all():
        return f"{what} of {_place(end)} are NaN or infinite"
    if first == 0:
        return f"all {what} of {_place(start)} are 0"
    ratio = last / first
    if 1 / _FAR < ratio < _FAR:
        return ""
    verb = "vanish" if ratio < 1 else "explode"
    return f"{what} {verb}: those of {_place(end)} are {ratio:.2g} times those of {_place(start)}"


def _place(flow: Flow) -> str:
    return flow.layer if flow.step is None else f"step {flow.step} of {flow.layer}"


def _runs_of_steps(flows: Sequence[Flow]) -> list[list[Flow]]:
    """Return the steps of each recurrent layer, in order."""
    runs: dict[str, list[Flow]] = {}
    for flow in flows:
        if flow.step is not None:
            runs.setdefault(flow.layer, []).append(flow)
    return list(runs.values())


def _draw_layers(
    axes: Axes, flows: Sequence[Flow], quantity: str, size: Callable[[Flow], float | None]
) -> None:
    """Draw a size over the layers, from the inputs to the outputs."""
    sizes = [_shown(size(flow)) for flow in flows]
    axes.plot(range(len(flows)), sizes, color=COLORS[0], marker=MARKERS[0])
    rotation = 45 if len(flows) > 4 else 0
    axes.set_xticks(
        range(len(flows)),
        [flow.layer for flow in flows],
        rotation=rotation,
        ha="right" if rotation else "center",
    )
    _finish(axes, quantity, sizes)


def _draw_steps(
    axes: Axes, flows: Sequence[Flow], quantity: str, size: Callable[[Flow], float | None]
) -> None:
    """Draw a size over the steps of each recurrent layer."""
    everything: list[float] = []
    for run, color, dashes in zip(_runs_of_steps(flows), COLORS, DASHES, strict=False):
        sizes = [_shown(size(flow)) for flow in run]
        everything += sizes
        numbers = [flow.step or 0 for flow in run]
        axes.plot(numbers, sizes, color=color, linestyle=dashes, label=run[0].layer)
    axes.set_xlabel("step")
    axes.legend()
    _finish(axes, quantity, everything)


def _finish(axes: Axes, quantity: str, sizes: Sequence[float]) -> None:
    axes.set_ylabel(quantity)
    known = [size for size in sizes if size > 0]
    if known and max(known) > _WIDE * min(known):
        axes.set_yscale("log")
    finish(axes)


def _shown(size: float | None) -> float:
    """Return a size for a log scale, where 0 is a gap."""
    return size if size else float("nan")


def _plain(value: Any) -> Any:
    return value.numpy() if isinstance(value, ad.Tensor) else value


def _slope(value: Any, logits: Any) -> Any:
    """Return the slope by outputs; by their logits where the loss is computed from these."""
    for part in (logits, value):
        slope = getattr(part, "grad", None)
        if slope is not None:
            return slope
    return None


def _size(value: Any) -> float | None:
    if value is None or not np.size(value):
        return None
    return float(np.sqrt(np.mean(np.square(np.asarray(value, float)))))
