"""Days in a message: 今天, 上周五, 本月8日, 3月8号, 2025年3月8日, 二十八号, 11/19. Without a year it is the last such day."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fanxing.dictation.numerals import read_number
from fanxing.dictation.reading import Span

N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
HOUR = r"(?:的?(?:一早|早上|早晨|清早|上午|中午|下午|傍晚|晚上|夜里|夜间|半夜|凌晨|早|晚|夜)){0,1}"
WEEKDAYS = {one: place for place, ones in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天七7末")) for one in ones}
NEARBY = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
# So many days ahead a day without a year is still to come.
COMING = 60
CLOCK = re.compile(rf"{N}点(?:钟|半|[一三]刻|{N}分?)?(?!名|人|\d)|\d{{1,2}}:\d{{2}}|\d{{1,2}}时(?:\d{{1,2}}分)?(?!间|长|候|尚)")


@dataclass(frozen=True)
class Day:
    """A day as a message says it; `weak` where the words may be a name (周一例会) or the hour alone is said."""

    on: date
    span: Span
    weak: bool = False


def days(text: str, today: date) -> list[Day]:
    """The days of a plain message in their order; none that is not in the calendar."""
    found: list[Day] = []
    taken: list[Span] = []
    for pattern, build, weak in RULES:
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.meets(one) for one in taken):
                continue
            taken.append(span)
            on = build(match, today)
            if on:
                found.append(Day(on, span, weak))
    return sorted(found, key=lambda one: one.span)


def clocks(text: str) -> Iterator[Span]:
    """Hours of the day: 七点半, 15:30. They are no amounts."""
    return (Span(*match.span()) for match in CLOCK.finditer(text))


def _number(text: str) -> int:
    return int(read_number(text) or 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last(candidates: Sequence[date | None], until: date) -> date | None:
    """The first that is in the calendar and not too late."""
    return next((one for one in candidates if one and one <= until), None)


def _full(match: re.Match[str], today: date) -> date | None:
    return _date(int(match["y"]), int(match["m"]), int(match["d"]))


def _chinese_year(match: re.Match[str], today: date) -> date | None:
    year = int("".join(str("零一二三四五六七八九".index(one)) for one in match["y"]))
    return _date(year, _number(match["m"]), _number(match["d"]))


def _of_a_year(match: re.Match[str], today: date) -> date | None:
    return _date(today.year - ("今去前".index(match["y"])), _number(match["m"]), _number(match["d"]))


def _month_and_day(match: re.Match[str], today: date) -> date | None:
    month, day = _number(match["m"]), _number(match["d"])
    # 12月3号 said on 26 November is next week, not a year ago.
    return _last([_date(today.year - ago, month, day) for ago in range(5)], today + timedelta(days=COMING))


def _of_a_month(match: re.Match[str], today: date) -> date | None:
    last = today.replace(day=1) - timedelta(days=1)
    month = today if match["which"] in ("本", "这", "这个") else last
    if match["which"].startswith("上上"):
        month = last.replace(day=1) - timedelta(days=1)
    return _date(month.year, month.month, _number(match["d"]))


def _day_alone(match: re.Match[str], today: date) -> date | None:
    day, first = _number(match["d"]), today.replace(day=1)
    months = [first]
    for _ in range(2):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return _last([_date(one.year, one.month, day) for one in months], today)


def _weekday(match: re.Match[str], today: date) -> date | None:
    which, place = match["which"] or "", WEEKDAYS[match["d"]]
    monday = today - timedelta(days=today.weekday())
    if which.startswith("上"):
        return monday + timedelta(days=place - 7 * which.count("上"))
    if which.startswith("下"):
        return monday + timedelta(days=place + 7)
    if which:
        return monday + timedelta(days=place)
    return today - timedelta(days=(today.weekday() - place) % 7)


def _nearby(match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=NEARBY[match["which"]])


def _ago(match: re.Match[str], today: date) -> date | None:
    return today - timedelta(days=_number(match["d"]))


def _today(match: re.Match[str], today: date) -> date | None:
    return today


Build = Callable[[re.Match[str], date], date | None]
_Y = r"(?<!\d)(?P<y>(?:19|20)\d\d)"
_M, _D = rf"(?P<m>{N})", rf"(?P<d>{N})"
_MONTH, _DAY = r"(?<![\d./])(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
# 11.12 is a day, 12.6公里 and 1.28万 are not; nor are 3号楼 and 二号生产线.
_NO_AMOUNT = r"(?![\d.%万千百]|公里|小时|亩|元|米|吨|个)"
_NO_NAME = r"(?![楼院门线厂井路桥地栋机仓车店铺文生产])"
_WHICH_MONTH = r"(?P<which>本|这个|这|上上个|上上|上个|上)"
_WHICH_WEEK = r"(?P<which>上上个?|上个?|下个?|本|这个?)?"
_HOURS = r"(?<![一二三四五六七八九十\d今昨前明])(?:上午|下午|早上|晚上|中午)"

RULES: Sequence[tuple[re.Pattern[str], Build, bool]] = [
    (re.compile(rf"{_Y}\s?(?:年|[-/.])\s?(?P<m>\d{{1,2}})\s?(?:月|[-/.])\s?(?P<d>\d{{1,2}})(?!\d)[日号]?{HOUR}"), _full, False),
    (re.compile(rf"{_Y}(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"), _full, False),
    (re.compile(rf"(?P<y>二零[零一二三四五六七八九]{{2}})年{_M}月{_D}[日号]?{HOUR}"), _chinese_year, False),
    (re.compile(rf"(?P<y>[今去前])年{_M}月份?{_D}[日号]?{HOUR}"), _of_a_year, False),
    (re.compile(rf"{_M}月份?\s?{_D}[日号]?{HOUR}"), _month_and_day, False),
    (re.compile(rf"{_WHICH_MONTH}月份?的?{_D}[日号]?{HOUR}"), _of_a_month, False),
    (re.compile(rf"{_MONTH}[/]{_DAY}(?![\d./]){HOUR}"), _month_and_day, False),
    (re.compile(rf"{_MONTH}\.{_DAY}{_NO_AMOUNT}日?"), _month_and_day, False),
    (re.compile(rf"{_WHICH_WEEK}(?:周|星期|礼拜)(?P<d>[一二三四五六日天末1-7])(?![期个])(?:的|那天)?{HOUR}"), _weekday, False),
    (re.compile(rf"(?P<which>大前|大后|前|昨|今|明|后|当)(?:天|日|儿个?|(?=[早晚夜])){HOUR}"), _nearby, False),
    (re.compile(rf"{_D}天(?:之)?前"), _ago, False),
    (re.compile(rf"(?<![\d.第]){_D}[日号]{_NO_NAME}(?:那天)?{HOUR}"), _day_alone, False),
    (re.compile(rf"刚才|刚刚|方才|{_HOURS}"), _today, True),
]
