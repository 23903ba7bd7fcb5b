"""Signing in and out, the demo's one-click sign-in, and one's own password."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fanxing.accounts.actions import change_password
from fanxing.accounts.models import User
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.web.demo import ROLES, roles
from fanxing.web.requests import SignedInRequest


class SignInForm(AuthenticationForm):
    """Name and password, with one error that does not tell which of them was wrong."""

    error_messages = {
        "invalid_login": "用户名或密码不对。请核对后再试；忘记密码请联系本单位管理员重置。",
        "inactive": "这个账号已停用，请联系本单位管理员。",
    }


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            # The session ended while a page was open: the whole page goes to sign-in, not a part of it.
            here = urlsplit(request.headers.get("HX-Current-URL", ""))._replace(scheme="", netloc="").geturl()
            response["HX-Redirect"] = redirect_to_login(here).url
        return response

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
    user = get_object_or_404(User, username=username, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(settings.LOGIN_REDIRECT_URL)


class PasswordForm(forms.Form):
    """The password as it is and as it shall be."""

    current = forms.CharField(label="现在的密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"}))
    new = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="至少 10 位，不能全是数字，不能用常见密码。",
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Change one's own password; other browsers of the same user are signed out."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            change_password(user=request.user, **form.cleaned_data, by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改。")
            return redirect("home")
    return render(request, "password.html", {"form": form}, status=422 if form.errors else 200)
