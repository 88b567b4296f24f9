"""The names of users' classes and functions: registered, in a scope, or passed."""

import threading

import pytest

import nn
from nn.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)


class Twice(nn.initializers.Initializer):
    """Twos."""

    def __call__(self, shape, dtype="float32"):
        return 2 * nn.initializers.Ones()(shape, dtype)


def test_a_registered_class_is_found_by_its_name():
    @register_keras_serializable("shop", name="Other")
    class Priced(Twice):
        pass

    assert get_registered_name(Priced) == "shop>Other"
    assert get_registered_object("shop>Other") is get_custom_objects()["shop>Other"] is Priced
    described = serialize_keras_object(Priced())
    assert (described["class_name"], described["registered_name"]) == ("Priced", "shop>Other")
    assert described["module"] == __name__
    Priced.__module__ = "__main__"  # which names no file
    assert serialize_keras_object(Priced())["module"] is None
    assert type(deserialize_keras_object(described)) is Priced
    assert type(nn.initializers.get("shop>Other")) is Priced

    @register_keras_serializable("shop", name="Other")  # as in a notebook whose cell runs again
    class Newer(Twice):
        pass

    assert type(deserialize_keras_object(described)) is Newer


def test_a_name_that_is_not_registered():
    assert get_registered_name(Twice) == "Twice"
    assert get_registered_object("Twice") is None
    assert get_registered_object("Twice", custom_objects={"Twice": Twice}) is Twice
    assert get_registered_object("Twice", module_objects={"Twice": Twice}) is Twice
    other = serialize_keras_object(Twice()) | {"registered_name": "of another program>Twice"}
    assert type(deserialize_keras_object(other, {"Twice": Twice})) is Twice
    with pytest.raises(ValueError, match=r"got 'Twice' .* custom_objects=\{'Twice': Twice\}"):
        deserialize_keras_object(serialize_keras_object(Twice()))


def test_scopes_are_nested_and_end():
    described = serialize_keras_object(Twice())
    with custom_object_scope({"Twice": Twice}), CustomObjectScope({"other": len}):
        assert type(deserialize_keras_object(described)) is Twice
        assert type(nn.initializers.get("Twice")) is Twice
    assert type(deserialize_keras_object(described, {"Twice": Twice})) is Twice
    assert get_registered_object("Twice") is None


def test_a_scope_is_that_of_its_thread():
    found = []
    with custom_object_scope({"Twice": Twice}):
        thread = threading.Thread(target=lambda: found.append(get_registered_object("Twice")))
        thread.start()
        thread.join()
    assert found == [None]


def test_the_decorator_needs_parentheses_and_a_config():
    with pytest.raises(TypeError, match=r"with parentheses"):
        register_keras_serializable(Twice)
    with pytest.raises(ValueError, match=r"expects a class with a get_config, got int"):
        register_keras_serializable()(int)


def test_a_class_of_ours_is_not_replaced_by_another_of_its_name():
    class Dense(nn.layers.Dense):
        pass

    own = serialize_keras_object(nn.layers.Dense(2))
    assert type(deserialize_keras_object(own, {"Dense": Dense})) is nn.layers.Dense
    described = serialize_keras_object(Dense(2))
    assert type(deserialize_keras_object(described, {"Dense": Dense})) is Dense
    by_hand = {"class_name": "Dense", "config": {"units": 2}}
    assert type(nn.layers.deserialize(by_hand, {"Dense": Dense})) is Dense
    assert type(nn.layers.deserialize(by_hand)) is nn.layers.Dense
    with pytest.raises(ValueError, match=r"got 'Dense' of the module 'tests"):
        deserialize_keras_object(described)
