"""Pictures as plain text."""

import numpy as np
import pytest

import autodiff as ad


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def lines(text):
    return [" ".join(line.split()) for line in text.splitlines()[3:]]


def test_the_loss_of_the_course():
    w, x = np.array([0, 2, 1]), np.array([1, 2, 3])
    text = ad.draw(loss).text(w, x, 0)
    assert text.startswith("loss = 49\nslope: how much loss changes per unit change of the value\n")
    assert lines(text) == [
        "weights = [0 2 1] slope [+14 +28 +42]",
        "x = [1 2 3]",
        "weights · x = [0 4 3] slope [+14 +14 +14]",
        "∂(weights · x)/∂weights = x = [1 2 3]",
        "Σ(weights · x) = 7 slope +14",
        "∂Σ(weights · x)/∂(weights · x) = 1",
        "error = Σ(weights · x) − 0 = 7 slope +14",
        "∂error/∂Σ(weights · x) = 1",
        "loss = error² = 49 slope +1",
        "∂loss/∂error = 2 · error = 14",
    ]
    assert ad.draw(loss)(w, x, 0).text() == text


def test_a_block_has_its_inputs_and_outputs():
    def net(x):
        for i in range(2):
            with ad.scope("net"), ad.scope(f"dense_{i}", label="Dense 1"):
                x = np.tanh(x * 2)
        return x + 1

    assert lines(ad.draw(net).text(0.0)) == [
        "x₁ = 0 slope +4",
        "net:",
        "Dense 1 (dense_0) of x₁",
        "x₂ = 0 slope +2",
        "net:",
        "Dense 1 (dense_1) of x₂",
        "x₃ = 0 slope +1",
        "net = x₃ + 1 = 1 slope +1",
        "∂net/∂x₃ = 1",
    ]


def test_constants_without_a_name_are_written_out():
    text = ad.draw(lambda x: (x * np.array([1, 2])).sum()).text(np.array([3.0, 4.0]))
    assert "∂(x · [1 2])/∂x = [1 2]" in text


def test_missing_and_infinite_slopes_are_pointed_out():
    def dead(w):
        return np.maximum(0, w).sum() + np.log(w * 0)

    with np.errstate(all="ignore"):
        text = ad.draw(dead).text(-1.0)
    assert "← not finite" in text
    assert "← no slope gets here" in ad.draw(lambda w: np.maximum(0, w)).text(-1.0)


def test_many_entries_are_summarized():
    text = ad.draw(lambda x: (x @ x).sum()).text(np.arange(16.0).reshape(4, 4))
    assert lines(text)[0] == "x = [4×4, 0 … 15] slope [4×4, +30 … +90]"
    assert "    x gets xᵀ @ g, where g is the slope of x @ x" in text


def test_every_step_uses_names_defined_above():
    """Each name in a step is the name of a line above it."""

    def program(x):
        parts = [x * i for i in range(2, 5)]
        return np.stack(parts).sum() * parts[0]

    steps = [line for line in lines(ad.draw(program).text(1.0)) if "∂" not in line]
    names = [step.split(" = ")[0] for step in steps if " gets " not in step]
    assert len(set(names)) == len(names)
    assert names == [
        "x",
        "parts[0]",
        "parts[1]",
        "parts[2]",
        "[parts[0], parts[1], parts[2]]",
        "v₁",
        "program",
    ]


@pytest.mark.slow
def test_very_many_arguments_are_one_line():
    def total(weights):
        return sum(weights)

    text = ad.draw(total).text([np.ones(2)] * 300)
    assert "×300, with 300 arguments inside\n  total = [300 300]" in text


def test_very_many_arguments_of_several_blocks_are_one_line():
    def product(weights):
        total, power = 0.0, 1.0
        for w in weights.values():
            total = total + w
        for w in weights.values():
            power = power * w
        return total * power

    text = ad.draw(product).text({i: np.ones(2) for i in range(201)})
    assert lines(text)[1:4] == [
        "201 arguments",
        "total = total + w ×201 of weights[200]",
        "total₂₀₁ = [201 201] slope [+1 +1]",
    ]


@pytest.mark.slow
def test_a_large_picture_is_described_by_its_result_and_slopes():
    def total(x, values):
        for value in values.values():
            x = x * value
        return x

    drawing = ad.draw(total)(2.0, {i: 1.0 + 2 * (i == 59) for i in range(60)})
    slopes = "; ".join(["x +3", *(f"values[{i}] +6" for i in range(19))])
    assert drawing.description == (
        f"A computation in 60 steps, from left to right. total = 6. Slopes: {slopes}."
    )
    result = sum(ad.tensor(1.0) * i for i in range(40))  # starts without names
    assert ad.draw(result).description.endswith(" result = 780. Slopes: .")


def test_a_comparison_keeps_the_parentheses_of_its_sides():
    text = ad.draw(lambda x: np.minimum(np.maximum(x, 1.0), 2.0)).text(1.5)
    assert "= 1 where maximum(x, 1) < 2: 1" in text
