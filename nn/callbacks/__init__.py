"""Callbacks: objects that ``fit``, ``evaluate`` and ``predict`` call while they run."""

from nn.callbacks.backup_and_restore import BackupAndRestore
from nn.callbacks.callback import Callback
from nn.callbacks.callback_list import CallbackList
from nn.callbacks.csv_logger import CSVLogger
from nn.callbacks.early_stopping import EarlyStopping
from nn.callbacks.history import History
from nn.callbacks.lambda_callback import LambdaCallback
from nn.callbacks.learning_rate_scheduler import LearningRateScheduler
from nn.callbacks.model_checkpoint import ModelCheckpoint
from nn.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from nn.callbacks.swap_ema_weights import SwapEMAWeights
from nn.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TerminateOnNaN",
]
