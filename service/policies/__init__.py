"""Policies under a name, bound to models by their names or tags."""
