"""What a view is given."""

from django.http import HttpRequest

from fanxing.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request to a page that is not public: the middleware lets only users through."""

    user: User
