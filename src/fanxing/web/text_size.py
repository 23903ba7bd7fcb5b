"""The large-text mode (长辈模式), kept in a cookie of the browser."""

from django.http import HttpRequest, HttpResponseBase

COOKIE = "text"
LARGE = "large"
YEAR = 365 * 24 * 3600


def is_large(request: HttpRequest) -> bool:
    """Whether this browser asked for large text."""
    return request.COOKIES.get(COOKIE) == LARGE


def toggle(request: HttpRequest, response: HttpResponseBase) -> None:
    """Turn large text on if it is off, and off if it is on."""
    if is_large(request):
        response.delete_cookie(COOKIE)
    else:
        response.set_cookie(COOKIE, LARGE, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
