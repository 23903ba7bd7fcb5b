"""The units someone answers for."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.organisations.authority import visible_to
from fanxing.organisations.queries import matching
from fanxing.web.requests import SignedInRequest

ROWS = 50


@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    """The list, found by name or code."""
    found = matching(visible_to(request.user), request.GET.get("q", "")).order_by("path")
    rows = found.values_list("code", "name", "parent__name", "closed_on")
    return render(request, "units.html", {"page": Paginator(rows, ROWS).get_page(request.GET.get("page"))})
