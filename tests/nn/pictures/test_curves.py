"""Plots of training histories: their contents, read from matplotlib's objects."""

import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import nn
from nn.callbacks import EarlyStopping, History
from nn.plotting import compare, plot


@pytest.fixture(autouse=True, scope="module")
def without_a_screen():
    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    plt.close("all")
    mpl.use(before)


def recorded(epochs=None, **quantities):
    """Return a history of these quantities, without training."""
    history = History()
    history.history = {name: list(values) for name, values in quantities.items()}
    history.epochs = {
        name: list(epochs or range(1, len(values) + 1)) for name, values in quantities.items()
    }
    return history


def new_axes(count=1):
    return Figure().subplots(count)


def curves(axes):
    """The lines of a picture with their points; rings have one point, stops none of a curve."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def test_each_quantity_has_a_panel_with_training_and_validation():
    history = recorded(
        accuracy=[0.5, 0.75], loss=[2.0, 1.0], val_loss=[3.0, 4.0], learning_rate=[0.1, 0.1]
    )
    loss, accuracy, rate = plot(history).axes
    assert [axes.get_ylabel() for axes in (loss, accuracy, rate)] == [
        "loss", "accuracy", "learning_rate",
    ]  # fmt: skip
    assert curves(loss) == {
        "training": ([1, 2], [2.0, 1.0]),
        "validation (best: 3 in epoch 1)": ([1, 2], [3.0, 4.0]),
    }
    assert list(curves(accuracy)) == ["training (best: 0.75 in epoch 2)"]
    assert list(curves(rate)) == ["training"]


@pytest.mark.parametrize("metrics", ["loss", ["loss"], "val_loss"])
def test_panels_can_be_chosen(metrics):
    (axes,) = plot(recorded(loss=[1.0], val_loss=[2.0], mae=[3.0]), metrics).axes
    assert axes.get_ylabel() == (metrics if isinstance(metrics, str) else "loss")
    assert len(curves(axes)) == 1 + (metrics != "val_loss")


values = st.lists(st.floats(-1e6, 1e6) | st.just(np.nan) | st.just(np.inf), min_size=1, max_size=9)


@pytest.mark.slow
@given(values, st.sampled_from(["loss", "accuracy"]))
def test_the_ring_is_around_the_best_finite_value(values, name):
    axes = new_axes()
    plot(recorded(**{name: values}), ax=axes)
    rings = [line for line in axes.lines if line.get_markersize() > 10]
    finite = [value for value in values if np.isfinite(value)]
    assert len(rings) == (1 if finite else 0)
    if finite:
        best = min(finite) if name == "loss" else max(finite)
        assert rings[0].get_ydata()[0] == best
        assert rings[0].get_xdata()[0] == values.index(best) + 1


@pytest.mark.parametrize(("epochs", "every"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_long_curves_have_at_most_twenty_markers(epochs, every):
    (axes,) = plot(recorded(loss=range(epochs))).axes
    assert axes.lines[0].get_markevery() == every


def test_values_are_drawn_at_their_epochs_and_scores_per_class_by_their_mean():
    history = recorded(epochs=[5, 10], val_f1=[np.array([0.5, 1.0]), np.array([0.0, 0.5])])
    (curve,) = curves(plot(history, "val_f1", new_axes()).axes[0]).values()
    assert curve == ([5, 10], [0.75, 0.25])


def fit(**options):
    model = nn.Sequential([nn.layers.Dense(1, kernel_initializer="zeros", input_shape=(1,))])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.array([[0.0], [1.0], [2.0], [3.0]])
    return model.fit(x, x, verbose=0, validation_split=0.5, **options)


def test_the_epoch_of_early_stopping_is_marked():
    never = EarlyStopping(patience=2, min_delta=1e9)
    history = fit(epochs=9, callbacks=[never])
    assert history.stopped_after == 3
    figure = history.plot(ax=new_axes())
    assert "stopped early, after epoch 3" in curves(figure.axes[0])
    through = fit(epochs=2, callbacks=[never])
    assert through.stopped_after is None
    assert len(curves(through.plot(ax=new_axes()).axes[0])) == 2


def test_validation_is_drawn_at_the_epochs_where_it_ran():
    history = fit(epochs=5, validation_freq=2)
    assert history.epochs == {"loss": [1, 2, 3, 4, 5], "val_loss": [2, 4]}
    _, validation = curves(history.plot(ax=new_axes()).axes[0]).values()
    assert validation == ([2, 4], history.history["val_loss"])


def test_panels_are_in_rows_of_three():
    figure = plot(recorded(loss=[1], a=[1], b=[1], c=[1]))
    places = [axes.get_subplotspec() for axes in figure.axes]
    assert [(p.rowspan.start, p.colspan.start) for p in places] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    width, height = nn.pictures.STYLE["figure.figsize"]
    assert figure.get_size_inches().tolist() == [3 * width, 2 * height]
    assert figure.axes[0].get_xlabel() == "epoch"
    assert figure.axes[0].get_legend() is not None


@pytest.mark.slow
def test_histories_are_compared_in_one_picture():
    histories = {
        "narrow": recorded(val_loss=[3.0, 2.0, 1.0]),
        "wide": recorded(val_loss=[2.0, 4.0]),
    }
    (axes,) = compare(histories).axes
    assert axes.get_ylabel() == "validation loss"
    assert curves(axes) == {
        "narrow (best: 1 in epoch 3)": ([1, 2, 3], [3.0, 2.0, 1.0]),
        "wide (best: 2 in epoch 1)": ([1, 2], [2.0, 4.0]),
    }


def test_plots_are_drawn_on_the_axes_passed():
    history = recorded(loss=[1.0], mae=[2.0])
    panels = new_axes(2)
    assert history.plot(ax=panels) is panels[0].figure
    assert [axes.get_ylabel() for axes in panels] == ["loss", "mae"]
    whole = Figure()
    part = whole.subfigures(1, 2)[0].subplots()
    assert compare({"one": history}, "mae", part) is whole
    with pytest.raises(ValueError, match=r"each of 2 panels, got 1.*metrics=\['loss'\]"):
        history.plot(ax=new_axes())


def test_a_notebook_shows_a_figure_once(monkeypatch):
    history = recorded(loss=[1.0])
    before = plt.get_fignums()
    monkeypatch.setattr(plt, "get_backend", lambda: "inline")
    history.plot()
    assert plt.get_fignums() == before
    monkeypatch.undo()
    assert plt.fignum_exists(history.plot().number)


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: plot(History()), ValueError, "'loss' among .* got none, as no epoch has ended"),
        (lambda: recorded(loss=[1]).plot("mae"), ValueError, r"'mae' among .* got loss\. .*choose"),
        (lambda: plot({"loss": [1.0]}), TypeError, r"got dict\. Pass history = model\.fit"),
        (lambda: compare({"wide": [1.0]}), TypeError, "a history for 'wide', .* got list"),
        (lambda: compare([History()]), TypeError, r"from labels .* got list\. Write \{'wide': "),
        (lambda: compare(History()), TypeError, "from labels .* got History"),
        (lambda: compare({}), ValueError, "at least one history"),
        (lambda: compare({"wide": recorded(loss=[1.0])}), ValueError, "'wide'.* validation_split="),
    ],
)
def test_errors_for_histories_that_cannot_be_drawn(draw, error, message):
    with pytest.raises(error, match=message):
        draw()


def test_without_matplotlib_the_error_advises_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
        recorded(loss=[1.0]).plot()


def test_epochs_are_whole_numbers():
    for count in (1, 2, 7, 30):
        ticks = plot(recorded(loss=range(count))).axes[0].xaxis.get_majorticklocs()
        assert (ticks == ticks.round()).all()


def test_there_is_no_ring_where_the_better_direction_is_unknown_or_nothing_is_finite():
    for values, name in (([0.1, 0.2], "learning_rate"), ([np.nan, np.inf], "loss")):
        (axes,) = plot(recorded(**{name: values})).axes
        assert len(axes.lines) == 1
        assert "best" not in axes.lines[0].get_label()
