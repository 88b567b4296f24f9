"""Tracing: scopes, and the names, lines and variables of the user's code."""
