"""Reports on people, for managers and for the people themselves; what they contest; when they drift."""
