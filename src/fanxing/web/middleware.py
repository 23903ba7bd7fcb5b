"""What never reaches a view, and what an action refuses for want of a post."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from fanxing.lib.refusals import NotAllowed


class NoNullMiddleware:
    """An address with a null character is refused: no text of ours has one, and PostgreSQL stores and seeks none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("an address with a null character")
        return self.get_response(request)


class NotAllowedMiddleware:
    """Actions know no HTTP: their NotAllowed becomes Django's PermissionDenied here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, NotAllowed):
            raise PermissionDenied(str(exception)) from exception
