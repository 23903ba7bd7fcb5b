"""The hash chain by itself, without a database."""

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from fanxing.audit.chain import GENESIS, Link, Verdict, export_line, link_digest, verify_lines, verify_links


def chain(*summaries: str) -> list[Link]:
    links: list[Link] = []
    for position, summary in enumerate(summaries, start=1):
        previous = links[-1].digest if links else GENESIS
        event = {"actor": "secretary", "summary": summary}
        links.append(Link(position, previous, link_digest(position, previous, event), event))
    return links


@pytest.fixture
def links() -> list[Link]:
    return chain("设立柳河村", "柳河村更名为柳溪村", "撤销柳溪村")


def changed(link: Link, **changes: object) -> Link:
    return Link(**{"position": link.position, "previous": link.previous, "digest": link.digest, "event": link.event} | changes)


def test_a_sound_chain_holds_to_its_head(links):
    assert verify_links(links) == Verdict(3, links[2].digest)


def test_an_empty_chain_holds():
    assert verify_links([]) == Verdict(0, GENESIS)


def test_a_changed_event_is_found(links):
    links[1] = changed(links[1], event={"actor": "secretary", "summary": "柳河村更名为杨河村"})
    assert verify_links(links) == Verdict(1, links[0].digest, "第 2 条的内容被改动")


def test_a_changed_event_with_a_new_digest_is_found_at_the_next(links):
    event = {"actor": "secretary", "summary": "柳河村更名为杨河村"}
    links[1] = changed(links[1], event=event, digest=link_digest(2, links[1].previous, event))
    assert verify_links(links) == Verdict(2, links[1].digest, "第 3 条没有接在上一条之后")


def test_a_removed_event_is_found(links):
    assert verify_links([links[0], links[2]]) == Verdict(1, links[0].digest, "缺少第 2 条")


def test_events_that_changed_places_are_found(links):
    swapped = [changed(links[1], position=1), changed(links[0], position=2), links[2]]
    assert verify_links(swapped) == Verdict(0, GENESIS, "第 1 条没有接在上一条之后")


def test_a_cut_off_end_is_found_only_by_a_head_noted_elsewhere(links):
    cut = links[:2]
    assert verify_links(cut).holds
    assert verify_links(cut, heads={3: links[2].digest}) == Verdict(2, links[1].digest, "记下过第 3 条，但日志只到第 2 条：末尾被截去")


def test_a_chain_written_anew_is_found_only_by_a_head_noted_elsewhere(links):
    forged = chain("设立柳河村", "柳河村更名为杨河村", "撤销杨河村")
    assert verify_links(forged).holds
    assert verify_links(forged, heads={2: links[1].digest}) == Verdict(1, forged[0].digest, "第 2 条与记下的校验值不符：日志被重写")


def test_heads_noted_along_the_way_agree_with_a_chain_that_grew(links):
    assert verify_links(links, heads={1: links[0].digest, 2: links[1].digest}).holds


def test_lines_verify_as_the_links_did(links):
    lines = [export_line(link) for link in links]
    assert verify_lines(lines) == verify_links(links)
    assert verify_lines([lines[0], lines[2]]) == Verdict(1, links[0].digest, "缺少第 2 条")


@pytest.mark.parametrize("line", ["", "not json", "[]", "{}", '{"position": 2}'])
def test_a_line_that_cannot_be_read_is_a_fault(links, line: str):
    assert verify_lines([export_line(links[0]), line]) == Verdict(1, "", "第 2 行无法读取")


def test_a_line_with_content_that_json_should_not_hold_is_a_fault(links):
    broken: Mapping[str, object] = json.loads(export_line(links[0])) | {"event": {"n": float("nan")}}
    assert verify_lines([json.dumps(broken)]) == Verdict(0, "", "第 1 行无法读取")


def test_an_export_is_verified_from_the_command_line_without_django(links):
    def verify(lines: list[str]) -> tuple[int, str]:
        program = "import sys; sys.modules['django'] = None; from fanxing.audit.offline import main; sys.exit(main())"
        done = subprocess.run([sys.executable, "-c", program], input="\n".join(lines), capture_output=True, text=True)
        return done.returncode, done.stdout.strip()

    lines = [export_line(link) for link in links]
    assert verify(lines) == (0, f"3:{links[2].digest}")
    assert verify(lines[1:]) == (1, "缺少第 1 条")
