"""What one can do to a unit, each as a form that says beforehand what will happen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django import forms
from django.db.models import Count
from django.http import QueryDict

from fanxing.accounts.models import User
from fanxing.lib import clock
from fanxing.organisations.actions.units import (
    change_kind,
    close_unit,
    create_unit,
    merge_units,
    move_unit,
    rename_unit,
    split_unit,
)
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import CODE, Assignment, Person, Unit, in_force
from fanxing.organisations.paths import within
from fanxing.records.models import Record
from fanxing.web.formats import day
from fanxing.web.listing import Words

# So many are offered to choose from; others are named by their codes.
OFFERED = 300
POSTS_NAMED = 8
OTHER_SUCCESSORS = "不在上面的，写代码，用空格隔开；还没有的，先在上级下设立。"


@dataclass(frozen=True)
class Ground:
    """The unit to be changed, what the person may do, and what the schemes call things."""

    unit: Unit
    authority: Authority
    words: Words

    def find(self, text: str) -> Unit | None:
        """The unit named by its code, as chosen from a list (“990101 石桥镇”) or typed; only one that the person may change."""
        code = text.strip().split(" ")[0]
        return Unit.objects.filter(self.authority.reach("unit.manage"), code=code, closed_on=None).first()

    def beside(self) -> list[Unit]:
        """The units of the same kind under the same parent."""
        if self.unit.parent_id is None:
            return []
        units = Unit.objects.filter(self.authority.reach("unit.manage"), parent=self.unit.parent_id, kind=self.unit.kind, closed_on=None)
        return list(units.exclude(pk=self.unit.pk).order_by("code")[:OFFERED])

    def other_parents(self) -> list[Unit]:
        """Where units like this one stand: those of the parent's kind."""
        parent = self.unit.parent
        if parent is None:
            return []
        units = Unit.objects.filter(self.authority.reach("unit.manage"), kind=parent.kind, closed_on=None)
        return list(units.exclude(pk=parent.pk).exclude(within(self.unit.path)).order_by("path")[:OFFERED])

    def kinds(self) -> list[tuple[str, str]]:
        """(id, title) of the kinds a unit can be of: those of the schemes, and whatever else stands in the tree already."""
        rules = {**self.words.kinds, **self.words.beside}
        named = [*self.words.levels.items(), *((id, kind.title) for id, kind in rules.items())]
        managed = Unit.objects.filter(self.authority.reach("unit.manage"), closed_on=None)
        present = managed.order_by("kind").values_list("kind", flat=True).distinct()
        return named + [(kind, kind) for kind in present if kind not in dict(named)]

    def usual_kind(self) -> str:
        """The kind that most units right below this one are of."""
        counted = self.unit.children.filter(closed_on=None).order_by().values_list("kind").annotate(count=Count("pk"))
        most: tuple[str, int] = max(counted, key=lambda pair: pair[1], default=("", 0))
        return most[0]


@dataclass(frozen=True)
class Stake:
    """What hangs on some units: units below them, records that count, people, and posts held on a day."""

    below: int
    records: int
    people: int
    posts: list[tuple[str, str, str]]


def stake_of(units: Sequence[Unit], on: date) -> Stake:
    """What hangs on some units on a day."""
    ids = [unit.pk for unit in units]
    below = sum(Unit.objects.filter(within(unit.path), closed_on=None).exclude(pk=unit.pk).count() for unit in units)
    held = Assignment.objects.filter(in_force(on), unit__in=ids).order_by("unit__code", "post")
    posts = list(held.values_list("unit__name", "post__title", "person__name"))
    return Stake(below, Record.objects.filter(unit__in=ids).standing().count(), Person.objects.filter(unit__in=ids).count(), posts)


class ChangeForm(forms.Form):
    """A change of a unit; `said` is what will happen, a sentence each, `do` does it and returns the unit to be shown next."""

    id: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    hint: ClassVar[str]

    on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="从这一天起；不能晚于今天，也不能早于这个单位上一次变更。",
        error_messages={"required": "请填写生效日期", "invalid": "日期写成 2025-12-01 这样"},
    )

    def __init__(self, data: QueryDict | None = None, *, ground: Ground) -> None:
        super().__init__(data, initial={"on": clock.today()}, label_suffix="")
        self.ground = ground
        self.order_fields([name for name in self.fields if name != "on"])
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the unit."""

    def do(self, *, by: User, at: datetime) -> Unit:
        """Carry the change out, by its action; every kind of change says how."""
        raise NotImplementedError

    def said(self) -> Iterator[str]:
        """What will happen, a sentence each; every kind of change says it."""
        raise NotImplementedError

    @property
    def day(self) -> date:
        """The day on which it begins."""
        found: date = self.cleaned_data["on"]
        return found


class Found(ChangeForm):
    """A new unit below this one."""

    id, title, icon = "found", "设立下级单位", "plus"
    hint = "在它下面设立一个新单位"

    code = forms.CharField(label="代码", max_length=32, validators=[CODE], help_text="行政区划代码或单位自编代码，设立后不再改。")
    name = forms.CharField(label="名称", max_length=100)
    kind = forms.ChoiceField(label="类型")

    def prepare(self) -> None:
        choices = self.fields["kind"]
        choices.choices = self.ground.kinds()  # type: ignore[attr-defined]  # of a ChoiceField
        self.initial["kind"] = self.ground.usual_kind()

    def said(self) -> Iterator[str]:
        unit, data = self.ground.unit, self.cleaned_data
        yield f"自{day(self.day)}起，在{unit.name}之下设立{data['name']}（{self.ground.words.kind(data['kind'])}，代码 {data['code']}）。"
        yield "新单位还没有人员、任职和台账。"

    def do(self, *, by: User, at: datetime) -> Unit:
        data = self.cleaned_data
        return create_unit(code=data["code"], name=data["name"], kind=data["kind"], parent=self.ground.unit, on=self.day, by=by, at=at)


class Rename(ChangeForm):
    """Another name."""

    id, title, icon = "rename", "更名", "pencil"
    hint = "换一个名称，原名留在沿革里"

    name = forms.CharField(label="新名称", max_length=100)

    def prepare(self) -> None:
        self.initial["name"] = self.ground.unit.name

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name == self.ground.unit.name:
            raise forms.ValidationError("和现在的名称一样")
        return name

    def said(self) -> Iterator[str]:
        unit = self.ground.unit
        yield f"自{day(self.day)}起，{unit.name}更名为{self.cleaned_data['name']}。"
        yield "代码、上级、台账、人员和任职都不变；沿革里留着原名，搜索今后按新名。"

    def do(self, *, by: User, at: datetime) -> Unit:
        rename_unit(unit=self.ground.unit, name=self.cleaned_data["name"], on=self.day, by=by, at=at)
        return self.ground.unit


class ChangeKind(ChangeForm):
    """Another kind."""

    id, title, icon = "kind", "改变类型", "building-community"
    hint = "如村改为城市社区，换一套星"

    kind = forms.ChoiceField(label="新类型")

    def prepare(self) -> None:
        kinds = [one for one in self.ground.kinds() if one[0] != self.ground.unit.kind]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # of a ChoiceField

    def said(self) -> Iterator[str]:
        unit, words = self.ground.unit, self.ground.words
        after = self.cleaned_data["kind"]
        yield f"自{day(self.day)}起，{unit.name}由{words.kind(unit.kind)}改为{words.kind(after)}。"
        stake = stake_of([unit], self.day)
        if after in words.kinds:
            yield f"星级改按{words.kinds[after].title}的规则评；已有的 {stake.records:,} 条台账不变，新规则用得到的照样计分。"
        elif unit.kind in words.kinds:
            yield f"它不再参加评星；已有的 {stake.records:,} 条台账留着备查。"
        yield from _misplaced(stake, after, unit)

    def do(self, *, by: User, at: datetime) -> Unit:
        change_kind(unit=self.ground.unit, kind=self.cleaned_data["kind"], on=self.day, by=by, at=at)
        return self.ground.unit


def _misplaced(stake: Stake, kind: str, unit: Unit) -> Iterator[str]:
    """What becomes of posts that the new kind does not have."""
    held = Assignment.objects.filter(in_force(clock.today()), unit=unit).select_related("post")
    strange = sorted({one.post.title for one in held if one.post.kinds and kind not in one.post.kinds})
    if strange:
        yield f"这些岗位本不设在这类单位，任职仍保留，请另行调整：{'、'.join(strange)}。"
    elif stake.posts:
        yield f"{len(stake.posts)} 项任职不变。"


class Move(ChangeForm):
    """Another parent."""

    id, title, icon = "move", "划归另一上级", "arrow-right"
    hint = "连同全部下级一起划过去"

    parent = forms.CharField(
        label="新上级", help_text="写代码，或从列表里选。", widget=forms.TextInput(attrs={"list": "parents", "autocomplete": "off"})
    )

    def clean_parent(self) -> Unit:
        return _found(self.ground, self.cleaned_data["parent"])

    def offered(self) -> list[Unit]:
        """The parents offered."""
        return self.ground.other_parents()

    def said(self) -> Iterator[str]:
        unit, parent = self.ground.unit, self.cleaned_data["parent"]
        stake = stake_of([unit], self.day)
        with_it = f"连同下级 {stake.below:,} 个单位" if stake.below else ""
        yield f"自{day(self.day)}起，{unit.name}{with_it}由{unit.parent.name if unit.parent else '顶级'}划归{parent.name}。"
        yield f"台账 {stake.records:,} 条、人员 {stake.people} 人、任职 {len(stake.posts)} 项都不变。"
        if unit.parent:
            yield f"{unit.parent.name}一级的岗位不再看得到它，{parent.name}一级的岗位从此看得到。"

    def do(self, *, by: User, at: datetime) -> Unit:
        move_unit(unit=self.ground.unit, parent=self.cleaned_data["parent"], on=self.day, by=by, at=at)
        return self.ground.unit


class Merge(ChangeForm):
    """Others into this one."""

    id, title, icon = "merge", "合并", "users-group"
    hint = "把几个单位并到它里面，台账一并计入"

    units = forms.MultipleChoiceField(label="被并入的同级单位", required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(label="其他单位的代码", required=False, help_text="不在上面的，写代码，用空格隔开。")

    def prepare(self) -> None:
        self.fields["units"].choices = [(one.code, f"{one.name}（{one.code}）") for one in self.ground.beside()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        codes = [*data.get("units", []), *data.get("others", "").replace("，", " ").replace("、", " ").split()]
        data["merged"] = [_found(self.ground, code) for code in dict.fromkeys(codes)]
        if not data["merged"]:
            raise forms.ValidationError("请选择被并入的单位")
        return data

    def said(self) -> Iterator[str]:
        unit, merged = self.ground.unit, self.cleaned_data["merged"]
        names = "、".join(one.name for one in merged)
        yield f"自{day(self.day)}起，{names}撤销，并入{unit.name}。"
        stake = stake_of(merged, self.day)
        if stake.below:
            yield f"它们的下级 {stake.below:,} 个单位划到{unit.name}之下。"
        if stake.records:
            rated = f"，{unit.name}的得分随之重算" if unit.kind in self.ground.words.kinds else ""
            yield f"它们的 {stake.records:,} 条台账今后计入{unit.name}{rated}。"
        if stake.people:
            yield f"人员 {stake.people} 人转到{unit.name}。"
        yield from _ended(stake, self.ground.authority.may("person.view", unit))

    def do(self, *, by: User, at: datetime) -> Unit:
        merge_units(units=self.cleaned_data["merged"], into=self.ground.unit, on=self.day, by=by, at=at)
        return self.ground.unit


class Split(ChangeForm):
    """This one into several."""

    id, title, icon = "split", "分设", "list-tree"
    hint = "撤销它，由几个单位接着办"

    into = forms.MultipleChoiceField(label="后继单位（至少两个）", required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(label="其他后继单位的代码", required=False, help_text=OTHER_SUCCESSORS)
    records_to = forms.CharField(label="台账计入哪个后继单位", required=False, help_text="写它的代码；不写则哪个也不计入。")

    def prepare(self) -> None:
        self.fields["into"].choices = [(one.code, f"{one.name}（{one.code}）") for one in self.ground.beside()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        codes = [*data.get("into", []), *data.get("others", "").replace("，", " ").replace("、", " ").split()]
        data["successors"] = [_found(self.ground, code) for code in dict.fromkeys(codes)]
        wanted = data.get("records_to", "").strip()
        data["heir"] = _found(self.ground, wanted) if wanted else None
        return data

    def said(self) -> Iterator[str]:
        unit, successors, heir = self.ground.unit, self.cleaned_data["successors"], self.cleaned_data["heir"]
        yield f"自{day(self.day)}起，{unit.name}撤销，分设为{'、'.join(one.name for one in successors)}。"
        stake = stake_of([unit], self.day)
        kept = f"计入{heir.name}" if heir else "只留在原单位备查，不计入任何一个"
        yield f"原有的 {stake.records:,} 条台账{kept}。"
        if stake.people:
            yield f"登记在它名下的 {stake.people} 人不自动转移，请另行登记。"
        yield from _ended(stake, self.ground.authority.may("person.view", unit))

    def do(self, *, by: User, at: datetime) -> Unit:
        data = self.cleaned_data
        split_unit(unit=self.ground.unit, into=data["successors"], records_to=data["heir"], on=self.day, by=by, at=at)
        return self.ground.unit


class Close(ChangeForm):
    """No more."""

    id, title, icon = "close", "撤销", "circle-x"
    hint = "没有后继单位；有后继的请用并入或分设"

    def said(self) -> Iterator[str]:
        unit = self.ground.unit
        stake = stake_of([unit], self.day)
        yield f"自{day(self.day)}起，{unit.name}撤销，没有后继单位。"
        if stake.records:
            yield f"{stake.records:,} 条台账留着备查，不再计分。"
        if stake.people:
            yield f"人员 {stake.people} 人仍登记在它名下，请另行登记到别处。"
        yield from _ended(stake, self.ground.authority.may("person.view", unit))

    def do(self, *, by: User, at: datetime) -> Unit:
        close_unit(unit=self.ground.unit, on=self.day, by=by, at=at)
        return self.ground.unit


def _ended(stake: Stake, named: bool) -> Iterator[str]:
    """The posts that end, by name only for those who may see people."""
    if not stake.posts:
        return
    said = [f"{unit}{post}{' ' + person if named else ''}" for unit, post, person in stake.posts[:POSTS_NAMED]]
    more = f"等 {len(stake.posts)} 项" if len(stake.posts) > POSTS_NAMED else ""
    yield f"这些任职于当日结束：{'、'.join(said)}{more}。"


def _found(ground: Ground, text: str) -> Unit:
    unit = ground.find(text)
    if unit is None:
        raise forms.ValidationError(f"没有您可以维护的、代码为“{text.strip()}”的现有单位")
    return unit


CHANGES: dict[str, type[ChangeForm]] = {form.id: form for form in (Found, Rename, ChangeKind, Move, Merge, Split, Close)}


def possible(unit: Unit) -> Iterable[type[ChangeForm]]:
    """What one can do to a unit: nothing once it is closed, and the topmost one is not moved, split or closed here."""
    if unit.closed_on:
        return ()
    forms_here = CHANGES.values()
    return [one for one in forms_here if unit.parent_id or one in (Found, Rename, ChangeKind)]
