"""docs/glossary.md names everything as the code and the screen do."""

import dataclasses
import inspect
import re

from django.apps import apps

import fanxing.scheme.model as scheme
from tests.architecture.stages import ROOT

ROW = re.compile(r"^\| *(?P<chinese>[^|]+?) *\| *`(?P<code>[^`|]+)` *\|")
CLASS_NAME = re.compile(r"[A-Z][A-Za-z]+")


def test_every_table_stands_in_the_glossary_under_the_name_on_screen():
    assert sorted(tables() - glossary()) == []


def test_every_value_of_the_scheme_language_stands_in_the_glossary():
    assert sorted(scheme_values() - {code for _, code in glossary()}) == []


def test_the_glossary_names_no_class_that_is_gone():
    named = {code for _, code in glossary() if CLASS_NAME.fullmatch(code)}
    assert sorted(named - {code for _, code in tables()} - scheme_values()) == []


def glossary() -> set[tuple[str, str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    return {(row["chinese"], row["code"]) for row in map(ROW.match, lines) if row}


def tables() -> set[tuple[str, str]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("fanxing.")]
    return {(str(model._meta.verbose_name), model.__name__) for model in ours}


def scheme_values() -> set[str]:
    values = inspect.getmembers(scheme, dataclasses.is_dataclass)
    return {name for name, value in values if inspect.isclass(value) and value.__module__ == scheme.__name__}
