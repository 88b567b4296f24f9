"""compile(jit_compile=True): the numbers of NumPy, steps and update by numba."""

import gc
import logging

import numpy as np
import pytest

import nn
from autodiff.compiler.jitted import CompiledProgram
from nn.layers import Dense
from nn.optimizers.compiled_update import CompiledUpdate, compile_update


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Keep what is compiled out of the user's cache."""
    monkeypatch.setenv("AUTODIFF_CACHE", str(tmp_path))


def trained(*, jit_compile):
    nn.utils.set_random_seed(0)
    model = nn.Sequential([nn.Input((6,)), Dense(8, "relu"), Dense(3, "softmax")])
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=jit_compile
    )
    random = np.random.default_rng(1)
    x, y = random.normal(size=(40, 6)), random.integers(0, 3, 40)
    histories = []
    for _ in range(2):
        histories.append(model.fit(x, y, batch_size=10, epochs=2, verbose=0).history)
        for program in [o for o in gc.get_objects() if type(o) is CompiledProgram]:
            if program.native is not None:
                program.native.wait()
    return histories, model.get_weights()


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
def test_training_in_machine_code_gives_the_numbers_of_numpy():
    (compiled, weights), (expected, wanted) = trained(jit_compile=True), trained(jit_compile="auto")
    for found, right in zip(compiled, expected, strict=True):
        for name in right:
            np.testing.assert_allclose(found[name], right[name], rtol=1e-5)
    for a, b in zip(weights, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


OPTIMIZERS = {
    "sgd": lambda: nn.optimizers.SGD(0.1),
    "momentum": lambda: nn.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": nn.optimizers.Adam,
    "amsgrad": lambda: nn.optimizers.Adam(amsgrad=True),
    "adamw": nn.optimizers.AdamW,
    "adamax": nn.optimizers.Adamax,
    "adagrad": nn.optimizers.Adagrad,
    "adadelta": nn.optimizers.Adadelta,
    "rmsprop": lambda: nn.optimizers.RMSprop(momentum=0.5, centered=True),
    "lion": nn.optimizers.Lion,
}


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_in_machine_code_is_that_of_numpy(name):
    random = np.random.default_rng(0)
    plain, compiled = OPTIMIZERS[name](), OPTIMIZERS[name]()
    weights = random.normal(size=9).astype("f")
    buffers = [(optimizer, weights.copy(), np.zeros(9, "f")) for optimizer in (plain, compiled)]
    for optimizer, _, _ in buffers:
        optimizer.build_slots(9, [slice(0, 9)])
    assert compile_update(*buffers[1]) == ""
    compiled._compiled._program.native.wait()
    for _ in range(4):
        slope = random.normal(size=9).astype("f")
        for optimizer, parameters, gradients in buffers:
            gradients[...] = slope
            optimizer.step(parameters, gradients)
    np.testing.assert_allclose(buffers[1][1], buffers[0][1], rtol=2e-6, atol=1e-7)
    for slot, other in zip(compiled.slots.values(), plain.slots.values(), strict=True):
        np.testing.assert_allclose(slot, other, rtol=2e-6, atol=1e-7)
    assert compiled.iterations == plain.iterations == 4
    assert compiled._compiled is not None  # it was run


@pytest.mark.usefixtures("numba")
@pytest.mark.slow
@pytest.mark.parametrize("change", ["an option", "the slots"])
def test_an_update_that_is_out_of_date_is_not_run(change):
    plain, compiled = nn.optimizers.Adam(0.1), nn.optimizers.Adam(0.1)
    buffers = [(o, np.ones(4, "f"), np.ones(4, "f")) for o in (plain, compiled)]
    for optimizer, _, _ in buffers:
        optimizer.build_slots(4, [slice(0, 4)])
    assert compile_update(*buffers[1]) == ""
    compiled._compiled._program.native.wait()
    for optimizer, parameters, gradients in buffers:
        optimizer.step(parameters, gradients)
        if change == "an option":
            optimizer.beta_1 = 0.5
        else:
            optimizer.slots = {name: slot + 1 for name, slot in optimizer.slots.items()}
        gradients[...] = 2.0
        optimizer.step(parameters, gradients)
    np.testing.assert_allclose(buffers[1][1], buffers[0][1], rtol=1e-6)


@pytest.mark.usefixtures("numba")
@pytest.mark.parametrize("make", [nn.optimizers.Nadam, nn.optimizers.Ftrl, nn.optimizers.Lamb])
def test_an_update_that_cannot_be_compiled_stays_with_the_reason(make, caplog):
    optimizer, parameters, gradients = make(), np.ones(4, "f"), np.ones(4, "f")
    optimizer.build_slots(4, [slice(0, 4)])
    state = {name: np.copy(slot) for name, slot in optimizer.slots.items()}
    update = CompiledUpdate(optimizer, parameters, gradients)
    assert update.reason
    with caplog.at_level(logging.INFO, logger="autodiff.native"):
        assert compile_update(optimizer, parameters, gradients) == update.reason
    assert "stays NumPy code" in caplog.text
    np.testing.assert_array_equal(parameters, 1)
    for name, slot in optimizer.slots.items():
        np.testing.assert_array_equal(slot, state[name])
    optimizer.step(parameters, gradients)
    assert np.all(np.isfinite(parameters))


def test_other_choices_are_refused():
    model = nn.Sequential([nn.Input((2,)), Dense(1)])
    with pytest.raises(
        ValueError, match="expected jit_compile= to be True, False, 'auto' or 'wait'"
    ):
        model.compile("sgd", "mse", jit_compile="always")
    with pytest.raises(ValueError, match="expected one of jit_compile=True and run_eagerly=True"):
        model.compile("sgd", "mse", jit_compile=True, run_eagerly=True)
    assert model.optimizer is None


def test_the_source_of_machine_code_where_there_is_none():
    model = nn.Sequential([nn.Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    with pytest.raises(ValueError, match=r"Write model.compile\(..., jit_compile=True\)"):
        model.train_source(native=True)


@pytest.mark.slow
def test_false_and_auto_are_numpy(caplog):
    with caplog.at_level(logging.INFO, logger="autodiff.native"):
        trained(jit_compile=False)
    assert not caplog.records
