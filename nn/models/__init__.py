"""Models: layers put together, with training, pictures and files."""

from nn.configs.tables import publish
from nn.models.model import Functional, Model
from nn.models.sequential import Sequential
from nn.saving import load_model, save_model
from nn.saving.without_weights import clone_model, model_from_json

__all__ = [
    "Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_json",
    "save_model",
]  # fmt: skip

publish("", Sequential)
publish("models", Sequential, names={"Functional": Functional})
publish("models.functional", Functional, library="keras.src")
