"""What an action refuses for want of a post is answered with the 403 page."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from fanxing.lib.refusals import NotAllowed


class NotAllowedMiddleware:
    """Actions know no HTTP: their NotAllowed becomes Django's PermissionDenied here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, NotAllowed):
            raise PermissionDenied(str(exception)) from exception
