"""The wheel without extras rates, and needs no web framework."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.architecture.stages import ROOT, SOURCE

UV = ROOT / ".boot" / "bin" / "uv"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the base wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("base")
    run([UV, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT])
    run([UV, "venv", "--quiet", folder / "environment"])
    python = folder / "environment" / "bin" / "python"
    run([UV, "pip", "install", "--quiet", "--python", python, *(folder / "dist").glob("*.whl")])
    return folder / "environment"


@pytest.mark.slow
def test_the_command_line_runs_without_django(installed: Path):
    assert list(installed.glob("lib/*/site-packages/django*")) == []
    assert "fanxing" in run([installed / "bin" / "fanxing", "--help"])


@pytest.mark.slow
def test_what_needs_the_server_says_so(installed: Path):
    words = [installed / "bin" / "fanxing", "import", "meeting", "a.xlsx", "--report", "b.xlsx"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, 'pip install "fanxing[server]"' in done.stderr) == (2, True)


@pytest.mark.slow
def test_the_schemes_are_shipped(installed: Path):
    [package] = installed.glob("lib/*/site-packages/fanxing")
    assert yaml_files(package) == yaml_files(SOURCE)


def yaml_files(package: Path) -> set[str]:
    return {str(path.relative_to(package)) for path in package.glob("schemes/**/*.yaml")}


def run(words: Sequence[str | Path]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
