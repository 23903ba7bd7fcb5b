"""Papers of a matter: its minutes, and its notice to be hung up."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.procedures.minutes import minutes_of, poster_of
from fanxing.procedures.naming import names_on
from fanxing.web.downloads import printed
from fanxing.web.requests import SignedInRequest
from fanxing.web.views.matters import dossier_of


@require_GET
def matter_minutes(request: SignedInRequest, id: int, ending: str) -> HttpResponse:
    """The minutes of a matter, where its procedure has any."""
    dossier = dossier_of(request, id)
    posted = dossier.posted
    if not dossier.procedure.minutes:
        raise Http404
    return printed(minutes_of(dossier.matter, with_objections=posted is None or posted.may_answer), ending)


@require_GET
def matter_poster(request: SignedInRequest, id: int, ending: str) -> HttpResponse:
    """The last notice of a matter, to be hung up, with the address at which everybody may object."""
    posted = dossier_of(request, id).posted
    if posted is None:
        raise Http404
    address = request.build_absolute_uri(reverse("notice", args=[posted.notice.pk]))
    whom = f"有不同意见，可以向本单位当面提出，也可以在 {address} 提出，不用写姓名。"
    return printed(poster_of(posted.notice, whom, names_on(posted.notice, clock.today())), ending)
