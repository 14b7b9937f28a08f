"""Where releases go: one kind a module."""
