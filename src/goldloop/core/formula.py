"""Cells that a spreadsheet would run as a formula, and how they stay text."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the full-width forms are run as well


def starts_formula(text: str) -> bool:
    """True where a spreadsheet would take a cell for a formula."""
    return text.startswith(_STARTS)


def as_text(cell: str) -> str:
    """A cell with an apostrophe in front where it would be run."""
    return f"'{cell}" if starts_formula(cell) else cell
