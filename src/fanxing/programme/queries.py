"""Which rules hold where, and which are being written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet

from fanxing.lib import clock
from fanxing.organisations.authority import Asker, visible_to
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT
from fanxing.programme.local_kinds import LocalKinds, local_kinds, local_kinds_for
from fanxing.programme.local_procedures import own_procedures_for
from fanxing.programme.models import Attachment, Draft, KindDraft, ProcedureDraft, Publication
from fanxing.scheme import Scheme, load_files
from fanxing.scheme.editing import Editable, editables, examine
from fanxing.scheme.model import Procedure, RecordKind, UnitKind

SCHEMES_KEPT = 32
EXAMINED_KEPT = 8
# What a list of drafts does not show.
LARGE = ("files", "sheet", "workbook", "base__files", "publication__files")


@dataclass(frozen=True)
class Rulings:
    """What rules where on a day: read once, asked for as many units as a list has."""

    by_path: Mapping[str, Publication]
    on: date | None = None

    @cached_property
    def local(self) -> LocalKinds:
        """The kinds of record that units have added for themselves: read when they are first asked for."""
        return local_kinds(self.on)

    @property
    def publications(self) -> list[Publication]:
        """What rules anywhere, each once."""
        return list(dict.fromkeys(self.by_path.values()))

    @property
    def schemes(self) -> list[Scheme]:
        """The same as schemes."""
        return [scheme_of(one) for one in self.publications]

    @property
    def kinds(self) -> dict[str, UnitKind]:
        """The kinds of unit that are rated anywhere, by id."""
        return {id: kind for scheme in self.schemes for id, kind in scheme.kinds.items()}

    @property
    def records(self) -> dict[str, RecordKind]:
        """The kinds of record kept anywhere, by id, those that units have added for themselves among them."""
        return {**self.local.all, **{id: kind for scheme in self.schemes for id, kind in scheme.records.items()}}

    def records_within(self, path: str) -> dict[str, RecordKind]:
        """The kinds of record kept at the path of a unit or anywhere below it, by id."""
        above = self.at(path)
        below = [one for at, one in self.by_path.items() if at.startswith(path)]
        schemes = map(scheme_of, dict.fromkeys([*([above] if above else []), *below]))
        added = [self.local.at(path), *(kinds for at, kinds in self.local.by_path.items() if at.startswith(path))]
        return {
            **{id: one.kind for kinds in added for id, one in kinds.items()},
            **{id: kind for scheme in schemes for id, kind in scheme.records.items()},
        }

    def of(self, unit: Unit) -> Publication | None:
        """What the nearest unit upwards has; None where nothing was published."""
        return self.at(unit.path)

    def at(self, path: str) -> Publication | None:
        """What rules at the path of a unit."""
        while path != ROOT:
            if path in self.by_path:
                return self.by_path[path]
            path = path[: path.rindex("/", 0, -1) + 1]
        return None


def rulings(on: date | None = None) -> Rulings:
    """Everything that rules on a day (today), in one query."""
    return _rulings(_attachments(on), on)


def programme_for(unit: Unit, on: date | None = None) -> Publication | None:
    """What rules the unit on a day (today), in one query; None where nothing was published."""
    return _rulings(_attachments(on).filter(unit__code__in=unit.path.strip("/").split("/"))).of(unit)


def scheme_of(publication: Publication) -> Scheme:
    """The scheme that was published."""
    return scheme_published(publication.digest)


@lru_cache(maxsize=SCHEMES_KEPT)
def scheme_published(digest: str) -> Scheme:
    """The scheme published under a digest; kept in the process, since loading costs and what a digest names never changes."""
    return load_files(Publication.objects.values_list("files", flat=True).get(digest=digest), guarded=False)


@lru_cache(maxsize=EXAMINED_KEPT)
def editables_published(digest: str) -> Mapping[str, Editable]:
    """What an official may change in the scheme published under a digest, by its place; kept as `scheme_published`."""
    scheme = examine(Publication.objects.values_list("files", flat=True).get(digest=digest), placed=True).scheme
    return {one.at: one for one in editables(scheme)} if scheme else {}


def kinds_for(unit: Unit, on: date | None = None) -> Mapping[str, RecordKind]:
    """The kinds of record kept in the unit on a day (today), by id: those of the rules, then those that it or a unit above has added for
    itself, also where no new ones are entered any more; none where nothing was published."""
    return _kinds(unit, on, ended=True)


def kinds_to_add(unit: Unit, on: date | None = None) -> Mapping[str, RecordKind]:
    """Those of them of which new records are entered."""
    return _kinds(unit, on, ended=False)


def _kinds(unit: Unit, on: date | None, *, ended: bool) -> Mapping[str, RecordKind]:
    publication = programme_for(unit, on)
    if publication is None:
        return {}
    records = scheme_of(publication).records
    added = (one for one in local_kinds_for(unit, on).values() if ended or not one.ended)
    return {**records, **{one.id: one.kind for one in added if one.id not in records}}


def kind_versions(publication: Publication) -> dict[str, int]:
    """The primary keys of the versions of its kinds of record, by the ids of the kinds."""
    return dict(publication.kinds.values_list("kind", "pk"))


def procedures_for(unit: Unit, on: date | None = None) -> Mapping[str, Procedure]:
    """The procedures by which matters of the unit are opened on a day (today), by id: those of the rules, or what it or a unit above has
    put in their place or beside them; none where nothing was published."""
    publication = programme_for(unit, on)
    if publication is None:
        return {}
    own = own_procedures_for(unit, on)
    return {**scheme_of(publication).procedures, **{one.id: one.procedure for one in own.values()}}


def procedure_versions(publication: Publication) -> dict[str, int]:
    """The primary keys of the versions of its procedures, by the ids of the procedures."""
    return dict(publication.procedures.values_list("code", "pk"))


def procedure_versions_for(unit: Unit, on: date | None = None) -> dict[str, int]:
    """The same of the procedures that `procedures_for` gives."""
    publication = programme_for(unit, on)
    if publication is None:
        return {}
    return {**procedure_versions(publication), **{one.id: one.version for one in own_procedures_for(unit, on).values()}}


def _attachments(on: date | None) -> QuerySet[Attachment]:
    begun = Attachment.objects.filter(valid_from__lte=on or clock.today())
    return begun.select_related("unit", "publication").defer("publication__files")


def _rulings(attachments: QuerySet[Attachment], on: date | None = None) -> Rulings:
    # Of several at a unit the last one stays.
    return Rulings({one.unit.path: one.publication for one in attachments.order_by("valid_from", "id")}, on)


def drafts_of(user: Asker) -> QuerySet[Draft]:
    """The drafts that the user may work on, the last changed first; without what makes them large."""
    seen = Draft.objects.filter(unit__in=visible_to(user, "programme.publish"))
    return seen.select_related("unit", "base", "publication").defer(*LARGE).order_by("-edited_at", "-pk")


def attachments_within(user: Asker) -> QuerySet[Attachment]:
    """Where and from when which rules apply at the units for which the user may publish, the latest first."""
    seen = Attachment.objects.filter(unit__in=visible_to(user, "programme.publish"))
    return seen.select_related("unit", "publication").defer("publication__files").order_by("-valid_from", "-id")


def awaiting_publication(user: Asker) -> int:
    """How many drafts, of rules, of kinds of record and of procedures, were submitted and are the user's to publish or return: those
    that they neither submitted nor edited last; nor began, but of rules."""
    reach = visible_to(user, "programme.publish")
    others = (_kinds_to_publish(user, reach).values("pk"), _procedures_to_publish(user, reach).values("pk"))
    found: int = _to_publish(user, Draft, reach).values("pk").union(*others, all=True).count()
    return found


def kinds_awaiting_publication(user: Asker) -> int:
    """How many of them are drafts of kinds of record."""
    found: int = _kinds_to_publish(user, visible_to(user, "programme.publish")).count()
    return found


def procedures_awaiting_publication(user: Asker) -> int:
    """How many of them are drafts of procedures."""
    found: int = _procedures_to_publish(user, visible_to(user, "programme.publish")).count()
    return found


def _to_publish(user: Asker, model: type[Draft] | type[KindDraft] | type[ProcedureDraft], reach: QuerySet[Unit]) -> QuerySet[Any]:
    submitted = model.objects.filter(state=model.State.SUBMITTED, unit__in=reach)
    return submitted.exclude(submitted_by=user.username).exclude(edited_by=user.username)


def _kinds_to_publish(user: Asker, reach: QuerySet[Unit]) -> QuerySet[Any]:
    return _to_publish(user, KindDraft, reach).exclude(created_by=user.username)


def _procedures_to_publish(user: Asker, reach: QuerySet[Unit]) -> QuerySet[Any]:
    return _to_publish(user, ProcedureDraft, reach).exclude(created_by=user.username)


def kind_drafts_of(user: Asker) -> QuerySet[KindDraft]:
    """The drafts of kinds of record that the user may work on, the last changed first; without what makes them large."""
    seen = KindDraft.objects.filter(unit__in=visible_to(user, "programme.publish"))
    return (
        seen.select_related("unit", "base", "local")
        .defer("definition", "notes", "workbook", "base__definition")
        .order_by("-edited_at", "-pk")
    )
