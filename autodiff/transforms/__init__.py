"""Transforms: gradients, Jacobians, checkpoints and opaque operations."""
