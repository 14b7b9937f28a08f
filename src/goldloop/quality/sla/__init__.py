"""Service levels: evaluated from the record, reported to the client."""
