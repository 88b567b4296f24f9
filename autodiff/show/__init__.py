"""Readers of the graph that show its working: the picture."""
