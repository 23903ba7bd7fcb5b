"""A workbook's bytes to a kind of record: an XLSForm (sheets survey, choices, settings), or an official's plain table."""

import re
from collections.abc import Mapping

from fanxing.scheme.workbook.reading import read_book
from fanxing.scheme.workbook.sheets import Sheet, Unreadable
from fanxing.scheme.xlsform.building import Reading
from fanxing.scheme.xlsform.plain_tables import find_table, read_table
from fanxing.scheme.xlsform.surveys import read_survey
from fanxing.scheme.xlsform.words import Vocabulary

SHEETS = ("survey", "choices", "settings")
NOTHING_FOUND = (
    "这个工作簿里没有可读的表：XLSForm 要有名为 survey 的工作表；普通表格的第一行要有“字段名称”和“类型”两列。可以先下载模板，照着填。"
)


def read_kind(content: bytes, words: Vocabulary) -> Reading:
    """The kind of record that a workbook describes, and everything in it that is not read. Raises Unreadable where there is none."""
    sheets = read_book(content).sheets
    named: Mapping[str, Sheet] = {re.sub(r"\s+", "", one.name.lower()): one for one in sheets}
    if "survey" in named:
        return read_survey(*(named.get(one) for one in SHEETS), words=words)
    table = find_table(sheets)
    if table is None:
        raise Unreadable(NOTHING_FOUND)
    return read_table(table, sheets, words)
