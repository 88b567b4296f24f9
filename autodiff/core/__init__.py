"""The core: the graph, Tensors, primitives, and the backward pass.

Read ``graph.py``, ``tensor.py``, ``primitive.py`` and ``backward.py``, in that order. ``tensor.py``
is imported first, since it imports modules that need it.
"""

import autodiff.core.tensor  # noqa: F401
