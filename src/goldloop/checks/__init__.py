"""Lines of a gate: one kind a module."""
