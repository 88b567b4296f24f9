"""Readers of the graph that show its working: the picture, and the page to step through.

``ad.show`` is this package. It can be called, ``ad.show(loss)(weights)``: see
:func:`autodiff.show.page.show.show`.
"""

import sys
from types import ModuleType
from typing import Any


class _Show(ModuleType):
    """A package that stands for the function of its name as well."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from autodiff.show.page.show import show

        return show(*args, **kwargs)


sys.modules[__name__].__class__ = _Show
