"""Publishing rules."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.canonical import digest
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.actions.people import define_posts
from fanxing.organisations.authority import Doer, may, require
from fanxing.organisations.models import Post, Unit
from fanxing.programme.kinds import definition, shrinkings_since
from fanxing.programme.models import Attachment, KindVersion, ProcedureVersion, Publication
from fanxing.programme.procedures import definition as procedure_definition
from fanxing.rating import failing_cases
from fanxing.scheme import Scheme, SchemeError, load_files
from fanxing.scheme.digests import procedure_digest, rating_digest, record_kind_digest
from fanxing.scheme.model import Post as SchemePost
from fanxing.scheme.model import Procedure, RecordKind

# Schemes that were checked and are kept in the process.
CHECKED_KEPT = 4


class SchemeRefused(Refused):
    """The scheme cannot be published; `faults` are all of its faults."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join((f"方案不能发布，有 {len(self.faults)} 处问题：", *self.faults)))


class PublishedMeanwhile(Refused):
    """Someone else published the next version of the same kind of record or procedure at the same moment."""


def publish(
    *, files: Mapping[str, str], document_number: str, by: Doer, at: datetime, unit: Unit, valid_from: date | None = None
) -> Publication:
    """Publish a scheme, given as {path: YAML text}, to rule a unit and all below it from a day on.

    The day is the first of the scheme's period, or today where it has none. The scheme is checked, its worked cases must come
    out, and its kinds of record may only grow from what was published before, anywhere. What is published already is not
    published again, only attached where it does not rule yet. Posts hold in the whole installation, so only the system adds
    or changes them. Raises SchemeRefused with every fault, PublishedMeanwhile, NotAllowed.
    """
    today = timezone.localdate(at)
    require(by, "programme.publish", unit, on=today)
    scheme = _checked(files)
    begins = valid_from or (scheme.period.start if scheme.period else today)
    try:
        with transaction.atomic():
            publication = _published(files, scheme, document_number, by, at)
            if attachment := _attach(publication, unit, begins):
                _record(attachment, by, at)
            _define_posts(scheme, by, at)
            return publication
    except IntegrityError as error:
        raise PublishedMeanwhile("刚刚有人发布了同一方案的另一个版本，请刷新后核对再发布") from error


def publishable(*, files: Mapping[str, str], by: Doer, at: datetime) -> Scheme:
    """The scheme of some files, if `by` could publish it as it stands. Raises SchemeRefused with every fault, NotAllowed."""
    scheme = _checked(files)
    _new_kinds(scheme, *_published_kinds(scheme))
    _changed_posts(scheme, by, at)
    return scheme


def _checked(files: Mapping[str, str]) -> Scheme:
    return _sound(tuple(sorted(files.items())))


@lru_cache(maxsize=CHECKED_KEPT)
def _sound(files: tuple[tuple[str, str], ...]) -> Scheme:
    """The scheme of some files of which all worked cases come out; looked at before it is published, it is not reckoned again."""
    try:
        scheme = load_files(dict(files))
    except SchemeError as error:
        raise SchemeRefused(map(str, error.faults)) from error
    if faults := failing_cases(scheme):
        raise SchemeRefused(map(str, faults))
    return scheme


def _published(files: Mapping[str, str], scheme: Scheme, document_number: str, by: Doer, at: datetime) -> Publication:
    publication, is_new = Publication.objects.get_or_create(
        digest=digest(files),
        defaults={
            "scheme": scheme.id,
            "title": scheme.title,
            "document_number": document_number.strip(),
            "files": dict(files),
            "rating_digest": rating_digest(scheme),
            "period_from": scheme.period.start if scheme.period else None,
            "period_to": scheme.period.end if scheme.period else None,
            "published_at": at,
            "published_by": by.username,
            "published_by_title": by.display_name,
        },
    )
    if is_new:
        publication.kinds.set(_kind_versions(scheme))
        publication.procedures.set(procedure_version(one) for one in scheme.procedures.values())
    return publication


def _kind_versions(scheme: Scheme) -> list[KindVersion]:
    """The version of each kind of the scheme: one published before, or the next one of its line."""
    known, lines = _published_kinds(scheme)
    new = _new_kinds(scheme, known, lines)
    added = [
        KindVersion(
            kind=id,
            number=lines[id].number + 1 if id in lines else 1,
            digest=record_kind_digest(kind),
            definition=definition(kind),
        )
        for id, kind in new.items()
    ]
    return KindVersion.objects.bulk_create(added) + [known[id] for id in scheme.records if id in known]


def procedure_version(procedure: Procedure) -> ProcedureVersion:
    """The version of a procedure that says the same: one published before, or the next of its line. May raise IntegrityError where
    another takes the same number at the same moment."""
    said = procedure_digest(procedure)
    line = ProcedureVersion.objects.filter(code=procedure.id).defer("definition")
    known: ProcedureVersion | None = line.filter(digest=said).first()
    stored = procedure_definition(procedure)
    return known or ProcedureVersion.objects.create(code=procedure.id, number=line.count() + 1, digest=said, definition=stored)


def _published_kinds(scheme: Scheme) -> tuple[dict[str, KindVersion], dict[str, KindVersion]]:
    """What was published of the scheme's kinds, by their ids: the version that says the same, and the last one of the line."""
    digests = {id: record_kind_digest(kind) for id, kind in scheme.records.items()}
    known, lines = {}, {}
    for version in KindVersion.objects.filter(kind__in=digests).order_by("number"):
        lines[version.kind] = version
        if version.digest == digests[version.kind]:
            known[version.kind] = version
    return known, lines


def _new_kinds(scheme: Scheme, known: Mapping[str, KindVersion], lines: Mapping[str, KindVersion]) -> dict[str, RecordKind]:
    """The kinds not published before as they are now. Raises SchemeRefused where one went, or takes from its line."""
    new = {id: kind for id, kind in scheme.records.items() if id not in known}
    if faults := [*_missing_kinds(scheme), *_shrunk(new, lines)]:
        raise SchemeRefused(faults)
    return new


def _missing_kinds(scheme: Scheme) -> list[str]:
    """A fault for each kind of record that an earlier version of the scheme had."""
    gone = KindVersion.objects.filter(publications__scheme=scheme.id).exclude(kind__in=scheme.records).order_by("kind", "number")
    titles = {version.kind: version.record_kind.title for version in gone}
    return [f"记录类型“{title}”（{kind}）不能删去：台账里可能已有这类记录" for kind, title in titles.items()]


def _shrunk(kinds: Mapping[str, RecordKind], lines: Mapping[str, KindVersion]) -> list[str]:
    return [fault for id, kind in kinds.items() if id in lines for fault in shrinkings_since(lines[id].definition, kind)]


def _define_posts(scheme: Scheme, by: Doer, at: datetime) -> None:
    if changed := _changed_posts(scheme, by, at):
        define_posts(posts=changed, by=by, at=at)


def _changed_posts(scheme: Scheme, by: Doer, at: datetime) -> list[Post]:
    """The posts that are not yet as the scheme says. Raises NotAllowed where there are any and `by` may not change them."""
    wanted = [_post(post, position) for position, post in enumerate(scheme.posts.values())]
    present = Post.objects.in_bulk([post.id for post in wanted])
    changed = [post for post in wanted if _content(post) != _content(present.get(post.id))]
    if changed and not may(by, "programme.publish", None, on=timezone.localdate(at)):
        names = "、".join(post.title for post in changed)
        raise NotAllowed(f"方案新增或改动了岗位：{names}。岗位对全部单位生效，请由系统管理员用命令 publish_scheme 发布")
    return changed


def _post(post: SchemePost, position: int) -> Post:
    return Post(
        id=post.id,
        title=post.title,
        permission_set=post.permissions,
        kinds=list(post.kinds),
        position=position,
        establishment=dict(post.establishment),
        phone=post.phone,
        is_named=post.named,
        side=post.side,
    )


def _content(post: Post | None) -> tuple[object, ...] | None:
    """What of a post makes it another one; not its place in the list, which every new post would move."""
    said = post and (post.title, post.permission_set, post.kinds, post.establishment, post.phone, post.is_named, post.side)
    return said or None


def _attach(publication: Publication, unit: Unit, valid_from: date) -> Attachment | None:
    """Let the publication rule the unit; None when it does already."""
    # Publications for one unit take turns, so that the same one is not attached twice.
    list(Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk))
    last = Attachment.objects.filter(unit=unit, valid_from__lte=valid_from).order_by("valid_from", "id").last()
    if last and last.publication_id == publication.pk:
        return None
    return Attachment.objects.create(publication=publication, unit=unit, valid_from=valid_from)


def _record(attachment: Attachment, by: Doer, at: datetime) -> None:
    publication, unit = attachment.publication, attachment.unit
    record_event(
        by=by,
        at=at,
        action="programme.publish",
        subject=publication,
        unit_code=unit.code,
        summary=f"在{unit.name}发布{publication}，自 {attachment.valid_from} 起适用",
        details={"digest": publication.digest, "rating_digest": publication.rating_digest, "from": attachment.valid_from},
        rows=[publication, attachment, *publication.kinds.order_by("kind"), *publication.procedures.order_by("code")],
    )
