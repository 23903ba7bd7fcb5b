"""Amounts in a message: the number in either writing, what is counted, and whether it is only rough."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fanxing.dictation.reading import Span

DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
CONTRACTED = {"俩": 2.0, "仨": 3.0}
CHINESE = "".join((*DIGITS, *SCALES))
NUMBER = re.compile(
    r"(?<![\d.a-z])(?P<arabic>(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[百万亿]|千(?![克米瓦]))*)+)"
    rf"|(?P<chinese>[{CHINESE}]+(?:点[{CHINESE}]+)?)|(?P<contracted>[俩仨])|(?P<half>半)(?=个?(?:小时|钟头))"
)
PIECE = re.compile(r"([\d,]+(?:\.\d+)?)([百千万亿]*)")
ROUGH_BEFORE = re.compile(r"(?:约|大概|差不多|近|将近|不到|好)(?:有|是)?$")
EACH_BEFORE = re.compile(r"(?:每[人户名个次位家]|人均|户均)$")
MORE = re.compile("好几|[多来余几]")
ROUGH_AFTER = re.compile(r"左右|上下|以上|出头")

# What is counted, as people say it: (words, the unit they mean, how many of that unit one is).
MEASURES: Sequence[tuple[str, str, float]] = (
    ("个人", "人", 1), ("人次", "人次", 1), ("人", "人", 1), ("名", "人", 1), ("位", "人", 1), ("口人", "人", 1), ("号人", "人", 1),
    ("户", "户", 1), ("家", "家", 1), ("元", "元", 1), ("块钱", "元", 1), ("块", "元", 1), ("圆", "元", 1),
    ("个小时", "小时", 1), ("小时", "小时", 1), ("个钟头", "小时", 1), ("钟头", "小时", 1), ("分钟", "小时", 1 / 60),
    ("公里", "公里", 1), ("千米", "公里", 1), ("平方米", "平方米", 1), ("平米", "平方米", 1), ("平方", "平方米", 1), ("米", "米", 1),
    ("亩", "亩", 1), ("公顷", "亩", 15), ("吨", "吨", 1), ("公斤", "公斤", 1), ("斤", "公斤", 0.5), ("车", "车", 1), ("辆", "辆", 1),
    ("件事", "件", 1), ("件", "件", 1), ("起", "起", 1), ("项", "项", 1), ("条", "条", 1), ("宗", "件", 1), ("例", "起", 1),
    ("处", "处", 1), ("次", "次", 1), ("回", "次", 1), ("场", "场", 1), ("趟", "次", 1), ("遍", "次", 1), ("期", "期", 1), ("节", "节", 1),
    ("栋", "栋", 1), ("幢", "栋", 1), ("座", "座", 1), ("间", "间", 1), ("套", "套", 1), ("盏", "盏", 1), ("棵", "棵", 1), ("株", "棵", 1),
    ("份", "份", 1), ("本", "本", 1), ("支", "支", 1), ("批", "批", 1), ("台", "台", 1), ("头", "头", 1), ("只", "只", 1), ("面", "面", 1),
    ("%", "%", 1), ("个百分点", "%", 1),
)  # fmt: skip
NO_NUMBER = re.compile(rf"第(?:\d+|[{CHINESE}]+)$|[统唯逐单划]一$")
# Not amounts: names, places in an order, hours, ages.
NAMES = re.compile(
    r"号|网格|车间|楼|单元|组(?!织)|届|中全会|岁|点|年|月|日|级|类|层|排|队|街|路|区|中心|委员|方(?!面)"
    r"|[大心星天周刻下些样定般切直致旦律边同概]"
)
PEOPLE = re.compile(
    r"(?:老|在职|正式|预备|入党)?"
    r"(?:党员|委员|志愿者|同志|干部|群众|村民|居民|职工|员工|代表|队员|网格员|老人|孩子|学生|师傅|积极分子)"
)
# Units that are said for one another.
ALIKE = tuple(map(frozenset, ("件起项条事宗例个", "处条点起项个", "户家个", "栋座幢个", "次场回期节个", "间处套个", "项件条次个")))
ANY = "个"


@dataclass(frozen=True)
class Amount:
    """A number and what it counts (`unit` as in MEASURES; empty: not said), with where it stands, its unit included. `each`: of one of
    several (每人两小时), not the whole."""

    value: float
    unit: str
    span: Span
    rough: bool = False
    each: bool = False
    written: str = "arabic"


def amounts(text: str, units: Iterable[str], taken: Sequence[Span] = ()) -> list[Amount]:
    """The amounts of a plain message in their order. `units` are those of the fields; what lies in `taken` (days, hours, names) is none."""
    measures = _measures(units)
    found: list[Amount] = []
    for match in NUMBER.finditer(text):
        here = Span(match.start(), match.end())
        before = found[-1].span.end if found else 0
        if here.start < before or any(here.meets(one) for one in taken) or NO_NUMBER.search(text, 0, here.end):
            continue
        value = _value(match)
        amount = _measured(text, here, value, measures, match.lastgroup or "")
        if amount:
            found.append(amount)
    return found


def fits(amount: Amount, unit: str) -> float:
    """How well what is counted fits a field's unit, from 0 (not at all) to 3 (the same)."""
    if amount.unit == unit:
        return 3 if unit else 1.5
    if not amount.unit:
        return 1.5
    if amount.unit == "%" or not unit:
        return 0.0
    if {amount.unit, unit} == {"人", "人次"}:
        return 2.5
    if any(amount.unit in group and unit in group for group in ALIKE):
        return 2.0
    if unit == ANY or amount.unit == ANY:
        return 1.0 if unit not in ("元", "小时", "公里", "亩") else 0.0
    return 0.0


def read_number(text: str) -> float | None:
    """A number in one writing or the other: 1,200 · 3.5万 · 一百二十 · 两千三 · 3万2千; None for what is none."""
    match = NUMBER.fullmatch(text)
    return _value(match) if match else None


def _measures(units: Iterable[str]) -> list[tuple[str, str, float]]:
    known = {word for word, _, _ in MEASURES}
    own = [(unit, unit, 1.0) for unit in units if unit and unit not in known]
    return sorted([*MEASURES, *own], key=lambda one: -len(one[0]))


def _measured(text: str, here: Span, value: float | None, measures: Sequence[tuple[str, str, float]], written: str) -> Amount | None:
    """The number with what follows it."""
    if written == "contracted":
        end = here.end + (2 if text.startswith("个人", here.end) else 1 if text.startswith("人", here.end) else 0)
        return Amount(value or 0, "人", Span(here.start, end), written=written)
    end, rough = here.end, value is None or bool(ROUGH_BEFORE.search(text[: here.start]))
    if more := MORE.match(text, end):
        rough, end = True, more.end()
        if text[end : end + 1] == "万":
            value, end = (value or 0) * SCALES["万"], end + 1
    if text[end : end + 2] == "个半" and value is not None:
        value, end = value + 0.5, end + 2
    if text[end : end + 1] == " " and re.match(r" (?:人|名|户|处|亩|元|万元|件|次|小时)", text[end:]):
        end += 1
    if text.startswith("万元", end) and value is not None:
        value, end = value * SCALES["万"], end + 1
    word, unit, factor = next((one for one in measures if text.startswith(one[0], end)), ("", "", 1.0))
    if not word and text.startswith(ANY, end):
        word = unit = ANY
    # 一号楼, 三网格, 二车间, 一起去: these only look like amounts.
    name = NAMES.match(text, end)
    if name and len(name.group()) > len(word):
        return None
    if word == "起" and written == "chinese" and here.of(text) == "一" and re.match(r"[去到来把给做开看在]", text[end + 1 :]):
        return None
    end += len(word)
    if unit == ANY and PEOPLE.match(text, end):
        unit = "人"
    rough = rough or bool(ROUGH_AFTER.match(text, end))
    if value is None and not word:
        return None
    each = bool(EACH_BEFORE.search(text[: here.start]))
    return Amount((value or 0) * factor, unit, Span(here.start, end), rough, each, written)


def _value(match: re.Match[str]) -> float | None:
    """The number, or None where it is rough (七八) or none at all (万一)."""
    if match["contracted"]:
        return CONTRACTED[match["contracted"]]
    if match["half"]:
        return 0.5
    if match["arabic"]:
        return _arabic(match["arabic"])
    whole, _, fraction = match["chinese"].partition("点")
    if fraction and any(letter in SCALES for letter in fraction):
        return None
    value = _chinese(whole)
    return value if value is None or not fraction else value + float("0." + "".join(str(DIGITS[one]) for one in fraction))


def _arabic(text: str) -> float:
    """3.5万, 3万2千, and 3万2 as people say it."""
    total, last = 0.0, 1
    for digits, scales in PIECE.findall(text):
        scale = 1
        for one in scales:
            scale *= SCALES[one]
        spoken = last // 10 if not scales and last > 1 and len(digits) == 1 else scale
        total += float(digits.replace(",", "")) * spoken
        last = scale
    return round(total, 6)


def _chinese(text: str) -> float | None:
    if not any(one in SCALES for one in text):
        return float(DIGITS[text]) if len(text) == 1 else None
    total, section, digit, last, zero = 0, 0, None, 1, False
    for one in text:
        if one in DIGITS:
            if digit is not None and digit != 0:
                return None
            digit, zero = DIGITS[one], zero or one == "零"
            continue
        scale = SCALES[one]
        if scale >= SCALES["万"]:
            section += digit or 0
            if not section:
                return None
            total, section = (total + section) * scale, 0
        else:
            if digit is None and (scale > 10 or section % 100):
                return None
            section += (1 if digit is None else digit) * scale
        digit, last, zero = None, scale, False
    if digit:
        section += digit if zero or last == 10 else digit * last // 10
    return float(total + section)


def scaled(amount: Amount, unit: str) -> Amount:
    """The amount in a field's unit, where that is a multiple of what was said."""
    if amount.unit == "元" and unit == "万元":
        return replace(amount, value=amount.value / SCALES["万"], unit=unit)
    return amount
