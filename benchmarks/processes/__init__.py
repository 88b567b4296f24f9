"""Processes that train together: how fast they are, and what their sums cost."""
