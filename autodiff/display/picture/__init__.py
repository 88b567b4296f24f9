"""Pictures of a computation, laid out by Graphviz or as text."""
