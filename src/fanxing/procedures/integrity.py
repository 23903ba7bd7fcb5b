"""Whether the personal texts of matters are still what the log says was written."""

from fanxing.audit.models import Event
from fanxing.audit.references import reference
from fanxing.lib.personal import digests_not_as_logged
from fanxing.procedures.models import MatterPersonal

WRITING, ERASING = ("procedures.open_matter", "procedures.take_step"), "procedures.erase_personal"


def personal_not_as_logged() -> list[str]:
    """Digests of personal texts of matters that are changed, gone, were never logged, or were erased without a word.

    That a text made room for a newer one of its field needs no word: the log names the newer one.
    """
    written, erased = list[str](), list[str]()
    said = Event.objects.filter(action__in=(*WRITING, ERASING)).values_list("action", "details")
    for action, details in said.iterator():
        (erased if action == ERASING else written).extend(details["personal"])
    rows = list(MatterPersonal.objects.select_related("matter").order_by("pk"))
    latest = {(row.matter_id, row.field): row.pk for row in rows}
    erased += [row.digest for row in rows if latest[row.matter_id, row.field] != row.pk]
    return digests_not_as_logged(((row, reference(row.matter)) for row in rows), written, erased)
