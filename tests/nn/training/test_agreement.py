"""What processes agree on, among threads: weights, optimizers, orders, draws, and when to stop."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from nn.layers import Dense, Dropout, Layer
from nn.random import SeedGenerator
from nn.training import agreement
from tests.nn.distribution.threads import in_threads

X, Y = np.arange(8.0).reshape(4, 2), np.ones((4, 1))


class Draws(Layer):
    def __init__(self):
        super().__init__()
        self.seeds = {"own": SeedGenerator(3)}

    def call(self, inputs):
        return inputs


class InTeam(nn.Sequential):
    team = None


def trained(steps, width=2, optimizer="adam"):
    model = InTeam([Dense(1, input_shape=(width,), name="dense"), Dropout(0.5, seed=1), Draws()])
    model.compile(optimizer, "mse")
    for _ in range(steps):
        model.train_on_batch(X, Y)
    return model


def in_team(models, function):
    """Call a function with each model, as if it were in a process of its own."""

    def run(ranks):
        model = models[ranks.rank]
        model.team = SimpleNamespace(rank=ranks.rank, size=ranks.size, communicator=ranks)
        return function(model)

    return in_threads(len(models), run)


@pytest.mark.slow
@pytest.mark.parametrize(("call", "iterations"), [("fit", [3, 3]), ("evaluate", [3, 1])])
def test_all_begin_with_the_weights_of_process_0_and_fit_with_its_optimizer(call, iterations):
    models = [trained(3), trained(1)]
    weights = models[0].get_weights()
    assert in_team(models, lambda model: agreement.begin(model, call)) == [None, None]
    for model in models:
        for found, expected in zip(model.get_weights(), weights, strict=True):
            np.testing.assert_array_equal(found, expected)
    assert [model.optimizer.iterations for model in models] == iterations
    first, second = (model.optimizer.get_state() for model in models)
    assert all(np.array_equal(first[name], second[name]) for name in first) == (call == "fit")


def test_calls_and_models_are_the_same_in_all_processes():
    models = [trained(0), trained(0)]
    first, second = in_team(
        models, lambda model: agreement.begin(model, ("fit", "predict")[model.team.rank])
    )
    shapes = r"of a model with weights of shape \(2, 1\), \(1,\)"
    for error, here in (
        (first, "another one in another process"), (second, f"predict {shapes} in process 1")
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=f"got fit {shapes} in process 0 and {here}"):
            raise error
    errors = in_team([trained(0), trained(0, width=3)], lambda model: agreement.begin(model, "fit"))
    assert all(isinstance(error, RuntimeError) for error in errors)


@pytest.mark.parametrize(("fixed_rows", "carried"), [(4, []), (None, ["a state"])])
def test_batches_of_fixed_rows_and_states_are_not_shared(fixed_rows, carried):
    model = SimpleNamespace(team="some", fixed_rows=fixed_rows, carried=carried, name="net")
    with pytest.raises(NotImplementedError, match="'net' has a fixed number of rows"):
        agreement.begin(model, "fit")
    model.team = None
    agreement.begin(model, "fit")


def test_all_draw_the_order_of_process_0():
    models = [trained(0), trained(0)]
    for seed, model in enumerate(models):
        model._training.order = np.random.default_rng(seed)
    in_team(models, agreement.share_order)
    for model in models:
        expected = np.random.default_rng(0).permutation(9)
        np.testing.assert_array_equal(model._training.order.permutation(9), expected)
    models[0]._training.order = None
    agreement.share_order(models[0])


def test_each_process_but_the_first_draws_anew_once():
    models = [trained(0) for _ in range(3)]

    def draws(model):
        agreement.separate_draws(model)
        sources = [model.layers[1]._generator, model.layers[2].seeds["own"].generator]
        return [source.random() for source in sources]

    alone = [np.random.default_rng(1).random(), SeedGenerator(3).generator.random()]
    first = in_team(models, draws)
    assert first[0] == alone
    assert len({number for numbers in first for number in numbers}) == 6
    second = in_team(models, draws)
    following = copy.deepcopy(models[1].layers[1]._generator).random()
    assert second[1] != first[1]
    assert following != second[1][0]
    restored = [trained(0) for _ in range(3)]
    assert in_team(restored, draws) == first  # it depends on the seed and the rank alone
    again = [model.layers[1]._generator.bit_generator.state for model in restored]
    for model in restored:
        agreement.separate_draws(model)  # they are separated already
    assert again == [model.layers[1]._generator.bit_generator.state for model in restored]
    for model in restored:
        agreement.draws_are_those_of_main(model)
        agreement.separate_draws(model)
    changed = [model.layers[1]._generator.bit_generator.state for model in restored]
    assert [a == b for a, b in zip(again, changed, strict=True)] == [True, False, False]


def check(model):
    agreement.check_weights(model, "at noon")


def test_weights_that_drift_apart_are_named():
    models = [trained(0) for _ in range(3)]
    for model in models[1:]:
        model.set_weights(models[0].get_weights())
    assert in_team(models, check) == [None] * 3
    models[2].layers[0].bias.assign_add(np.ones(1))
    for error in in_team(models, check):
        with pytest.raises(RuntimeError, match="apart at noon: dense/bias of process 2 differ"):
            raise error
    models[2].set_weights(models[0].get_weights())
    models[1].optimizer.learning_rate = 0.5
    for error in in_team(models, check):
        with pytest.raises(RuntimeError, match="apart at noon: none of process none differ"):
            raise error


@pytest.mark.slow
def test_processes_begin_single_batches_once_and_again_after_compile(monkeypatch):
    begun = []
    monkeypatch.setattr(agreement, "begin", lambda model, call: begun.append((model, call)))
    model = nn.Sequential([Dense(1, input_shape=(2,))])
    x, y = np.ones((2, 2)), np.ones((2, 1))

    def counts(model):
        del begun[:]
        model.train_on_batch(x, y)
        model.test_on_batch(x, y)
        assert all(pair == (model, "a single batch") for pair in begun)
        return len(begun)

    model.compile("sgd", "mse")
    assert [counts(model), counts(model)] == [1, 0]
    assert counts(copy.deepcopy(model)) == 1
    model.compile("sgd", "mse")
    assert counts(model) == 1


@pytest.mark.parametrize(("own", "others", "stops"), [(0, 0, False), (1, 0, True), (0, 2, True)])
def test_a_stop_in_any_process_stops_all(own, others, stops):
    def add_up(numbers):
        numbers += others

    model = SimpleNamespace(stop_training=bool(own), team=None)
    assert agreement.stops(model) is bool(own)
    model.team = SimpleNamespace(communicator=SimpleNamespace(add_up=add_up))
    assert agreement.stops(model) is stops
    assert model.stop_training is stops
