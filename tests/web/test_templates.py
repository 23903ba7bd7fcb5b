"""What holds for every template and every static file."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

import fanxing.web
from fanxing.web.demo import ROLES
from fanxing.web.navigation import ENTRIES

WEB = Path(fanxing.web.__file__).parent
TEMPLATES = sorted((WEB / "jinja2").rglob("*.html"))
NAMES = [str(path.relative_to(WEB / "jinja2")) for path in TEMPLATES]
INLINE = re.compile(r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son\w+\s*=\s*[\"']|javascript:|hx-on|\bjs:", re.IGNORECASE)
VENDORED = [
    (folder, *re.match(r"\| (\S+) \|.*\| (\w{64}) \|$", line).groups())
    for folder in (WEB / "static/vendor", Path(__file__).parents[1] / "journeys/vendor")
    for line in (folder / "VENDORED.md").read_text(encoding="utf-8").splitlines()
    if re.search(r"\w{64} \|$", line)
]


def text_of_all() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str):
    assert engines["jinja2"].get_template(name).origin.template_name == name


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_has_no_inline_script_or_style(path: Path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "markup",
    ['<p style="color:red">', "<style>", "<script>x</script>", '<a onclick="x">', '<a href="javascript:x">', '<a hx-on:click="x">'],
)
def test_inline_script_or_style_would_be_found(markup: str):
    assert len(INLINE.findall(markup)) == 1


def test_every_static_file_named_in_a_template_is_there():
    named = set(re.findall(r"static\(['\"]([^'\"]+)", text_of_all()))
    assert {name for name in named if not finders.find(name)} == set()


def test_every_icon_named_is_in_the_sprite():
    sprite = next((WEB / "static/vendor").glob("tabler-icons-*/sprite.svg")).read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = set(re.findall(r'icon\("([\w-]+)"', text_of_all()))
    assert (named | {row.icon for row in (*ENTRIES, *ROLES)}) - drawn == set()


@pytest.mark.parametrize(("folder", "name", "digest"), VENDORED, ids=[row[1] for row in VENDORED])
def test_a_vendored_file_is_the_one_written_down(folder: Path, name: str, digest: str):
    assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_every_vendored_file_is_written_down_and_has_its_licence():
    folder = WEB / "static/vendor"
    files = {str(path.relative_to(folder)) for path in folder.glob("*/*") if path.name != "LICENSE"}
    assert {name for place, name, _ in VENDORED if place == folder} == files
    assert all((child / "LICENSE").is_file() for child in folder.iterdir() if child.is_dir())
