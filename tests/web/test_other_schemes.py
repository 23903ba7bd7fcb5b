"""The pages are made for no scheme: those that are shipped are shown too."""

import re

import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import create_unit
from fanxing.programme.actions import publish
from fanxing.scheme import load, read_folder, shipped
from fanxing.scheme.model import Fact
from fanxing.scoring.actions import rate_all
from tests.cast import FOUNDED, NOW, Cast


@pytest.mark.parametrize("name", shipped())
def test_a_unit_of_any_shipped_scheme_is_listed_and_explained(client: Client, cast: Cast, name: str):
    for number, kind in enumerate(load(name).kinds):
        create_unit(code=f"99020{number}", name=f"{kind} 甲", kind=kind, parent=cast.city, on=FOUNDED, by=SYSTEM, at=NOW)
    publication = publish(files=read_folder(name), document_number="", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    client.force_login(cast.desk)
    shown: set[object] = set()
    for number, kind in enumerate(load(name).kinds.values()):
        unit = f"/units/99020{number}/"
        # Of facts one of each sort: what a page shows of them depends on nothing else.
        facts = {_sort(fact): fact.id for fact in kind.facts.values() if _sort(fact) not in shown}
        results = [kind.tier, *([kind.total] if kind.total else []), *kind.stars, *facts.values()]
        shown |= set(facts)
        pages = [unit, f"{unit}scores.xlsx", *(f"{unit}scores/{id}/" for id in results)]
        assert {page: client.get(page, follow=True).status_code for page in pages} == dict.fromkeys(pages, 200)
        assert re.search(rf'<a href="{unit}">{kind.id} 甲</a>', client.get(f"/units/?kind={kind.id}").text)


def _sort(fact: Fact) -> tuple[object, ...]:
    """What the page of a fact is drawn by."""
    source = fact.source
    counted = source and (source.verb, bool(source.where), source.window is None, bool(source.years_ago))
    return fact.type, fact.unit, bool(fact.effort), bool(fact.reuse), counted
