"""The working of a computation: its values, slopes, names and source lines."""
