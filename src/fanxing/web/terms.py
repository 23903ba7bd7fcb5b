"""What one can do about people and their posts, each as a form that says beforehand what will happen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from fanxing.accounts.models import User
from fanxing.inbox.taking import pass_on_items
from fanxing.lib import clock
from fanxing.organisations.actions.people import (
    NAME_LENGTH,
    assign,
    create_person,
    end_assignment,
    move_person,
    rename_person,
)
from fanxing.organisations.actions.rotas import Rhythm, make_rota, stop_rota
from fanxing.organisations.actions.terms import describe_term, give_turn, hand_over, renew_term, stand_in
from fanxing.organisations.authority import Authority, Grant
from fanxing.organisations.models import Assignment, Person, Post, Rota, Unit, in_force
from fanxing.organisations.namesakes import namesakes
from fanxing.organisations.particulars import LENGTHS, MOBILE, TITLES, Particulars
from fanxing.web.formats import day
from fanxing.web.whom import Question

KEEP = "person.manage"
# So many people are offered to choose from; others are named by their numbers or names.
OFFERED = 300
HINTS = {
    "phone": "办公电话或值班电话，如 0374-1234567；给谁看由岗位决定，其余的人只看到 138****5678。",
    "hours": "如：工作日 8:00—18:00",
    "scope": "如：3、4 号楼；东门至菜场。只写地方，不写住户情况。",
    "duty": "如：每周巡查楼道一次",
    "reward": "如：年度评议时优先考虑",
}


@dataclass(frozen=True)
class Ground:
    """What is acted upon (a unit, a term of somebody, a person or a rota), and what the one who acts may do."""

    authority: Authority
    unit: Unit
    term: Assignment | None = None
    person: Person | None = None
    rota: Rota | None = None

    def kept(self) -> list[Person]:
        """People to choose from: those kept here and those who hold a post here."""
        here = Person.objects.filter(unit=self.unit) | Person.objects.filter(
            pk__in=Assignment.objects.filter(in_force(clock.today()), unit=self.unit).values("person")
        )
        return list(here.select_related("unit").order_by("pk")[:OFFERED])

    def mine(self) -> QuerySet[Person]:
        """Those whose unit one keeps."""
        units = Unit.objects.filter(self.authority.reach(KEEP))
        return Person.objects.filter(unit__in=units).select_related("unit")

    def numbered(self, number: str, name: str) -> Person:
        """The person of that number, as chosen (“12 王芳”). Raises ValidationError where there is none, or it is of another name."""
        person = self.mine().filter(pk=int(number[:9])).first()
        if person is None or name not in ("", person.name):
            raise forms.ValidationError("没有这个编号的人" if person is None else f"编号 {person.pk} 不是{name}，请核对")
        return person


class PersonField(forms.CharField):
    """A person by number or name, with those of the unit offered."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "people", "autocomplete": "off"})
        super().__init__(**{"max_length": NAME_LENGTH + 12, "widget": widget, "help_text": "写姓名，或从列出的人里选。", **options})


class DayField(forms.DateField):
    """A day."""

    def __init__(self, **options: Any) -> None:
        told = {"required": "请填写日期", "invalid": "日期写成 2025-12-01 这样"}
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, "error_messages": told, **options})


def told_fields() -> dict[str, forms.CharField]:
    """The fields by which a post is described."""
    return {
        name: forms.CharField(label=TITLES[name], max_length=LENGTHS[name], required=False, help_text=HINTS[name])
        for name in (one.name for one in fields(Particulars))
    }


class TermForm(forms.Form):
    """Something done about people; `said` is what will happen, a sentence each, `do` does it and returns the address to be shown next.

    names      the field in which people are named, where there is one; `questions` which of those of one name are meant, by name
    takes_new  whether somebody new may be named there
    """

    id: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]
    names: ClassVar[str] = ""
    takes_new: ClassVar[bool] = False

    def __init__(self, data: QueryDict | None = None, *, ground: Ground, first: dict[str, str] | None = None) -> None:
        super().__init__(data, initial=first or {}, label_suffix="")
        self.ground = ground
        self.questions: dict[str, Question] = {}
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the ground."""

    def said(self) -> Iterator[str]:
        """What will happen, a sentence each; every form says it."""
        raise NotImplementedError

    def do(self, *, by: User, at: datetime) -> str:
        """Carry it out, by its action; every form says how."""
        raise NotImplementedError

    def offered(self) -> list[Person]:
        """People to choose from."""
        return self.ground.kept()

    @property
    def term(self) -> Assignment:
        """The term that is acted upon."""
        assert self.ground.term
        return self.ground.term

    @property
    def someone(self) -> Person:
        """The person who is acted upon."""
        assert self.ground.person
        return self.ground.person

    def whom(self, text: str) -> Person | None:
        """The person whom a text names; None where it is somebody new. Raises ValidationError where it does not say which one."""
        number, _, name = text.partition(" ")
        if number.isascii() and number.isdigit():
            return self.ground.numbered(number, name.strip())
        if text not in self.questions:
            id = f"which_{len(self.questions)}"
            found = namesakes(text, self.ground.unit, self.ground.mine())
            sent, asked = self.data.get(id, ""), f"“{text}”是哪一位"
            self.questions[text] = Question(id, text, found, sent, self.takes_new, self.ground.authority, asked, text)
        return self.questions[text].answered()

    def known(self, text: str) -> Person:
        """The person whom a text names, who is entered already. Raises ValidationError."""
        person = self.whom(text)
        if person is None:
            raise forms.ValidationError(f"您管理的单位里没有“{text}”，请先在人员页面登记或任命")
        return person

    def told_of(self, person: Person) -> Iterator[str]:
        """Who it is, where another unit keeps them."""
        if person.unit_id != self.ground.unit.pk:
            yield f"{person.name}（编号 {person.pk}）登记在{person.unit.name}，人员关系不变。"

    def sent(self) -> dict[str, list[str]]:
        """All that was sent and who was meant, so that what is confirmed is what was looked at."""
        assert isinstance(self.data, QueryDict)
        fields = {name: self.data.getlist(name) for name in self.fields}
        return fields | {one.id: [one.value] for one in self.questions.values()}

    def end(self, name: str = "last") -> date | None:
        """The day after a last day."""
        last: date | None = self.cleaned_data.get(name)
        return last + timedelta(days=1) if last else None

    def particulars(self) -> Particulars:
        """What is said of the post."""
        return Particulars(**{one.name: self.cleaned_data.get(one.name, "") for one in fields(Particulars)})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        told = {one.name: data[one.name].strip() for one in fields(Particulars) if one.name in data}
        for name, words in Particulars(**told).faults().items():
            self.add_error(name, words)
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", f"不能早于 {first}")
        return data


def person_page(person: Person) -> str:
    """The address of a person's page."""
    return reverse("person", args=[person.pk])


class Appoint(TermForm):
    """A person, new or known, to a post of the unit."""

    id, title, hint = "appoint", "任命", "谁，在这里任什么岗位，从哪天到哪天"

    names, takes_new = "person", True

    person = PersonField(label="姓名", help_text="写姓名；已登记的人从列出的里选，没有登记的会先登记。")
    post = forms.ChoiceField(label="岗位", error_messages={"required": "请选择岗位"})
    first = DayField(label="起")
    last = DayField(label="止", required=False, help_text="任期的最后一天；没有定的不填。")

    def prepare(self) -> None:
        self.fields |= told_fields()
        self.fields["post"].choices = post_choices(self.ground)  # type: ignore[attr-defined]  # of a ChoiceField
        self.initial.setdefault("first", clock.today().isoformat())

    def clean_person(self) -> str:
        text: str = self.cleaned_data["person"].strip()
        self.meant = self.whom(text)
        if self.meant is None and len(text) > NAME_LENGTH:
            raise forms.ValidationError(f"姓名为 1 至 {NAME_LENGTH} 个字")
        return text

    def said(self) -> Iterator[str]:
        unit, data = self.ground.unit, self.cleaned_data
        post = Post.objects.get(pk=data["post"])
        name = self.meant.name if self.meant else data["person"]
        if self.meant is None:
            yield f"在{unit.name}登记人员{name}{self._beside(name)}。"
        else:
            yield f"{name}是已登记的编号 {self.meant.pk}；如果是另一位同名的人，请返回修改，另选。"
        if self.meant and self.meant.unit_id != unit.pk:
            yield f"{name}登记在{self.meant.unit.name}，人员关系不变。"
        until = f"，至{day(data['last'])}" if data.get("last") else ""
        yield f"自{day(data['first'])}起{until}，{name}任{unit.name}{post.title}。"
        if held := holders(unit, post, data["first"]):
            yield f"{held}已在任这个岗位，不因此结束；只应有一人的，请先结束原来的。"
        if post.permissions:
            yield "这个岗位可以在系统里办理业务；本人有账号时当日生效。"
        if self.meant and (others := other_posts(self.meant)):
            yield f"同时还任：{others}。"

    def _beside(self, name: str) -> str:
        found = self.questions[name].found
        return f"，和已登记的 {len(found)} 位同名的人不是同一人" if found else ""

    def do(self, *, by: User, at: datetime) -> str:
        unit, data = self.ground.unit, self.cleaned_data
        person = self.meant or create_person(name=data["person"], unit=unit, by=by, at=at)
        assign(
            person=person,
            unit=unit,
            post=Post.objects.get(pk=data["post"]),
            valid_from=data["first"],
            valid_to=self.end(),
            particulars=self.particulars(),
            by=by,
            at=at,
        )
        return person_page(person)


class End(TermForm):
    """A term that ends."""

    id, title, hint = "end", "结束任职", "到哪一天为止"

    last = DayField(label="最后一天", help_text="这一天还在任；代行的人也到这一天为止。")

    def prepare(self) -> None:
        self.initial["last"] = clock.today().isoformat()

    def said(self) -> Iterator[str]:
        term, last = self.term, day(self.cleaned_data["last"])
        if term.stands_in_for:
            yield f"{term.person.name}代行{term.unit.name}{term.post.title}（{term.stands_in_for.person.name}）到{last}为止，权限随之收回。"
            yield "已接办、还没办结的待办退回单位，由本人接着办。"
            return
        yield f"{term.person.name}任{term.unit.name}{term.post.title}到{last}为止。"
        yield "任职留在履历里；如果这个岗位应有人担任，会列入空缺。"

    def do(self, *, by: User, at: datetime) -> str:
        ends = self.end()
        assert ends
        end_assignment(assignment=self.term, valid_to=ends, by=by, at=at)
        pass_on_items(at=at)
        return person_page(self.term.person)


class Renew(TermForm):
    """A term that goes on."""

    id, title, hint = "renew", "续任", "任期延到哪一天"

    last = DayField(label="新的止期", required=False, help_text="任期的最后一天；不填就是不定期。")

    def said(self) -> Iterator[str]:
        last = self.cleaned_data.get("last")
        until = f"延到{day(last)}" if last else "不再定止期"
        yield f"{self.term.person.name}任{self.term.unit.name}{self.term.post.title}的任期{until}（原定{day(self.term.last_day)}）。"

    def do(self, *, by: User, at: datetime) -> str:
        renew_term(assignment=self.term, valid_to=self.end(), by=by, at=at)
        return person_page(self.term.person)


class Describe(TermForm):
    """How the holder is reached, and what they answer for."""

    id, title, hint = "describe", "电话与职责", "怎么联系，负责哪里，做什么"

    def prepare(self) -> None:
        self.fields |= told_fields()
        for one in fields(Particulars):
            self.initial[one.name] = getattr(self.term, one.name)

    def said(self) -> Iterator[str]:
        for name, text in ((one.name, self.cleaned_data[one.name].strip()) for one in fields(Particulars)):
            if text != getattr(self.term, name):
                yield f"{TITLES[name]}：{text or '（清空）'}"

    def do(self, *, by: User, at: datetime) -> str:
        describe_term(assignment=self.term, particulars=self.particulars(), by=by, at=at)
        return person_page(self.term.person)


class StandIn(TermForm):
    """Somebody who stands in."""

    id, title, hint = "stand-in", "代行", "本人不在时由谁代行，从哪天到哪天"

    names = "person"

    person = PersonField(label="由谁代行")
    first = DayField(label="起")
    last = DayField(label="止", help_text="代行的最后一天。")
    phone = forms.CharField(label="电话", max_length=LENGTHS["phone"], required=False, help_text=HINTS["phone"])

    def prepare(self) -> None:
        self.initial["first"] = clock.today().isoformat()

    def clean_person(self) -> Person:
        return self.known(self.cleaned_data["person"].strip())

    def said(self) -> Iterator[str]:
        data, term = self.cleaned_data, self.term
        who = data["person"].name
        yield from self.told_of(data["person"])
        yield f"{day(data['first'])}至{day(data['last'])}，由{who}代行{term.unit.name}{term.post.title}（{term.person.name}）。"
        if term.post.permissions:
            yield f"这段时间{who}有这个岗位的全部权限，到期自动收回；做的事以{who}的账号记入操作日志。"
        yield "页面上标“代”。"

    def do(self, *, by: User, at: datetime) -> str:
        ends = self.end()
        assert ends
        person = self.cleaned_data["person"]
        stand_in(
            assignment=self.term,
            person=person,
            valid_from=self.cleaned_data["first"],
            valid_to=ends,
            particulars=self.particulars(),
            by=by,
            at=at,
        )
        return person_page(self.term.person)


class GiveTurn(TermForm):
    """A turn of a rota that somebody else takes."""

    id, title, hint = "turn", "换班", "这一班由谁来值"

    names = "person"

    person = PersonField(label="换给谁")

    def clean_person(self) -> Person:
        return self.known(self.cleaned_data["person"].strip())

    def said(self) -> Iterator[str]:
        yield f"{day(self.term.valid_from)}这一班由{self.term.person.name}换给{self.cleaned_data['person'].name}。"

    def do(self, *, by: User, at: datetime) -> str:
        give_turn(turn=self.term, to=self.cleaned_data["person"], by=by, at=at)
        return reverse("rota", args=[self.term.rota_id])


class HandOver(TermForm):
    """All that somebody holds to another."""

    id, title, hint = "hand-over", "移交", "此人的全部岗位和轮值，一次移交给另一个人"

    names = "person"

    person = PersonField(label="移交给")
    on = DayField(label="移交日期", help_text="从这一天起由对方担任。")

    def prepare(self) -> None:
        self.initial["on"] = clock.today().isoformat()

    def clean_person(self) -> Person:
        return self.known(self.cleaned_data["person"].strip())

    def said(self) -> Iterator[str]:
        to, on = self.cleaned_data["person"], self.cleaned_data["on"]
        yield from self.told_of(to)
        lasting = self.someone.assignments.filter(in_force(on)) | self.someone.assignments.filter(valid_from__gt=on)
        rows = lasting.select_related("unit", "post").order_by("unit__path", "post__position", "valid_from")
        yield f"自{day(on)}起，{self.someone.name}的下列岗位由{to.name}担任，止期、电话和范围照旧："
        yield from (f"{row.unit.name}{row.post.title}" for row in rows if not row.rota_id)
        if any(MOBILE.fullmatch(row.phone) for row in rows):
            yield "写着手机号的，也一并转给对方；是个人手机的，请随后在“电话与职责”里改掉。"
        if turns := sum(bool(row.rota_id) for row in rows):
            yield f"尚未值的 {turns} 班轮值"
        yield "已接办的待办随岗位转给对方；对方原来就任这一岗位的，退回单位。"
        yield "账号不随之移交；原来的账号没有了岗位，登录后看不到也办不了这里的事。"

    def do(self, *, by: User, at: datetime) -> str:
        hand_over(person=self.someone, to=self.cleaned_data["person"], on=self.cleaned_data["on"], by=by, at=at)
        pass_on_items(at=at)
        return person_page(self.cleaned_data["person"])


class Rename(TermForm):
    """A name that is put right, or changed."""

    id, title, hint = "rename", "更正姓名", "姓名写错了，或者本人改了名"

    name = forms.CharField(label="姓名", max_length=NAME_LENGTH, help_text="台账、事项和公示的文字里写到的姓名是当时的记载，不会改动。")

    def prepare(self) -> None:
        self.initial["name"] = self.someone.name

    def said(self) -> Iterator[str]:
        yield f"{self.someone.name}的姓名更正为{self.cleaned_data['name']}，现任和任过的岗位都显示新的姓名。"
        yield "台账、事项和公示的文字里写到的姓名是当时的记载，不会改动；还没办完的事项写的是原姓名的，本人在系统里办不了，请按纸质表办。"
        yield "操作日志里只记编号，不记姓名。"

    def do(self, *, by: User, at: datetime) -> str:
        rename_person(person=self.someone, name=self.cleaned_data["name"], by=by, at=at)
        return person_page(self.someone)


class Move(TermForm):
    """A person whom another unit keeps from now on."""

    id, title, hint = "move", "调到别的单位", "人员关系转到哪个单位"

    unit = forms.CharField(label="单位代码", max_length=32, help_text="写您管理的单位的代码。")

    def clean_unit(self) -> Unit:
        units = Unit.objects.filter(self.ground.authority.reach(KEEP), closed_on=None)
        found = units.filter(code=self.cleaned_data["unit"].strip()).first()
        if found is None:
            raise forms.ValidationError("没有您可以管理人员的、这个代码的单位")
        return found

    def said(self) -> Iterator[str]:
        yield f"{self.someone.name}由{self.someone.unit.name}转到{self.cleaned_data['unit'].name}。"
        yield f"现任岗位不变（{other_posts(self.someone) or '没有'}）；要结束的，请逐个结束。"

    def do(self, *, by: User, at: datetime) -> str:
        move_person(person=self.someone, unit=self.cleaned_data["unit"], by=by, at=at)
        return person_page(self.someone)


class MakeRota(TermForm):
    """Several people who take turns."""

    id, title, hint = "rota", "排轮值", "几个人轮流，一次排出一段时间的班"

    names = "people"

    called = forms.CharField(label="名称", max_length=50, help_text="如：两委轮值")
    post = forms.ChoiceField(label="岗位", error_messages={"required": "请选择岗位"})
    people = forms.CharField(
        label="轮值的人",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="按轮值次序，每行一个姓名；有同名的，下一步请您选定。",
    )
    first = DayField(label="第一天")
    last = DayField(label="最后一天")
    days = forms.IntegerField(label="每班几天", min_value=1, max_value=28, initial=1)
    workdays = forms.BooleanField(label="只排周一至周五（每班一天时）", required=False)
    hours = forms.CharField(label="值守时间", max_length=LENGTHS["hours"], required=False, help_text=HINTS["hours"])

    def prepare(self) -> None:
        self.fields["post"].choices = post_choices(self.ground)  # type: ignore[attr-defined]  # of a ChoiceField
        self.initial = {"days": 1, "first": clock.today().isoformat(), **self.initial}

    def clean_people(self) -> list[Person]:
        people, faults = list[Person](), list[forms.ValidationError]()
        for line in filter(None, map(str.strip, self.cleaned_data["people"].replace("、", "\n").splitlines())):
            try:
                people.append(self.known(line))
            except forms.ValidationError as fault:
                faults.append(fault)
        if faults:
            raise forms.ValidationError(faults)
        return people

    def rhythm(self) -> Rhythm:
        """When turns change."""
        data = self.cleaned_data
        return Rhythm(data["first"], data["last"], data["days"], data["workdays"])

    def said(self) -> Iterator[str]:
        data, spans = self.cleaned_data, list(self.rhythm().spans())
        post = Post.objects.get(pk=data["post"])
        yield f"{self.ground.unit.name}“{data['called']}”：{len(data['people'])} 人轮流任{post.title}，共 {len(spans)} 班。"
        for person, (begins, _) in zip(data["people"], spans, strict=False):
            yield f"{day(begins)}起 {person.name}"

    def do(self, *, by: User, at: datetime) -> str:
        data = self.cleaned_data
        made = make_rota(
            unit=self.ground.unit,
            post=Post.objects.get(pk=data["post"]),
            title=data["called"],
            people=data["people"],
            rhythm=self.rhythm(),
            hours=data["hours"],
            by=by,
            at=at,
        )
        return reverse("rota", args=[made.pk])


class StopRota(TermForm):
    """Turns that are called off."""

    id, title, hint = "stop", "停排", "从哪天起不再按这张表轮值"

    on = DayField(label="从这一天起", help_text="这一天和以后的班取消；已值的留着。")

    def prepare(self) -> None:
        self.initial["on"] = (clock.today() + timedelta(days=1)).isoformat()

    def said(self) -> Iterator[str]:
        assert self.ground.rota
        yield f"“{self.ground.rota.title}”自{day(self.cleaned_data['on'])}起的班全部取消。"

    def do(self, *, by: User, at: datetime) -> str:
        assert self.ground.rota
        stop_rota(rota=self.ground.rota, on=self.cleaned_data["on"], by=by, at=at)
        return reverse("rota", args=[self.ground.rota.pk])


def posts_to_give(ground: Ground) -> Sequence[Post]:
    """The posts of the unit's kind that one may give there: nobody gives what they do not have."""
    covered = (
        post
        for post in Post.objects.order_by("position", "pk")
        if post.fits(ground.unit) and ground.authority.covers(Authority((Grant(ground.unit.path, post.permissions),)))
    )
    return list(covered)


def post_choices(ground: Ground) -> list[tuple[str, str]]:
    """The same to choose from; none is chosen beforehand, since the first in the list may do most."""
    return [("", "请选择"), *((one.pk, one.title) for one in posts_to_give(ground))]


def other_posts(person: Person) -> str:
    """The posts that somebody holds today, in a line."""
    rows = (
        person.assignments.filter(in_force(clock.today()), rota=None)
        .select_related("unit", "post")
        .order_by("unit__path", "post__position")
    )
    return "、".join(f"{row.unit.name}{row.post.title}" for row in rows)


def holders(unit: Unit, post: Post, on: date) -> str:
    """Who holds a post of a unit on a day, in a line; turns of rotas left out."""
    rows = Assignment.objects.filter(in_force(on), unit=unit, post=post, rota=None).select_related("person").order_by("valid_from", "pk")
    return "、".join(row.person.name for row in rows)


def _by_id(*some: type[TermForm]) -> dict[str, type[TermForm]]:
    return {one.id: one for one in some}


OF_A_TERM = _by_id(End, Renew, Describe, StandIn, GiveTurn)
OF_A_PERSON = _by_id(HandOver, Rename, Move)


def possible_for(term: Assignment) -> list[str]:
    """What one can do about a term that runs or will."""
    if term.rota_id:
        return [GiveTurn.id]
    acts = [Describe.id, End.id]
    if term.valid_to:
        acts.insert(1, Renew.id)
    return acts if term.stands_in_for_id else [*acts, StandIn.id]
