"""``scipy.cluster`` has modules alone."""

from __future__ import annotations

from typing import Any

from tests.laws.drawing import Domain

DOMAINS: dict[Any, Domain] = {}
