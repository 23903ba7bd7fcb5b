"""What never reaches a view, and what an action refuses for want of a post."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from fanxing.evidence.actions import MOST_FILES
from fanxing.evidence.attaching import LARGEST_PICTURE, MEGABYTE
from fanxing.lib.refusals import NotAllowed

# The pages that a search engine may keep.
FOUND = ("front", "stars", "open_procedures")
# All the photos and files that may stand beside one record, and the words of the form.
LARGEST = MOST_FILES * LARGEST_PICTURE + MEGABYTE


class ClientAddressMiddleware:
    """Behind a proxy that is trusted, REMOTE_ADDR is the address which that proxy saw, so that who tries passwords or sends too much is
    told from everybody else. What a client writes into the header itself stands left of it, and is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Over a socket of the machine a proxy has no address.
        if request.META.get("REMOTE_ADDR", "") in {*settings.TRUSTED_PROXIES, ""}:
            request.META["REMOTE_ADDR"] = _client_of(request.META.get("HTTP_X_FORWARDED_FOR", "")) or request.META.get("REMOTE_ADDR", "")
        return self.get_response(request)


def _client_of(forwarded: str) -> str:
    """The last address of the header that is no trusted proxy; empty where it is none."""
    for one in reversed([part.strip() for part in forwarded.split(",")]):
        try:
            address = str(ip_address(one))
        except ValueError:
            return ""
        if address not in settings.TRUSTED_PROXIES:
            return address
    return ""


class NoNullMiddleware:
    """An address with a null character is refused: no text of ours has one, and PostgreSQL stores and seeks none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("an address with a null character")
        return self.get_response(request)


class NotTooLargeMiddleware:
    """What is larger than anything that a form here takes is refused before it is read: it would fill the disk of the server first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > LARGEST:
            raise RequestDataTooBig(f"{length} bytes")
        return self.get_response(request)


class NotKeptMiddleware:
    """What is answered to one person is kept by no device, so that whoever sits down next does not go back to it; and search engines keep
    nothing in which names stand for a while, or what strangers wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        if request.resolver_match is None or request.resolver_match.url_name not in FOUND:
            response["X-Robots-Tag"] = "noindex, noarchive"
        return response


class NotAllowedMiddleware:
    """Actions know no HTTP: their NotAllowed becomes Django's PermissionDenied here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, NotAllowed):
            raise PermissionDenied(str(exception)) from exception
