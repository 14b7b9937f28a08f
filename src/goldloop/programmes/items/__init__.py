"""The items of a programme, found by words and filters."""
