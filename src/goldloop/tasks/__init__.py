"""What may be said of an item: one kind a module."""
