"""A paper as PDF/A, set by typst with a font of our own: a bare machine has no Chinese one."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import typst

from fanxing.lib.printing.documents import Document

HERE = Path(__file__).parent
TEMPLATE = HERE / "document.typ"
FONTS = HERE / "fonts"


def pdf(document: Document) -> bytes:
    """The paper as a PDF on A4, to be kept for long."""
    blocks = [{"sort": type(one).__name__, **asdict(one)} for one in document.blocks]
    # Handed over as data: what somebody typed is never read as mark-up.
    said: str = json.dumps({**asdict(document), "blocks": blocks}, ensure_ascii=False)
    made = typst.compile(TEMPLATE, font_paths=_fonts(), sys_inputs={"document": said}, format="pdf", pdf_standards="a-2b")
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """Ours, and for a character that it lacks whatever the machine has; read once."""
    return typst.Fonts(include_embedded_fonts=False, font_paths=[FONTS])
