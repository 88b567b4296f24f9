"""Objects as keys that compare by identity, whatever their own ``==`` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["ById"]


@dataclass(frozen=True, eq=False)
class ById:
    """An object compared by identity."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return type(other) is ById and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)
