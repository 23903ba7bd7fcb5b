"""What is wrong with one kind of record that a unit adds for itself, in the words of those who add it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from fanxing.scheme.burden import held_already
from fanxing.scheme.faults import Fault, Faults
from fanxing.scheme.guard import refuse_asked_twice, refuse_kind
from fanxing.scheme.model import Field, Place, RecordKind, Scheme
from fanxing.scheme.record_checking import check_record_kind
from fanxing.scheme.section import FILE_ID, check_id


@dataclass(frozen=True)
class KindFault:
    """One thing that is wrong: of which field (its id; empty: of the kind as a whole), and what would be right, in Chinese. `refused`:
    the guard refuses it, whatever its author intends."""

    field: str
    words: str
    refused: bool = False


MOST_CHOICES = 200
SUBJECTS = {
    "belief": "宗教信仰",
    "ethnicity": "民族",
    "petitions": "信访",
    "persons under watch": "重点人员",
    "health": "健康",
    "ID numbers": "身份证件",
    "faces and other biometric data": "人脸等生物特征",
    "tracks and positions of persons": "行踪",
}
OWN_TITLES = {"every": "时段", "unit_kinds": "可选的单位类别", "links": "关联的台账"}
OWN_TYPES = {"period": "时段", "unit": "单位", "record": "关联记录"}
Said = Callable[[re.Match[str]], str]


def _patterns(rows: Mapping[str, str | Said]) -> Mapping[re.Pattern[str], str | Said]:
    return MappingProxyType({re.compile(f".*?{pattern}.*", re.DOTALL): words for pattern, words in rows.items()})


REFUSALS = _patterns(
    {
        r'"(.+?)" is about (.+?) \(rule 6': lambda found: (
            f"“{found[1]}”涉及{SUBJECTS.get(found[2], found[2])}，任何台账都不收（负担与隐私第 6 条）；只记做了几件、办结几件，不记人"
        ),
        r"a (photo|file) cannot be required": "照片和文件不能设为必填（负担与隐私第 3 条）；请改为选填",
        r'"(.+?)" is asked for at (.+?) too': lambda found: (
            f"同一个概念“{found[1]}”在⟨{found[2]}⟩已经填报（一数一源，第 1 条）；请删去这一项，或写明重复填报的理由"
        ),
        r"is typed into (\S+) too, at (.+?) \(rule 1": lambda found: (
            f"同名同单位的数在⟨{found[2]}⟩已经填报（一数一源，第 1 条）；请删去这一项，或写明重复填报的理由"
        ),
    }
)
FAULTS = _patterns(
    {
        r'"fields" is missing': "还没有填报项；至少要有一项",
        r'no such kind of unit "(.+?)"': lambda found: f"没有“{found[1]}”这类单位",
        r'no such post "(.+?)"': lambda found: f"没有“{found[1]}”这个岗位",
        r'no such field "(.+?)"': lambda found: f"“怎样算同一条”或“列表显示”里的“{found[1]}”不是这里的填报项，或是个人信息",
        r'no such choice "(.+?)"': lambda found: f"选项别名里的“{found[1]}”不在选项里",
        r'handling_faults names "(.+?)"': lambda found: f"“反映办理不力的项”里的“{found[1]}”应是这里的一个“是否”项",
        r'"times" must be above 0': "“每年登记几次”要大于 0",
        r"every record has its day": "每条台账本来就有日期，请删去这一项；日期的叫法可以在“日期叫什么”里改",
        r"the word is kept for the date": "这个标识留给日期用，请换一个",
        r'"choices" are for a choice': "只有单选才有选项；请改类型，或删去选项",
        r"least (\S+) is above most (\S+)": lambda found: f"最小值 {found[1]} 大于最大值 {found[2]}",
        r'"share_of" makes': "“由哪两项算出”要是这里的两个数字项（分子、分母），且这一项是百分比",
        r'"scope" says what': "“总数包括”只用于由两项算出的百分比",
        r'"(every|unit_kinds|links)" goes with a (\S+)': lambda found: f"“{OWN_TITLES[found[1]]}”只用于{OWN_TYPES[found[2]]}",
        r'"every" is missing': "时段要选年度、季度或月份",
        r'"links" names no record kind "(.*?)"': lambda found: (
            f"没有“{found[1]}”这种台账可以关联" if found[1] else "关联记录要选关联哪种台账"
        ),
        r'"personal" goes with a text': "只有文字才能标为个人信息",
        r'"required" and "required_if" contradict': "“必填”和“何时必填”只能选一个",
        r'"required_if" asks for the other fields': "“何时必填”要看别的项，不能看这一项自己",
        r'"required_if": a (photo|file)': "照片和文件不能必填",
        r'"required_if"': "“何时必填”读不通；请写成 某一项=某个选项",
        r'"prefill" takes device.position': "“预填”用设备位置的，要是个人信息的文字项",
        r'"prefill" takes': "“预填”用的那一项类型或单位与这一项不同",
        r'"prefill" must be': "“预填”只能填 上次、别的台账的一项（标识.标识），或 points.members、points.qualified、device.position",
    }
)


# Where something else stands, before it is told by its titles.
AT = re.compile(r"⟨(\S+?):(\d+)⟩")


def wrong_with(kind: RecordKind, scheme: Scheme, records: Mapping[str, RecordKind]) -> tuple[KindFault, ...]:
    """Everything that is wrong with a kind within a programme: what it says that does not hold, and what the guard refuses.

    `records` are the kinds of record kept where it would be. It is held against them as they are; what is wrong with them is not told.
    """
    others = {id: _placed(one) for id, one in records.items() if id != kind.id}
    placed = _placed(kind)
    within = replace(scheme, records={**others, kind.id: placed})
    faults, refusals = Faults(), Faults()
    check_record_kind(placed, within, faults)
    refuse_kind(placed, refusals)
    refuse_asked_twice(within, refusals)
    told = _told(refusals, REFUSALS, kind, within, refused=True)
    return tuple(dict.fromkeys([*_own_faults(kind), *_told(faults, FAULTS, kind, within), *told, *_supplied(kind, scheme)]))


def _placed(kind: RecordKind) -> RecordKind:
    """The kind with its id and the numbers of its fields for places, so that a fault names them."""
    fields = tuple(replace(one, place=Place(kind.id, number)) for number, one in enumerate(kind.fields, start=1))
    return replace(kind, place=Place(kind.id), fields=fields)


def _supplied(kind: RecordKind, scheme: Scheme) -> Iterator[KindFault]:
    """The fields whose concept a body supplies in a table."""
    for one in held_already(kind, scheme, {}):
        if one.by_concept and not one.field.reuse and not one.other.reuse:
            words = f"同一个概念“{one.field.concept}”已由{one.other.owner or '有关部门'}按表提供（一数一源，第 1 条）；请删去这一项"
            yield KindFault(one.field.id, words, refused=True)


def _own_faults(kind: RecordKind) -> Iterator[KindFault]:
    """What the loader would not let through."""
    if not kind.title:
        yield KindFault("", "还没有名称")
    if not FILE_ID.fullmatch(kind.id):
        yield KindFault("", f"标识“{kind.id}”只能用小写字母、数字、_ 和 -，以字母开头")
    if not kind.basis:
        yield KindFault("", "请写明依据：文件和文号，或“本级自定”")
    if not kind.recorded_by and not kind.held_by:
        yield KindFault("", "请选由谁登记；没有人登记的台账不用设")
    seen: set[str] = set()
    for field in kind.fields:
        yield from (KindFault(field.id, words) for words in _wrong_with(field, seen))
        seen.add(field.id)


def _wrong_with(field: Field, seen: set[str]) -> Iterator[str]:
    if not field.title:
        yield "还没有名称"
    misnamed = Faults()
    check_id(field.id, field.place, misnamed)
    if misnamed.found:
        yield f"标识“{field.id}”只能用小写字母、数字和 _，以字母开头，不能是保留字"
    if field.id in seen:
        yield f"标识“{field.id}”写了两遍"
    if field.type == "choice" and not field.choices:
        yield "单选要有选项"
    if any(not value or not word for value, word in field.choices):
        yield "选项不能为空"
    if len(field.choices) > MOST_CHOICES:
        yield f"选项最多 {MOST_CHOICES} 个，现有 {len(field.choices)} 个；请改成文字，或分成两项"
    for what, text, most in (
        ("计量单位", field.unit, 20),
        ("填写说明", field.note, 500),
        *(("选项", word, 100) for _, word in field.choices),
    ):
        if len(text) > most:
            yield f"{what}最多 {most} 个字，现有 {len(text)} 个"


def _told(
    faults: Faults, patterns: Mapping[re.Pattern[str], str | Said], kind: RecordKind, within: Scheme, *, refused: bool = False
) -> Iterator[KindFault]:
    """The faults of the kind itself, in Chinese."""
    for fault in faults.found:
        if fault.place.file == kind.id:
            of = kind.fields[fault.place.line - 1].id if fault.place.line else ""
            words = AT.sub(lambda found: _called(found, within), in_chinese(fault, patterns))
            yield KindFault(of, words, refused)


def _called(found: re.Match[str], within: Scheme) -> str:
    """A place by the titles of what stands there."""
    kind, number = within.records.get(found[1]), int(found[2])
    return f"“{kind.title}”的“{kind.fields[number - 1].title}”" if kind and number else "别处"


def in_chinese(fault: Fault, patterns: Mapping[re.Pattern[str], str | Said]) -> str:
    """A fault in the words of officials; as the language says it where there are none."""
    for pattern, words in patterns.items():
        if found := pattern.fullmatch(fault.message):
            return words if isinstance(words, str) else words(found)
    return fault.message
