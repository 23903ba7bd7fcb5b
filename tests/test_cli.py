"""The command line: its fixed forms, and one clear line for every bad input, with nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from fanxing.cli import main

SCHEME = """
scheme: shop
title: 店铺
basis: example
kinds: {shop: {title: 店铺}}
facts:
  income: {title: 收入, type: money, unit: 元, if_missing: stays}
  visits: {title: 走访, type: count, unit: 次, if_missing: 0}
  share: {title: 占比, type: share, if_missing: stays}
  open: {title: 营业, type: yes/no, if_missing: no}
  since: {title: 开业日, type: date, if_missing: stays}
  level: {title: 等级, type: text, choices: {a: 甲, b: 乙}, if_missing: a}
nodes:
  mark: {title: 得分, sum: [{steps: {of: income, at_least: {100: 6}, otherwise: 0}}, visits, {choose: [{when: open, give: 1}, {give: 0}]},
         {choose: [{when: level == 'a' and share >= 0.5 and present(since), give: 1}, {give: 0}]}]}
tier: {title: 档次, choose: [{when: mark >= 7, give: 优}, {give: 良}], labels: {优: 优秀}}
total: mark
"""
HEADER = "unit,income,visits,share,open,since,level\n"
GOOD = HEADER + "u1,100,1,0.5,yes,2025-01-01,a\nu2,,0,,no,,\nu3,99.5,,1,是,,b\n"


@pytest.fixture
def scheme(tmp_path: Path) -> str:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "scheme.yaml").write_text(SCHEME, "utf-8")
    return str(folder)


def run_rate(scheme: str, facts: Path, out: Path) -> int:
    return main(["rate", "--scheme", scheme, "--facts", str(facts), "--out", str(out)])


def write(tmp_path: Path, text: str | bytes, name: str = "facts.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


RATED = [("u1", "shop", "优", 9.0, None), ("u2", "shop", None, None, "缺收入"), ("u3", "shop", "良", 1.0, None)]


@pytest.mark.parametrize("out", ["out.csv", "out.parquet", "out.xlsx"])
@pytest.mark.parametrize("facts", ["facts.csv", "facts.parquet", "facts.xlsx"])
def test_rate_reads_and_writes_every_kind_of_file(scheme: str, tmp_path: Path, facts: str, out: str) -> None:
    source, target = tmp_path / facts, tmp_path / out
    table = pl.read_csv(GOOD.encode(), infer_schema=False)
    {"facts.csv": table.write_csv, "facts.parquet": table.write_parquet, "facts.xlsx": table.write_excel}[facts](source)

    assert run_rate(scheme, source, target) == 0

    readers = {"out.csv": pl.read_csv, "out.parquet": pl.read_parquet, "out.xlsx": pl.read_excel}
    result = readers[out](target)
    assert result.columns == ["unit", "kind", "tier", "total", "reason"]
    assert result.cast({"total": pl.Float64}).rows() == RATED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rate_reads_the_encodings_that_offices_use(scheme: str, tmp_path: Path, encoding: str) -> None:
    text = GOOD.replace("u1", "柳泉村")

    assert run_rate(scheme, write(tmp_path, text.encode(encoding)), tmp_path / "out.csv") == 0

    assert pl.read_csv(tmp_path / "out.csv")["unit"].to_list() == ["柳泉村", "u2", "u3"]


def test_the_order_of_rows_changes_nothing_but_the_order(scheme: str, tmp_path: Path) -> None:
    header, *rows = GOOD.splitlines(keepends=True)
    run_rate(scheme, write(tmp_path, GOOD), tmp_path / "one.csv")
    run_rate(scheme, write(tmp_path, header + "".join(reversed(rows)), "back.csv"), tmp_path / "two.csv")

    one, two = ((tmp_path / name).read_text().splitlines() for name in ("one.csv", "two.csv"))
    assert one[0] == two[0]
    assert one[1:] == list(reversed(two[1:]))


def test_columns_that_the_scheme_does_not_use_are_ignored(scheme: str, tmp_path: Path) -> None:
    text = "note," + HEADER + "任意,u1,100,1,0.5,yes,2025-01-01,a\n"

    assert run_rate(scheme, write(tmp_path, text), tmp_path / "out.csv") == 0


BAD = {
    "an empty file": ("", "facts.csv: row 1, column 1: the file is empty"),
    "a header alone": (HEADER, 'facts.csv: row 2, column "unit": there is no unit below the header'),
    "a missing column": ("unit,income\nu1,1\n", 'facts.csv: row 1: the column "visits" is missing'),
    "no unit column": ("code,income\nu1,1\n", 'facts.csv: row 1: the column "unit" is missing'),
    "a column twice": ("unit,income,income\nu1,1,2\n", 'facts.csv: row 1, column 3: the column "income" stands twice'),
    "a column without a name": ("unit,,income\nu1,1,2\n", "facts.csv: row 1, column 2: the column has no name"),
    "a duplicate unit": (HEADER + "u1,1,1,0,no,,\nu1,1,1,0,no,,\n", 'facts.csv: row 3, column "unit": "u1" is there already, in row 2'),
    "a blank unit": (HEADER + " ,1,1,0,no,,\n", 'facts.csv: row 2, column "unit": it is blank'),
    "a word in a number column": (HEADER + "u1,many,1,0,no,,\n", 'facts.csv: row 2, column "income": "many" is not a number'),
    "a thousands separator": (HEADER + 'u1,"1,200",1,0,no,,\n', 'row 2, column "income": "1,200" is not a number; write 1200'),
    "a percentage": (HEADER + "u1,1,1,86.1%,no,,\n", 'row 2, column "share": "86.1%" is not a number; write 0.861'),
    "an infinity": (HEADER + "u1,1,1,0,no,,\nu2,inf,1,0,no,,\n", 'facts.csv: row 3, column "income": "inf" is not a number that can'),
    "not a number": (HEADER + "u1,nan,1,0,no,,\n", 'facts.csv: row 2, column "income": "nan" is not a number that can'),
    "a number beyond reckoning": (HEADER + "u1,1e300,1,0,no,,\n", 'row 2, column "income": "1e300" is not a number that can'),
    "half a visit": (HEADER + "u1,1,1.5,0,no,,\n", 'row 2, column "visits": 1.5 is out of bounds; it must be a whole number'),
    "less than none": (HEADER + "u1,1,-1,0,no,,\n", 'row 2, column "visits": -1 is out of bounds'),
    "a share of 95": (HEADER + "u1,1,1,95,no,,\n", 'row 2, column "share": 95 is out of bounds; it must be a share between 0 and 1'),
    "neither yes nor no": (HEADER + "u1,1,1,0,maybe,,\n", 'row 2, column "open": "maybe" is neither yes nor no'),
    "no such day": (HEADER + "u1,1,1,0,no,2025-02-30,\n", 'row 2, column "since": "2025-02-30" is not a day; write it as 2025-12-31'),
    "a word that is not allowed": (HEADER + "u1,1,1,0,no,,c\n", 'row 2, column "level": "c" is not one of a, b'),
    "a row that is too long": (HEADER + "u1,1,1,0,no,,a,9\n", "facts.csv: row 2, column 8: the row has 8 cells, but the header has 7"),
    "a row that is too short": (HEADER + "u1,1,1,0,no,,a\nu2,1\n", "facts.csv: row 3, column 3: the row has 2 cells, but the header has 7"),
    "a quotation mark that never closes": (HEADER + 'u1,"1,1,0,no,,a\nu2,1,1,0,no,,a\n', "facts.csv: row"),
    "UTF-16": (HEADER.encode("utf-16"), "facts.csv: row 1, column 1: this is not UTF-8 or GB18030 text"),
    "Latin-1": ((HEADER + "u1,1,1,0,no,,\nÉcole é,1,1,0,no,,\n").encode("latin-1"), "facts.csv: row 3, column 1: this is neither"),
    "bytes of something else": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "facts.csv: row 1, column 1: this is not UTF-8"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_facts_get_one_clear_line_and_nothing_is_written(
    scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    content, message = BAD[what]
    before = {path.name for path in tmp_path.iterdir()} | {"facts.csv"}

    assert run_rate(scheme, write(tmp_path, content), tmp_path / "out.csv") == 1

    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["facts.parquet", "facts.xlsx"])
def test_a_broken_file_gets_one_clear_line(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    whole = tmp_path / f"whole-{name}"
    table = pl.read_csv(GOOD.encode(), infer_schema=False)
    {"facts.parquet": table.write_parquet, "facts.xlsx": table.write_excel}[name](whole)
    broken = write(tmp_path, whole.read_bytes()[:-200], name)

    assert run_rate(scheme, broken, tmp_path / "out.csv") == 1

    error = capsys.readouterr().err
    assert error.startswith(f"{name}: row 1, column 1: this is not a whole")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("facts", "out", "message"),
    [
        ("nowhere.csv", "out.csv", "nowhere.csv: there is no such file"),
        ("facts.txt", "out.csv", "a table is read from .csv, .parquet, .xlsx"),
        ("facts.csv", "out.txt", "a result is written to .csv, .parquet, .xlsx"),
        ("facts.csv", "nowhere/out.csv", "there is no folder"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], facts: str, out: str, message: str
) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "facts.txt")

    assert run_rate(scheme, tmp_path / facts, tmp_path / out) == 1

    assert message in capsys.readouterr().err


def test_a_folder_that_is_no_scheme_does_not_hide_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hdi").mkdir()
    monkeypatch.chdir(tmp_path)

    assert main(["scheme", "check", "hdi"]) == 0


def test_the_file_of_a_scheme_is_not_its_folder(scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scheme", "check", f"{scheme}/scheme.yaml"]) == 1

    assert capsys.readouterr().err == f"{scheme}/scheme.yaml:1: this is a file; name the folder it lies in, {scheme}\n"


def test_a_console_without_chinese_is_no_reason_to_stop() -> None:
    command = [sys.executable, "-m", "fanxing.cli", "scheme", "check", "hdi"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\u4eba\u7c7b\u53d1\u5c55\u6307\u6570")


def test_a_full_disk_gets_one_line(scheme: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fanxing.cli", "tally", str(write(tmp_path, "unit,tier\na,1\n"))]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, "[Errno 28] No space left on device\n")


def test_a_result_that_stands_is_kept_when_the_new_one_fails(scheme: str, tmp_path: Path) -> None:
    out = write(tmp_path, "kept", "out.csv")

    assert run_rate(scheme, write(tmp_path, "unit\nu1\n"), out) == 1

    assert out.read_text() == "kept"


def test_scheme_check_prints_one_line_a_fault(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(scheme) / "scheme.yaml"
    path.write_text(SCHEME.replace("of: income", "of: incom").replace("total: mark", "total: marks"), "utf-8")

    assert main(["scheme", "check", scheme]) == 1

    faults = capsys.readouterr().err.splitlines()
    assert [fault.split(":")[0] for fault in faults] == ["scheme.yaml"] * len(faults)
    assert any('no such name "incom"; did you mean "income"?' in fault for fault in faults)
    assert any('total names no node "marks"; did you mean "mark"?' in fault for fault in faults)


def test_scheme_check_runs_the_worked_cases(scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(scheme) / "cases.yaml").write_text("cases:\n  - {title: 一例, given: {income: 100}, expect: {mark: 7}}\n", "utf-8")

    assert main(["scheme", "check", scheme]) == 1

    assert capsys.readouterr().err.startswith("cases.yaml:2: case 一例: mark came out 6, not 7 (mark_1 = 6, visits = missing,")


def test_tally_counts_by_tier_and_by_a_column(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    run_rate(scheme, write(tmp_path, GOOD), out)
    capsys.readouterr()

    assert main(["tally", str(out), "--by", "kind"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["kind", "=", "shop:", "3", "units"],
        ["优", "1", "33.33%"],
        ["良", "1", "33.33%"],
        ["not", "rated", "1", "33.33%"],
    ]
    assert main(["tally", str(out), "--by", "county"]) == 1
    assert 'the column "county" is missing' in capsys.readouterr().err


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A scheme with a star, as a folder."""
    folder = tmp_path / "shops"
    folder.mkdir()
    (folder / "scheme.yaml").write_text(
        """
scheme: shops
title: 店铺
basis: example
period: {from: 2025-01-01, to: 2025-12-31}
kinds: {shop: {title: 店铺, stars: [good]}}
facts:
  visits: {title: 走访, type: count, unit: 次, if_missing: 0, effort: 0.5, step: 走访住户, due: 12-20}
  open: {title: 营业, type: yes/no, if_missing: no, owner: 店主, effort: 3}
nodes:
  opened: {title: 开门, choose: [{when: open, give: 4}, {give: 0}]}
  mark: {title: 得分, sum: [{each: {of: visits, points: 1}, most: 6}, opened]}
  good: {title: 好店, star: mark, pass: 8}
tier: {title: 星级, count: stars, labels: {0: 零星, 1: 一星}}
""",
        "utf-8",
    )
    return folder


def test_route_tells_the_least_work_and_what_else_there_is(shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["route", "--scheme", str(shops), "--facts", str(write(tmp_path, "unit,visits,open\na,3,no\nb,6,yes\n")), "--star", "good"]

    assert main([*command, "--unit", "a", "--as-of", "2025-12-01"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a（shop），“好店”：未获得，得分 3 分，分数线 8 分，还差 5 分，2025-12-01 至 2025-12-31",
        "最省力的办法：共 3.5 人天，可得 8 分",
        "  走访：3 次 → 4 次，加 1 分，0.5 人天，12 月 20 日前；走访住户",
        "  营业：否 → 是，加 4 分，3 人天，12 月 31 日前；责任：店主",
    ]
    assert main([*command, "--unit", "a", "--as-of", "2025-12-25"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a（shop），“好店”：未获得，得分 3 分，分数线 8 分，还差 5 分，2025-12-25 至 2025-12-31",
        "  达不到：能做的都做到，得分也只有 7 分，不到 8 分",
        "其他可以做的：",
        "  营业：否 → 是，加 4 分，3 人天，12 月 31 日前；责任：店主",
        "来不及的：",
        "  走访：已过 12 月 20 日的期限",
    ]
    assert main([*command, "--unit", "b"]) == 0
    assert capsys.readouterr().out == "b（shop），“好店”：已获得，得分 10 分，分数线 8 分，余 2 分\n"


def test_route_as_data(shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = write(tmp_path, "unit,visits,open\na,3,no\n")
    command = ["route", "--scheme", str(shops), "--facts", str(facts), "--unit", "a", "--as-of", "2025-12-01", "--json"]

    assert main([*command, "--star", "good"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["star"], told["held"], told["feasible"], told["exact"], told["until"]) == ("good", False, True, True, "2025-12-31")
    assert told["best"]["changes"] == {"visits": 4, "open": True}
    assert main([*command, "--star", "god"]) == 1
    assert 'its kind shop has no star "god"; did you mean "good"?' in capsys.readouterr().err


def test_rehearse_tells_counts_and_who_moves(shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    rules = (shops / "scheme.yaml").read_text("utf-8")
    rules = rules.replace("pass: 8", "pass: 7, needs: [clean]")
    (draft / "scheme.yaml").write_text(rules.replace("facts:\n", "facts:\n  clean: {title: 整洁, type: yes/no, if_missing: no}\n"), "utf-8")
    facts = write(tmp_path, "unit,visits,open,clean\na,3,yes,yes\nb,6,yes,no\nc,0,no,\n")
    command = ["rehearse", "--scheme", str(shops), "--draft", str(draft), "--facts", str(facts)]

    assert main(command) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["店铺（shop）：3", "个"],
        ["一星", "1", "→", "1", "+0"],
        ["零星", "2", "→", "2", "+0"],
        ["好店：1", "→", "1，得", "1，失", "1"],
        ["得星的单位：1", "个"],
        ["a（shop）：good；0", "→", "1"],
        ["失星的单位：1", "个"],
        ["b（shop）：good；1", "→", "0"],
    ]
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [move["unit"] for move in told["moves"]] == ["a", "b"]
    assert told["kinds"][0]["stars"] == [{"before": 1, "after": 1, "star": "good", "title": "好店", "gained": 1, "lost": 1}]

    without = write(tmp_path, "unit,visits,open\na,3,yes\n", "old.csv")
    assert main([*command[:-1], str(without)]) == 0
    assert "新方案要用而没有数据的（按缺失处理）：clean" in capsys.readouterr().out


def test_robustness_tells_how_surely_each_star_is_held(shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts, out = write(tmp_path, "unit,visits,open\na,6,yes\nb,4,yes\nc,0,no\n"), tmp_path / "out.csv"
    command = ["robustness", "--scheme", str(shops), "--facts", str(facts), "--draws", "200"]

    assert main([*command, "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "分值在 ±25% 内抽取 200 次，种子 1",
        "店铺（shop）：3 个，其中 2 个的星级在 95% 以上的抽样中不变",
        "  好店：2 个获得，1 个在 95% 以上的抽样中仍获得；未获得的有 0 个在半数以上的抽样中获得",
    ]
    table = pl.read_csv(out)
    assert table.columns == ["unit", "kind", "tier", "tier.share", "good.held", "good.share"]
    assert table["good.share"].to_list()[::2] == [1.0, 0.0]
    assert 0 < table["good.share"][1] < 1
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--spread", "1.5"])


def test_stated_counts_that_do_not_add_up_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated = write(tmp_path, "place,total,five,four,three\n博爱县,215,22,22,183\n某县,215,22,22,\n", "counts.csv")

    assert main(["tally", "--check", str(stated)]) == 1

    told = capsys.readouterr()
    assert told.err == "counts.csv: row 2 (博爱县): 各档合计 227 个，多于总数 215 个\n"
    assert told.out == "counts.csv: 2 rows, 1 that cannot be\n"


def test_stated_shares_that_no_figures_give_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tally", "--check", str(write(tmp_path, "what,part,whole,share\n改厕,182,211,86.3%\n", "shares.csv"))]) == 0
    assert main(["tally", "--check", str(write(tmp_path, "what,part,share\n改厕,182,86.1%\n", "shares.csv"))]) == 1
    assert main(["tally", "--check", str(write(tmp_path, "what,share\n改厕,86.1%\n", "shares.csv"))]) == 1

    assert capsys.readouterr().err.splitlines() == [
        "shares.csv: row 2 (改厕): 没有一个整数总数能使 182 占 86.1%：211 中的 182 是 86.3%，212 中的 182 是 85.8%",
        'shares.csv: row 1: a table of stated figures has "total" and five … zero, or "part" and "share"',
    ]


def test_explain_tells_the_rule_and_the_figures(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = write(tmp_path, GOOD)

    assert main(["explain", "--scheme", scheme, "--facts", str(facts), "--unit", "u1", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["unit"], told["kind"], told["reason"]) == ("u1", "shop", None)
    tier = told["results"][0]
    assert (tier["id"], tier["value"], tier["word"]) == ("tier", "优", "优秀")
    assert [part["id"] for part in tier["parts"]] == ["mark"]


def test_explaining_a_unit_that_is_not_there_says_so(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = write(tmp_path, GOOD)

    assert main(["explain", "--scheme", scheme, "--facts", str(facts), "--unit", "u9"]) == 1

    assert 'there is no unit "u9" in the facts; there are u1, u2, u3' in capsys.readouterr().err


def test_explain_says_what_is_missing_without_a_unit_of_measure(scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--scheme", scheme, "--facts", str(write(tmp_path, HEADER + "u2,,,,,,\n")), "--unit", "u2"]) == 0

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "收入（income）：缺" in lines
    assert "走访（visits）：缺，按 0 次计" in lines


def test_codes_that_look_like_formulas_stay_texts_in_a_workbook(scheme: str, tmp_path: Path) -> None:
    codes = ["=1+1", "{=SUM(A1)}", "http://example.org"]
    facts = write(tmp_path, HEADER + "".join(f"{code},,,,,,\n" for code in codes))

    assert run_rate(scheme, facts, tmp_path / "out.xlsx") == 0

    assert pl.read_excel(tmp_path / "out.xlsx")["unit"].to_list() == codes
