"""Periods in a message: 2025年三季度, 今年, 去年, 10月份, 上个月; as a record writes them: 2025, 2025-Q3, 2025-10."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from fanxing.dictation.numerals import read_number
from fanxing.dictation.reading import Said, Span
from fanxing.scheme.model import Field

YEAR = re.compile(r"(?P<y>20\d\d)年(?:度)?|(?P<word>[今去前本])年(?:度)?")
QUARTER = re.compile(r"(?:(?P<y>20\d\d)年|(?P<word>[今去前])年)?第?(?P<q>[一二三四1-4])季度")
MONTH = re.compile(
    r"(?:(?P<y>20\d\d)年|(?P<word>[今去前])年)?(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    r"(?!\d|[一二三四五六七八九十]{1,3}[日号])"
)
THIS_MONTH = re.compile(r"(?P<which>上|本|这)个?月份?(?!的?\d)")
YEARS_AGO = {"今": 0, "本": 0, "去": 1, "前": 2}


def periods(fields: Sequence[Field], text: str, offset: int, today: date) -> Iterator[Said]:
    """The periods that the fields ask for; what is said without a year is the last such period."""
    for field in fields:
        if field.type != "period":
            continue
        for pattern, build in READERS.get(field.every, READERS["year"]):
            match = pattern.search(text)
            if match:
                yield Said(field.id, build(match, today), Span(offset + match.start(), offset + match.end()))
                break


def _year(match: re.Match[str], today: date) -> int | None:
    if match["y"]:
        return int(match["y"])
    return today.year - YEARS_AGO[match["word"]] if match["word"] else None


def _of_year(match: re.Match[str], today: date) -> str:
    return str(_year(match, today))


def _of_quarter(match: re.Match[str], today: date) -> str:
    quarter = int(read_number(match["q"]) or 0)
    year = _year(match, today) or (today.year if (quarter - 1) * 3 < today.month else today.year - 1)
    return f"{year}-Q{quarter}"


def _of_month(match: re.Match[str], today: date) -> str:
    month = int(read_number(match["m"]) or 0)
    return f"{_year(match, today) or (today.year if month <= today.month else today.year - 1)}-{month:02d}"


def _near_month(match: re.Match[str], today: date) -> str:
    month = today.replace(day=1) - timedelta(days=1) if match["which"] == "上" else today
    return f"{month:%Y-%m}"


Build = Callable[[re.Match[str], date], str]
READERS: dict[str, Sequence[tuple[re.Pattern[str], Build]]] = {
    "year": [(YEAR, _of_year)],
    "quarter": [(QUARTER, _of_quarter)],
    "month": [(MONTH, _of_month), (THIS_MONTH, _near_month)],
}
