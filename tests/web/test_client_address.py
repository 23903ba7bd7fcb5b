"""Who sends too much, or tries passwords, is told from everybody else behind the same proxy."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from fanxing.web.middleware import ClientAddressMiddleware

PROXY, OWN, CLIENT, LIE = "127.0.0.1", "10.0.0.5", "203.0.113.9", "198.51.100.7"


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        (PROXY, CLIENT, CLIENT),
        # What a client claims stands left of what the proxy saw.
        (PROXY, f"{LIE}, {CLIENT}", CLIENT),
        (PROXY, f"{LIE}, {CLIENT}, {OWN}", CLIENT),
        (PROXY, "", PROXY),
        (PROXY, "nonsense", PROXY),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        ("", CLIENT, CLIENT),
        # Whoever comes without a proxy is believed nothing.
        (LIE, CLIENT, LIE),
    ],
)
def test_the_address_is_the_one_that_the_nearest_proxy_saw(settings, peer: str, forwarded: str, seen: str):
    settings.TRUSTED_PROXIES = [PROXY, OWN]
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    ClientAddressMiddleware(lambda request: HttpResponse(request.META["REMOTE_ADDR"]))(request)
    assert request.META["REMOTE_ADDR"] == seen


@pytest.mark.django_db
def test_one_who_tries_codes_stops_nobody_else_behind_the_proxy():
    def tried(address: str) -> str:
        return Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=address).post(reverse("follow"), {"code": "AAAA-BBBB-CCCC"}).text

    answers = [tried("203.0.113.77") for _ in range(11)]
    assert ("太频繁" in answers[-2], "太频繁" in answers[-1], "太频繁" in tried("203.0.113.78")) == (False, True, False)
