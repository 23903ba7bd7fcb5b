"""Starting with right and wrong settings, as an operator would."""

import os
import subprocess
import sys
from pathlib import Path

SECRET = "s" * 50


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Run the check of a start with these settings and none of the developer's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FANXING_")}
    settings = {f"FANXING_{name}": value for name, value in variables.items()}
    command = [sys.executable, "-m", "fanxing.config.manage", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=kept | settings, capture_output=True, text=True, check=False)


def test_production_does_not_start_without_what_it_needs():
    done = start(DEBUG="false")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "fanxing: the settings are wrong:",
        *(
            f"  FANXING_{name} is not set; it should be {right} (or FANXING_DEBUG=true on a developer's own machine)"
            for name, right in [
                ("SECRET_KEY", "at least 50 random characters"),
                ("ALLOWED_HOSTS", "the host names people type, separated by commas"),
                ("DATA_DIR", "the absolute path of a folder that is backed up"),
            ]
        ),
    ]


def test_debugging_is_refused_where_others_are_let_in():
    done = start(ALLOWED_HOSTS="stars.example.org")
    assert done.returncode == 1
    assert "FANXING_DEBUG is true; it should be false" in done.stderr


def test_only_a_demo_stays_on_one_day():
    assert "FANXING_TODAY is set; it should be left out unless FANXING_DEMO is true" in start(TODAY="2025-12-01").stderr
    assert "FANXING_TODAY" not in start(DEMO="true", TODAY="2025-12-01").stderr
    assert "FANXING_TODAY is '1 December'; it should be a day like 2025-12-31" in start(DEMO="true", TODAY="1 December").stderr


def test_a_password_is_never_printed():
    done = start(DATABASE="postgres:secretword@db", SECRET_KEY="shortkey")
    assert done.returncode == 1
    assert "FANXING_DATABASE" in done.stderr
    assert "FANXING_SECRET_KEY is of 8 characters" in done.stderr
    assert "secretword" not in done.stderr
    assert "shortkey" not in done.stderr


def test_production_settings_pass_the_deployment_checks(tmp_path: Path):
    key = "".join(chr(number) for number in range(33, 93))
    done = start(DEBUG="false", SECRET_KEY=key, ALLOWED_HOSTS="stars.example.org", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
