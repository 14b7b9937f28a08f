"""The programme file: applied, adopted into, and what it may promise."""
