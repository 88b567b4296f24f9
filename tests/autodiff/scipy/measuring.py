"""Slopes measured on the sides of a point, at which a function may bend, jump or end."""

import numpy as np

__all__ = ["measured"]

STEPS = np.array([1e-5, 2e-5, 4e-5])


def one_side(f, point, position, sign):
    """Return the slope on one side, extrapolated from two steps, or NaN where they differ."""
    moved = list(point)
    moved[position] = point[position] + sign * STEPS
    slopes = (np.asarray(f(*moved)) - f(*point)) / (sign * STEPS)
    near, far = 2 * slopes[:2] - slopes[1:]
    return near if abs(near - far) <= 1e-4 * (1 + abs(near)) + 1e-7 * abs(f(*point)) else np.nan


def measured(f, point, position):
    """Return the slope in one argument, or None where it can't be measured."""
    right, left = (one_side(f, point, position, sign) for sign in (1, -1))
    if np.isnan(right) and np.isnan(left):
        return None
    if np.isnan(right) or np.isnan(left):
        beyond = list(point)
        beyond[position] += STEPS[0] if np.isnan(right) else -STEPS[0]
        return None if np.isfinite(f(*beyond)) else float(np.fmax(right, left))
    return (right + left) / 2 if abs(right - left) <= 1e-4 * (1 + abs(right)) else None
