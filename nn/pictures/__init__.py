"""Plots of histories, slopes and losses, diagrams of architectures, pages of trainings."""

from nn.pictures.gradient_flow import gradient_flow
from nn.pictures.loss_surface import loss_surface
from nn.pictures.style import STYLE
from nn.pictures.training_page import TrainingRecording, training_page

__all__ = ["STYLE", "TrainingRecording", "gradient_flow", "loss_surface", "training_page"]
