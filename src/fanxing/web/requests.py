"""What a view is given."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from fanxing.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request to a page that is not public: the middleware lets only users through."""

    user: User


def back(request: SignedInRequest, otherwise: str) -> str:
    """Where one came from: a page of this site, as the address or the form says."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise
