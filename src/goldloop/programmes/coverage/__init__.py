"""Whether a dataset holds what it should, slice by slice."""
