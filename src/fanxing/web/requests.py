"""What a view is given."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from fanxing.accounts.models import User
from fanxing.lib.refusals import Refused


class SignedInRequest(HttpRequest):
    """A request to a page that is not public: the middleware lets only users through."""

    user: User


def attempt(request: SignedInRequest, act: Callable[[], object], done: str) -> bool:
    """Do it, and say on the next page that it was done, or why not."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def key_of(request: SignedInRequest) -> str:
    """The key of the form on the page: that of the form sent, so that it stays the same when it comes back with faults, or a new one."""
    return request.POST.get("key") or uuid4().hex


def back(request: SignedInRequest, otherwise: str) -> str:
    """Where one came from: a page of this site, as the address or the form says."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise
