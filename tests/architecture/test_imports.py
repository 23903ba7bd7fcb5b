"""Who may import whom."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.stages import ROOT, SOURCE

KNOW_HTTP = {"web", "api", "config"}
HTTP = ("django.http", "django.shortcuts", "django.urls", "django.views", "django.template", "jinja2")
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def test_the_import_contracts_hold():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_pages_and_the_configuration_know_http():
    found = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path, name in imports()
        if path.relative_to(SOURCE).parts[0] not in KNOW_HTTP and under(name, HTTP)
    ]
    assert found == []


def test_nobody_uses_signals():
    assert [f"{path.relative_to(SOURCE)} imports {name}" for path, name in imports() if under(name, SIGNALS)] == []


def under(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def imports() -> Iterator[tuple[Path, str]]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)
