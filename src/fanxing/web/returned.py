"""The workbook that goes back: a list as it was uploaded, each faulty cell marked, with what would be right."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse

from fanxing.lib.spreadsheets import Cell, Column, Marked
from fanxing.organisations.listed import Fault
from fanxing.web.downloads import excel

TO_CORRECT = "需要改正"
WIDTH = 70


def returned(title: str, columns: Sequence[Column], lines: Iterable[tuple[int, Sequence[Cell]]], faults: Iterable[Fault]) -> HttpResponse:
    """The lines, each with its number in the sheet, under their columns, and beside them all that is wrong in each."""
    return excel(title, [*columns, Column(TO_CORRECT, WIDTH)], _marked([column.title for column in columns], lines, faults))


def _marked(titles: Sequence[str], lines: Iterable[tuple[int, Sequence[Cell]]], faults: Iterable[Fault]) -> Iterator[list[Cell | Marked]]:
    wrong: defaultdict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        wrong[fault.number][fault.column].append(fault.words)
    for number, cells in lines:
        here = {title: "；".join(words) for title, words in wrong[number].items()}
        told = "；".join(f"{title}：{words}" for title, words in here.items())
        row = [Marked(cell, here[title]) if title in here else cell for title, cell in zip(titles, cells, strict=True)]
        yield [*row, told or None]
