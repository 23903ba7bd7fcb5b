"""YAML written for the loader: nodes of a base scheme kept as they are, new ones written so that they read back the same."""

from collections.abc import Mapping, Sequence
from typing import cast

import yaml as pyyaml

from fanxing.scheme.yaml import NUMBER

_WIDE = 10_000
_Loader = getattr(pyyaml, "CBaseLoader", pyyaml.BaseLoader)
_Dumper = getattr(pyyaml, "CBaseDumper", pyyaml.dumper.BaseDumper)
_AMBIGUOUS = ("yes", "no", "", "~", "null")
_MAP, _SEQUENCE, _TEXT = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"


def compose(text: str) -> pyyaml.MappingNode:
    """A file of a scheme that has been loaded before, as nodes."""
    return cast(pyyaml.MappingNode, pyyaml.compose(text, Loader=_Loader))


def write(value: object) -> str:
    """A file: mappings, lists, texts, numbers, yes and no, and nodes of another file among them."""
    return str(pyyaml.serialize(node(value), Dumper=_Dumper, allow_unicode=True, width=_WIDE))


def node(value: object) -> pyyaml.Node:
    """A value as a node."""
    match value:
        case pyyaml.Node():
            return value
        case bool():
            return _scalar("yes" if value else "no")
        case int() | float():
            return _scalar(f"{value:.12g}")
        case str():
            quoted = value in _AMBIGUOUS or NUMBER.fullmatch(value) is not None
            return pyyaml.ScalarNode(_TEXT, value, style='"' if quoted else None)
        case Mapping():
            return pyyaml.MappingNode(_MAP, [(node(key), node(one)) for key, one in value.items()], flow_style=False)
        case Sequence():
            short = all(isinstance(one, str | int | float) for one in value)
            return pyyaml.SequenceNode(_SEQUENCE, [node(one) for one in value], flow_style=short)
    raise TypeError(f"{value!r} is no value of a scheme")


def _scalar(text: str) -> pyyaml.ScalarNode:
    return pyyaml.ScalarNode(_TEXT, text)


def entries(mapping: pyyaml.Node | None) -> dict[str, pyyaml.Node]:
    """The values of a mapping by key; none of what is no mapping."""
    return {str(key.value): value for key, value in mapping.value} if isinstance(mapping, pyyaml.MappingNode) else {}
