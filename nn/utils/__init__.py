"""Keras's utilities: labels, sequences, random seeds, diagrams of models, user-defined classes."""

from nn.dtypes import standardize_dtype
from nn.pictures.diagram import model_to_dot, plot_model
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
from nn.training.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from nn.training.streams import PyDataset
from nn.utils.labels import to_categorical
from nn.utils.random_seed import set_random_seed
from nn.utils.scaling import normalize
from nn.utils.sequences import pad_sequences
from nn.utils.sessions import clear_session
from nn.utils.symbols import get_source_inputs, is_keras_tensor
from nn.utils.timeseries import timeseries_dataset_from_array

__all__ = [
    "CustomObjectScope", "PyDataset", "Sequence", "clear_session", "custom_object_scope",
    "deserialize_keras_object", "get_custom_objects", "get_registered_name",
    "get_registered_object", "get_source_inputs", "is_keras_tensor", "model_to_dot", "normalize",
    "pack_x_y_sample_weight", "pad_sequences", "plot_model", "register_keras_serializable",
    "serialize_keras_object", "set_random_seed", "standardize_dtype",
    "timeseries_dataset_from_array", "to_categorical", "unpack_x_y_sample_weight",
]  # fmt: skip

Sequence = PyDataset  # its older name
