"""What every page's frame needs."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fanxing.web.text_size import toggle


@require_POST
@login_not_required
def text_size(request: HttpRequest) -> HttpResponse:
    """Switch large text on or off, and go back to the page it was asked on."""
    back = request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "front")
    toggle(request, response)
    return response


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the server and its database answer, for whatever watches over them."""
    reachable = answers(connection)
    return JsonResponse({"database": "ok" if reachable else "unreachable"}, status=200 if reachable else 503)


def answers(database: BaseDatabaseWrapper) -> bool:
    """Whether the database takes a query."""
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
