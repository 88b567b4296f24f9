"""The examples with SciPy: each reaches its goal, and is held against what is known about it."""

import importlib
import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image  # which matplotlib needs too

import autodiff as ad

pytest.importorskip("scipy")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GALLERY = EXAMPLES.parent / "docs" / "gallery"
ENTRIES = {
    "gaussian_process": "regression",
    "mixture_model": "mixture",
    "variational_inference": "inference",
    "independent_components": "separation",
    "hidden_markov_model": "casino",
    "survival": "survival",
    "neural_ode": "motion",
    "bayesian_optimization": "optimization",
}

sys.path.insert(0, str(EXAMPLES))  # as for a script there
MODULES = {name: importlib.import_module(name) for name in ENTRIES}
gallery = importlib.import_module("gallery")
sys.path.remove(str(EXAMPLES))


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_an_example_reaches_its_goal_and_has_a_picture(name, tmp_path):
    finding = getattr(MODULES[name], ENTRIES[name])()
    assert finding.reached
    ((file, picture),) = finding.pictures.items()
    picture.save(tmp_path / file)
    assert file == f"{name}.png"
    assert difference(tmp_path / file, GALLERY / file) < 0.005, "run python examples/gallery.py"


def blurred(path):
    """Return the shades of a picture, averaged over squares of 30 pixels."""
    shades = np.asarray(Image.open(path).convert("L"), float) / 255
    return shades.reshape(21, 30, 35, 30).mean(axis=(1, 3))


def difference(a, b):
    return np.abs(blurred(a) - blurred(b)).mean()


def test_the_gallery_runs_every_example():
    shown = {example.__module__: example.__name__ for example in gallery.EXAMPLES}
    assert shown == ENTRIES


@pytest.mark.slow
def test_other_pictures_differ():
    pictures = [GALLERY / f"{name}.png" for name in ENTRIES]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 0.02


def test_the_gallery_shows_every_example_with_its_picture():
    page = (GALLERY.parent / "gallery.md").read_text(encoding="utf-8")
    scripts = re.findall(r"^\[examples/(\w+)\.py\]\(\.\./examples/\1\.py\):", page, re.MULTILINE)
    assert scripts == re.findall(r"\]\(gallery/(\w+)\.png\)", page)
    assert sorted(scripts) == sorted(ENTRIES)


@pytest.mark.slow
def test_the_slopes_of_the_losses_are_the_measured_ones():
    ad.check_grads(MODULES["gaussian_process"].loss, np.array([0.1, -0.4, -1.5]), order=1)
    ad.check_grads(MODULES["mixture_model"].loss, MODULES["mixture_model"].START, order=1)
    ad.check_grads(MODULES["variational_inference"].loss, np.array([0, 10.0, 0, 1, 0.3]), order=1)
    ad.check_grads(MODULES["independent_components"].loss, np.eye(3).ravel() + 0.1, order=1)
    ad.check_grads(MODULES["survival"].loss, np.array([2.0, 0.5, 0.1]))


@pytest.mark.slow
def test_the_survival_fit_is_the_published_one():
    # survreg(Surv(time, cens) ~ treat, data = gehan) in R: 2.248, 1.267, log(scale) = -0.312
    estimates, errors, _ = MODULES["survival"].fit()
    np.testing.assert_allclose(estimates, [2.248, 1.267, 0.312], atol=1e-3)
    np.testing.assert_allclose(errors, [0.166, 0.311, 0.147], atol=1e-3)


def test_the_forward_pass_sums_over_all_paths_and_its_slope_is_the_posterior():
    random = np.random.default_rng(0)
    chances, stay = random.random((5, 2)), random.dirichlet([1, 1], size=2)
    weight = {}
    for path in itertools.product([0, 1], repeat=5):
        steps = [stay[a, b] for a, b in itertools.pairwise(path)]
        weight[path] = 0.5 * np.prod(steps) * np.prod(chances[range(5), path])
    value, slope = ad.value_and_grad(MODULES["hidden_markov_model"].log_likelihood)(
        np.log(chances), np.log(stay)
    )
    total = sum(weight.values())
    assert value == pytest.approx(np.log(total))
    for place in range(5):
        share = sum(w for path, w in weight.items() if path[place] == 1) / total
        assert slope[place, 1] == pytest.approx(share)


@pytest.mark.slow
def test_at_the_optimum_of_a_mixture_weights_are_the_mean_responsibilities():
    mixture = MODULES["mixture_model"]
    parameters, _ = mixture.fit()
    logs = mixture.log_densities(parameters, mixture.X)
    shares = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
    weights = np.exp(parameters["weights"])
    np.testing.assert_allclose(np.mean(shares, axis=0), weights / weights.sum(), atol=1e-3)


def test_the_slope_of_a_neural_differential_equation_is_the_measured_one():
    neural = MODULES["neural_ode"]
    random = np.random.default_rng(0)
    vector = neural.START + 0.1 * random.normal(size=neural.START.shape)
    direction = random.normal(size=vector.shape)
    measured = [neural.loss(vector + step * direction) for step in (1e-4, -1e-4)]
    slope = ad.grad(neural.loss)(vector) @ direction
    assert slope == pytest.approx((measured[0] - measured[1]) / 2e-4, rel=1e-4)


@pytest.mark.slow
def test_the_expected_improvement_is_the_mean_of_what_is_gained():
    search, x, y = MODULES["bayesian_optimization"], np.array([0.1, 0.6]), np.array([1.0, -0.5])
    parameters, point = np.log([1.0, 0.3]), np.array([0.8])
    mean, deviation = search.predict(point, parameters, x, y)
    values = mean + deviation * np.random.default_rng(0).normal(size=200_000)
    expected = np.mean(np.maximum(y.min() - values, 0))
    found = search.improvement(point, parameters, x, y)[0]
    assert found == pytest.approx(expected, abs=3e-3)
    ad.check_grads(search.improvement, point, parameters, x, y, argnums=[0, 1], order=1)
    ad.check_grads(search.loss, parameters, x, y, argnums=0, order=2)
