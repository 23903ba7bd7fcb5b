"""Texts about a person, kept apart from what they belong to: masked, known to the log by a salted digest alone, and erasable."""

import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import Self

from django.db import models
from django.db.models import Q

from fanxing.lib.canonical import canonical_json

# What hides the rest, whose length stays untold.
HIDDEN = "**"
# 13800001234, +86 138 0000 1234, 0374-1234567转801: of what is as long as a mobile number the ends are told, of shorter ones less.
NUMBER = re.compile(r"\+?[0-9][0-9 ()\-]{4,}(转[0-9]{1,6})?")
MOBILE = 11
SALT_BYTES = 16


def masked(text: str) -> str:
    """As much of a text as tells it from another: 138****1234 of a number, ****67 of a short one, 张** of anything else."""
    plain = text.strip()
    if not NUMBER.fullmatch(plain):
        return plain[:1] + HIDDEN if len(plain) > 1 else HIDDEN[: 2 * len(plain)]
    digits = re.sub(r"[^0-9]", "", plain)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= MOBILE else f"****{digits[-2:]}"


def salted_digest(salt: str, about: str, field: str, text: str) -> str:
    """What the log holds of a text: with the salt it can be verified, without it nobody can guess its way back."""
    return hmac.new(bytes.fromhex(salt), canonical_json([about, field, text]).encode(), "sha256").hexdigest()


class PersonalQuerySet(models.QuerySet):  # type: ignore[type-arg]  # generic only in the stubs
    """Personal texts, those erased included."""

    def kept(self) -> Self:
        """Those that are not erased."""
        return self.filter(erased_at=None)

    def erase(self, *, at: datetime, why: str) -> list[str]:
        """Take the texts and their salts away, for good; return the digests, which stay. Whoever calls this logs them."""
        kept = dict(self.kept().values_list("pk", "digest"))
        self.model._default_manager.filter(pk__in=kept, erased_at=None).update(value="", salt="", erased_at=at, erased_why=why)
        return list(kept.values())

    erase.alters_data = True  # type: ignore[attr-defined]


class PersonalText(models.Model):
    """A text about a person; a table of such texts inherits from this and says by a foreign key what each belongs to.

    Whoever writes one notes `digest` in the log, whoever erases some the digests of all. Until then the text verifies the log; afterwards
    only the digest is left, which without its salt says nothing, and the log goes on verifying.
    """

    field = models.TextField("填报项")
    value = models.TextField("内容", blank=True)
    salt = models.CharField("盐", max_length=2 * SALT_BYTES, blank=True)
    digest = models.CharField("校验值", max_length=64)
    written_at = models.DateTimeField("登记时间")
    erased_at = models.DateTimeField("清除时间", null=True)
    erased_why = models.TextField("清除原因", blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_erased_whole",
                condition=Q(erased_at=None, erased_why="") & ~Q(value="") & ~Q(salt="")
                | Q(erased_at__isnull=False, value="", salt="") & ~Q(erased_why=""),
                violation_error_message="清除后不留内容和盐，只留校验值和原因",
            ),
        ]

    def __str__(self) -> str:
        # Never the text: this is what stands in tracebacks and lists.
        return f"{self.field} {self.digest[:8]}"

    def put(self, text: str, about: str) -> Self:
        """Fill in a text under a fresh salt; `about` names what it belongs to, as the log does."""
        self.value, self.salt = text, token_hex(SALT_BYTES)
        self.digest = salted_digest(self.salt, about, self.field, text)
        return self

    def fits(self, about: str) -> bool:
        """Whether the text is the one whose digest the log holds; of one erased nobody can tell any more."""
        return self.erased_at is not None or salted_digest(self.salt, about, self.field, self.value) == self.digest

    @property
    def masked(self) -> str:
        """What may be shown of it to whoever may ask for the whole."""
        return masked(self.value)


def digests_not_as_logged(rows: Iterable[tuple[PersonalText, str]], written: Iterable[str], erased: Iterable[str]) -> list[str]:
    """Digests of texts that were changed, are gone, were never logged, or were erased without a word; sorted.

    `rows`: every row of a table with what it is about; `written` and `erased`: the digests that the log names.
    """
    found: dict[str, bool] = {}
    wrong: set[str] = set()
    for row, about in rows:
        found[row.digest] = row.erased_at is not None
        if not row.fits(about):
            wrong.add(row.digest)
    gone = {digest for digest, is_erased in found.items() if is_erased}
    return sorted(wrong | (set(written) ^ found.keys()) | (set(erased) ^ gone))
