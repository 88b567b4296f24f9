"""Layers, the building blocks of models."""

from nn.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.layers.dropout import Dropout
from nn.layers.flatten import Flatten
from nn.layers.input import Input, InputLayer
from nn.layers.weight import Weight

__all__ = [
    "ELU",
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "ReLU",
    "Softmax",
    "Weight",
]
