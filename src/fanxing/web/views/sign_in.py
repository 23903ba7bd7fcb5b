"""Signing in and out, and the demo's one-click sign-in."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from fanxing.web.demo import ROLES, roles


class SignInForm(AuthenticationForm):
    """Name and password, with one error that does not tell which of them was wrong."""

    error_messages = {  # noqa: RUF012 - overrides Django's attribute as it is
        "invalid_login": "用户名或密码不对。请核对后再试；忘记密码请联系本单位管理员重置。",
        "inactive": "这个账号已停用，请联系本单位管理员。",
    }


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        cards = list(roles()) if settings.DEMO else []
        return super().get_context_data(**kwargs) | {"roles": cards}

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
@login_not_required
def sign_in_as(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as one of the demo's roles without a password; there is no such page outside the demo."""
    if not settings.DEMO or username not in {role.username for role in ROLES}:
        raise Http404
    user = get_object_or_404(get_user_model(), username=username, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(settings.LOGIN_REDIRECT_URL)
