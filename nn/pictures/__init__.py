"""Plots of histories, and diagrams of architectures."""
