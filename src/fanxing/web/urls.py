"""The address of every page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from fanxing.web.views import shell, sign_in

urlpatterns = [
    path("", shell.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/as/<slug:username>/", sign_in.sign_in_as, name="sign_in_as"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("text-size/", shell.text_size, name="text_size"),
    path("healthz", shell.healthz, name="healthz"),
]
