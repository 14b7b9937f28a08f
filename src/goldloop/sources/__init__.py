"""Where items come from: one kind a module."""
