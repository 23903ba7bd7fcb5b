"""A paper as Word, to be amended by hand before it is printed."""

from collections.abc import Sequence
from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from fanxing.lib.printing.documents import Block, Document, Heading, Pairs, Paragraph, Signatures, Table

# Every Word in China has it; elsewhere the reader takes another.
FONT = "宋体"
TEXT, POSTER_TEXT, TITLE, POSTER_TITLE = 11, 18, 18, 32
GRID = "Table Grid"


def word(document: Document) -> bytes:
    """The paper as a .docx on A4."""
    paper = docx.Document()
    _set_page(paper, document)
    _written(
        paper.add_paragraph(), document.title, POSTER_TITLE if document.poster else TITLE, bold=True
    ).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.subtitle:
        paper.add_paragraph(document.subtitle).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in document.blocks:
        _add(paper, block)
    if document.note:
        _written(paper.add_paragraph(), document.note, TEXT - 2)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _set_page(paper: WordDocument, document: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(POSTER_TEXT if document.poster else TEXT)
    # Without it Word takes the Chinese characters from its own default.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    style.paragraph_format.line_spacing = 1.4
    style.paragraph_format.space_after = Pt(4)
    paper.core_properties.title, paper.core_properties.author = document.title, ""


def _add(paper: WordDocument, block: Block) -> None:
    match block:
        case Heading(words):
            line = _written(paper.add_paragraph(), words, None, bold=True)
            line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(8), True
        case Paragraph(words, end):
            line = paper.add_paragraph(words)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if end else WD_ALIGN_PARAGRAPH.LEFT
        case Pairs(rows):
            _ruled(paper, rows, (Cm(4), Cm(11.8)))
        case Table(head, rows):
            _ruled(paper, [head, *rows], [Cm(15.8 / len(head))] * len(head), head=True)
        case Signatures(names):
            for name in names:
                line = paper.add_paragraph(f"{name}（签字）：________________    日期：________________")
                line.paragraph_format.space_before = Pt(14)


def _ruled(paper: WordDocument, rows: Sequence[Sequence[str]], widths: Sequence[int], *, head: bool = False) -> None:
    table = paper.add_table(rows=len(rows), cols=len(widths), style=GRID)
    table.autofit = False
    for number, row in enumerate(rows):
        for column, (words, width) in enumerate(zip(row, widths, strict=True)):
            cell = table.cell(number, column)
            cell.width = width
            _written(cell.paragraphs[0], words, None, bold=head and number == 0)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def _written(line: WordParagraph, words: str, size: float | None, *, bold: bool = False) -> WordParagraph:
    run = line.add_run(words)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    return line
