"""The address of every page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from fanxing.web.views import account, shell, units

urlpatterns = [
    path("", shell.home, name="home"),
    path("units/", units.units, name="units"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-in/as/<slug:username>/", account.sign_in_as, name="sign_in_as"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("password/", account.password, name="password"),
    path("text-size/", shell.text_size, name="text_size"),
    path("healthz", shell.healthz, name="healthz"),
]
