"""Every module says in one line what it is."""

import ast

from tests.architecture.stages import ROOT


def test_every_module_begins_with_a_docstring():
    paths = [path for folder in ("src", "tests", "tools", "bench") for path in (ROOT / folder).rglob("*.py")]
    silent = [
        str(path.relative_to(ROOT))
        for path in paths
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
