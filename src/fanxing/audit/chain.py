"""The hash chain, as pure functions: a chain that was exported can be verified without a database."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fanxing.lib.canonical import Plain, digest

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One sealed event: its place, the digest of the link before it, its own digest, and what happened."""

    position: int
    previous: str
    digest: str
    event: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds: the number of sound links, the digest of the last one, and the first fault."""

    count: int
    head: str
    fault: str = ""

    @property
    def holds(self) -> bool:
        return not self.fault


def link_digest(position: int, previous: str, event: Mapping[str, Plain]) -> str:
    """What seals an event into its place; any other content, place or past gives another digest."""
    return digest({"position": position, "previous": previous, "event": event})


def verify_links(links: Iterable[Link], *, heads: Mapping[int, str] | None = None) -> Verdict:
    """Walk the chain from its beginning to the first fault.

    `heads` are digests by position that someone noted down elsewhere: only they can show that the end of
    the chain was cut off, or that the whole of it was written anew.
    """
    noted = dict(heads or {})
    count, head = 0, GENESIS
    for link in links:
        if fault := _fault(link, count + 1, head, noted.pop(link.position, link.digest)):
            return Verdict(count, head, fault)
        count, head = link.position, link.digest
    if noted:
        return Verdict(count, head, f"记下过第 {max(noted)} 条，但日志只到第 {count} 条：末尾被截去")
    return Verdict(count, head)


def verify_lines(lines: Iterable[str], *, heads: Mapping[int, str] | None = None) -> Verdict:
    """Verify an exported chain, one link a line as JSON; a line that cannot be read is a fault."""
    read = 0

    def links() -> Iterable[Link]:
        nonlocal read
        for line in lines:
            yield Link(**json.loads(line))
            read += 1

    try:
        return verify_links(links(), heads=heads)
    except (TypeError, ValueError):
        return Verdict(read, "", f"第 {read + 1} 行无法读取")


def export_line(link: Link) -> str:
    """The link as the line that `verify_lines` reads."""
    content = {"position": link.position, "previous": link.previous, "digest": link.digest, "event": link.event}
    return json.dumps(content, ensure_ascii=False)


def _fault(link: Link, expected: int, head: str, noted: str) -> str:
    if link.position != expected:
        return f"缺少第 {expected} 条"
    if link.previous != head:
        return f"第 {expected} 条没有接在上一条之后"
    if link.digest != link_digest(link.position, link.previous, link.event):
        return f"第 {expected} 条的内容被改动"
    if link.digest != noted:
        return f"第 {expected} 条与记下的校验值不符：日志被重写"
    return ""
