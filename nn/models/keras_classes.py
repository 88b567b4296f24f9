"""The classes of Keras's operations that stand for functions of `nn.ops`, in configs.

The parameters of a class are the options of the operation, such as ``axis``; what it is called with
are its arrays. Here both are arguments of one function.
"""

from __future__ import annotations

import inspect
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from nn import ops
from nn.naming import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["PACKAGE", "class_of", "module_of", "operation_of", "split"]

PACKAGE = "keras.src.ops."
_MODULES = {
    "core": "cast convert_to_tensor unstack",
    "linalg": "cholesky det inv norm solve",
    "math": "erf erfc erfinv logsumexp rsqrt segment_max segment_sum top_k",
    "nn": (
        "adaptive_average_pool adaptive_max_pool average_pool batch_normalization "
        "binary_crossentropy categorical_crossentropy celu conv conv_transpose depth_to_space "
        "depthwise_conv dot_product_attention elu fold gelu glu hard_shrink hard_sigmoid "
        "hard_silu hard_tanh leaky_relu log_sigmoid log_softmax max_pool "
        "moments normalize one_hot relu relu6 rms_normalization selu separable_conv sigmoid "
        "silu soft_shrink softmax softplus softsign space_to_depth "
        "sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax tanh_shrink "
        "threshold unfold"
    ),
    "numpy": (
        "abs absolute add all amax amin any arccos arccosh arcsin arcsinh arctan arctan2 "
        "arctanh argmax argmin argsort average broadcast_to cbrt ceil clip concatenate cos "
        "cosh cross cumprod cumsum diagonal diff divide dot equal exp exp2 expand_dims expm1 "
        "flip floor floor_divide greater greater_equal hypot isfinite isinf isnan "
        "less less_equal log log10 log1p log2 logaddexp logical_and logical_not logical_or "
        "logical_xor matmul max maximum mean median min minimum mod moveaxis multiply "
        "negative not_equal ones_like power prod ravel real reciprocal repeat reshape "
        "roll round sign sin sinh sort split sqrt square squeeze stack std subtract sum "
        "swapaxes take take_along_axis tan tanh tensordot tile trace transpose tril triu "
        "true_divide trunc var where zeros_like"
    ),
}  # the operations that have a class, by the modules of the classes
_NAMES = {"batch_normalization": "BatchNorm", "rms_normalization": "RMSNorm"}
_ARRAYS = (
    "a b beta bias condition data depthwise_kernel gamma indices inputs kernel key mask mean "
    "output pointwise_kernel query scale segment_ids target value variance weights x x1 x2 xs"
)  # parameters of functions that Keras's classes are called with


def class_of(function: Callable[..., Any]) -> str | None:
    """Return the name of Keras's class for an operation, or None if there is none.

    >>> class_of(ops.log_softmax), class_of(ops.rms_normalization)
    ('LogSoftmax', 'RMSNorm')
    """
    name = getattr(function, "__name__", "")
    if name not in ops.__all__ or getattr(ops, name) is not function or module_of(name) is None:
        return None
    return _NAMES.get(name) or "".join(word.capitalize() for word in name.split("_"))


def module_of(name: str) -> str | None:
    """Return the module of Keras's class for an operation, by the name of either."""
    snake = _snake(name)
    found = (module for module, names in _MODULES.items() if snake in names.split())
    return next((f"{PACKAGE}{module}" for module in found), None)


def operation_of(name: str) -> Callable[..., Any] | None:
    """Return the operation that a class of Keras stands for, or None if there is none."""
    found: Callable[..., Any] | None = getattr(ops, _snake(name)) if module_of(name) else None
    return found


def split(
    function: Callable[..., Any], node: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of a call, all of them, and the arrays as arguments by name."""
    signature = inspect.signature(function)
    bound = signature.bind(*node["args"], **node["kwargs"])
    bound.apply_defaults()  # Keras writes the arrays that are None too
    given = bound.arguments
    positional = list(takewhile(lambda name: _is_array(function, name), given))
    named = [name for name in given if _is_array(function, name) and name not in positional]
    options = {name: value for name, value in given.items() if not _is_array(function, name)}
    return options, {
        "args": [given[name] for name in positional],
        "kwargs": {name: given[name] for name in named},
    }


def _is_array(function: Callable[..., Any], name: str) -> bool:
    """Return whether Keras's class is called with a parameter; the offset of a diagonal isn't."""
    is_offset = name == "offset" and function is ops.batch_normalization
    return name in _ARRAYS.split() or is_offset


def _snake(name: str) -> str:
    known = {keras: own for own, keras in _NAMES.items()}
    return known.get(name) or to_snake_case(name)
