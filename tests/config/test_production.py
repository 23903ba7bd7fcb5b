"""The server as it stands in an office, behind a proxy that ends HTTPS."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tests.serving import Store, serving

SETTINGS = {"DEBUG": "false", "ALLOWED_HOSTS": "stars.example.org", "SECRET_KEY": "k" * 50}
PROXIED = {"Host": "stars.example.org", "X-Forwarded-Proto": "https"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server set up as docs/settings.md says."""
    store = Store(tmp_path_factory.mktemp("office"))
    for words in (["migrate"], ["collectstatic", "--noinput"]):
        done = store.manage(*words, **SETTINGS)
        assert done.returncode == 0, done.stderr
    with serving(store, **SETTINGS) as (_, address):
        yield address


def get(address: str, headers: dict[str, str]) -> HTTPResponse:
    opener = urllib.request.build_opener(NoRedirect)
    return opener.open(urllib.request.Request(address, headers=headers))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Gives a redirect back as it came."""

    def http_error_302(self, request, response, code, message, headers):
        return response

    http_error_301 = http_error_302


def test_plain_http_is_sent_to_https(office: str):
    response = get(office, {"Host": "stars.example.org"})
    assert (response.status, response.headers["Location"]) == (301, "https://stars.example.org/")


def test_a_page_its_cookies_and_its_static_files_are_safe_to_keep(office: str):
    page = get(f"{office}/sign-in/", PROXIED)
    static = re.findall(r'(?:href|src)="(/static/[^"#]+)', page.read().decode())
    files = [get(office + path, PROXIED) for path in static]
    assert page.headers["Set-Cookie"].endswith("Secure")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert static
    assert {file.headers["Cache-Control"] for file in files} == {"max-age=315360000, public, immutable"}


def test_another_host_name_is_refused(office: str):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        get(f"{office}/sign-in/", PROXIED | {"Host": "evil.example.org"})
