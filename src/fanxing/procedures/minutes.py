"""What of a matter is printed: its minutes, step by step, and its notice to be hung up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from fanxing.lib.printing.documents import Block, Document, Heading, Pairs, Paragraph, Signatures, Table
from fanxing.procedures.deciding import SHOWN_FROM, is_adopted, is_quorate
from fanxing.procedures.models import Count, Matter, MatterNotice, MatterStep, Verdict
from fanxing.procedures.queries import seeks_opinions
from fanxing.procedures.wording import day_words, field_words, said_in, unit_names
from fanxing.public_notices.models import Notice
from fanxing.scheme.model import Ballot, Procedure, State, Value

OPENED = "提出"
NAMED = "姓名（本人同意公开）"
NUMBERS = "〇一二三四五六七八九"
InRound = TypeVar("InRound", Verdict, Count)
SIGNED_BY = ("主持人", "记录人", "监督人")


@dataclass(frozen=True)
class _Stage:
    """A step as it was taken: out of which state, in which round, and what the matter said by then."""

    row: MatterStep
    source: State | None
    round: int
    data: Mapping[str, Value]


@dataclass(frozen=True)
class _Minutes:
    """All that the minutes of a matter are written from."""

    matter: Matter
    procedure: Procedure
    stages: Sequence[_Stage]
    units: Mapping[str, str]
    verdicts: Mapping[int, Sequence[Verdict]]
    counts: Mapping[int, Sequence[Count]]
    notices: Mapping[int, Notice]
    in_words: bool

    def blocks(self) -> Iterator[Block]:
        yield Pairs(list(self._head()))
        for number, stage in enumerate(self.stages, start=1):
            yield Heading(f"{_numbered(number)}、{self._title(stage)}")
            yield from self._stage(stage)
        yield Signatures(SIGNED_BY)

    def _head(self) -> Iterator[tuple[str, str]]:
        matter = self.matter
        yield "事项", matter.title
        yield "办理程序", self.procedure.title
        yield "提出日期", day_words(matter.opened_on)
        yield "现在", self.procedure.states[matter.state].title
        if matter.ended_on:
            yield "办结日期", day_words(matter.ended_on)

    def _title(self, stage: _Stage) -> str:
        if stage.source is None:
            return OPENED
        step = self.procedure.step(stage.source.id, stage.row.verb)
        return f"{stage.source.title}：{step.title}" if step else stage.source.title

    def _stage(self, stage: _Stage) -> Iterator[Block]:
        row = stage.row
        yield Paragraph(
            f"{moment_words(row.taken_at)}，{row.taken_by_title}办理。" if row.taken_by_title else f"{moment_words(row.taken_at)}。"
        )
        said = [(field.title, field_words(field, value, self.units)) for field, value in said_in(self.procedure, row.data)]
        if row.assigned:
            said.append(("承办单位", row.assigned.name))
        if row.reason:
            said.append(("说明", row.reason))
        if said:
            yield Pairs(said)
        if stage.source is None or row.target == row.source:
            # What a state decides stands with the step that leaves it: while a vote goes on its figures would tell votes.
            return
        if stage.round in self.verdicts:
            verdicts = self.verdicts[stage.round]
            yield Table(("参加方", "意见", "说明"), [(one.member_title, one.get_choice_display(), one.words or "—") for one in verdicts])
        if isinstance(ballot := stage.source.step, Ballot):
            yield from self._ballot(ballot, stage)
        if notice := self.notices.get(stage.round):
            yield from _notice(notice, stage.source, self.in_words)

    def _ballot(self, ballot: Ballot, stage: _Stage) -> Iterator[Block]:
        tally = Count.tally(int(str(stage.data.get(ballot.eligible, 0))), self.counts.get(stage.round, ()))
        needed = f"应到 {tally.eligible} 人，实到 {tally.cast} 人，{'达到' if is_quorate(ballot, tally) else '不足'}规定的到会人数"
        yield Paragraph(f"{needed}。表决结果：{'通过' if is_adopted(ballot, tally) else '未通过'}。")
        if tally.is_shown:
            figures = (tally.eligible, tally.cast, tally.in_favour, tally.against, tally.abstaining, tally.spoilt)
            yield Table(("应到", "实到", "同意", "不同意", "弃权", "废票"), [[str(one) for one in figures]])
        else:
            yield Paragraph(f"参加表决或线上投票的不足 {SHOWN_FROM} 人，不公开票数。")


def minutes_of(matter: Matter, *, with_objections: bool = True) -> Document:
    """The minutes of a matter, from its opening to where it is: who met when, who was there, how they voted, what was resolved.

    Without `with_objections` only how many there were: what they say may name people.
    """
    procedure = matter.procedure
    stages = list(_stages(matter, procedure))
    units = unit_names(procedure, [one.row.data for one in stages])
    written = _Minutes(
        matter,
        procedure,
        stages,
        units,
        _by_round(Verdict.objects.filter(matter=matter)),
        _by_round(Count.objects.filter(matter=matter)),
        {one.round: one.notice for one in _notices(matter)},
        with_objections,
    )
    note = "本记录由办理经过生成，不含个人信息。"
    return Document(f"{matter.unit.name}{procedure.minutes}", list(written.blocks()), f"编号 {matter.number}", note)


def poster_of(notice: Notice, whom: str, names: str = "") -> Document:
    """A notice as it hangs on the wall; `whom` says where an objection may be raised, `names` are those that stand there by consent."""
    until = f"公示时间：{day_words(notice.begins_on)}至{day_words(notice.ends_on)}。"
    signed = [Paragraph(notice.unit.name, end=True), Paragraph(day_words(notice.begins_on), end=True)]
    lines = [(name, words) for name, words in notice.lines]
    named = [(NAMED, names)] if names else []
    down = Paragraph(f"{day_words(notice.ends_on)}公示期满后请取下，不再张贴姓名。")
    blocks: list[Block] = [Pairs([*lines, *named]), Paragraph(until + whom), *([down] if names else []), *signed]
    return Document(notice.title, blocks, note=f"校验值 {notice.digest[:16]}", poster=True)


def _notices(matter: Matter) -> Sequence[MatterNotice]:
    return list(MatterNotice.objects.filter(matter=matter).select_related("notice__unit").prefetch_related("notice__objections"))


def _stages(matter: Matter, procedure: Procedure) -> Iterator[_Stage]:
    data: dict[str, Value] = {}
    round_ = 1
    for row in matter.steps.select_related("assigned"):
        data = {**data, **row.data}
        yield _Stage(row, procedure.states.get(row.source), round_, data)
        if row.source and row.target != row.source:
            round_ = row.number


def _by_round(rows: Iterable[InRound]) -> dict[int, list[InRound]]:
    found: dict[int, list[InRound]] = {}
    for one in rows:
        found.setdefault(one.round, []).append(one)
    return found


def _notice(notice: Notice, state: State, in_words: bool) -> Iterator[Block]:
    down = f"，于 {day_words(timezone.localdate(notice.taken_down_at))}撤下" if notice.taken_down_at else ""
    objections = list(notice.objections.all())
    what, right = ("异议", "成立") if not seeks_opinions(state) else ("意见", "采纳")
    raised = f"收到{what} {len(objections)} 条。" if objections else f"没有收到{what}。"
    yield Paragraph(f"公示自{day_words(notice.begins_on)}至{day_words(notice.ends_on)}{down}。{raised}")
    if objections and in_words:
        yield Table((what, "答复", "结论"), [(one.text, one.answer or "—", _conclusion(one.is_upheld, right)) for one in objections])


def _conclusion(is_upheld: bool | None, right: str) -> str:
    return "未答复" if is_upheld is None else right if is_upheld else f"不{right}"


def _numbered(number: int) -> str:
    """一, 二 … 十一 … 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMBERS[tens]}十"
    return head + (NUMBERS[ones] if ones else "")


def moment_words(at: datetime) -> str:
    """2025年6月1日 9:20."""
    local = timezone.localtime(at)
    return f"{day_words(local.date())} {local:%H:%M}"
