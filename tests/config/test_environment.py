"""Settings read from the environment."""

from pathlib import Path

import pytest

from fanxing.config.environment import Environment, SettingsError


def reader(**variables: str) -> Environment:
    return Environment({f"T_{name}": value for name, value in variables.items()} | {"HOME": "/root"}, prefix="T_")


def test_values_are_read_as_their_types():
    environment = reader(FLAG="Yes", NUMBER=" 7 ", CHOICE="b", WORDS="a, b,,c", FOLDER="/srv", TEXT="字")
    values = (
        environment.flag("FLAG", False),
        environment.number("NUMBER", 1, least=0, most=9),
        environment.choice("CHOICE", "a", ["a", "b"]),
        environment.words("WORDS", []),
        environment.folder("FOLDER", Path("/var")),
        environment.text("TEXT", ""),
    )
    environment.check()
    assert values == (True, 7, "b", ["a", "b", "c"], Path("/srv"), "字")


def test_what_is_absent_or_empty_takes_its_default():
    environment = reader(FLAG="")
    assert (environment.flag("FLAG", True), environment.number("NUMBER", 3, least=0, most=9)) == (True, 3)
    environment.check()


def test_all_faults_are_told_at_once_with_name_value_and_what_would_be_right():
    environment = reader(FLAG="perhaps", NUMBER="70", CHOICE="c", FOLDER="here", KEY="short", FLAGG="1")
    environment.flag("FLAG", False)
    environment.number("NUMBER", 1, least=0, most=9)
    environment.choice("CHOICE", "a", ["a", "b"])
    environment.folder("FOLDER", Path("/var"))
    environment.secret("KEY", "default", least_length=6)
    with pytest.raises(SettingsError) as raised:
        environment.check()
    assert str(raised.value).splitlines() == [
        "the settings are wrong:",
        "  T_FLAG is 'perhaps'; it should be true or false",
        "  T_NUMBER is '70'; it should be a whole number from 0 to 9",
        "  T_CHOICE is 'c'; it should be one of a, b",
        "  T_FOLDER is 'here'; it should be the absolute path of a folder",
        "  T_KEY is of 5 characters; it should be at least 6 random characters",
        "  T_FLAGG is not a setting; the settings are T_CHOICE, T_FLAG, T_FOLDER, T_KEY, T_NUMBER",
    ]
