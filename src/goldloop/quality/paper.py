"""Reports and statements on paper: a title, some lines, tables, and a foot, as the bytes of a PDF."""

import io
from collections.abc import Sequence
from html import escape
from typing import Any

Rows = Sequence[Sequence[str]]
Part = tuple[str, Sequence[str], Rows, Sequence[float]]
"""A heading, its columns, its rows, and how wide the columns are to each other."""
EVERYWHERE = ((0, 0), (-1, -1))
LINES = (
    ("VALIGN", *EVERYWHERE, "TOP"),
    ("LINEBELOW", *EVERYWHERE, 0.25, "#c8ccd4"),
    ("LINEBELOW", (0, 0), (-1, 0), 0.75, "#4a5160"),
    ("LEFTPADDING", *EVERYWHERE, 2),
    ("TOPPADDING", *EVERYWHERE, 2),
    ("BOTTOMPADDING", *EVERYWHERE, 3),
)
"""How a table is ruled."""


def typeset(
    title: str, opening: Sequence[str], parts: Sequence[Part], *, file_title: str, author: str, foot: str
) -> bytes:
    """A document as the bytes of a PDF."""
    # brings a typesetter: a server that nobody asks for a PDF never loads it
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    faces = {"Report": "Vera.ttf", "Report-Bold": "VeraBd.ttf"}
    for name, file in faces.items():
        pdfmetrics.registerFont(TTFont(name, file))
    known = pdfmetrics.getFont("Report").face.charToGlyph
    missing: set[str] = set()

    def text(said: object) -> str:
        missing.update(one for one in str(said) if ord(one) not in known and not one.isspace())
        return escape("".join(one if ord(one) in known or one.isspace() else "?" for one in str(said)))

    body = ParagraphStyle("body", fontName="Report", fontSize=7.5, leading=10)
    head = ParagraphStyle("head", parent=body, fontName="Report-Bold")
    large = ParagraphStyle("title", parent=head, fontSize=15, leading=20)
    part = ParagraphStyle("part", parent=head, fontSize=10.5, leading=14, spaceBefore=10, spaceAfter=4)
    pages = io.BytesIO()
    paper = SimpleDocTemplate(
        pages,
        pagesize=landscape(A4),
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=14 * mm,
        bottomMargin=14 * mm,
        title=file_title,
        author=author,
    )
    story: list[Any] = [Paragraph(text(title), large)]
    story += [Paragraph(text(line), body) for line in opening]
    for name, columns, rows, widths in parts:
        story.append(Paragraph(text(name), part))
        if not rows:
            story.append(Paragraph("none", body))
            continue
        cells = [[Paragraph(text(one), head) for one in columns]]
        cells += [[Paragraph(text(one), body) for one in row] for row in rows]
        whole = sum(widths)
        table = LongTable(cells, colWidths=[paper.width * one / whole for one in widths], repeatRows=1)
        table.setStyle(TableStyle(LINES))
        story.append(table)
    if missing:
        said = f"{len(missing)} characters that the typeface of this document lacks stand as a question mark; the page "
        story += [Spacer(1, 8), Paragraph(said + "and the JSON have them.", body)]

    def below(canvas: Any, document: Any) -> None:
        canvas.setFont("Report", 6.5)
        canvas.drawString(15 * mm, 8 * mm, foot)
        canvas.drawRightString(15 * mm + paper.width, 8 * mm, str(document.page))

    paper.build(story, onFirstPage=below, onLaterPages=below)
    return pages.getvalue()
