"""Nested calls inherit ``training``, as in Keras."""

# ruff: noqa: ARG002 # `call` takes inputs, used or not

import numpy as np
import pytest

import nn
from nn.layers import Dense, Dropout, Input, Layer, context
from nn.models import Model, Sequential

ONES = np.ones((20, 30), np.float32)


class TwiceInTraining(Layer):
    """Multiplies its inputs by 2 in training."""

    def call(self, inputs, training=False):
        return inputs * (2 if training else 1)


class Wrapper(Layer):
    """Calls a layer without passing ``training``."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


class Explicit(Wrapper):
    """Calls a layer with an explicit ``training``."""

    def __init__(self, inner, *, training):
        super().__init__(inner)
        self.training = training

    def call(self, inputs):
        return self.inner(inputs, training=self.training)


class TrainsByDefault(TwiceInTraining):
    def call(self, inputs, training=True):
        return super().call(inputs, training)


def factor(layer, **options):
    return float(layer(ONES, **options)[0, 0])


@pytest.mark.parametrize("wrap", [Wrapper, lambda inner: Sequential([inner])])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_inner_calls_inherit_training(wrap, depth):
    layer = TwiceInTraining()
    for _ in range(depth):
        layer = wrap(layer)
    assert factor(layer) == factor(layer, training=False) == 1
    assert factor(layer, training=True) == 2
    assert factor(layer, training=None) == 1


def test_an_explicit_argument_has_precedence_and_ends_with_its_call():
    assert factor(Explicit(TwiceInTraining(), training=False), training=True) == 1
    assert factor(Explicit(TwiceInTraining(), training=True)) == 2

    class Both(Layer):
        def __init__(self):
            super().__init__()
            self.first, self.second = Wrapper(TwiceInTraining()), Wrapper(TwiceInTraining())

        def call(self, inputs):
            return np.array([self.first(inputs, training=False), self.second(inputs)])

    assert Both()(ONES, training=True)[:, 0, 0].tolist() == [1, 2]


def test_training_may_be_passed_by_position():
    class Positional(Wrapper):
        def call(self, inputs):
            return self.inner(inputs, True)  # noqa: FBT003

    assert factor(Positional(TwiceInTraining())) == 2
    assert factor(Positional(TwiceInTraining()), training=False) == 2


def test_the_default_of_the_layer_is_used_unless_an_outer_call_passes_training():
    assert factor(TrainsByDefault()) == 2
    assert factor(TrainsByDefault(), training=False) == 1
    assert factor(Wrapper(TrainsByDefault())) == 2
    assert factor(Wrapper(TrainsByDefault()), training=False) == 1
    assert factor(Sequential([Wrapper(TrainsByDefault())])) == 2


def test_a_call_that_fails_does_not_change_the_context():
    class Fails(Layer):
        def call(self, inputs):
            raise KeyError("the user's mistake")

    with pytest.raises(KeyError):
        Fails()(ONES, training=True)
    assert factor(Wrapper(TwiceInTraining())) == 1


class Plain(Model):
    """Calls its layers without passing ``training``."""

    def __init__(self):
        super().__init__()
        self.block = Wrapper(Sequential([Dropout(0.5)]))
        self.out = Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        return self.out(self.block(inputs))


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
@pytest.mark.parametrize(
    "make",
    [Plain, lambda: Sequential([Input((30,)), Sequential([Wrapper(Dropout(0.5))]), Dense(1)])],
)
def test_nested_dropout_is_active_in_fit_and_not_in_evaluate(make, run_eagerly):
    model = make()
    model.compile(nn.optimizers.SGD(0.0), "mse", run_eagerly=run_eagerly)
    y = model(ONES)
    history = model.fit(ONES, y, epochs=2, verbose=0).history["loss"]
    assert min(history) > 0
    assert history[0] != history[1]
    assert model.evaluate(ONES, y, verbose=0) == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(model.predict(ONES, verbose=0), y, rtol=1e-5)
    assert np.any(model(ONES, training=True) != y)


CONTEXTS = {
    "unrolled": (lambda: context.unrolled(), lambda: context._unrolls.get()),
    "a step": (lambda: context.in_a_step(), lambda: context._is_closed.get()),
    "zeros": (lambda: context.on_zeros(), context.are_zeros),
    "watch": (lambda: context.watching_outputs(print), lambda: context._watch.get() is print),
    "training": (
        lambda: context.training_scope(training=True),
        lambda: context._training.get() is True,
    ),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_ends_with_its_block_also_where_that_fails(name):
    enter, is_inside = CONTEXTS[name]
    assert not is_inside()
    with enter():
        assert is_inside()
        with enter():
            assert is_inside()
        assert is_inside()
    assert not is_inside()
    with pytest.raises(ZeroDivisionError), enter():
        _ = 1 / 0
    assert not is_inside()


def test_a_step_that_is_unrolled_is_shown():
    with context.unrolled(), context.in_a_step():
        assert not context._is_closed.get()
    with context.unrolled(False), context.in_a_step():  # noqa: FBT003
        assert context._is_closed.get()
    assert context.is_outermost()
    with context.training_scope(None):
        assert not context.is_outermost()
        assert context.resolve_training(None, default=True) is True
