"""Classes of ``scipy.spatial.transform`` that take no traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

REFUSED: dict[str, str] = {
    "RigidTransform": "Use Rotation and the translation: rotation.apply(points) + translation.",
    "RotationSpline": "Use Slerp, whose results have slopes in times and rotations.",
}
"""The names, each with a sentence about the alternative."""
