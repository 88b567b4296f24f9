"""The direction of a quantity, by its name: whether a higher value is better."""

__all__ = ["rises"]

_FALLING = {"loss", "error", "crossentropy", "hinge", "divergence", "poisson", "huber", "cosh",
            "logcosh", "mse", "mae", "mape", "msle", "rmse", "kld", "perplexity"}  # fmt: skip
_RISING = {"accuracy", "acc", "auc", "precision", "recall", "sensitivity", "specificity", "f1",
           "fbeta", "iou", "similarity", "correlation", "r2"}  # fmt: skip


def rises(quantity: str) -> bool | None:
    """Return whether a higher value of a quantity is better, by its name; None if unknown.

    >>> rises("val_accuracy"), rises("loss"), rises("learning_rate"), rises("mean_io_u")
    (True, False, None, True)
    """
    words = set(quantity.lower().replace("io_u", "iou").split("_"))
    if words & _FALLING:
        return False
    return True if words & _RISING else None
