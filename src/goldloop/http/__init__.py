"""The HTTP floor: who is asking, errors to statuses, paging, limits, the static user interface."""
