"""What waits on the device to be sent, the worker that opens the forms without a network, and who is signed in."""

from importlib.resources import files

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from fanxing.web.requests import SignedInRequest


@require_GET
@never_cache
def queue(request: SignedInRequest) -> HttpResponse:
    """Drafts and entries that wait on this device. The server knows none of them: the page is filled in by the browser."""
    return render(request, "queue.html")


@require_GET
@never_cache
@login_not_required
def queue_sender(request: HttpRequest) -> JsonResponse:
    """Who would send now, nobody where the session has ended, and the token that a form kept on the device no longer has."""
    return JsonResponse({"user": request.user.get_username(), "token": get_token(request)})


@require_safe
@never_cache
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may answer for every page."""
    script = files("fanxing.web").joinpath("static/js/worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript", headers={"Service-Worker-Allowed": "/"})
