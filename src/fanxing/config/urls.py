"""Every address: the pages are the only ones."""

from django.urls import include, path

urlpatterns = [path("", include("fanxing.web.urls"))]
