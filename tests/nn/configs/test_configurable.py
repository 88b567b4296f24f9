"""Classes of users: their configs have what the base has, and what their own constructors take."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.configs.configurable import Configurable
from nn.saving import deserialize_keras_object, serialize_keras_object


class Loss(nn.losses.Loss):
    def __init__(self, power=2.0, **options):
        super().__init__(**options)
        self.power = power

    def call(self, y_true, y_pred):
        return np.mean(np.abs(y_pred - y_true) ** self.power, axis=-1)


class Focused(nn.losses.BinaryCrossentropy):
    def __init__(self, focus, **options):
        super().__init__(**options)
        self.focus = focus


class Metric(nn.metrics.Metric):
    def __init__(self, limit, name="metric"):
        super().__init__(name)
        self.limit = limit


class Rate(nn.metrics.Recall):
    def __init__(self, factor=1.0, **options):
        super().__init__(**options)
        self.factor = factor


class Optimizer(nn.optimizers.Adam):
    def __init__(self, patience, **options):
        super().__init__(**options)
        self.patience = patience


class Fixed(nn.optimizers.Optimizer):
    def __init__(self):
        super().__init__(0.5)


class Schedule(nn.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, after=None):
        self.rate, self.after = rate, after


class Initializer(nn.initializers.HeNormal):
    def __init__(self, factor, seed=None):
        super().__init__(seed)
        self.factor = factor


class Regularizer(nn.regularizers.Regularizer):
    def __init__(self, parts):
        self.parts = parts


class Constraint(nn.constraints.MaxNorm):
    pass


OBJECTS = [
    Loss(3.0, name="cubic", reduction="sum"),
    Focused(2, from_logits=True, name="focused"),
    Metric(0.5),
    Rate(2.0, thresholds=[0.25, 0.5], name="rate"),
    Optimizer(3, learning_rate=Schedule(0.5), clipnorm=1.0),
    Fixed(),
    Schedule(0.1, after=Schedule(0.01)),
    Initializer(2.0, seed=3),
    Regularizer([nn.regularizers.L1(0.5), nn.regularizers.L2(0.25)]),
    Constraint(3.0, axis=1),
]
CLASSES = {type(item).__name__: type(item) for item in OBJECTS}


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: type(item).__name__)
def test_a_config_makes_an_equal_object(item):
    described = json.loads(json.dumps(serialize_keras_object(item)))
    again = deserialize_keras_object(described, custom_objects=CLASSES)
    assert type(again) is type(item)
    assert serialize_keras_object(again) == described
    assert repr(again).replace(hex(id(again)), "") == repr(item).replace(hex(id(item)), "")


def test_arguments_are_those_of_the_base_and_of_the_subclass():
    config = Loss(3.0).get_config()
    assert config == {"name": "loss", "reduction": "sum_over_batch_size", "power": 3.0}
    config = Metric(0.5).get_config()
    assert config == {"limit": 0.5, "name": "metric", "dtype": "float32"}
    config = Optimizer(3).get_config()
    assert config == nn.optimizers.Adam(name="optimizer").get_config() | {"patience": 3}
    assert Fixed().get_config() == {}
    assert Regularizer(3).get_config() == {"parts": 3}


def test_arguments_that_cannot_be_known_are_refused_by_name():
    class Hidden(nn.initializers.Initializer):
        def __init__(self, factor):
            self._factor = factor

    class Several(nn.initializers.Initializer):
        def __init__(self, *factors):
            self.factors = factors

    class Positional(nn.initializers.Initializer):
        def __init__(self, factor, /):
            self.factor = factor

    for item, name in ((Hidden(1), "factor"), (Several(1), "factors"), (Positional(1), "factor")):
        with pytest.raises(NotImplementedError, match=rf"{type(item).__name__} .* for '{name}'\."):
            item.get_config()
        assert type(item).__name__ in repr(item)


def test_an_argument_that_json_cannot_hold_is_named():
    with pytest.raises(NotImplementedError, match=r"the argument 'power' of Loss .* type object"):
        Loss(object()).get_config()
    with pytest.raises(NotImplementedError, match=r"the argument 'after' of Schedule .* a lambda"):
        Schedule(1.0, after=lambda step: step).get_config()


def test_the_get_config_of_a_user_adds_its_own_arguments():
    class Own(nn.metrics.Metric):
        def __init__(self, limit, **options):
            super().__init__(**options)
            self._limit = limit

        def get_config(self):
            return {**super().get_config(), "limit": self._limit}

    class Below(Own):
        def __init__(self, extra, **options):
            super().__init__(**options)
            self.extra = extra

    below = Below(1, limit=2, name="below")
    assert below.get_config() == {"extra": 1, "name": "below", "dtype": "float32", "limit": 2}
    assert Below.from_config(below.get_config()).get_config() == below.get_config()


def test_constructors_of_keras_style_take_what_keras_writes():
    class Own(nn.metrics.Metric):
        def __init__(self, name="own", dtype=None):
            super().__init__(name=name, dtype=dtype)

    class Custom(nn.losses.Loss):
        def __init__(self, name="own", reduction="sum", dtype=None):
            super().__init__(name=name, reduction=reduction, dtype=dtype)

    for item in (Own(), Custom()):
        assert type(item).from_config(item.get_config()).get_config() == item.get_config()
    with pytest.raises(ValueError, match=r"Own expects dtype float32"):
        Own(dtype="float16")
    with pytest.raises(ValueError, match=r"expects sparse=False, .* got True"):
        nn.layers.InputLayer.from_config({"shape": (2,), "sparse": True})
    assert nn.layers.InputLayer((2,), sparse=False).get_config()["sparse"] is False


class Shape(Configurable):
    def __init__(self, sides=4, *, color="red"):
        self.sides = sides
        self.color = color


class Square(Shape):
    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size


@pytest.mark.slow
@given(st.integers(), st.integers(), st.text())
def test_a_config_holds_all_arguments(size, sides, color):
    square = Square(size, sides=sides, color=color)
    assert square.get_config() == {"size": size, "sides": sides, "color": color}
    assert vars(Square.from_config(square.get_config())) == vars(square)


def test_a_repr_shows_arguments_that_are_not_the_default():
    assert repr(Square(3, color="blue")) == "Square(size=3, color='blue')"
    assert repr(Shape()) == "Shape()"
