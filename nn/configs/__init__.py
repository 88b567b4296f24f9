"""Configs: objects as dictionaries that JSON can hold, in Keras's format."""
