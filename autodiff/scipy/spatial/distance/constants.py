"""Functions without a slope: queries of distance matrices."""

from __future__ import annotations

from scipy.spatial import distance

from autodiff.core.registry import registry
from autodiff.rules.constants import on_plain_values

__all__: list[str] = []

for _function in (distance.num_obs_dm, distance.num_obs_y):
    registry[_function] = on_plain_values(_function)
for _function in (distance.is_valid_dm, distance.is_valid_y):
    registry[_function] = on_plain_values(_function, "plain")
